//! Interfaces: their addresses, their queue of packets to send, and the neighbours behind them.

#[cfg(feature = "arp")]
pub(crate) mod arp;
pub(crate) mod queue;

use crate::config::{NETIF_COUNT, NETIF_MTU};
use crate::pbuf::Records;
use crate::{Error, Stack};
use core::net::Ipv4Addr;

/// An interface of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetifId(pub(crate) u8);

/// What an interface is made of.
#[derive(Clone, Copy, Debug)]
pub struct NetifConfig {
    /// Hardware address.
    pub mac: [u8; 6],
    /// Largest IP packet that the link carries, in bytes.
    pub mtu: u16,
}

/// An interface.
#[repr(C)]
pub struct Netif {
    pub(crate) out: Records,
    pub(crate) address: Ipv4Addr,
    gateway: Ipv4Addr,
    pub(crate) mtu: u16,
    pub(crate) mac: [u8; 6],
    prefix_len: u8,
    used: bool,
    pub(crate) up: bool,
    pub(crate) conflict: bool,
}

impl Netif {
    pub(crate) const fn new() -> Self {
        Self {
            out: Records::new(),
            address: Ipv4Addr::UNSPECIFIED,
            gateway: Ipv4Addr::UNSPECIFIED,
            mtu: 0,
            mac: [0; 6],
            prefix_len: 0,
            used: false,
            up: false,
            conflict: false,
        }
    }

    fn mask(&self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.prefix_len)).unwrap_or(0)
    }

    /// Whether `addr` is on this interface's subnet.
    fn on_link(&self, addr: Ipv4Addr) -> bool {
        !self.address.is_unspecified() && (addr.to_bits() ^ self.address.to_bits()) & self.mask() == 0
    }

    /// Whether `addr` is the limited broadcast, or the subnet's (RFC 1122 §3.2.1.3).
    pub(crate) fn is_broadcast(&self, addr: Ipv4Addr) -> bool {
        // A /31 or /32 has no broadcast address (RFC 3021).
        addr.is_broadcast()
            || (self.prefix_len < 31 && self.on_link(addr) && addr.to_bits() | self.mask() == !0)
    }

    /// Whether `addr` can be the source of a packet: one host, and not this one (RFC 1122 §3.2.1.3).
    pub(crate) fn is_source(&self, addr: Ipv4Addr) -> bool {
        !(addr.is_unspecified()
            || addr.is_loopback()
            || crate::addr::is_group(addr)
            || self.is_broadcast(addr)
            || addr == self.address)
    }
}

/// Where packets for a destination go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub netif: u8,
    /// The source address of the interface.
    pub source: Ipv4Addr,
    /// The neighbour that takes them: the destination itself or a gateway.
    pub next_hop: Ipv4Addr,
    pub mtu: u16,
}

