//! Time as the stack sees it: milliseconds in a wrapping `u32`, given by the caller.

/// A point in time, in milliseconds; wraps after 49.7 days and is compared wrap-safe.
///
/// Two instants can be told apart as earlier and later while they are less than 24.8 days apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Instant(u32);

impl Instant {
    /// The instant at which the caller's clock shows `ms`.
    pub const fn from_millis(ms: u32) -> Self {
        Self(ms)
    }

    /// What the caller's clock showed.
    pub const fn as_millis(self) -> u32 {
        self.0
    }

    /// This instant moved by `ms` milliseconds into the future.
    pub const fn after(self, ms: u32) -> Self {
        Self(self.0.wrapping_add(ms))
    }

    /// Milliseconds from `earlier` to this instant, 0 when `earlier` is the later one.
    pub const fn since(self, earlier: Self) -> u32 {
        let ms = self.0.wrapping_sub(earlier.0);
        if (ms as i32) < 0 { 0 } else { ms }
    }

    /// Whether `deadline` is now or has passed.
    pub const fn reached(self, deadline: Self) -> bool {
        self.0.wrapping_sub(deadline.0) as i32 >= 0
    }

    /// The earlier of two deadlines of which either may be absent.
    pub(crate) fn earliest(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(if a.reached(b) { b } else { a }),
            (a, b) => a.or(b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_hold_across_the_wrap() {
        let before = Instant::from_millis(u32::MAX - 10);
        let deadline = before.after(20);
        assert_eq!(deadline.as_millis(), 9);
        assert!(!before.reached(deadline));
        assert!(deadline.reached(before));
        assert!(deadline.after(1).reached(deadline));
        assert_eq!(deadline.since(before), 20);
        assert_eq!(before.since(deadline), 0);
        assert_eq!(Instant::earliest(Some(deadline), Some(before)), Some(before));
        assert_eq!(Instant::earliest(None, Some(before)), Some(before));
        assert_eq!(Instant::earliest(None, None), None);
    }
}
