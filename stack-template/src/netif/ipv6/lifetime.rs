//! How long something lasts that a router told of (RFC 4861 §4.6.2).

use crate::Instant;

/// How long something lasts, from the stack's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Lifetime {
    /// When it ends; 0 stands for never.
    until: u32,
}

impl Lifetime {
    pub const FOREVER: Self = Self { until: 0 };

    /// A lifetime of `seconds` from now; all ones is for ever (RFC 4861 §4.6.2). More than 24 days, which the clock
    /// cannot tell from the past, are taken as 24 and renewed by the next advertisement.
    #[cfg(feature = "ipv6-autoconf")]
    #[inline(never)]
    pub fn from_seconds(seconds: u32, now: Instant) -> Self {
        const MOST_S: u32 = 24 * 86_400;
        if seconds == u32::MAX { Self::FOREVER } else { Self::from_millis(seconds.min(MOST_S) * 1000, now) }
    }

    /// A lifetime of `ms` from now.
    #[cfg(feature = "ipv6-autoconf")]
    pub fn from_millis(ms: u32, now: Instant) -> Self {
        Self { until: now.after(ms).as_millis().max(1) }
    }

    /// As it is kept among bytes.
    #[cfg(feature = "nd6-search-list")]
    pub fn to_bytes(self) -> [u8; 4] {
        self.until.to_ne_bytes()
    }

    /// What [`to_bytes`](Self::to_bytes) gave.
    #[cfg(feature = "nd6-search-list")]
    pub fn from_bytes(bytes: [u8; 4]) -> Self {
        Self { until: u32::from_ne_bytes(bytes) }
    }

    /// When it ends, `None` for never.
    pub fn deadline(self) -> Option<Instant> {
        (self.until != 0).then_some(Instant::from_millis(self.until))
    }

    /// Of two lifetimes the one that ends first.
    pub fn earlier(self, other: Self) -> Self {
        match (self.deadline(), other.deadline()) {
            (Some(a), Some(b)) if a.reached(b) => other,
            (Some(_), _) => self,
            (None, _) => other,
        }
    }

    pub fn is_over(self, now: Instant) -> bool {
        self.deadline().is_some_and(|until| now.reached(until))
    }

    /// Milliseconds left, the most there is when it never ends.
    #[cfg(feature = "ipv6-autoconf")]
    pub fn left(self, now: Instant) -> u32 {
        self.deadline().map_or(u32::MAX, |until| until.since(now))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "ipv6-autoconf")]
    #[test]
    fn lifetimes_end_across_the_wrap() {
        use super::{Instant, Lifetime};
        let now = Instant::from_millis(u32::MAX - 500);
        let life = Lifetime::from_seconds(1, now);
        assert!(!life.is_over(now) && life.is_over(now.after(1000)));
        assert!(!Lifetime::FOREVER.is_over(now.after(1 << 30)));
    }
}
