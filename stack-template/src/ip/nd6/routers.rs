//! Routers, routes and the prefixes that are on the link: who takes packets for a destination (RFC 4861 §5.2, §6.3.6,
//! RFC 4191).

use super::Nd6;
use super::learned::{Fact, Kind};
use crate::addr::Ip6;
use crate::netif::is_same;
use crate::{Instant, Stack};

/// Which of two routers is to be taken, by the two bits in `flags`: the greater (RFC 4191 §2.1); `None` for the value
/// that is reserved.
pub(super) fn preference(flags: u8) -> Option<u8> {
    match flags >> 3 & 3 {
        2 => None,
        // A number of two bits with a sign.
        bits => Some((bits + 1) & 3),
    }
}

/// The preference of a router that tells none.
pub(super) const MEDIUM: u8 = 1;

impl Nd6 {
    /// The destination when it is on the link, else the best router.
    pub(crate) fn next_hop<'a>(&'a self, netif: u8, dst: &'a Ip6) -> Option<&'a Ip6> {
        let on_link = |(on, prefix): (u8, &Fact)| is_same(on, netif) && prefix.covers(dst);
        if self.learned.all(Kind::Prefix).any(on_link) {
            return Some(dst);
        }
        #[cfg(feature = "nd6-redirect")]
        if let Some(target) = self.redirects.target(netif, dst) {
            return Some(target);
        }
        let mut best = None;
        // Those that answer, the longest prefix, the preference (RFC 4191 §3.2); of equals the first.
        let mut offer = |way: &Fact, router: &'a Ip6, len: u8| {
            let rank = u32::from(!way.failed) << 16 | u32::from(len) << 8 | u32::from(way.preference);
            if best.is_none_or(|(before, _)| rank > before) {
                best = Some((rank, router));
            }
        };
        for (_, router) in self.learned.all(Kind::Router).filter(|(on, _)| is_same(*on, netif)) {
            offer(router, &router.address, 0);
        }
        #[cfg(feature = "nd6-route-info")]
        for (_, route) in
            self.learned.all(Kind::Route).filter(|(on, to)| is_same(*on, netif) && to.covers(dst))
        {
            offer(route, &route.via, route.len);
        }
        best.map(|(_, router)| router)
    }

    /// A neighbour does not answer: if it is a router, others are tried first (RFC 4861 §6.3.6). Once none answers,
    /// each is tried in turn.
    fn router_failed(&mut self, netif: u8, address: &Ip6) {
        let mut others = false;
        for (_, router) in self.learned.all_mut(Kind::Router).filter(|(on, _)| is_same(*on, netif)) {
            router.failed |= router.address == *address;
            others |= !router.failed;
        }
        if !others {
            for (_, router) in self.learned.all_mut(Kind::Router).filter(|(on, _)| is_same(*on, netif)) {
                router.failed = router.address == *address;
            }
        }
        #[cfg(feature = "nd6-route-info")]
        for (_, route) in self.learned.all_mut(Kind::Route).filter(|(on, _)| is_same(*on, netif)) {
            route.failed |= route.via == *address;
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Default routers that are known.
    pub fn ipv6_routers(&self) -> impl Iterator<Item = core::net::Ipv6Addr> {
        self.nd6.learned.all(Kind::Router).map(|(_, router)| router.address.into())
    }

    /// A neighbour did not answer.
    pub(crate) fn nd6_unreachable(&mut self, netif: u8, address: &Ip6) {
        self.nd6.router_failed(netif, address);
        #[cfg(feature = "nd6-redirect")]
        self.nd6.redirects.forget(netif, Some(address));
    }

    /// A neighbour says that it is no router (RFC 4861 §7.2.5).
    pub(super) fn nd6_no_router(&mut self, netif: u8, address: &Ip6, now: Instant) {
        #[cfg(feature = "nd6-redirect")]
        self.nd6.redirects.forget(netif, Some(address));
        if self.nd6.learned.learn(Kind::Router, netif, &Fact::about(address), 0, now) {
            self.ipv6_changed(netif);
        }
        #[cfg(feature = "nd6-route-info")]
        self.nd6.learned.forget_routes(netif, address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_two_bits_with_a_sign() {
        let of = |bits: u8| preference(0xc7 | bits << 3);
        assert_eq!([of(0), of(1), of(2), of(3)], [Some(MEDIUM), Some(2), None, Some(0)]);
    }
}
