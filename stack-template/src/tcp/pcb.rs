//! The protocol control block: all that is kept of a connection.

use super::TcpState;
use super::rtt::Rtt;
use super::seq::Seq;
use super::timers::Timer;
use crate::Error;
use crate::addr::{Ip, NONE};
use crate::config::{BlockIndex, WindowSize};
use crate::pbuf::Chain;
#[cfg(feature = "tcp-ooseq")]
use crate::pbuf::Ranges;

/// Bits that say what is pending or chosen for a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Flags(u16);

impl Flags {
    /// An acknowledgement must be sent.
    pub const ACK_NOW: u16 = 1 << 0;
    /// An acknowledgement may wait for `ack_at`.
    pub const ACK_DELAYED: u16 = 1 << 1;
    /// The application has finished; a FIN follows the send queue.
    pub const FIN_QUEUED: u16 = 1 << 2;
    /// The peer's FIN has been taken.
    pub const FIN_RECEIVED: u16 = 1 << 3;
    /// Nagle's algorithm is off.
    pub const NODELAY: u16 = 1 << 4;
    /// A segment is being timed.
    pub const TIMING: u16 = 1 << 5;
    /// The first unacknowledged segment must be sent again.
    pub const REXMIT: u16 = 1 << 6;
    /// A zero-window or keepalive probe must be sent.
    pub const PROBE: u16 = 1 << 7;
    /// Fast recovery is going on.
    pub const RECOVERY: u16 = 1 << 8;
    /// In the list of those that may have something to send.
    pub const READY: u16 = 1 << 9;
    /// Waits for a neighbour's address or a link.
    pub const PARKED: u16 = 1 << 10;
    /// The application has let go of it, or never had it.
    pub const ORPHAN: u16 = 1 << 11;
    /// Waits in a listener's backlog.
    pub const UNACCEPTED: u16 = 1 << 12;
    /// Holds a promise of its minimum.
    pub const BACKED: u16 = 1 << 13;
    /// Keepalive probes are on.
    #[cfg(feature = "tcp-keepalive")]
    pub const KEEPALIVE: u16 = 1 << 14;
    /// A FIN follows the last range of out-of-order data.
    #[cfg(feature = "tcp-ooseq")]
    pub const FIN_AHEAD: u16 = 1 << 15;

    pub fn has(self, flag: u16) -> bool {
        self.0 & flag != 0
    }

    pub fn set(&mut self, flag: u16) {
        self.0 |= flag;
    }

    pub fn clear(&mut self, flag: u16) {
        self.0 &= !flag;
    }
}

/// Why a connection ended: the number of the error that tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Ended {
    /// It has not, or in order.
    InOrder = 0,
    /// The peer reset it.
    Reset = Error::Reset as u8,
    /// The peer refused it.
    Refused = Error::Refused as u8,
    /// The peer stopped answering.
    TimedOut = Error::TimedOut as u8,
}

