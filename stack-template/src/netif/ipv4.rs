//! The IPv4 side of an interface: its address, its subnet, and the way to a destination.

use super::{NetifId, Route, Way};
use crate::addr::{Ip, Ip4, as_v4, known_v4, v4};
use crate::{Error, Stack};
use core::net::Ipv4Addr;

/// Address, prefix and gateway of an interface; unspecified while it has none.
#[repr(C)]
pub struct Ipv4 {
    pub(crate) address: Ip4,
    gateway: Ip4,
    prefix_len: u8,
}

impl Ipv4 {
    pub(crate) const fn new() -> Self {
        Self { address: Ip4::UNSPECIFIED, gateway: Ip4::UNSPECIFIED, prefix_len: 0 }
    }

    fn mask(&self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.prefix_len)).unwrap_or(0)
    }

    /// Whether `addr` is on this interface's subnet.
    fn on_link(&self, addr: Ip4) -> bool {
        !self.address.is_unspecified() && (addr.to_bits() ^ self.address.to_bits()) & self.mask() == 0
    }

    /// Whether `addr` is the limited broadcast, or the subnet's (RFC 1122 §3.2.1.3).
    pub(crate) fn is_broadcast(&self, addr: Ip4) -> bool {
        // A /31 or /32 has no broadcast address (RFC 3021).
        addr.is_broadcast()
            || (self.prefix_len < 31 && self.on_link(addr) && addr.to_bits() | self.mask() == !0)
    }

    /// Whether `addr` can be the source of a packet: one host, and not this one (RFC 1122 §3.2.1.3).
    pub(crate) fn is_source(&self, addr: Ip4) -> bool {
        !(addr.is_unspecified()
            || addr.is_loopback()
            || addr.is_multicast()
            || self.is_broadcast(addr)
            || addr == self.address)
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Sets the interface's address, its prefix and the gateway for everything else.
    ///
    /// With gratuitous ARP on and the link up, the address is announced.
    ///
    /// # Errors
    /// [`Error::Value`] for a prefix above 32 or an address that cannot be a host's.
    pub fn set_ipv4(
        &mut self,
        netif: NetifId,
        address: Ipv4Addr,
        prefix_len: u8,
        gateway: Option<Ipv4Addr>,
    ) -> Result<(), Error> {
        let address = Ip4::from(address);
        if prefix_len > 32 || address.is_multicast() || address.is_broadcast() || address.is_loopback() {
            return Err(Error::Value);
        }
        let gateway = gateway.map_or(Ip4::UNSPECIFIED, Ip4::from);
        self.netif_mut(netif)?.ipv4 = Ipv4 { address, gateway, prefix_len };
        #[cfg(feature = "arp-gratuitous")]
        self.arp_announce(netif.0);
        #[cfg(feature = "igmp")]
        self.igmp_restart(netif.0);
        Ok(())
    }

    /// The interface's address, unspecified while it has none.
    pub fn ipv4(&self, netif: NetifId) -> Ipv4Addr {
        crate::netif::at(&self.netifs, netif.0)
            .map_or(Ipv4Addr::UNSPECIFIED, |entry| entry.ipv4.address.into())
    }

    /// Whether `addr` is the address of an interface that is up.
    pub(crate) fn is_own_v4(&self, addr: Ip4) -> bool {
        !addr.is_unspecified() && self.netifs.iter().any(|netif| netif.up && netif.ipv4.address == addr)
    }

    /// The neighbour on `netif` that takes packets for `dst`.
    pub(super) fn next_hop_v4(&self, netif: u8, dst: Ip4) -> Option<Ip4> {
        let entry = crate::netif::at(&self.netifs, netif).filter(|entry| entry.up)?;
        let ipv4 = Some(&entry.ipv4).filter(|ipv4| !ipv4.address.is_unspecified())?;
        if ipv4.on_link(dst) {
            return Some(dst);
        }
        #[cfg(feature = "hooks-arp-get-gw")]
        if let Some(gateway) = self.hooks.arp_get_gw(NetifId(netif), dst.into()) {
            return Some(gateway.into());
        }
        (!ipv4.gateway.is_unspecified()).then_some(ipv4.gateway)
    }

    /// The best of the interfaces that can reach `dst`; of equal ones the first.
    pub(super) fn route_v4(&self, to: &Ip, way: &Way) -> Option<Route> {
        let dst = known_v4(to);
        let group = dst.is_multicast() || dst.is_broadcast();
        let from = as_v4(&way.from).filter(|from| !from.is_unspecified());
        let only = way.netif;
        #[cfg(feature = "hooks-ip4-route")]
        let only =
            only.or_else(|| self.hooks.ip4_route(from.map(Into::into), dst.into()).map(|netif| netif.0));
        let mut best: Option<(u16, _, _, _, _)> = None;
        for (index, netif) in (0..).zip(&self.netifs) {
            if !netif.up || netif.ipv4.address.is_unspecified() || only.is_some_and(|only| only != index) {
                continue;
            }
            let next_hop = if group { Some(dst) } else { self.next_hop_v4(index, dst) };
            let Some(next_hop) = next_hop else { continue };
            let owner = from == Some(netif.ipv4.address);
            let near = if !group && next_hop == dst { 1 + u16::from(netif.ipv4.prefix_len) } else { 0 };
            let rank = u16::from(owner) << 8 | near << 1 | u16::from(netif.is_default);
            if best.as_ref().is_none_or(|(before, ..)| rank > *before) {
                best = Some((rank, index, netif.mtu, from.unwrap_or(netif.ipv4.address), next_hop));
            }
        }
        let (_, netif, mtu, source, next_hop) = best?;
        let (source, next_hop) = (v4(source), v4(next_hop));
        Some(Route { netif, source, next_hop, mtu: self.path_mtu(to, &next_hop, mtu) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ipv4(address: [u8; 4], prefix_len: u8) -> Ipv4 {
        Ipv4 { address: address.into(), prefix_len, ..Ipv4::new() }
    }

    #[test]
    fn broadcast_addresses_depend_on_the_prefix() {
        let n = ipv4([10, 1, 2, 3], 16);
        assert!(n.is_broadcast([10, 1, 255, 255].into()) && n.is_broadcast([255; 4].into()));
        assert!(!n.is_broadcast([10, 1, 2, 255].into()) && !n.is_broadcast([10, 2, 255, 255].into()));
        assert!(!ipv4([10, 1, 2, 2], 31).is_broadcast([10, 1, 2, 3].into()));
    }

    /// Bug class 25: these can never be a source.
    #[test]
    fn only_another_host_is_a_source() {
        let n = ipv4([10, 1, 2, 3], 24);
        for bad in [[0; 4], [255; 4], [224, 0, 0, 1], [127, 0, 0, 1], [10, 1, 2, 255], [10, 1, 2, 3]] {
            assert!(!n.is_source(bad.into()), "{bad:?}");
        }
        assert!(n.is_source([10, 1, 2, 4].into()) && n.is_source([8, 8, 8, 8].into()));
    }
}
