//! A received segment: whose it is, whether it is acceptable, and what it acknowledges (RFC 9293 §3.10.7).

use super::pcb::{Ended, Flags, Pcb};
use super::seq::Seq;
use super::timers::Timer;
use super::{Tcp, TcpEvents, TcpState};
use crate::config::{TCP_CHALLENGE_ACK_RATE, TCP_FIN_WAIT_TIMEOUT_MS};
use crate::ip::Received;
use crate::pbuf::{Payload, Pool};
use crate::stats::Drop;
use crate::wire::tcp::{Header, Options, flags};
use crate::wire::{checksum, protocol};
use crate::{Instant, Stack};

/// Bytes of the longest header.
const LONGEST_HEADER: usize = 60;

/// What a segment asks of the stack beyond its connection's block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Taken,
    /// It was not acceptable.
    Drop,
    /// It was not acceptable, and the peer is to be told where the connection stands.
    Acknowledge,
    /// The same at a limited rate (RFC 5961 §7).
    Challenge,
    /// It belongs to no state of this connection: answer with a reset.
    Refuse,
    /// The connection is over.
    End(Ended),
    /// The connection is over, and the peer is to be told by a reset.
    Abort,
}

/// A segment as it goes through the steps of its processing.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub header: Header,
    pub options: &'a [u8],
    pub payload: Payload<'a>,
    pub now: Instant,
}

impl Input<'_> {
    /// Sequence numbers that the segment takes.
    fn len(&self) -> usize {
        let control = u8::from(self.header.has(flags::SYN)) + u8::from(self.header.has(flags::FIN));
        self.payload.len() + usize::from(control)
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// A received segment.
    pub(crate) fn tcp_input(&mut self, received: &Received, now: Instant) {
        let mut head = [0; LONGEST_HEADER];
        let head = received.payload.head(&self.pool, &mut head);
        let Some((header, options, rest)) = Header::parse(head) else {
            return self.dropped(Drop::Malformed);
        };
        let payload = received.payload.skip(head.len() - rest.len());
        let (src, dst, len) = (received.src.words(), received.dst.words(), received.payload.len());
        let pseudo = checksum::pseudo(src, dst, protocol::TCP, len as u16);
        if cfg!(feature = "checksum-check-tcp") && !received.payload.add_to(pseudo, &self.pool).is_right() {
            return self.dropped(Drop::Malformed);
        }
        let input = Input { header, options, payload, now };
        // A segment to a group is nobody's (RFC 9293 §3.9.2.3).
        if received.group || header.src == 0 || header.dst == 0 {
            return self.dropped(Drop::Address);
        }
        let index = self.tcp.find(received, &header);
        #[cfg(feature = "hooks-tcp-inpacket")]
        if index.is_some() || self.tcp.listener(received, header.dst).is_some() {
            let local = crate::addr::socket(received.dst, header.dst);
            let remote = crate::addr::socket(received.src, header.src);
            let (header, _) = head.split_at_checked(head.len() - rest.len()).unwrap_or((head, &[]));
            let filter = self.hooks.tcp_inpacket(local, remote, header, input.payload.len());
            if filter == crate::hooks::Filter::Take {
                return;
            }
        }
        if let Some(index) = index {
            // A new SYN ends TIME-WAIT if it is beyond all that was received (RFC 9293 §3.10.7.4).
            let reopen = self.tcp.pcbs.get(index).is_some_and(|pcb| {
                pcb.state == TcpState::TimeWait
                    && header.flags & (flags::SYN | flags::ACK | flags::RST) == flags::SYN
                    && pcb.rcv_nxt.before(Seq(header.seq))
            });
            if !reopen {
                return self.tcp_segment(index, received, &input);
            }
            self.tcp_end(index, Ended::InOrder);
        }
        let listener = self.tcp.listener(received, header.dst);
        match listener.filter(|_| !header.has(flags::RST) && !header.has(flags::ACK)) {
            Some(listener) if header.has(flags::SYN) => {
                self.tcp_syn(listener, received, &header, options, now)
            }
            Some(_) => self.dropped(Drop::Tcp),
            None => {
                self.dropped(Drop::Port);
                self.tcp_refuse(received, &header, input.len());
            }
        }
    }

    fn tcp_segment(&mut self, index: usize, received: &Received, input: &Input) {
        let Stack { tcp, pool, .. } = self;
        let Some(pcb) = tcp.pcbs.get_mut(index) else { return };
        let state = pcb.state;
        #[cfg(feature = "nd6")]
        let acknowledged = pcb.snd_una;
        let verdict = pcb.segment(pool, input);
        #[cfg(feature = "nd6")]
        let heard = acknowledged.before(pcb.snd_una);
        let output = pcb.flags.has(Flags::ACK_NOW | Flags::REXMIT | Flags::FIN_QUEUED) || !pcb.tx.is_empty();
        let established = pcb.is_synchronized() && state == TcpState::SynReceived;
        let listener =
            if established && pcb.flags.has(Flags::UNACCEPTED) { Some(pcb.listener) } else { None };
        tcp.events |= pcb.events != 0;
        if let Some(listener) = listener.and_then(|listener| tcp.listeners.get_mut(usize::from(listener))) {
            listener.set_event();
            tcp.events = true;
        }
        #[cfg(feature = "nd6")]
        if heard && self.neighbors.is_timed() {
            self.tcp_confirm(index, input.now);
        }
        match verdict {
            Verdict::Taken => {}
            Verdict::Drop => return self.dropped(Drop::Tcp),
            Verdict::Acknowledge => return self.tcp_acknowledge(index),
            Verdict::Challenge => {
                self.dropped(Drop::Tcp);
                if self.tcp.challenges.allows(TCP_CHALLENGE_ACK_RATE, input.now) {
                    self.tcp_acknowledge(index);
                }
                return;
            }
            Verdict::Refuse => {
                self.dropped(Drop::Tcp);
                return self.tcp_refuse(received, &input.header, input.len());
            }
            Verdict::End(why) => return self.tcp_end(index, why),
            Verdict::Abort => {
                self.tcp_reset(index);
                return self.tcp_end(index, Ended::Reset);
            }
        }
        if output {
            self.tcp.make_ready(index);
        }
    }

    /// The way to the peer works: it has acknowledged something new (RFC 4861 §7.3.1).
    #[cfg(feature = "nd6")]
    fn tcp_confirm(&mut self, index: usize, now: Instant) {
        if let Some(pcb) = self.tcp.pcbs.get(index)
            && let Some(next_hop) = self.next_hop(pcb.netif, &pcb.remote_ip)
        {
            self.neighbors.confirm(pcb.netif, &next_hop, now);
        }
    }

    fn tcp_acknowledge(&mut self, index: usize) {
        if let Some(pcb) = self.tcp.pcbs.get_mut(index) {
            pcb.flags.set(Flags::ACK_NOW);
            self.tcp.make_ready(index);
        }
    }
}

