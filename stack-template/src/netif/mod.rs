//! Interfaces: their addresses, their queue of packets to send, and the neighbours behind them.

#[cfg(feature = "arp")]
pub(crate) mod arp;
#[cfg(any(feature = "igmp", feature = "mld"))]
pub(crate) mod groups;
#[cfg(feature = "ipv4")]
pub(crate) mod ipv4;
#[cfg(feature = "ipv6")]
pub(crate) mod ipv6;
#[cfg(feature = "netif-loopback")]
pub(crate) mod loopback;
#[cfg(any(feature = "arp", feature = "nd6"))]
pub(crate) mod neighbor;
pub(crate) mod queue;
#[cfg(all(test, feature = "arp"))]
mod tests;

use crate::addr::Ip;
use crate::config::{NETIF_COUNT, NETIF_MTU};
use crate::pbuf::Records;
use crate::{Error, Stack};
#[cfg(all(feature = "ipv6", feature = "tcp"))]
use core::borrow::Borrow;

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
    #[cfg(feature = "ipv6")]
    pub(crate) ipv6: ipv6::Ipv6,
    #[cfg(feature = "ipv4")]
    pub(crate) ipv4: ipv4::Ipv4,
    pub(crate) mtu: u16,
    pub(crate) mac: [u8; 6],
    used: bool,
    pub(crate) up: bool,
    /// Takes what no other interface is nearer to.
    is_default: bool,
    #[cfg(feature = "arp")]
    pub(crate) conflict: bool,
}

impl Netif {
    pub(crate) const fn new() -> Self {
        Self {
            out: Records::new(),
            #[cfg(feature = "ipv6")]
            ipv6: ipv6::Ipv6::new(),
            #[cfg(feature = "ipv4")]
            ipv4: ipv4::Ipv4::new(),
            mtu: 0,
            mac: [0; 6],
            used: false,
            up: false,
            is_default: false,
            #[cfg(feature = "arp")]
            conflict: false,
        }
    }
}

/// Whether there is one interface alone: then no number of one is looked at.
pub(crate) const SINGLE: bool = NETIF_COUNT == 1 && !cfg!(feature = "netif-loopback");

/// What belongs to an interface, of what belongs to each.
pub(crate) fn at<T>(all: &[T; NETIF_COUNT], netif: u8) -> Option<&T> {
    let _ = netif;
    all.get(if SINGLE { 0 } else { usize::from(netif) })
}

/// What belongs to an interface, to be changed.
pub(crate) fn at_mut<T>(all: &mut [T; NETIF_COUNT], netif: u8) -> Option<&mut T> {
    let _ = netif;
    all.get_mut(if SINGLE { 0 } else { usize::from(netif) })
}

/// The number of an interface, told by what was noted of it: known beforehand where there is one alone.
pub(crate) fn number(noted: u8) -> u8 {
    let _ = noted;
    if SINGLE { 0 } else { noted }
}

/// Whether two numbers are of the same interface.
pub(crate) fn is_same(a: u8, b: u8) -> bool {
    let _ = (a, b);
    SINGLE || a == b
}

/// Where packets for a destination go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub netif: u8,
    /// The address to send from.
    pub source: Ip,
    /// The neighbour that takes them: the destination itself or a gateway.
    pub next_hop: Ip,
    pub mtu: u16,
}

/// What a route must keep to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// The address to send from, unspecified for any.
    pub from: Ip,
    /// The one interface that may be used.
    pub netif: Option<u8>,
    /// The interface that a link-local destination is on.
    pub scope: Option<u8>,
}

impl Way {
    /// Whichever way is the best.
    pub const ANY: Self = Self { from: crate::addr::NONE, netif: None, scope: None };
}

impl<H: crate::Hooks> Stack<H> {
    /// Adds an interface; its link is down until [`set_link`](Self::set_link).
    ///
    /// # Errors
    /// [`Error::Memory`] when all interfaces of the profile exist, [`Error::Value`] for an MTU below 576
    /// (RFC 1122 §3.3.2), or 1280 with IPv6 (RFC 8200 §5), or above the profile's, or a group hardware address.
    pub fn add_netif(&mut self, config: NetifConfig) -> Result<NetifId, Error> {
        let least = if cfg!(feature = "ipv6") { 1280 } else { 576 };
        if !(least..=NETIF_MTU).contains(&config.mtu) || config.mac[0] & 1 != 0 {
            return Err(Error::Value);
        }
        let free = self.netifs.iter_mut().enumerate().find(|(_, netif)| !netif.used);
        let (index, netif) = free.ok_or(Error::Memory)?;
        netif.used = true;
        netif.mac = config.mac;
        netif.mtu = config.mtu;
        Ok(NetifId(index as u8))
    }

    /// Tells whether the link carries frames. Going down drops what waits to be sent.
    pub fn set_link(&mut self, netif: NetifId, up: bool) {
        let Ok(entry) = self.netif_mut(netif) else { return };
        let came_up = up && !entry.up;
        entry.up = up;
        if came_up {
            #[cfg(feature = "arp-gratuitous")]
            self.arp_announce(netif.0);
            #[cfg(feature = "ipv6")]
            self.ipv6_start(netif.0);
            #[cfg(feature = "igmp")]
            self.igmp_restart(netif.0);
            #[cfg(feature = "tcp")]
            self.tcp_wake_all();
        } else if !up {
            self.queue_clear(netif.0);
        }
    }

