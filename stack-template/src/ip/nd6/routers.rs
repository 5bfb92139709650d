//! Routers, routes and the prefixes that are on the link: who takes packets for a destination (RFC 4861 §5.2, §6.3.6,
//! RFC 4191).

use super::Nd6;
#[cfg(feature = "nd6-route-info")]
use super::learned::Learned;
use super::learned::{Fact, learn};
use crate::addr::Ip6;
use crate::netif::ipv6::common_prefix;
use crate::{Instant, Stack};

/// A link-local address (RFC 4291 §2.5.6), by its lower half.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct LinkLocal([u32; 2]);

impl LinkLocal {
    /// No address.
    pub const NONE: Self = Self([0; 2]);

    /// `None` for an address that is not link-local.
    pub fn new(address: Ip6) -> Option<Self> {
        let [0xfe80_0000, 0, high, low] = *address.words() else { return None };
        Some(Self([high, low]))
    }

    pub fn address(self) -> Ip6 {
        let [high, low] = self.0;
        Ip6::from_words([0xfe80_0000, 0, high, low])
    }
}

/// Which of two routers is to be taken (RFC 4191 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Preference {
    Low,
    Medium,
    High,
}

impl Preference {
    /// The two bits in `flags`; `None` for the value that is reserved.
    pub fn parse(flags: u8) -> Option<Self> {
        match flags >> 3 & 3 {
            0 => Some(Self::Medium),
            1 => Some(Self::High),
            3 => Some(Self::Low),
            _ => None,
        }
    }
}

/// A default router.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Router {
    pub address: LinkLocal,
    pub preference: Preference,
    /// It did not answer when it was last asked for.
    pub failed: bool,
}

impl Fact for Router {
    const NONE: Self = Self { address: LinkLocal::NONE, preference: Preference::Low, failed: false };

    fn is_about(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

/// A prefix whose addresses are on the link.
#[derive(Clone, Copy, PartialEq)]
#[repr(C)]
pub(super) struct OnLink {
    pub prefix: Ip6,
    pub len: u8,
}

impl Fact for OnLink {
    const NONE: Self = Self { prefix: Ip6::UNSPECIFIED, len: 0 };

    fn is_about(&self, other: &Self) -> bool {
        self == other
    }
}

/// A prefix that a router is the way to.
#[cfg(feature = "nd6-route-info")]
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Route {
    pub to: OnLink,
    pub router: Router,
}

#[cfg(feature = "nd6-route-info")]
impl Fact for Route {
    const NONE: Self = Self { to: OnLink::NONE, router: Router::NONE };

    fn is_about(&self, other: &Self) -> bool {
        self.to == other.to && self.router.is_about(&other.router)
    }
}

impl OnLink {
    fn covers(&self, address: Ip6) -> bool {
        common_prefix(self.prefix, address) >= u32::from(self.len)
    }
}

/// What is compared when routers are chosen: those that answer, the longest prefix, the preference (RFC 4191 §3.2).
type Rank = (bool, u8, Preference);

impl Nd6 {
    /// The destination when it is on the link, else the best router.
    pub(super) fn next_hop(&self, netif: u8, dst: Ip6) -> Option<Ip6> {
        if self.prefixes.iter().filter_map(|held| held.of(netif)).any(|prefix| prefix.covers(dst)) {
            return Some(dst);
        }
        #[cfg(feature = "nd6-redirect")]
        if let Some(target) = self.redirects.target(netif, dst) {
            return Some(target);
        }
        let rank = |router: &Router, len| ((!router.failed, len, router.preference), router.address);
        let ways = self.routers.iter().filter_map(|held| held.of(netif)).map(|router| rank(router, 0));
        #[cfg(feature = "nd6-route-info")]
        let ways = {
            let routes = self.routes.iter().filter_map(|held| held.of(netif));
            let routes = routes.filter(|route| route.to.covers(dst));
            ways.chain(routes.map(|route| rank(&route.router, route.to.len)))
        };
        // Of equals the one that was there first.
        let best = ways.reduce(|best: (Rank, _), other| if other.0 > best.0 { other } else { best });
        best.map(|(_, router)| router.address())
    }

    /// A neighbour does not answer: if it is a router, others are tried first (RFC 4861 §6.3.6). Once none answers,
    /// each is tried in turn.
    pub(super) fn router_failed(&mut self, netif: u8, address: Ip6) {
        let Some(address) = LinkLocal::new(address) else { return };
        let mut others = false;
        for router in self.routers.iter_mut().filter_map(|held| held.of_mut(netif)) {
            router.failed |= router.address == address;
            others |= !router.failed;
        }
        for router in self.routers.iter_mut().filter_map(|held| held.of_mut(netif)) {
            router.failed &= others || router.address == address;
        }
        #[cfg(feature = "nd6-route-info")]
        for route in self.routes.iter_mut().filter_map(|held| held.of_mut(netif)) {
            route.router.failed |= route.router.address == address;
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Default routers that are known.
    pub fn ipv6_routers(&self) -> impl Iterator<Item = core::net::Ipv6Addr> {
        self.nd6.routers.iter().filter_map(|held| held.get()).map(|router| router.address.address().into())
    }

    /// The neighbour that takes packets for `dst`, which no fixed address is on one link with.
    pub(crate) fn nd6_next_hop(&self, netif: u8, dst: Ip6) -> Option<Ip6> {
        self.nd6.next_hop(netif, dst)
    }

    /// A neighbour did not answer.
    pub(crate) fn nd6_unreachable(&mut self, netif: u8, address: Ip6) {
        self.nd6.router_failed(netif, address);
        #[cfg(feature = "nd6-redirect")]
        self.nd6.redirects.forget(netif, Some(address));
    }

    /// A neighbour says that it is no router (RFC 4861 §7.2.5).
    pub(super) fn nd6_no_router(&mut self, netif: u8, address: Ip6, now: Instant) {
        let Some(address) = LinkLocal::new(address) else { return };
        #[cfg(feature = "nd6-redirect")]
        self.nd6.redirects.forget(netif, Some(address.address()));
        let router = Router { address, ..Router::NONE };
        if learn(&mut self.nd6.routers, netif, router, 0, now) {
            self.ipv6_changed(netif);
        }
        #[cfg(feature = "nd6-route-info")]
        for held in &mut self.nd6.routes {
            if held.of(netif).is_some_and(|route| route.router.address == address) {
                *held = Learned::FREE;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_two_bits_with_a_sign() {
        let of = |bits: u8| Preference::parse(0xc7 | bits << 3);
        assert_eq!(
            [of(0), of(1), of(2), of(3)],
            [Some(Preference::Medium), Some(Preference::High), None, Some(Preference::Low)]
        );
    }

    #[test]
    fn link_local_addresses_are_kept_by_half() {
        let address = |text: &str| text.parse::<Ip6>().unwrap();
        assert_eq!(LinkLocal::new(address("fe80::1:2")).unwrap().address(), address("fe80::1:2"));
        assert!(LinkLocal::new(address("2001:db8::1")).is_none());
        assert!(LinkLocal::new(address("fe80:1::1")).is_none());
    }
}