impl Tcp {
    /// The connection that a segment belongs to.
    fn find(&mut self, received: &Received, header: &Header) -> Option<usize> {
        let is = |pcb: &Pcb| {
            pcb.remote_port == header.src
                && pcb.local_port == header.dst
                && pcb.remote_ip == received.src
                && pcb.local_ip == received.dst
                && pcb.state != TcpState::Closed
        };
        let recent = usize::from(self.recent);
        if self.pcbs.get(recent).is_some_and(is) {
            return Some(recent);
        }
        let index = self.pcbs.iter().position(is)?;
        self.recent = index as u8;
        Some(index)
    }
}

impl Pcb {
    /// Whether data is still expected from the peer.
    pub(super) fn takes_data(&self) -> bool {
        matches!(self.state, TcpState::Established | TcpState::FinWait1 | TcpState::FinWait2)
            && !self.flags.has(Flags::ORPHAN)
    }

    fn segment(&mut self, pool: &mut Pool, input: &Input) -> Verdict {
        if self.state == TcpState::SynSent {
            return self.syn_sent(input);
        }
        let header = &input.header;
        let seq = Seq(header.seq);
        if !self.acceptable(seq, input.len()) {
            if header.has(flags::RST) {
                return Verdict::Drop;
            }
            if self.state == TcpState::TimeWait {
                self.enter_time_wait(input.now);
            }
            if self.state == TcpState::SynReceived && header.has(flags::SYN) {
                // The peer's SYN again: our answer was lost.
                self.snd_nxt = self.snd_una;
            }
            return self.closed_window(pool, input);
        }
        if header.has(flags::RST) {
            // Only an exact reset is believed (RFC 5961 §3.2).
            return match (seq == self.rcv_nxt, self.state) {
                (false, _) => Verdict::Challenge,
                (true, TcpState::SynReceived) => Verdict::End(Ended::Refused),
                (true, TcpState::TimeWait | TcpState::LastAck | TcpState::Closing) => {
                    Verdict::End(Ended::InOrder)
                }
                (true, _) => Verdict::End(Ended::Reset),
            };
        }
        if header.has(flags::SYN) {
            return Verdict::Challenge; // RFC 5961 §4.2
        }
        if !header.has(flags::ACK) {
            return Verdict::Drop;
        }
        let ack = Seq(header.ack);
        if self.state == TcpState::SynReceived {
            if !self.snd_una.before(ack) || self.snd_max.before(ack) {
                return Verdict::Refuse;
            }
            self.state = TcpState::Established;
            self.events |= TcpEvents::CONNECTED;
            self.snd_una = self.snd_una.after(1);
            self.snd_nxt = self.snd_nxt.max(self.snd_una);
            self.time_acked(ack, input.now);
            self.arm_idle(input.now);
        }
        // Beyond what was sent, or older than any window could be (RFC 5961 §5.2).
        let oldest = self.snd_una.back(self.snd_wnd_max as usize);
        if self.snd_max.before(ack) || ack.before(oldest) {
            return Verdict::Challenge;
        }
        self.acknowledged(pool, input, ack);
        match self.after_ack(input) {
            Verdict::Taken => self.receive(pool, input),
            verdict => verdict,
        }
    }

