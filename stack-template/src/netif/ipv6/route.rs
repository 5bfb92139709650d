//! The way to a destination: interface, source and next hop (RFC 4861 §5.2).

use super::Address;
use crate::Stack;
use crate::addr::v6;
use crate::netif::Route;
use core::net::Ipv6Addr;

impl Stack {
    /// The neighbour on `netif` that takes packets for `dst` (RFC 4861 §5.2).
    pub(crate) fn next_hop_v6(&self, netif: u8, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let entry = self.netifs.get(usize::from(netif))?;
        let fixed = |a: &Address| a.is_used() && !a.autonomous && a.prefix_matches(dst);
        let direct =
            dst.is_multicast() || dst.is_unicast_link_local() || entry.ipv6.addresses.iter().any(fixed);
        if direct {
            return Some(dst);
        }
        #[cfg(feature = "nd6")]
        return self.nd6_next_hop(netif, dst);
        // A link of two stations has one neighbour.
        #[cfg(not(feature = "nd6"))]
        Some(dst)
    }

    /// Chooses interface, source and next hop.
    pub(crate) fn route_v6(&self, dst: Ipv6Addr, scope: Option<u8>) -> Option<Route> {
        if dst.is_unspecified() || dst.is_loopback() || self.is_own_v6(dst) {
            return None;
        }
        let local = dst.is_multicast() || dst.is_unicast_link_local();
        let candidates = self.netifs.iter().enumerate().filter(|(index, netif)| {
            netif.up && (!local || scope.is_none_or(|scope| usize::from(scope) == *index))
        });
        let way = |index: usize| {
            let netif = index as u8;
            Some((netif, self.next_hop_v6(netif, dst)?, self.source_v6(netif, dst)?))
        };
        // A neighbour before a router.
        let mut ways = candidates.filter_map(|(index, netif)| Some((way(index)?, netif.mtu)));
        let first = ways.next()?;
        let ((netif, next_hop, source), mtu) =
            if first.0.1 == dst { first } else { ways.find(|way| way.0.1 == dst).unwrap_or(first) };
        Some(Route { netif, source: v6(source), next_hop: v6(next_hop), mtu })
    }
}
