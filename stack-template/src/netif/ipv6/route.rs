//! The way to a destination: interface, source and next hop (RFC 4861 §5.2).

use super::addresses::{Address, Origin};
use crate::Stack;
use crate::addr::{Ip, Ip6, as_v6, known_v6, v6};
use crate::netif::{Route, Way};
use core::borrow::Borrow;

impl<H: crate::Hooks> Stack<H> {
    /// The neighbour on `netif` that takes packets for `dst` (RFC 4861 §5.2).
    pub(crate) fn next_hop_v6<'a>(&'a self, netif: u8, dst: &'a Ip6) -> Option<impl Borrow<Ip6>> {
        let entry = crate::netif::at(&self.netifs, netif).filter(|entry| entry.up)?;
        let fixed = |a: &Address| a.is_used() && a.origin == Origin::Given && a.prefix_matches(dst);
        let direct =
            dst.is_multicast() || dst.is_unicast_link_local() || entry.ipv6.addresses.iter().any(fixed);
        #[cfg(feature = "hooks-nd6-get-gw")]
        if !direct && let Some(router) = self.hooks.nd6_get_gw(crate::NetifId(netif), (*dst).into()) {
            return Some(Ip6::from(router));
        }
        #[cfg(feature = "ipv6-autoconf")]
        let hop = if direct { Some(dst) } else { self.nd6.next_hop(netif, dst) };
        // Without routers all is on a link that has a fixed prefix; a link of two stations has one neighbour.
        #[cfg(not(feature = "ipv6-autoconf"))]
        let hop = if direct { Some(dst) } else { (!cfg!(feature = "nd6")).then_some(dst) };
        #[cfg(feature = "hooks-nd6-get-gw")]
        let hop = hop.copied();
        hop
    }

    /// Largest IPv6 packet for the interface's link, whose own MTU is `own`.
    pub(crate) fn ipv6_mtu(&self, netif: u8, own: u16) -> u16 {
        #[cfg(feature = "ipv6-autoconf")]
        let own = self.nd6_mtu(netif, own);
        let _ = netif;
        own
    }

    /// The best of the interfaces that can reach `dst`: a neighbour before a router; of equal ones the first.
    pub(crate) fn route_v6(&self, to: &Ip, way: &Way) -> Option<Route> {
        let dst = known_v6(to);
        let local = dst.is_multicast() || dst.is_unicast_link_local();
        let from = as_v6(&way.from).filter(|from| !from.is_unspecified());
        let only = way.netif;
        #[cfg(feature = "hooks-ip6-route")]
        let only = only.or_else(|| {
            let known = local && way.scope.is_some();
            let ask = || self.hooks.ip6_route(from.map(|from| (*from).into()), (*dst).into());
            if known { None } else { ask().map(|netif| netif.0) }
        });
        let mut best: Option<(u8, _, _, _, _)> = None;
        for (index, netif) in (0..).zip(&self.netifs) {
            let is = |only: Option<u8>| only.is_none_or(|only| only == index);
            if !is(only) || (local && !is(way.scope)) {
                continue;
            }
            let Some(next_hop) = self.next_hop_v6(index, dst) else { continue };
            let Some(source) = from.or_else(|| self.source_v6(index, dst)) else { continue };
            let owner = from.is_some_and(|from| netif.ipv6.has(from));
            let near = next_hop.borrow() == dst && !dst.is_multicast();
            let rank = u8::from(owner) << 2 | u8::from(near) << 1 | u8::from(netif.is_default);
            if best.as_ref().is_none_or(|(before, ..)| rank > *before) {
                best = Some((rank, index, netif.mtu, source, next_hop));
            }
        }
        let (_, netif, mtu, source, next_hop) = best?;
        let (source, next_hop) = (v6(*source), v6(*next_hop.borrow()));
        let mtu = self.path_mtu(to, &next_hop, self.ipv6_mtu(netif, mtu));
        Some(Route { netif, source, next_hop, mtu })
    }
}
