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
        let (at, len) = if self.flags.has(Flags::REXMIT) && self.in_flight() > 0 {
            (0, usize::from(self.mss))
        } else if self.flags.has(Flags::PROBE) {
            if self.tx.is_empty() && !self.flags.has(Flags::FIN_QUEUED) {
                return control(self.snd_una.back(1), flags::ACK);
            }
            // What makes the peer tell its window, or that it lives (RFC 9293 §3.8.6.1, §3.8.4): what fits the window,
            // and one byte when it is closed.
            (0, (self.snd_wnd as usize).clamp(1, usize::from(self.mss).max(1)))
        } else {
            match self.new_data() {
                Some(data) => data,
                None if self.flags.has(Flags::ACK_NOW) => return control(self.snd_max, flags::ACK),
                None => return None,
            }
        };
        // The segment of `len` bytes at `at` of the send queue, with the FIN when it stands right behind.
        let left = self.tx.len().saturating_sub(at);
        let len = len.min(left);
        let mut bits = flags::ACK;
        if len == left {
            bits |= if len > 0 { flags::PSH } else { 0 };
            bits |= if self.flags.has(Flags::FIN_QUEUED) { flags::FIN } else { 0 };
        }
        Some(Segment { seq: self.snd_una.after(at), at, len, flags: bits })
    }

    /// Place and length of what can be sent from `snd_nxt` on, if it is worth a segment.
    fn new_data(&self) -> Option<(usize, usize)> {
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
        ((len > 0 && worth) || fin).then_some((at, len))
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
