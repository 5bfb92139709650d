//! Sequence numbers: a circle of 2³², compared within half of it (RFC 9293 §3.4).

/// A sequence number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Seq(pub u32);

impl Seq {
    /// This number moved on by `n`.
    pub fn after(self, n: usize) -> Self {
        Self(self.0.wrapping_add(n as u32))
    }

    /// This number moved back by `n`.
    pub fn back(self, n: usize) -> Self {
        Self(self.0.wrapping_sub(n as u32))
    }

    /// How far this number is behind `other`, negative when it is before it.
    pub fn distance(self, other: Self) -> i32 {
        self.0.wrapping_sub(other.0) as i32
    }

    /// How far this number is behind `earlier`, 0 when it is not.
    pub fn since(self, earlier: Self) -> usize {
        self.distance(earlier).max(0) as usize
    }

    /// Whether this number comes before `other`.
    pub fn before(self, other: Self) -> bool {
        self.distance(other) < 0
    }

    /// The later of two numbers.
    pub fn max(self, other: Self) -> Self {
        if self.before(other) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn order_holds_anywhere_on_the_circle(start: u32, step in 1u32..0x7fff_ffff) {
            let (a, b) = (Seq(start), Seq(start).after(step as usize));
            prop_assert!(a.before(b) && !b.before(a) && !a.before(a));
            prop_assert_eq!(b.since(a), step as usize);
            prop_assert_eq!(a.since(b), 0);
            prop_assert_eq!(b.back(step as usize), a);
            prop_assert_eq!(a.max(b), b);
            prop_assert_eq!(b.max(a), b);
        }
    }
}
