//! The way to a destination: interface, source and next hop (RFC 4861 §5.2).

use super::addresses::{Address, Origin};
use crate::Stack;
use crate::addr::{Ip6, as_v6, v6};
use crate::netif::{Route, Way};

impl<H: crate::Hooks> Stack<H> {
    /// The neighbour on `netif` that takes packets for `dst` (RFC 4861 §5.2).
    pub(crate) fn next_hop_v6(&self, netif: u8, dst: Ip6) -> Option<Ip6> {
        let entry = self.netifs.get(usize::from(netif)).filter(|entry| entry.up)?;
        let fixed = |a: &Address| a.is_used() && a.origin == Origin::Given && a.prefix_matches(dst);
        let direct =
            dst.is_multicast() || dst.is_unicast_link_local() || entry.ipv6.addresses.iter().any(fixed);
        if direct {
            return Some(dst);
        }
        #[cfg(feature = "hooks-nd6-get-gw")]
        if let Some(router) = self.hooks.nd6_get_gw(crate::NetifId(netif), dst.into()) {
            return Some(router.into());
        }
        #[cfg(feature = "ipv6-autoconf")]
        return self.nd6_next_hop(netif, dst);
        // Without routers all is on a link that has a fixed prefix; a link of two stations has one neighbour.
        #[cfg(not(feature = "ipv6-autoconf"))]
        (!cfg!(feature = "nd6")).then_some(dst)
    }

    /// Largest IPv6 packet for the interface's link, whose own MTU is `own`.
    pub(crate) fn ipv6_mtu(&self, netif: u8, own: u16) -> u16 {
        #[cfg(feature = "ipv6-autoconf")]
        let own = self.nd6_mtu(netif, own);
        let _ = netif;
        own
    }

    /// The best of the interfaces that can reach `dst`: a neighbour before a router; of equal ones the first.
    pub(crate) fn route_v6(&self, dst: Ip6, way: &Way) -> Option<Route> {
        let local = dst.is_multicast() || dst.is_unicast_link_local();
        let only = way.netif;
        #[cfg(feature = "hooks-ip6-route")]
        let only = only.or_else(|| {
            let src = as_v6(way.from).filter(|from| *from != Ip6::UNSPECIFIED);
            let known = local && way.scope.is_some();
            if known {
                None
            } else {
                self.hooks.ip6_route(src.map(Into::into), dst.into()).map(|netif| netif.0)
            }
        });
        let allowed = |index: usize| {
            let is = |only: Option<u8>| only.is_none_or(|only| usize::from(only) == index);
            is(only) && (!local || is(way.scope))
        };
        let reaching = self.netifs.iter().enumerate().filter_map(|(index, netif)| {
            let next_hop = self.next_hop_v6(index as u8, dst).filter(|_| allowed(index))?;
            let source = match as_v6(way.from).filter(|from| *from != Ip6::UNSPECIFIED) {
                Some(from) => from,
                None => self.source_v6(index as u8, dst)?,
            };
            Some((index, netif, next_hop, source))
        });
        let (index, netif, next_hop, source) =
            reaching.rev().max_by_key(|(_, netif, next_hop, source)| {
                let near = *next_hop == dst && !dst.is_multicast();
                (!way.from.is_unspecified() && netif.ipv6.has(*source), near, netif.is_default)
            })?;
        Some(Route {
            netif: index as u8,
            source: v6(source),
            next_hop: v6(next_hop),
            mtu: self.ipv6_mtu(index as u8, netif.mtu),
        })
    }
}