    /// A segment outside of the window. If that is closed, probes come from before it: what they acknowledge counts
    /// all the same (RFC 9293 §3.10.7.4).
    fn closed_window(&mut self, pool: &mut Pool, input: &Input) -> Verdict {
        let ack = Seq(input.header.ack);
        let probe = self.rcv_window() == 0 && Seq(input.header.seq).before(self.rcv_nxt);
        let bits = input.header.flags & (flags::SYN | flags::ACK);
        let new = self.is_synchronized() && self.snd_una.before(ack) && !self.snd_max.before(ack);
        if probe && bits == flags::ACK && new {
            self.acknowledged(pool, input, ack);
            if let Verdict::End(why) = self.after_ack(input) {
                return Verdict::End(why);
            }
        }
        Verdict::Acknowledge
    }

    /// RFC 9293 §3.10.7.3.
    fn syn_sent(&mut self, input: &Input) -> Verdict {
        let header = &input.header;
        let ack = Seq(header.ack);
        if header.has(flags::ACK) && (!self.snd_una.before(ack) || self.snd_max.before(ack)) {
            return if header.has(flags::RST) { Verdict::Drop } else { Verdict::Refuse };
        }
        if header.has(flags::RST) {
            return if header.has(flags::ACK) { Verdict::End(Ended::Refused) } else { Verdict::Drop };
        }
        if !header.has(flags::SYN) {
            return Verdict::Drop;
        }
        self.take_syn(header, &Options::parse(input.options));
        if header.has(flags::ACK) {
            self.state = TcpState::Established;
            self.events |= TcpEvents::CONNECTED | TcpEvents::WRITABLE;
            self.time_acked(ack, input.now);
            self.snd_una = ack;
            self.snd_nxt = ack;
            self.snd_wl2 = ack;
            self.arm_idle(input.now);
            self.flags.set(Flags::ACK_NOW);
        } else {
            // Both opened at once (RFC 9293 §3.5, figure 7).
            self.state = TcpState::SynReceived;
            self.snd_nxt = self.snd_una;
            self.timed_at = input.now.as_millis();
            self.flags.set(Flags::ACK_NOW);
        }
        Verdict::Taken
    }

