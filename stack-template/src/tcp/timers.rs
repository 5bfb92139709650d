//! Timers of a connection: one for what it waits for, one for a delayed acknowledgement.

use super::TcpState;
use super::pcb::{Ended, Flags, Pcb};
#[cfg(feature = "tcp-keepalive")]
use crate::config::{TCP_KEEPALIVE_COUNT, TCP_KEEPALIVE_IDLE_MS, TCP_KEEPALIVE_INTERVAL_MS};
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
    /// Any sign of life (RFC 9293 §3.8.4).
    #[cfg(feature = "tcp-keepalive")]
    Keepalive,
    /// The peer's FIN, when the application has let go of the connection.
    FinWait2,
    /// Old segments to die out (RFC 9293 §3.4.1).
    TimeWait,
}

impl Pcb {
    pub(super) fn arm(&mut self, timer: Timer, now: Instant, ms: u32) {
        self.timer = timer;
        self.timer_at = now.after(ms).as_millis();
    }

    /// Arms the timer with the retransmission timeout, doubled for each try.
    #[inline(never)]
    pub(super) fn arm_backed_off(&mut self, timer: Timer, now: Instant) {
        self.arm(timer, now, self.rtt.timeout(self.retries));
    }

    /// Nothing is in flight and nothing blocked: only silence remains to be watched.
    pub(super) fn arm_idle(&mut self, _now: Instant) {
        self.retries = 0;
        self.timer = Timer::Off;
        #[cfg(feature = "tcp-keepalive")]
        if self.flags.has(Flags::KEEPALIVE)
            && matches!(self.state, TcpState::Established | TcpState::CloseWait)
        {
            self.arm(Timer::Keepalive, _now, TCP_KEEPALIVE_IDLE_MS);
        }
    }

    #[cfg(not(feature = "timers-periodic"))]
    pub(super) fn deadline(&self) -> Option<Instant> {
        let timer = (self.timer != Timer::Off).then_some(Instant::from_millis(self.timer_at));
        let ack = self.flags.has(Flags::ACK_DELAYED).then_some(Instant::from_millis(self.ack_at));
        Instant::earliest(timer, ack)
    }

    /// The timer has expired: why the connection is over, or `None` when it has something to send.
    pub(super) fn expired(&mut self, now: Instant) -> Option<Ended> {
        let opening = self.state == TcpState::SynReceived;
        let limit = match self.timer {
            Timer::Off => return None,
            Timer::FinWait2 | Timer::TimeWait => return Some(Ended::InOrder),
            #[cfg(feature = "tcp-keepalive")]
            Timer::Keepalive => TCP_KEEPALIVE_COUNT,
            Timer::Rexmit if opening => u8::MAX,
            Timer::Rexmit if self.state == TcpState::SynSent => TCP_SYN_RETRIES,
            Timer::Rexmit | Timer::Persist => TCP_MAX_RETRIES,
        };
        // Until it is established, `timed_at` keeps the time of the first SYN.
        let end = Instant::from_millis(self.timed_at).after(TCP_SYN_RCVD_TIMEOUT_MS);
        if self.retries >= limit || (opening && now.reached(end)) {
            return Some(Ended::TimedOut);
        }
        if self.timer == Timer::Rexmit {
            self.congestion_timeout();
            self.snd_nxt = self.snd_una;
        } else {
            self.flags.set(Flags::PROBE);
        }
        self.retries += 1;
        #[cfg(feature = "tcp-keepalive")]
        if self.timer == Timer::Keepalive {
            self.arm(Timer::Keepalive, now, TCP_KEEPALIVE_INTERVAL_MS);
            return None;
        }
        self.arm_backed_off(self.timer, now);
        if opening && Instant::from_millis(self.timer_at).reached(end) {
            self.timer_at = end.as_millis();
        }
        None
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// When a connection has something to do next.
    #[cfg(not(feature = "timers-periodic"))]
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
                if let Some(why) = pcb.expired(now) {
                    self.tcp_end(index, why);
                    continue;
                }
                ready = true;
                #[cfg(feature = "stats")]
                {
                    self.stats.retransmitted = self.stats.retransmitted.wrapping_add(1);
                }
            }
            if ready {
                self.tcp.make_ready(index);
            }
        }
    }
}
