//! Data and FIN of an acceptable segment: into the receive queue, in order or in place (RFC 9293 §3.10.7.4).

use super::input::{Input, Verdict};
use super::pcb::{Flags, Pcb};
use super::seq::Seq;
use super::{TcpEvents, TcpState};
use crate::config::TCP_DELAYED_ACK_MS;
use crate::pbuf::{Claim, Pool};
use crate::wire::tcp::flags;

impl Pcb {
    /// Takes the segment's data and FIN.
    pub(super) fn receive(&mut self, pool: &mut Pool, input: &Input) -> Verdict {
        let seq = Seq(input.header.seq);
        let fin = input.header.has(flags::FIN);
        if input.payload.is_empty() && !fin {
            return Verdict::Taken;
        }
        if self.flags.has(Flags::FIN_RECEIVED) {
            // The peer sends what it sent before: our acknowledgement was lost.
            if self.state == TcpState::TimeWait {
                self.enter_time_wait(input.now);
            }
            return Verdict::Acknowledge;
        }
        if self.flags.has(Flags::ORPHAN) && !input.payload.is_empty() {
            return Verdict::Abort; // nobody will read it: RFC 9293 §3.6.1
        }
        // What lies before the window has been read, what lies behind it was not invited.
        let skip = self.rcv_nxt.since(seq);
        let fresh = input.payload.skip(skip);
        let gap = seq.since(self.rcv_nxt);
        let room = self.rcv_window().saturating_sub(gap);
        let whole = fresh.len() <= room;
        let fresh = fresh.first(room);
        if !fresh.is_empty() && self.notes_ahead(gap, fresh.len()) {
            let at = self.rx.len() + gap;
            self.rx.write_payload(pool, at, fresh, Claim::Promised);
        }
        if gap > 0 {
            self.fin_ahead(gap + fresh.len(), fin && whole);
            // The peer counts them, so each such segment gets its own (RFC 5681 §4.2).
            self.duplicates = self.duplicates.saturating_add(1);
            self.flags.set(Flags::ACK_NOW);
            return Verdict::Taken;
        }
        if !fresh.is_empty() {
            self.duplicates = 0;
        }
        let (joined, fin_joined) = self.join_ahead(fresh.len());
        let len = fresh.len() + joined;
        self.rx.advance(len);
        self.rcv_nxt = self.rcv_nxt.after(len);
        let fin = fin_joined || (fin && whole);
        if !fresh.is_empty() {
            self.events |= TcpEvents::READABLE;
            self.delay_ack(input);
        } else if !whole || skip > 0 {
            // A probe of a closed window, or something old.
            self.flags.set(Flags::ACK_NOW);
        }
        if fin {
            self.fin_received(input);
        }
        Verdict::Taken
    }

    /// Every second segment is acknowledged at once, another one after a while (RFC 5681 §4.2). Without room for a
    /// second one there is nothing to wait for.
    fn delay_ack(&mut self, input: &Input) {
        self.unacked = self.unacked.saturating_add(1);
        let last = self.rcv_window() < usize::from(self.mss);
        if self.unacked >= 2 || last || TCP_DELAYED_ACK_MS == 0 {
            self.flags.set(Flags::ACK_NOW);
        } else if !self.flags.has(Flags::ACK_DELAYED) {
            self.flags.set(Flags::ACK_DELAYED);
            self.ack_at = input.now.after(TCP_DELAYED_ACK_MS).as_millis();
        }
    }

    /// Notes `len` bytes behind a gap; gives whether bytes that stand there are to be kept.
    #[cfg(feature = "tcp-ooseq")]
    fn notes_ahead(&mut self, gap: usize, len: usize) -> bool {
        gap == 0 || self.ooseq.insert(gap, gap + len)
    }

    #[cfg(not(feature = "tcp-ooseq"))]
    fn notes_ahead(&mut self, gap: usize, _len: usize) -> bool {
        gap == 0
    }

    /// Notes a FIN behind `end`, if data that was noted ends there.
    #[cfg(feature = "tcp-ooseq")]
    fn fin_ahead(&mut self, end: usize, fin: bool) {
        if fin && self.ooseq.end() == end {
            self.flags.set(Flags::FIN_AHEAD);
        }
    }

    #[cfg(not(feature = "tcp-ooseq"))]
    fn fin_ahead(&mut self, _end: usize, _fin: bool) {}

    /// Joins data that lies ahead to the `len` bytes that came in order; gives how much, and whether the FIN is reached
    /// by it.
    #[cfg(feature = "tcp-ooseq")]
    fn join_ahead(&mut self, len: usize) -> (usize, bool) {
        if self.ooseq.is_empty() {
            return (0, false);
        }
        // A gap was filled: the peer should know at once (RFC 5681 §4.2).
        self.flags.set(Flags::ACK_NOW);
        let joined = self.ooseq.advance(len);
        (joined, self.ooseq.is_empty() && self.flags.has(Flags::FIN_AHEAD))
    }

    #[cfg(not(feature = "tcp-ooseq"))]
    fn join_ahead(&mut self, _len: usize) -> (usize, bool) {
        (0, false)
    }

    /// RFC 9293 §3.10.7.4, eighth check.
    fn fin_received(&mut self, input: &Input) {
        self.rcv_nxt = self.rcv_nxt.after(1);
        self.rcv_adv = self.rcv_adv.max(self.rcv_nxt);
        self.flags.set(Flags::FIN_RECEIVED | Flags::ACK_NOW);
        self.events |= TcpEvents::READABLE;
        match self.state {
            TcpState::Established => self.state = TcpState::CloseWait,
            TcpState::FinWait1 => self.state = TcpState::Closing,
            TcpState::FinWait2 => self.enter_time_wait(input.now),
            _ => {}
        }
    }
}