    /// Whether any of the segment lies in the window (RFC 9293 §3.10.7.4, first check).
    fn acceptable(&self, seq: Seq, len: usize) -> bool {
        let window = self.rcv_window() as i32;
        let ahead = seq.distance(self.rcv_nxt);
        match (len, window) {
            // A peer that has filled the window acknowledges from its very end, as Linux does when the first segment
            // of a window was lost.
            (0, _) => (0..=window).contains(&ahead),
            // With a closed window, the next sequence number alone may still come, for its acknowledgement and FIN.
            (_, 0) => ahead == 0,
            _ => ahead < window && seq.after(len - 1).distance(self.rcv_nxt) >= 0,
        }
    }

    /// Takes an acknowledgement and the window that comes with it.
    fn acknowledged(&mut self, pool: &mut Pool, input: &Input, ack: Seq) {
        let header = &input.header;
        let now = input.now;
        let wnd = self.peer_window(header.window);
        let new = ack.since(self.snd_una);
        if new > 0 {
            let data = new.min(self.tx.len());
            // Our FIN is the one number beyond the data.
            if new > data {
                self.flags.clear(Flags::FIN_QUEUED);
            }
            self.time_acked(ack, now);
            self.congestion_acked(new, ack);
            self.snd_una = ack;
            self.snd_nxt = self.snd_nxt.max(ack);
            self.send_release(pool, data);
            self.retries = 0;
            if data > 0 {
                self.events |= TcpEvents::WRITABLE;
            }
            if self.in_flight() == 0 {
                self.arm_idle(now);
            } else {
                self.arm_backed_off(Timer::Rexmit, now);
            }
        } else if ack == self.snd_una
            && self.timer == Timer::Rexmit
            && self.in_flight() > 0
            && input.len() == 0
            && wnd == self.snd_wnd as usize
        {
            self.congestion_duplicate();
        }
        self.heard(now);
        let seq = Seq(header.seq);
        let newer = self.snd_wl1.before(seq) || (self.snd_wl1 == seq && !ack.before(self.snd_wl2));
        if !ack.before(self.snd_una) && newer {
            self.set_snd_wnd(wnd);
            self.snd_wl1 = seq;
            self.snd_wl2 = ack;
            if wnd > 0 && self.timer == Timer::Persist {
                self.snd_nxt = self.snd_una;
                self.arm_idle(now);
            } else if wnd == 0 && self.timer == Timer::Rexmit {
                // The peer took its window back: it lives, so it is probed and not given up.
                self.snd_nxt = self.snd_una;
                self.retries = 0;
                self.arm_backed_off(Timer::Persist, now);
            }
        }
    }

    /// The peer lives: silence is measured from now.
    fn heard(&mut self, now: Instant) {
        if self.timer == Timer::Persist {
            self.retries = self.retries.min(1);
        }
        #[cfg(feature = "tcp-keepalive")]
        if self.timer == Timer::Keepalive {
            self.arm_idle(now);
        }
        let _ = now;
    }

    fn peer_window(&self, window: u16) -> usize {
        #[cfg(feature = "tcp-wnd-scale")]
        return usize::from(window) << self.snd_shift;
        #[cfg(not(feature = "tcp-wnd-scale"))]
        usize::from(window)
    }

    /// Ends the timing of a segment that `ack` covers (RFC 6298 §3: never one that was sent twice).
    fn time_acked(&mut self, ack: Seq, now: Instant) {
        if self.flags.has(Flags::TIMING) && !ack.before(self.timed) {
            self.flags.clear(Flags::TIMING);
            self.rtt.measured(now.as_millis().wrapping_sub(self.timed_at));
        }
    }

    /// What an acknowledgement of our FIN changes (RFC 9293 §3.10.7.4, fifth check).
    fn after_ack(&mut self, input: &Input) -> Verdict {
        let finished = self.in_flight() == 0 && !self.flags.has(Flags::FIN_QUEUED) && self.tx.is_empty();
        match self.state {
            TcpState::FinWait1 if finished => {
                self.state = TcpState::FinWait2;
                if self.flags.has(Flags::ORPHAN) {
                    self.arm(Timer::FinWait2, input.now, TCP_FIN_WAIT_TIMEOUT_MS);
                }
            }
            TcpState::Closing if finished => self.enter_time_wait(input.now),
            TcpState::LastAck if finished => return Verdict::End(Ended::InOrder),
            _ => {}
        }
        Verdict::Taken
    }
}
