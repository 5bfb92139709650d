//! Timers of a connection: one for what it waits for, one for a delayed acknowledgement.

use super::TcpState;
use super::pcb::{Ended, Flags, Pcb};
use crate::config::{TCP_MAX_RETRIES, TCP_PCBS, TCP_SYN_RCVD_TIMEOUT_MS, TCP_SYN_RETRIES};
use crate::{Instant, Stack};

/// What a connection's timer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Timer {
    /// Nothing.
    Off,
    /// An acknowledgement (RFC 6298).
    Rexmit,
    /// The peer's window to open (RFC 9293 §3.8.6.1).
    Persist,
    /// The peer's FIN, when the application has let go of the connection.
    FinWait2,
    /// Old segments to die out (RFC 9293 §3.4.1).
    TimeWait,
}

const _: () = assert!(size_of::<Timer>() == 1);

/// What became of a connection whose timer expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expired {
    /// It has something to send.
    Ready,
    /// It is over.
    Over(Ended),
}

impl Pcb {
    pub(super) fn arm(&mut self, timer: Timer, now: Instant, ms: u32) {
        self.timer = timer;
        self.timer_at = now.after(ms).as_millis();
    }

    /// Nothing is in flight and nothing blocked: only silence remains to be watched.
    pub(super) fn arm_idle(&mut self, _now: Instant) {
        self.retries = 0;
        self.timer = Timer::Off;
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let timer = (self.timer != Timer::Off).then_some(Instant::from_millis(self.timer_at));
        let ack = self.flags.has(Flags::ACK_DELAYED).then_some(Instant::from_millis(self.ack_at));
        Instant::earliest(timer, ack)
    }

    /// The timer has expired.
    pub(super) fn expired(&mut self, now: Instant) -> Expired {
        match self.timer {
            Timer::Off => return Expired::Ready,
            Timer::Rexmit => {
                let (limit, out_of_time) = match self.state {
                    TcpState::SynSent => (TCP_SYN_RETRIES, false),
                    // Until it is established, `timed_at` keeps the time of the first SYN.
                    TcpState::SynReceived => {
                        let since = now.as_millis().wrapping_sub(self.timed_at);
                        (u8::MAX, since >= TCP_SYN_RCVD_TIMEOUT_MS)
                    }
                    _ => (TCP_MAX_RETRIES, false),
                };
                if out_of_time || self.retries >= limit {
                    return Expired::Over(Ended::TimedOut);
                }
                self.congestion_timeout();
                self.snd_nxt = self.snd_una;
                self.retries += 1;
                self.arm(Timer::Rexmit, now, self.rtt.timeout(self.retries));
                if self.state == TcpState::SynReceived {
                    self.timer_at = Instant::earliest(
                        Some(Instant::from_millis(self.timer_at)),
                        Some(Instant::from_millis(self.timed_at).after(TCP_SYN_RCVD_TIMEOUT_MS)),
                    )
                    .map_or(self.timer_at, Instant::as_millis);
                }
            }
            Timer::Persist => {
                if self.retries >= TCP_MAX_RETRIES {
                    return Expired::Over(Ended::TimedOut);
                }
                self.retries += 1;
                self.flags.set(Flags::PROBE);
                self.arm(Timer::Persist, now, self.rtt.timeout(self.retries));
            }
            Timer::FinWait2 | Timer::TimeWait => return Expired::Over(Ended::InOrder),
        }
        Expired::Ready
    }
}

impl Stack {
    /// When a connection has something to do next.
    pub(crate) fn tcp_deadline(&self) -> Option<Instant> {
        self.tcp.pcbs.iter().fold(None, |next, pcb| Instant::earliest(next, pcb.deadline()))
    }

    /// Runs the timers that are due.
    #[inline(never)]
    pub(crate) fn tcp_timers(&mut self, now: Instant) {
        for index in 0..TCP_PCBS {
            let Some(pcb) = self.tcp.pcbs.get_mut(index) else { continue };
            let mut ready = false;
            if pcb.flags.has(Flags::ACK_DELAYED) && now.reached(Instant::from_millis(pcb.ack_at)) {
                pcb.flags.clear(Flags::ACK_DELAYED);
                pcb.flags.set(Flags::ACK_NOW);
                ready = true;
            }
            if pcb.timer != Timer::Off && now.reached(Instant::from_millis(pcb.timer_at)) {
                match pcb.expired(now) {
                    Expired::Ready => {
                        ready = true;
                    }
                    Expired::Over(why) => {
                        self.tcp_end(index, why);
                        continue;
                    }
                }
            }
            if ready {
                self.tcp.make_ready(index);
            }
        }
    }
}
