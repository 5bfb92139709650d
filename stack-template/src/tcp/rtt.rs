//! The retransmission timeout (RFC 6298).

use crate::config::{TCP_RTO_INITIAL_MS, TCP_RTO_MAX_MS, TCP_RTO_MIN_MS};

/// Smoothed round-trip time and its variation, in milliseconds scaled by 8 and by 4.
#[derive(Debug)]
#[repr(C)]
pub struct Rtt {
    srtt8: u32,
    rttvar4: u32,
}

impl Rtt {
    pub const fn new() -> Self {
        Self { srtt8: 0, rttvar4: 0 }
    }

    /// Takes a measurement of `ms` (RFC 6298 §2.2, §2.3).
    pub fn measured(&mut self, ms: u32) {
        let ms = ms.clamp(1, TCP_RTO_MAX_MS);
        if self.srtt8 == 0 {
            *self = Self { srtt8: ms * 8, rttvar4: ms * 2 };
        } else {
            let error = ms.abs_diff(self.srtt8 / 8);
            self.rttvar4 = self.rttvar4 - self.rttvar4 / 4 + error;
            self.srtt8 = (self.srtt8 - self.srtt8 / 8 + ms).max(8);
        }
    }

    /// The timeout in milliseconds, doubled `retries` times (RFC 6298 §2, §5.5).
    pub fn timeout(&self, retries: u8) -> u32 {
        let mut ms = match self.srtt8 {
            0 => TCP_RTO_INITIAL_MS,
            srtt8 => (srtt8 / 8 + self.rttvar4.max(1)).max(TCP_RTO_MIN_MS),
        };
        for _ in 0..retries {
            ms = ms.min(TCP_RTO_MAX_MS) * 2;
        }
        ms.min(TCP_RTO_MAX_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_measurement_gives_three_times_itself() {
        let mut rtt = Rtt::new();
        assert_eq!(rtt.timeout(0), TCP_RTO_INITIAL_MS);
        rtt.measured(500);
        assert_eq!(rtt.timeout(0), 1500.clamp(TCP_RTO_MIN_MS, TCP_RTO_MAX_MS));
    }

    #[test]
    fn a_steady_time_converges_to_itself_or_the_minimum() {
        let mut rtt = Rtt::new();
        for _ in 0..100 {
            rtt.measured(2000);
        }
        let steady = 2000.clamp(TCP_RTO_MIN_MS, TCP_RTO_MAX_MS);
        assert!((steady..=(steady + 10).min(TCP_RTO_MAX_MS)).contains(&rtt.timeout(0)), "{}", rtt.timeout(0));
        for _ in 0..100 {
            rtt.measured(0);
        }
        assert_eq!(rtt.timeout(0), TCP_RTO_MIN_MS);
    }

    #[test]
    fn backoff_doubles_up_to_the_maximum() {
        let rtt = Rtt::new();
        assert_eq!(rtt.timeout(1), (TCP_RTO_INITIAL_MS * 2).min(TCP_RTO_MAX_MS));
        assert_eq!(rtt.timeout(12), TCP_RTO_MAX_MS.min(TCP_RTO_INITIAL_MS * 4096));
        assert_eq!(rtt.timeout(255), TCP_RTO_MAX_MS);
    }
}
