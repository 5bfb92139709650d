//! The IPv6 side of an interface: its addresses (RFC 4862), which of them to send from (RFC 6724), and the way to a
//! destination.

mod addresses;
#[cfg(feature = "ipv6-autoconf")]
mod autoconf;
mod interface_id;
mod lifetime;
mod route;
mod source;
#[cfg(feature = "ipv6-temporary")]
mod temporary;

pub(crate) use addresses::Address;
pub use addresses::Ipv6State;
pub(crate) use lifetime::Lifetime;
#[cfg(feature = "ipv6-autoconf")]
pub(crate) use source::common_prefix;

use crate::Stack;
use crate::addr::Ip6;
use crate::config::IPV6_ADDRESSES;

/// The addresses of an interface; the first is its link-local one.
#[repr(C)]
pub struct Ipv6 {
    addresses: [Address; IPV6_ADDRESSES],
    /// Something about the addresses is to be told.
    pub(crate) event: bool,
    /// No addresses are made from the prefixes that routers tell.
    #[cfg(feature = "ipv6-autoconf")]
    by_hand: bool,
    /// Those that are made are not for a while only.
    #[cfg(feature = "ipv6-temporary")]
    no_temporary: bool,
    /// Addresses are to be made, or solicited for, when the clock is next known.
    starting: bool,
}

impl<H: crate::Hooks> Stack<H> {
    /// Something about the interface is to be told.
    pub(crate) fn ipv6_changed(&mut self, netif: u8) {
        if let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) {
            entry.ipv6.event = true;
        }
    }

    /// The hop limit of packets from `src`: what routers say on the interface that has it, or the profile's.
    pub(crate) fn ipv6_hop_limit(&self, src: &Ip6) -> u8 {
        #[cfg(feature = "ipv6-autoconf")]
        for (index, netif) in (0..).zip(&self.netifs) {
            if crate::netif::SINGLE || netif.ipv6.get(src).is_some() {
                return self.nd6_hop_limit(index);
            }
        }
        let _ = src;
        crate::config::IPV6_HOP_LIMIT
    }
}

impl Ipv6 {
    pub(crate) const fn new() -> Self {
        Self {
            addresses: [Address::NONE; IPV6_ADDRESSES],
            event: false,
            #[cfg(feature = "ipv6-autoconf")]
            by_hand: false,
            #[cfg(feature = "ipv6-temporary")]
            no_temporary: false,
            starting: false,
        }
    }

    fn get(&self, addr: &Ip6) -> Option<&Address> {
        self.addresses.iter().find(|a| a.state != Ipv6State::Free && a.address == *addr)
    }

    /// State of `addr` here, `Free` when it is none of this interface's.
    pub(crate) fn state(&self, addr: &Ip6) -> Ipv6State {
        self.get(addr).map_or(Ipv6State::Free, |a| a.state)
    }

    /// Whether `addr` is in use here.
    pub(crate) fn has(&self, addr: &Ip6) -> bool {
        self.get(addr).is_some_and(Address::is_used)
    }

    /// The link-local address, once it is in use.
    #[cfg(feature = "mld")]
    pub(crate) fn link_local(&self) -> Option<&Ip6> {
        let own = |a: &&Address| a.is_used() && a.address.is_unicast_link_local();
        self.addresses.iter().find(own).map(|a| &a.address)
    }

    /// Whether packets to the group `addr` are for this interface: all nodes, or the solicited-node group of an
    /// address (RFC 4291 §2.8).
    pub(crate) fn is_member(&self, addr: &Ip6) -> bool {
        // With MLD the table of groups has those of addresses too.
        #[cfg(not(feature = "mld"))]
        if self.addresses.iter().any(|a| a.state != Ipv6State::Free && solicited_node(&a.address) == *addr) {
            return true;
        }
        is_all_nodes(addr)
    }

    /// Whether `addr` can be the source of a packet from another host.
    pub(crate) fn is_source(&self, addr: &Ip6) -> bool {
        // One that stands for an address of the other version is for sockets, not for links (RFC 4291 §2.5.5.2).
        !(addr.is_multicast() || addr.is_loopback() || addr.is_mapped())
    }
}

/// Whether every node is in the group `addr` (RFC 4291 §2.7.1).
pub(crate) fn is_all_nodes(addr: &Ip6) -> bool {
    matches!(addr.words(), [0xff01_0000 | 0xff02_0000, 0, 0, 1])
}

/// The group that a neighbour with `addr` listens to (RFC 4291 §2.7.1).
#[inline(never)]
pub(crate) fn solicited_node(addr: &Ip6) -> Ip6 {
    Ip6::from_words([0xff02_0000, 0, 1, 0xff00_0000 | addr.words()[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_made_as_rfc_4291_says() {
        let addr: Ip6 = "2001:db8::0102:0304".parse().unwrap();
        assert_eq!(solicited_node(&addr), "ff02::1:ff02:304".parse::<Ip6>().unwrap());
    }
}
