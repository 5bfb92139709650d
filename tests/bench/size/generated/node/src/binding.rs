//! What a socket is bound to beside its port.

use crate::addr::{Ip, NONE, covers};

/// What a socket is bound to beside its port: an address, or [`ANY`](crate::ANY) for all of this host, and what narrows that down.
///
/// An address alone is a binding, so that `udp_bind(ANY, 7)` is enough where nothing more is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Binding {
    addr: Ip,
    /// [`ANY`](crate::ANY) stands for the addresses of IPv6 alone.
    v6only: bool,
}

const _: () = assert!(size_of::<Binding>() == 20);

impl From<crate::IpAddr> for Binding {
    fn from(addr: crate::IpAddr) -> Self {
        Self { addr: addr.into(), ..Self::ANY }
    }
}

impl Binding {
    /// Any address of this host, on any interface.
    pub const ANY: Self = Self {
        addr: NONE,
        v6only: false,
    };

    /// What a free place holds.
    pub(crate) const NONE: Self = Self { addr: NONE, ..Self::ANY };

    /// The same without IPv4 (`IPV6_V6ONLY`, RFC 3493 §5.3): another socket can have the port for IPv4.
    #[must_use]
    pub const fn v6only(self) -> Self {
        Self { v6only: true, ..self }
    }

    /// The address to send from, unspecified for any; a group is none (RFC 1112 §6.2).
    pub(crate) fn source(&self) -> Ip {
        if self.addr.is_multicast() { NONE } else { self.addr }
    }

    /// The one interface that may be used.
    pub(crate) fn netif(&self) -> Option<u8> {
        None
    }

    /// Whether a socket that is bound so can talk to `addr`: both are of one IP version, or it is bound to none.
    pub(crate) fn reaches(&self, addr: &Ip) -> bool {
        if self.v6only && addr.is_v4() {
            return false;
        }
        crate::addr::same_version(&self.addr, addr)
    }

    /// Whether it takes what came to `addr` on `netif`. With `group`, that is no address of one host: a broadcast is for
    /// every socket, a multicast for those on any address or on the group's.
    pub(crate) fn takes(&self, addr: &Ip, netif: u8, group: bool) -> bool {
        let here = self.netif().is_none_or(|only| only == netif);
        here && self.reaches(addr) && (covers(&self.addr, addr) || (group && !addr.is_multicast()))
    }

    /// How much it narrows down: of two that take the same packet, the one with more is meant.
    pub(crate) fn rank(&self) -> u8 {
        u8::from(!self.addr.is_unspecified()) + 2 * u8::from(self.netif().is_some())
    }

    /// Whether two sockets cannot have the same port.
    pub(crate) fn conflicts(&self, other: &Self) -> bool {
        let apart = self.netif().zip(other.netif()).is_some_and(|(a, b)| a != b);
        let bound = |a: &Self, b: &Self| covers(&a.addr, &b.addr) && a.reaches(&b.addr);
        !apart && (bound(self, other) || bound(other, self))
    }
}

#[cfg(test)]
impl From<Ip> for Binding {
    fn from(addr: Ip) -> Self {
        Self { addr, ..Self::ANY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Ip {
        crate::addr::v4([10, 0, 0, 1].into())
    }

    #[test]
    fn a_wildcard_conflicts_with_all_it_covers() {
        assert!(Binding::ANY.conflicts(&Binding::ANY));
        assert!(Binding::ANY.conflicts(&own().into()));
        assert!(Binding::from(crate::addr::v6("fd00::1".parse().unwrap())).conflicts(&Binding::ANY));
    }

    /// RFC 3493 §5.3: without IPv4 the port is free for a socket of IPv4.
    #[test]
    fn versions_are_kept_apart_on_demand() {
        use crate::addr::{v4, v6};
        let any_v4 = Binding::from(v4(crate::addr::Ip4::UNSPECIFIED));
        let only = Binding::ANY.v6only();
        let (old, new) = (v4([10, 0, 0, 1].into()), v6("fd00::1".parse().unwrap()));
        assert!(Binding::ANY.conflicts(&any_v4) && Binding::ANY.takes(&old, 0, false));
        assert!(!only.conflicts(&any_v4) && !any_v4.conflicts(&only) && only.conflicts(&Binding::ANY));
        assert!(only.takes(&new, 0, false) && !only.takes(&old, 0, false) && !only.takes(&old, 0, true));
        assert!(only.reaches(&new) && !only.reaches(&old) && any_v4.reaches(&old) && !any_v4.reaches(&new));
    }

    /// RFC 3493 §3.7: an IPv4-mapped address is the IPv4 address.
    #[test]
    fn mapped_addresses_are_those_of_ipv4() {
        let mapped = |text: &str| Binding::from(text.parse::<crate::IpAddr>().unwrap());
        assert_eq!(mapped("::ffff:10.0.0.1"), own().into());
        assert!(!mapped("::ffff:0.0.0.0").reaches(&crate::addr::v6("fd00::1".parse().unwrap())));
    }
}
