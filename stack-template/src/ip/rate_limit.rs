//! A limit on how many answers of a kind are sent in a second (RFC 1812 §4.3.2.8, RFC 5961 §7).

use crate::Instant;

/// Counts what was sent in the running second.
#[derive(Debug)]
#[repr(C)]
pub struct RateLimit {
    since: u32,
    sent: u16,
}

impl RateLimit {
    pub const fn new() -> Self {
        Self { since: 0, sent: 0 }
    }

    /// Whether one more may be sent now, of `rate` a second; counts it if so.
    #[inline(never)]
    pub fn allows(&mut self, rate: u16, now: Instant) -> bool {
        if now.as_millis().wrapping_sub(self.since) >= 1000 {
            *self = Self { since: now.as_millis(), sent: 0 };
        }
        let allowed = self.sent < rate;
        self.sent += u16::from(allowed);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_allows_no_more_than_its_rate() {
        let mut limit = RateLimit::new();
        let start = Instant::from_millis(u32::MAX - 100);
        let allowed = (0..50).filter(|i| limit.allows(3, start.after(i * 10))).count();
        assert_eq!(allowed, 3);
        assert!(limit.allows(3, start.after(1000)));
    }
}