    /// Makes this the interface that takes packets for hosts and groups that no interface is nearer to, if it is up and
    /// has a gateway for them (lwIP's `netif_set_default`). While none is set, the first that can does.
    ///
    /// # Errors
    /// [`Error::Value`] when there is no such interface.
    pub fn set_default_netif(&mut self, netif: NetifId) -> Result<(), Error> {
        self.netif_mut(netif)?;
        for (index, entry) in self.netifs.iter_mut().enumerate() {
            entry.is_default = index == usize::from(netif.0);
        }
        Ok(())
    }

    pub(crate) fn netif_mut(&mut self, netif: NetifId) -> Result<&mut Netif, Error> {
        self.netifs.get_mut(usize::from(netif.0)).filter(|entry| entry.used).ok_or(Error::Value)
    }

    /// The neighbour that takes packets of `netif` for `dst`.
    #[cfg(feature = "tcp")]
    pub(crate) fn next_hop(&self, netif: u8, dst: &Ip) -> Option<Ip> {
        #[cfg(feature = "netif-loopback")]
        if netif == loopback::LOOPBACK {
            return Some(*dst);
        }
        let entry = crate::netif::at(&self.netifs, netif).filter(|entry| entry.up)?;
        #[cfg(feature = "ipv4")]
        if let Some(dst) = crate::addr::as_v4(dst) {
            return self.next_hop_v4(netif, dst).map(crate::addr::v4);
        }
        #[cfg(feature = "ipv6")]
        if let Some(dst) = crate::addr::as_v6(dst) {
            return self.next_hop_v6(netif, dst).map(|hop| crate::addr::v6(*hop.borrow()));
        }
        let _ = entry;
        None
    }

    /// Largest packet of the version of `peer` on the interface's link.
    #[cfg(feature = "tcp")]
    pub(crate) fn link_mtu(&self, netif: u8, peer: &Ip) -> u16 {
        let mtu = crate::netif::at(&self.netifs, netif).map_or(NETIF_MTU, |entry| entry.mtu);
        #[cfg(feature = "ipv6")]
        if crate::addr::as_v6(peer).is_some() {
            return self.ipv6_mtu(netif, mtu);
        }
        let _ = peer;
        mtu
    }

    /// Largest packet for `peer` by the interface.
    #[cfg(feature = "tcp")]
    pub(crate) fn peer_mtu(&self, netif: u8, peer: &Ip) -> u16 {
        let next_hop = self.next_hop(netif, peer).unwrap_or(*peer);
        self.path_mtu(peer, &next_hop, self.link_mtu(netif, peer))
    }

    /// Chooses interface, source and next hop: the interface that has the source (ESP-IDF's `ip4_route_src_hook`), else
    /// the longest prefix, else the default interface's gateway, else any other's (RFC 1122 §3.3.1, RFC 4861 §5.2).
    pub(crate) fn route(&self, dst: &Ip, way: &Way) -> Option<Route> {
        if dst.is_unspecified() || !crate::addr::same_version(&way.from, dst) {
            return None;
        }
        #[cfg(feature = "netif-loopback")]
        if dst.is_loopback() || self.is_own(dst, way.scope) {
            let source = if way.from.is_unspecified() { *dst } else { way.from };
            return Some(Route { netif: loopback::LOOPBACK, source, next_hop: *dst, mtu: NETIF_MTU });
        }
        // A loopback address never leaves the host (RFC 1122 §3.2.1.3 (g), RFC 4291 §2.5.3).
        if dst.is_loopback() || way.from.is_loopback() || self.is_own(dst, way.scope) {
            return None;
        }
        #[cfg(feature = "ipv4")]
        if crate::addr::as_v4(dst).is_some() {
            return self.route_v4(dst, way);
        }
        #[cfg(feature = "ipv6")]
        if crate::addr::as_v6(dst).is_some() {
            return self.route_v6(dst, way);
        }
        None
    }

    /// Largest packet for `dst` by a neighbour on a link that takes `link` bytes.
    #[cfg(feature = "pmtu")]
    fn path_mtu(&self, dst: &Ip, _next_hop: &Ip, link: u16) -> u16 {
        self.pmtu.get(dst, self.clock()).map_or(link, |mtu| mtu.min(link))
    }

    /// Largest packet for `dst` by a neighbour on a link that takes `link` bytes. Who does not listen to routers sends
    /// over them what every path takes (RFC 8200 §5).
    #[cfg(not(feature = "pmtu"))]
    fn path_mtu(&self, dst: &Ip, next_hop: &Ip, link: u16) -> u16 {
        #[cfg(feature = "ipv6")]
        if crate::addr::as_v6(dst).is_some() && next_hop != dst {
            return link.min(crate::wire::ipv6::LEAST_MTU);
        }
        let _ = (dst, next_hop);
        link
    }

    /// Whether `addr` is the address of an interface that is up; a link-local one, of interface `on` if that is known.
    pub(crate) fn is_own(&self, addr: &Ip, on: Option<u8>) -> bool {
        let _ = on;
        #[cfg(feature = "ipv4")]
        if let Some(addr) = crate::addr::as_v4(addr) {
            return self.is_own_v4(addr);
        }
        #[cfg(feature = "ipv6")]
        if let Some(addr) = crate::addr::as_v6(addr) {
            return self.is_own_v6(addr, on);
        }
        false
    }
}

const _: () = assert!(NETIF_COUNT <= 8, "a NetifId is a small index");
