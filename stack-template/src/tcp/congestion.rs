//! Congestion control: slow start, congestion avoidance, fast retransmit and recovery (RFC 5681, RFC 6582).

use super::pcb::{Flags, Pcb, window};
use super::seq::Seq;

/// Duplicate acknowledgements that stand for a loss (RFC 5681 §3.2).
const DUPLICATES: usize = 3;

impl Pcb {
    fn segment_len(&self) -> usize {
        usize::from(self.mss)
    }

    /// The windows of a connection that has sent nothing (RFC 5681 §3.1).
    pub fn congestion_start(&mut self) {
        let mss = self.segment_len();
        self.cwnd = window((4 * mss).min(4380.max(2 * mss)));
        self.ssthresh = window(usize::MAX);
        self.acked = 0;
        self.dupacks = 0;
    }

    /// Bytes that may be in flight for the congestion window's sake.
    pub fn congestion_window(&self) -> usize {
        // Limited transmit: each of the first duplicates lets one more segment go (RFC 3042 §2).
        let limited = if self.flags.has(Flags::RECOVERY) { 0 } else { usize::from(self.dupacks).min(2) };
        self.cwnd as usize + limited * self.segment_len()
    }

    /// An acknowledgement of `bytes` new bytes up to `ack`.
    pub fn congestion_acked(&mut self, bytes: usize, ack: Seq) {
        let mss = self.segment_len();
        let mut cwnd = self.cwnd as usize;
        self.dupacks = 0;
        if self.flags.has(Flags::RECOVERY) {
            if ack.before(self.recover) {
                // A partial acknowledgement: the next segment is lost too (RFC 6582 §3.2 step 3).
                self.flags.set(Flags::REXMIT);
                cwnd = cwnd.saturating_sub(bytes) + mss;
            } else {
                self.flags.clear(Flags::RECOVERY);
                let flight = self.snd_max.since(ack);
                cwnd = (self.ssthresh as usize).min(flight.max(mss) + mss);
            }
        } else if self.cwnd < self.ssthresh {
            // Appropriate byte counting with L = 2 (RFC 3465 §2.2).
            cwnd += bytes.min(2 * mss);
        } else {
            let mut acked = self.acked as usize + bytes;
            if acked >= cwnd {
                acked -= cwnd;
                cwnd += mss;
            }
            self.acked = window(acked);
        }
        self.cwnd = window(cwnd);
    }

    /// A duplicate acknowledgement.
    pub fn congestion_duplicate(&mut self) {
        let mss = self.segment_len();
        self.dupacks = self.dupacks.saturating_add(1);
        if self.flags.has(Flags::RECOVERY) {
            self.cwnd = window(self.cwnd as usize + mss);
            return;
        }
        // Acknowledgements of what was sent before the last recovery say nothing new (RFC 6582 §3.2 step 2).
        if usize::from(self.dupacks) >= self.duplicate_threshold() && self.recover.before(self.snd_una) {
            self.halve();
            self.cwnd = window(self.ssthresh as usize + DUPLICATES * mss);
            self.flags.set(Flags::RECOVERY | Flags::REXMIT);
            self.flags.clear(Flags::TIMING);
        }
    }

    /// With fewer segments in flight than could give three duplicates, fewer are enough (RFC 5827 §3.1).
    fn duplicate_threshold(&self) -> usize {
        let segments = self.in_flight().div_ceil(self.segment_len().max(1));
        let unsent = self.tx.len() > self.snd_max.since(self.snd_una);
        if segments < 4 && !unsent { segments.saturating_sub(1).clamp(1, DUPLICATES) } else { DUPLICATES }
    }

    /// The retransmission timer expired (RFC 5681 §3.1).
    pub fn congestion_timeout(&mut self) {
        if self.retries == 0 {
            self.halve();
        }
        self.cwnd = window(self.segment_len());
        self.recover = self.snd_max;
        self.acked = 0;
        self.dupacks = 0;
        self.flags.clear(Flags::RECOVERY | Flags::REXMIT | Flags::TIMING);
    }

    fn halve(&mut self) {
        self.ssthresh = window((self.in_flight() / 2).max(2 * self.segment_len()));
        self.recover = self.snd_max;
        self.acked = 0;
    }
}
