//! What routers tell, each fact for as long as they say (RFC 4861 §6.3.4, RFC 4191, RFC 8106).
//!
//! One table holds facts of all kinds, each kind in places of its own: they differ in who asks for them alone.

use crate::Instant;
use crate::addr::Ip6;
use crate::config::{ND6_DNS_SERVERS, ND6_PREFIXES, ND6_ROUTERS};
use crate::netif::ipv6::{Lifetime, common_prefix};
use crate::netif::is_same;

#[cfg(feature = "nd6-route-info")]
const ND6_ROUTES: usize = crate::config::ND6_ROUTES;
#[cfg(not(feature = "nd6-route-info"))]
const ND6_ROUTES: usize = 0;
const PLACES: usize = ND6_ROUTERS + ND6_PREFIXES + ND6_DNS_SERVERS + ND6_ROUTES;

/// What is learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A default router.
    Router,
    /// A prefix whose addresses are on the link.
    Prefix,
    /// A DNS server.
    Dns,
    /// A prefix that a router is the way to.
    #[cfg(feature = "nd6-route-info")]
    Route,
}

impl Kind {
    /// The places of the table that facts of the kind have, by the first and the one behind the last.
    const fn places(self) -> (usize, usize) {
        const PREFIXES: usize = ND6_ROUTERS + ND6_PREFIXES;
        const SERVERS: usize = PREFIXES + ND6_DNS_SERVERS;
        match self {
            Kind::Router => (0, ND6_ROUTERS),
            Kind::Prefix => (ND6_ROUTERS, PREFIXES),
            Kind::Dns => (PREFIXES, SERVERS),
            #[cfg(feature = "nd6-route-info")]
            Kind::Route => (SERVERS, PLACES),
        }
    }
}

/// Something that a router told.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Fact {
    /// Address of a router or server, or one with the prefix.
    pub address: Ip6,
    /// The router that is the way to a prefix.
    #[cfg(feature = "nd6-route-info")]
    pub via: Ip6,
    /// Bits of a prefix, all of an address.
    pub len: u8,
    /// Which of two routers is to be taken; the greater.
    pub preference: u8,
    /// The router did not answer when it was last asked for.
    pub failed: bool,
}

impl Fact {
    pub const NONE: Self = Self {
        address: Ip6::UNSPECIFIED,
        #[cfg(feature = "nd6-route-info")]
        via: Ip6::UNSPECIFIED,
        len: 0,
        preference: 0,
        failed: false,
    };

    /// One about an address alone.
    pub fn about(address: &Ip6) -> Self {
        Self { address: *address, len: 128, ..Self::NONE }
    }

    /// Whether it replaces `other`.
    fn is_about(&self, other: &Self) -> bool {
        #[cfg(feature = "nd6-route-info")]
        if self.via != other.via {
            return false;
        }
        self.len == other.len && self.covers(&other.address)
    }

    /// Whether the prefix has `address`.
    pub fn covers(&self, address: &Ip6) -> bool {
        common_prefix(&self.address, address) >= u32::from(self.len)
    }
}

/// A place of the table.
#[derive(Clone, Copy)]
#[repr(C)]
struct Place {
    valid: Lifetime,
    fact: Fact,
    /// The interface that it is about, counted from 1; 0 for a free place.
    on: u8,
}

impl Place {
    /// Whether it is about the interface.
    fn is_on(&self, netif: u8) -> bool {
        self.on > 0 && is_same(self.on - 1, netif)
    }
}

/// What is known.
#[repr(C)]
pub(super) struct Learned {
    places: [Place; PLACES],
}

impl Learned {
    pub const fn new() -> Self {
        Self { places: [Place { valid: Lifetime::FOREVER, fact: Fact::NONE, on: 0 }; PLACES] }
    }

    fn places(&self, kind: Kind) -> &[Place] {
        let (first, end) = kind.places();
        self.places.get(first..end).unwrap_or_default()
    }

    fn places_mut(&mut self, kind: Kind) -> &mut [Place] {
        let (first, end) = kind.places();
        self.places.get_mut(first..end).unwrap_or_default()
    }

