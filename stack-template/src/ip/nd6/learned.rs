//! Small tables of what routers tell, each entry for as long as they say.

use crate::Instant;
use crate::netif::ipv6::Lifetime;

/// Something that a router told.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Learned<T> {
    valid: Lifetime,
    what: T,
    /// The interface that it is about, counted from 1; 0 for a free place.
    on: u8,
}

/// What can be learned.
pub(super) trait Fact: Copy {
    /// What stands in a free place.
    const NONE: Self;

    /// Whether it replaces `other`.
    fn is_about(&self, other: &Self) -> bool;
}

impl<T: Fact> Learned<T> {
    pub const FREE: Self = Self { valid: Lifetime::FOREVER, what: T::NONE, on: 0 };

    /// What is known of `netif`.
    pub fn of(&self, netif: u8) -> Option<&T> {
        (self.on == netif + 1).then_some(&self.what)
    }

    /// What is known of any interface.
    pub fn get(&self) -> Option<&T> {
        (self.on > 0).then_some(&self.what)
    }

    pub fn of_mut(&mut self, netif: u8) -> Option<&mut T> {
        (self.on == netif + 1).then_some(&mut self.what)
    }
}

/// Notes what was told, for `seconds`; tells whether it is news. A full table takes no more.
pub(super) fn learn<T: Fact>(
    table: &mut [Learned<T>],
    netif: u8,
    what: T,
    seconds: u32,
    now: Instant,
) -> bool {
    let known = table.iter().position(|held| held.of(netif).is_some_and(|held| held.is_about(&what)));
    let free = || table.iter().position(|held| held.on == 0);
    let place = known.or_else(|| if seconds > 0 { free() } else { None });
    let Some(held) = place.and_then(|place| table.get_mut(place)) else { return false };
    *held = match seconds {
        0 => Learned::FREE,
        _ => Learned { valid: Lifetime::from_seconds(seconds, now), what, on: netif + 1 },
    };
    known.is_none() || seconds == 0
}

/// Frees what is over or, with `gone`, all that was told about that interface; tells whether there was any.
pub(super) fn expire<T: Fact>(table: &mut [Learned<T>], gone: Option<u8>, now: Instant) -> bool {
    let mut any = false;
    for held in table {
        if held.on > 0 && (held.valid.is_over(now) || gone.is_some_and(|netif| held.of(netif).is_some())) {
            *held = Learned::FREE;
            any = true;
        }
    }
    any
}

/// The end of what ends first.
pub(super) fn first_end<T: Fact>(table: &[Learned<T>]) -> Lifetime {
    let ends = table.iter().filter(|held| held.on > 0).map(|held| held.valid);
    ends.fold(Lifetime::FOREVER, Lifetime::earlier)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Fact for u8 {
        const NONE: Self = 0;

        fn is_about(&self, other: &Self) -> bool {
            self == other
        }
    }

    #[test]
    fn what_is_told_lasts_as_long_as_it_was_said() {
        let mut table = [Learned::FREE; 2];
        let start = Instant::from_millis(u32::MAX - 1000);
        assert!(learn(&mut table, 0, 7, 10, start) && learn(&mut table, 1, 7, 20, start));
        assert!(!learn(&mut table, 0, 8, 10, start), "full");
        assert!(!learn(&mut table, 0, 7, 15, start), "no news, but a longer life");
        assert!(!learn(&mut table, 0, 9, 0, start), "it was not known");
        assert_eq!(first_end(&table).deadline(), Some(start.after(15_000)));
        assert!(!expire(&mut table, None, start.after(14_999)));
        assert!(expire(&mut table, None, start.after(15_000)));
        assert_eq!((table[0].get(), table[1].of(1)), (None, Some(&7)));
        assert!(learn(&mut table, 1, 7, 0, start));
        assert_eq!(first_end(&table), Lifetime::FOREVER);
        assert!(learn(&mut table, 1, 7, u32::MAX, start) && !expire(&mut table, Some(0), start));
        assert!(expire(&mut table, Some(1), start));
    }
}