/// A connection. `tx` starts at `snd_una` and `rx` ends at `rcv_nxt`.
#[repr(C)]
pub struct Pcb {
    pub rx: Chain,
    pub tx: Chain,
    pub remote_ip: Ip,
    pub local_ip: Ip,
    /// First sequence number not acknowledged.
    pub snd_una: Seq,
    /// Next to send; behind `snd_max` while segments are sent again.
    pub snd_nxt: Seq,
    /// Next that was never sent.
    pub snd_max: Seq,
    /// Sequence and acknowledgement number of the last window update (RFC 9293 §3.10.7.4).
    pub snd_wl1: Seq,
    pub snd_wl2: Seq,
    /// Next expected from the peer.
    pub rcv_nxt: Seq,
    /// Right edge of the window that was advertised: never moves back.
    pub rcv_adv: Seq,
    /// Recovery ends when this is acknowledged (RFC 6582 §3.2).
    pub recover: Seq,
    /// The segment being timed ends before this.
    pub timed: Seq,
    /// When the timed segment was sent, or the peer's SYN came.
    pub timed_at: u32,
    pub rtt: Rtt,
    pub timer_at: u32,
    pub ack_at: u32,
    /// The peer's window.
    pub snd_wnd: WindowSize,
    /// The largest window that the peer ever offered.
    pub snd_wnd_max: WindowSize,
    pub cwnd: WindowSize,
    pub ssthresh: WindowSize,
    /// Bytes acknowledged since the congestion window last grew (RFC 3465 §2.1).
    pub acked: WindowSize,
    /// Data ahead of `rcv_nxt`, by its distance.
    #[cfg(feature = "tcp-ooseq")]
    pub ooseq: Ranges<WindowSize, { crate::config::TCP_OOSEQ_RANGES }>,
    pub local_port: u16,
    pub remote_port: u16,
    /// Largest payload of a segment to the peer.
    pub mss: u16,
    pub generation: u16,
    pub flags: Flags,
    /// Blocks that `rx` has or was promised.
    pub rx_quota: BlockIndex,
    /// Blocks that `tx` has or was promised.
    pub tx_quota: BlockIndex,
    pub state: TcpState,
    pub timer: Timer,
    pub ended: Ended,
    pub retries: u8,
    pub dupacks: u8,
    pub events: u8,
    pub netif: u8,
    pub listener: u8,
    /// Next in the list of those that may have something to send, 0 for none.
    pub ready_next: u8,
    /// Segments received since the last acknowledgement.
    pub unacked: u8,
    /// Duplicate acknowledgements to send, one for each segment that came out of order.
    pub duplicates: u8,
    /// 0 for the profile's.
    #[cfg(feature = "tcp-ttl")]
    pub ttl: u8,
    #[cfg(feature = "tcp-ttl")]
    pub tos: u8,
    #[cfg(feature = "tcp-wnd-scale")]
    pub snd_shift: u8,
    #[cfg(feature = "tcp-wnd-scale")]
    pub rcv_shift: u8,
}

impl Pcb {
    pub const fn new() -> Self {
        Self {
            rx: Chain::new(),
            tx: Chain::new(),
            remote_ip: NONE,
            local_ip: NONE,
            snd_una: Seq(0),
            snd_nxt: Seq(0),
            snd_max: Seq(0),
            snd_wl1: Seq(0),
            snd_wl2: Seq(0),
            rcv_nxt: Seq(0),
            rcv_adv: Seq(0),
            recover: Seq(0),
            timed: Seq(0),
            timed_at: 0,
            rtt: Rtt::new(),
            timer_at: 0,
            ack_at: 0,
            snd_wnd: 0,
            snd_wnd_max: 0,
            cwnd: 0,
            ssthresh: 0,
            acked: 0,
            #[cfg(feature = "tcp-ooseq")]
            ooseq: Ranges::new(),
            local_port: 0,
            remote_port: 0,
            mss: 0,
            generation: 0,
            flags: Flags(0),
            rx_quota: 0,
            tx_quota: 0,
            state: TcpState::Closed,
            timer: Timer::Off,
            ended: Ended::InOrder,
            retries: 0,
            dupacks: 0,
            events: 0,
            netif: 0,
            listener: 0,
            ready_next: 0,
            unacked: 0,
            duplicates: 0,
            #[cfg(feature = "tcp-ttl")]
            ttl: 0,
            #[cfg(feature = "tcp-ttl")]
            tos: 0,
            #[cfg(feature = "tcp-wnd-scale")]
            snd_shift: 0,
            #[cfg(feature = "tcp-wnd-scale")]
            rcv_shift: 0,
        }
    }

    /// Whether the block is free for a new connection: closed, and no handle to it.
    pub fn is_free(&self) -> bool {
        self.state == TcpState::Closed && self.local_port == 0
    }

    /// Sequence numbers sent and not acknowledged.
    pub fn in_flight(&self) -> usize {
        self.snd_max.since(self.snd_una)
    }

    /// The sequence number of this side's FIN, once the application has finished.
    pub fn fin_seq(&self) -> Seq {
        self.snd_una.after(self.tx.len())
    }

    /// Whether this side's FIN was sent and not yet acknowledged.
    pub fn fin_in_flight(&self) -> bool {
        self.flags.has(Flags::FIN_QUEUED) && self.fin_seq().before(self.snd_max)
    }

    /// Whether the peer has been heard: both sides' SYNs are through.
    pub fn is_synchronized(&self) -> bool {
        self.state >= TcpState::Established
    }
}

/// `n` as a window, the largest that the type holds when it is more.
pub fn window(n: usize) -> WindowSize {
    n.min(WindowSize::MAX as usize) as WindowSize
}