impl Stack {
    /// Adds an interface; its link is down until [`set_link`](Self::set_link).
    ///
    /// # Errors
    /// [`Error::Memory`] when all interfaces of the profile exist, [`Error::Value`] for an MTU below 576
    /// (RFC 1122 §3.3.2) or above the profile's, or a group hardware address.
    pub fn add_netif(&mut self, config: NetifConfig) -> Result<NetifId, Error> {
        if !(576..=NETIF_MTU).contains(&config.mtu) || config.mac[0] & 1 != 0 {
            return Err(Error::Value);
        }
        let free = self.netifs.iter_mut().enumerate().find(|(_, netif)| !netif.used);
        let (index, netif) = free.ok_or(Error::Memory)?;
        netif.used = true;
        netif.mac = config.mac;
        netif.mtu = config.mtu;
        Ok(NetifId(index as u8))
    }

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
        if prefix_len > 32 || crate::addr::is_group(address) || address.is_loopback() {
            return Err(Error::Value);
        }
        let entry = self.netif_mut(netif)?;
        entry.address = address;
        entry.prefix_len = prefix_len;
        entry.gateway = gateway.unwrap_or(Ipv4Addr::UNSPECIFIED);
        #[cfg(feature = "arp-gratuitous")]
        self.arp_announce(netif.0);
        Ok(())
    }

    /// The interface's address, unspecified while it has none.
    pub fn ipv4(&self, netif: NetifId) -> Ipv4Addr {
        self.netifs.get(usize::from(netif.0)).map_or(Ipv4Addr::UNSPECIFIED, |entry| entry.address)
    }

    /// Tells whether the link carries frames. Going down drops what waits to be sent.
    pub fn set_link(&mut self, netif: NetifId, up: bool) {
        let Ok(entry) = self.netif_mut(netif) else { return };
        let came_up = up && !entry.up;
        entry.up = up;
        if came_up {
            #[cfg(feature = "arp-gratuitous")]
            self.arp_announce(netif.0);
            #[cfg(feature = "tcp")]
            self.tcp_wake_all();
        } else if !up {
            self.queue_clear(netif.0);
        }
    }

    fn netif_mut(&mut self, netif: NetifId) -> Result<&mut Netif, Error> {
        self.netifs.get_mut(usize::from(netif.0)).filter(|entry| entry.used).ok_or(Error::Value)
    }

    /// The neighbour that takes packets of `netif` for `dst`.
    #[cfg(feature = "tcp")]
    pub(crate) fn next_hop(&self, netif: u8, dst: Ipv4Addr) -> Option<Ipv4Addr> {
        let entry = self.netifs.get(usize::from(netif)).filter(|entry| entry.up)?;
        let next_hop = if entry.on_link(dst) { dst } else { entry.gateway };
        (!next_hop.is_unspecified()).then_some(next_hop)
    }

    /// Chooses interface, source and next hop: the longest matching prefix, else a gateway.
    pub(crate) fn route(&self, dst: Ipv4Addr) -> Option<Route> {
        let up = || self.netifs.iter().enumerate().filter(|(_, n)| n.up && !n.address.is_unspecified());
        let to = |(index, netif): (usize, &Netif), next_hop| Route {
            netif: index as u8,
            source: netif.address,
            next_hop,
            mtu: netif.mtu,
        };
        if crate::addr::is_group(dst) {
            return up().next().map(|entry| to(entry, dst));
        }
        if dst.is_unspecified() || dst.is_loopback() || up().any(|(_, netif)| netif.address == dst) {
            return None;
        }
        let direct = up().filter(|(_, netif)| netif.on_link(dst)).max_by_key(|(_, netif)| netif.prefix_len);
        direct.map(|entry| to(entry, dst)).or_else(|| {
            let entry = up().find(|(_, netif)| !netif.gateway.is_unspecified())?;
            Some(to(entry, entry.1.gateway))
        })
    }
}

const _: () = assert!(NETIF_COUNT <= 8, "a NetifId is a small index");

#[cfg(test)]
mod tests {
    use super::*;

    fn netif(address: [u8; 4], prefix_len: u8) -> Netif {
        Netif { address: address.into(), prefix_len, up: true, used: true, mtu: 1500, ..Netif::new() }
    }

    #[test]
    fn broadcast_addresses_depend_on_the_prefix() {
        let n = netif([10, 1, 2, 3], 16);
        assert!(n.is_broadcast([10, 1, 255, 255].into()) && n.is_broadcast([255; 4].into()));
        assert!(!n.is_broadcast([10, 1, 2, 255].into()) && !n.is_broadcast([10, 2, 255, 255].into()));
        assert!(!netif([10, 1, 2, 2], 31).is_broadcast([10, 1, 2, 3].into()));
    }

    /// Bug class 25: these can never be a source.
    #[test]
    fn only_another_host_is_a_source() {
        let n = netif([10, 1, 2, 3], 24);
        for bad in [[0; 4], [255; 4], [224, 0, 0, 1], [127, 0, 0, 1], [10, 1, 2, 255], [10, 1, 2, 3]] {
            assert!(!n.is_source(bad.into()), "{bad:?}");
        }
        assert!(n.is_source([10, 1, 2, 4].into()) && n.is_source([8, 8, 8, 8].into()));
    }
}
