//! Which segment a connection sends next (RFC 9293 §3.8.6, §3.10.7).

use super::TcpState;
use super::pcb::{Flags, Pcb};
use super::seq::Seq;
use super::timers::Timer;
use crate::Instant;
use crate::wire::tcp::flags;

/// A segment as a view of the send queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub seq: Seq,
    /// Where the payload starts in the send queue.
    pub at: usize,
    /// Bytes of payload.
    pub len: usize,
    /// Bits of the flags byte.
    pub flags: u8,
}

impl Pcb {
    /// The segment to send now, `None` when there is none.
    pub(super) fn next_segment(&self) -> Option<Segment> {
        let control = |seq, flags| Some(Segment { seq, at: 0, len: 0, flags });
        match self.state {
            TcpState::Closed => return None,
            TcpState::SynSent | TcpState::SynReceived => {
                let syn_ack =
                    if self.state == TcpState::SynSent { flags::SYN } else { flags::SYN | flags::ACK };
                if self.snd_nxt == self.snd_una {
                    return control(self.snd_una, syn_ack);
                }
                return if self.flags.has(Flags::ACK_NOW) { control(self.snd_max, flags::ACK) } else { None };
            }
            _ => {}
        }
        if self.flags.has(Flags::REXMIT) {
            let len = self.tx.len().min(usize::from(self.mss));
            if self.in_flight() > 0 {
                return Some(self.view(0, len));
            }
        }
        if self.flags.has(Flags::PROBE) {
            return Some(self.probe());
        }
        let at = self.snd_nxt.since(self.snd_una);
        let window = (self.snd_wnd as usize).min(self.congestion_window());
        let queued = self.tx.len().saturating_sub(at);
        let len = queued.min(usize::from(self.mss)).min(window.saturating_sub(at));
        let all = len == queued;
        let fin =
            self.flags.has(Flags::FIN_QUEUED) && at <= self.tx.len() && all && at + len <= window.max(1);
        let idle = at == 0;
        let again = self.snd_nxt.before(self.snd_max);
        let worth = len == usize::from(self.mss)
            || again
            // Nagle: a short segment goes when nothing is in flight (RFC 9293 §3.7.4).
            || (all && (idle || self.flags.has(Flags::NODELAY | Flags::FIN_QUEUED)))
            // Half of the largest window ever seen is worth a segment (RFC 9293 §3.8.6.2.1).
            || len * 2 >= self.snd_wnd_max as usize;
        if (len > 0 && worth) || fin {
            return Some(self.view(at, len));
        }
        if self.flags.has(Flags::ACK_NOW) { control(self.snd_max, flags::ACK) } else { None }
    }

    /// The segment of `len` bytes at `at` of the send queue, with the FIN when it stands right behind.
    fn view(&self, at: usize, len: usize) -> Segment {
        let mut bits = flags::ACK;
        let last = at + len >= self.tx.len();
        if last && len > 0 {
            bits |= flags::PSH;
        }
        if last && self.flags.has(Flags::FIN_QUEUED) {
            bits |= flags::FIN;
        }
        Segment { seq: self.snd_una.after(at), at, len, flags: bits }
    }

    /// What makes the peer tell its window, or that it lives (RFC 9293 §3.8.6.1, §3.8.4).
    fn probe(&self) -> Segment {
        if self.tx.is_empty() && !self.flags.has(Flags::FIN_QUEUED) {
            let seq = self.snd_una.back(1);
            return Segment { seq, at: 0, len: 0, flags: flags::ACK };
        }
        // What fits the window goes along, and one byte when it is closed.
        let len = (self.snd_wnd as usize).clamp(1, usize::from(self.mss).max(1));
        self.view(0, self.tx.len().min(len))
    }

    /// Takes note that `segment` was sent at `now`.
    pub(super) fn sent(&mut self, segment: &Segment, now: Instant) {
        let taken = segment.len + usize::from(segment.flags & (flags::SYN | flags::FIN) != 0);
        let end = segment.seq.after(taken);
        if segment.flags & flags::ACK != 0 {
            // With data it does not count as a duplicate (RFC 5681 §2).
            self.duplicates = self.duplicates.saturating_sub(u8::from(taken == 0));
            self.flags.clear(Flags::ACK_DELAYED | if self.duplicates == 0 { Flags::ACK_NOW } else { 0 });
            self.unacked = 0;
        }
        let probe = self.flags.has(Flags::PROBE);
        self.flags.clear(Flags::REXMIT | Flags::PROBE);
        if taken == 0 {
            return;
        }
        if !probe {
            self.snd_nxt = self.snd_nxt.max(end);
            if segment.seq == self.snd_max && !self.flags.has(Flags::TIMING) {
                self.flags.set(Flags::TIMING);
                self.timed = end;
                self.timed_at = now.as_millis();
            }
        }
        self.snd_max = self.snd_max.max(end);
        if !matches!(self.timer, Timer::Rexmit | Timer::Persist) {
            self.arm_backed_off(Timer::Rexmit, now);
        }
    }

    /// Nothing can be sent now: if that is for the peer's window, it will be probed (RFC 9293 §3.8.6.1).
    pub(super) fn blocked(&mut self, now: Instant) {
        let fin = self.flags.has(Flags::FIN_QUEUED) && !self.fin_in_flight();
        let pending = self.is_synchronized() && (!self.tx.is_empty() || fin);
        if pending && self.in_flight() == 0 && !matches!(self.timer, Timer::Rexmit | Timer::Persist) {
            self.arm_backed_off(Timer::Persist, now);
        }
    }
}