    /// Facts of a kind with their interfaces.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = (u8, &Fact)> {
        let held = self.places(kind).iter();
        held.filter_map(|place| Some((place.on.checked_sub(1)?, &place.fact)))
    }

    /// The same, to be changed.
    pub fn all_mut(&mut self, kind: Kind) -> impl Iterator<Item = (u8, &mut Fact)> {
        let held = self.places_mut(kind).iter_mut();
        held.filter_map(|place| Some((place.on.checked_sub(1)?, &mut place.fact)))
    }

    /// Notes what was told, for `seconds`; tells whether it is news. A full table takes no more.
    pub fn learn(&mut self, kind: Kind, netif: u8, fact: &Fact, seconds: u32, now: Instant) -> bool {
        learn(self.places_mut(kind), netif, fact, seconds, now)
    }

    /// Forgets what is over or, with `gone`, all that was told about that interface; tells whether there was any.
    pub fn expire(&mut self, gone: Option<u8>, now: Instant) -> bool {
        let mut any = false;
        for place in self.places.iter_mut().filter(|place| place.on > 0) {
            if place.valid.is_over(now) || gone.is_some_and(|netif| place.is_on(netif)) {
                place.on = 0;
                any = true;
            }
        }
        any
    }

    /// Forgets the routes through a neighbour that is no router.
    #[cfg(feature = "nd6-route-info")]
    pub fn forget_routes(&mut self, netif: u8, via: &Ip6) {
        let routes = self.places_mut(Kind::Route);
        let gone = routes.iter_mut().filter(|place| place.is_on(netif) && place.fact.via == *via);
        gone.for_each(|place| place.on = 0);
    }

    /// The end of what ends first.
    pub fn first_end(&self) -> Lifetime {
        let held = self.places.iter().filter(|place| place.on > 0);
        held.fold(Lifetime::FOREVER, |first, place| first.earlier(place.valid))
    }
}

/// Notes a fact in one of the places.
// In one place for all kinds, whose places are known where it is called.
#[inline(never)]
fn learn(places: &mut [Place], netif: u8, fact: &Fact, seconds: u32, now: Instant) -> bool {
    let (mut known, mut found) = (false, None);
    for place in places {
        known = place.is_on(netif) && place.fact.is_about(fact);
        if known || (place.on == 0 && found.is_none()) {
            found = Some(place);
        }
        if known {
            break;
        }
    }
    let news = !known || seconds == 0;
    let Some(place) = found.filter(|_| known || seconds > 0) else { return false };
    place.on = if seconds > 0 { netif + 1 } else { 0 };
    place.fact = *fact;
    place.valid = Lifetime::from_seconds(seconds, now);
    news
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(last: u8) -> Fact {
        Fact::about(&[0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last].into())
    }

    #[test]
    fn what_is_told_lasts_as_long_as_it_was_said() {
        let mut table = Learned::new();
        let start = Instant::from_millis(u32::MAX - 1000);
        let learn = |table: &mut Learned, netif, last, seconds| {
            table.learn(Kind::Dns, netif, &server(last), seconds, start)
        };
        for last in 0..ND6_DNS_SERVERS as u8 {
            assert!(learn(&mut table, 0, last, 10));
        }
        assert!(!learn(&mut table, 0, 99, 10), "full");
        assert!(!learn(&mut table, 0, 0, 15), "no news, but a longer life");
        assert!(!learn(&mut table, 0, 98, 0), "it was not known");
        for last in 1..ND6_DNS_SERVERS as u8 {
            assert!(learn(&mut table, 0, last, 0));
        }
        assert_eq!(table.first_end().deadline(), Some(start.after(15_000)));
        assert!(!table.expire(None, start.after(14_999)) && table.expire(None, start.after(15_000)));
        assert_eq!(table.all(Kind::Dns).count(), 0);
        assert!(learn(&mut table, 1, 7, 10) && learn(&mut table, 1, 7, 0));
        assert_eq!(table.first_end(), Lifetime::FOREVER);
        assert!(learn(&mut table, 1, 7, u32::MAX));
        // Where there is one interface alone, its number is not looked at.
        assert!(crate::config::NETIF_COUNT == 1 || !table.expire(Some(0), start));
        assert!(table.expire(Some(1), start));
    }
}
