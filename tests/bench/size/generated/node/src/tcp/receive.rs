//! Data and FIN of an acceptable segment: into the receive queue, in order or in place (RFC 9293 §3.10.7.4).

use super::input::{Input, Verdict};
use super::pcb::{Flags, Pcb};
use super::seq::Seq;
use super::{TcpEvents, TcpState};
use crate::config::TCP_DELAYED_ACK_MS;
use crate::pbuf::{Claim, Payload, Pool};
use crate::wire::checksum::Sum;
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
        let gap = seq.after(skip).since(self.rcv_nxt);
        let room = self.rcv_window().saturating_sub(gap);
        let whole = fresh.len() <= room;
        let fresh = fresh.first(room);
        if gap > 0 {
            self.receive_ahead(pool, gap, fresh, fin && whole);
            // The peer counts them, so each such segment gets its own (RFC 5681 §4.2).
            self.duplicates = self.duplicates.saturating_add(1);
            self.flags.set(Flags::ACK_NOW);
            return Verdict::Taken;
        }
        if input.staged {
            self.rx.advance(fresh.len());
        } else {
            let len = self.rx.write_payload(pool, self.rx.len(), fresh, &mut Sum::new(), Claim::Promised);
            self.rx.advance(len);
        }
        self.rcv_nxt = self.rcv_nxt.after(fresh.len());
        if !fresh.is_empty() {
            self.duplicates = 0;
        }
        let fin = self.join_ahead(fresh.len()) || (fin && whole);
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
        if self.unacked >= 2 || last {
            self.flags.set(Flags::ACK_NOW);
        } else if !self.flags.has(Flags::ACK_DELAYED) {
            self.flags.set(Flags::ACK_DELAYED);
            self.ack_at = input.now.after(TCP_DELAYED_ACK_MS).as_millis();
        }
    }

    /// Puts data where it belongs behind a gap.
    fn receive_ahead(&mut self, pool: &mut Pool, gap: usize, data: Payload<'_>, fin: bool) {
        if !data.is_empty() && self.ooseq.insert(gap, gap + data.len()) {
            self.rx.write_payload(pool, self.rx.len() + gap, data, &mut Sum::new(), Claim::Promised);
        }
        if fin && self.ooseq.end() == gap + data.len() {
            self.flags.set(Flags::FIN_AHEAD);
        }
    }

    /// Joins data that lies ahead to the `len` bytes that came in order; gives whether the FIN is reached by it.
    fn join_ahead(&mut self, len: usize) -> bool {
        if self.ooseq.is_empty() {
            return false;
        }
        let joined = self.ooseq.advance(len);
        self.rx.advance(joined);
        self.rcv_nxt = self.rcv_nxt.after(joined);
        // A gap was filled: the peer should know at once (RFC 5681 §4.2).
        self.flags.set(Flags::ACK_NOW);
        self.ooseq.is_empty() && self.flags.has(Flags::FIN_AHEAD)
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
