//! Listening sockets and the SYNs that come for them (RFC 9293 §3.10.7.2).

use super::pcb::{Flags, Pcb};
use super::seq::Seq;
use super::{Ends, Tcp, TcpState};
use crate::ip::Received;
use crate::stats::Drop;
use crate::wire::tcp::{Header, Options};
use crate::{Binding, Instant, Stack};

/// A listening socket.
#[repr(C)]
pub struct Listener {
    binding: Binding,
    /// 0 while it is free.
    port: u16,
    generation: u16,
    backlog: u8,
    /// Connections that are not yet established or not yet accepted.
    pending: u8,
    event: bool,
}

impl Listener {
    pub const fn new() -> Self {
        Self { binding: Binding::NONE, port: 0, generation: 0, backlog: 0, pending: 0, event: false }
    }

    pub fn is_free(&self) -> bool {
        self.port == 0
    }

    pub fn generation(&self) -> u16 {
        self.generation
    }

    pub fn open(&mut self, binding: Binding, port: u16, backlog: u8) {
        *self = Self { binding, port, backlog, generation: self.generation, ..Self::new() };
    }

    pub fn close(&mut self) {
        *self = Self { generation: self.generation.wrapping_add(1), ..Self::new() };
    }

    /// Whether an open of `binding` and `port` would meet this one.
    pub fn conflicts(&self, binding: &Binding, port: u16) -> bool {
        self.port == port && self.binding.conflicts(binding)
    }

    pub fn set_event(&mut self) {
        self.event = true;
    }

    pub fn take_event(&mut self) -> bool {
        core::mem::take(&mut self.event) && self.port != 0
    }

    /// One connection less waits: it was accepted, or is gone.
    pub fn taken(&mut self) {
        self.pending = self.pending.saturating_sub(1);
    }
}

impl Tcp {
    /// The listener for a segment to `port`, the one that is bound most narrowly.
    pub(super) fn listener(&self, received: &Received, port: u16) -> Option<usize> {
        let (mut best, mut most) = (None, 0);
        for (index, l) in self.listeners.iter().enumerate() {
            let takes = l.port == port && l.binding.takes(&received.dst, received.netif, false);
            if takes && port != 0 && l.binding.rank() >= most {
                (best, most) = (Some(index), l.binding.rank());
            }
        }
        best
    }

    /// A free block; failing that, the connection longest in TIME-WAIT gives up its own.
    pub(super) fn allocate(&mut self) -> Option<usize> {
        let mut best: Option<(usize, &Pcb)> = None;
        for (index, pcb) in self.pcbs.iter().enumerate() {
            if pcb.is_free() {
                return Some(index);
            }
            // One whose last acknowledgement has left goes first. Wrapping: all deadlines lie within two lifetimes.
            let before = |other: &Pcb| match (pcb.flags.has(Flags::READY), other.flags.has(Flags::READY)) {
                (true, false) => false,
                (false, true) => true,
                _ => (pcb.timer_at.wrapping_sub(other.timer_at) as i32) < 0,
            };
            let waits = pcb.state == TcpState::TimeWait && pcb.flags.has(Flags::ORPHAN);
            if waits && best.is_none_or(|(_, best)| before(best)) {
                best = Some((index, pcb));
            }
        }
        best.map(|(index, _)| index)
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// A SYN for `listener`: a connection, unless the backlog, the table or the pool is full.
    pub(super) fn tcp_syn(
        &mut self,
        listener: usize,
        received: &Received,
        header: &Header,
        options: &[u8],
        now: Instant,
    ) {
        let room = self.tcp.listeners.get(listener).is_some_and(|l| l.pending < l.backlog);
        let index = if room { self.tcp.allocate() } else { None };
        let Some(index) = index else { return self.dropped(Drop::Backlog) };
        let ends = Ends {
            netif: self.tcp_netif(received),
            local: (received.dst, header.dst),
            remote: (received.src, header.src),
        };
        let mtu = self.peer_mtu(ends.netif, &received.src);
        let Some(pcb) = self.tcp_begin(index, &ends, mtu, now) else { return self.dropped(Drop::Memory) };
        pcb.listener = listener as u8;
        pcb.flags.set(Flags::UNACCEPTED);
        pcb.state = TcpState::SynReceived;
        pcb.timed_at = now.as_millis();
        pcb.take_syn(header, &Options::parse(options));
        if let Some(listener) = self.tcp.listeners.get_mut(listener) {
            listener.pending += 1;
        }
    }

    /// Gives the block `index` to a new connection, which will send a SYN; `None` when the pool cannot promise it the
    /// minimum.
    #[inline(never)]
    pub(super) fn tcp_begin(
        &mut self,
        index: usize,
        ends: &Ends,
        mtu: u16,
        now: Instant,
    ) -> Option<&mut Pcb> {
        self.tcp_free(index);
        if !self.tcp.back(index, &mut self.pool) {
            return None;
        }
        let isn = self.tcp_isn(&ends.local, &ends.remote, now);
        self.tcp.make_ready(index);
        let pcb = self.tcp.pcbs.get_mut(index)?;
        pcb.netif = ends.netif;
        (pcb.local_ip, pcb.local_port) = ends.local;
        (pcb.remote_ip, pcb.remote_port) = ends.remote;
        pcb.snd_una = isn;
        pcb.snd_nxt = isn;
        pcb.snd_max = isn;
        pcb.recover = isn;
        pcb.mss = pcb.largest_payload(mtu);
        Some(pcb)
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The interface that segments of a new connection leave by: the one that its first came by.
    fn tcp_netif(&self, received: &Received) -> u8 {
        #[cfg(feature = "netif-loopback")]
        if received.src.is_loopback() || self.is_own(&received.src, Some(received.netif)) {
            return crate::netif::loopback::LOOPBACK;
        }
        received.netif
    }
}

impl Pcb {
    /// Takes what the peer's SYN says: its number, its window, its options (RFC 9293 §3.7.1).
    #[inline(never)]
    pub(super) fn take_syn(&mut self, header: &Header, options: &Options) {
        /// Less than this is a mistake or an attack, and would drown the payload in headers.
        const LEAST_MSS: u16 = 64;
        self.rcv_nxt = Seq(header.seq).after(1);
        self.rcv_adv = self.rcv_nxt;
        self.mss = options.mss.unwrap_or(536).max(LEAST_MSS).min(self.mss);
        self.snd_wl1 = Seq(header.seq);
        self.snd_wl2 = self.snd_una;
        #[cfg(feature = "tcp-wnd-scale")]
        if let Some(shift) = options.wnd_scale {
            self.snd_shift = shift;
            self.rcv_shift = crate::config::TCP_WND_SHIFT;
        }
        self.set_snd_wnd(usize::from(header.window));
        self.congestion_start();
    }
}
