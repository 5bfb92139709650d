//! What a socket is bound to beside its port.

#[cfg(feature = "netif-bind")]
use crate::NetifId;
use crate::addr::{Ip, NONE, covers};

/// What a socket is bound to beside its port: an address, or [`ANY`](crate::ANY) for all of this host, and what narrows that down.
///
/// An address alone is a binding, so that `udp_bind(ANY, 7)` is enough where nothing more is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Binding {
    addr: Ip,
    /// [`ANY`](crate::ANY) stands for the addresses of IPv6 alone.
    #[cfg(all(feature = "ipv4", feature = "ipv6"))]
    v6only: bool,
    /// Number of the interface, counted from 1; 0 for any.
    #[cfg(feature = "netif-bind")]
    netif: u8,
}

impl From<crate::IpAddr> for Binding {
    fn from(addr: crate::IpAddr) -> Self {
        Self { addr: addr.into(), ..Self::ANY }
    }
}

impl Binding {
    /// Any address of this host, on any interface.
    pub const ANY: Self = Self {
        addr: NONE,
        #[cfg(all(feature = "ipv4", feature = "ipv6"))]
        v6only: false,
        #[cfg(feature = "netif-bind")]
        netif: 0,
    };

    /// What a free place holds.
    pub(crate) const NONE: Self = Self { addr: NONE, ..Self::ANY };

    /// The same without IPv4 (`IPV6_V6ONLY`, RFC 3493 §5.3): another socket can have the port for IPv4.
    #[cfg(all(feature = "ipv4", feature = "ipv6"))]
    #[must_use]
    pub const fn v6only(self) -> Self {
        Self { v6only: true, ..self }
    }

    /// The same on one interface alone (`SO_BINDTODEVICE`, lwIP's `udp_bind_netif`): what comes in elsewhere is not
    /// taken, and what is sent leaves there.
    #[cfg(feature = "netif-bind")]
    #[must_use]
    pub const fn on(self, netif: NetifId) -> Self {
        Self { netif: netif.0.saturating_add(1), ..self }
    }

    /// The address to send from, unspecified for any; a group is none (RFC 1112 §6.2).
    pub(crate) fn source(&self) -> Ip {
        if self.addr.is_multicast() { NONE } else { self.addr }
    }

    /// The one interface that may be used.
    pub(crate) fn netif(&self) -> Option<u8> {
        #[cfg(feature = "netif-bind")]
        return self.netif.checked_sub(1);
        #[cfg(not(feature = "netif-bind"))]
        None
    }

    /// Whether a socket that is bound so can talk to `addr`: both are of one IP version, or it is bound to none.
    pub(crate) fn reaches(&self, addr: &Ip) -> bool {
        #[cfg(all(feature = "ipv4", feature = "ipv6"))]
        if self.v6only && addr.is_v4() {
            return false;
        }
        crate::addr::same_version(&self.addr, addr)
    }

    /// Whether a socket that is bound so can have sent from `src` to `dst`.
    #[cfg(all(feature = "pmtu", feature = "udp", feature = "ipv6"))]
    pub(crate) fn may_send(&self, src: &Ip, dst: &Ip) -> bool {
        let from = self.source();
        (from.is_unspecified() || from == *src) && self.reaches(dst)
    }

    /// Whether a socket that is bound so may send from `addr`.
    #[cfg(feature = "udp-recv-info")]
    pub(crate) fn sends_from(&self, addr: &Ip) -> bool {
        self.reaches(addr) && covers(&self.source(), addr)
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

    #[cfg(feature = "ipv4")]
    fn own() -> Ip {
        crate::addr::v4([10, 0, 0, 1].into())
    }

    #[test]
    fn a_wildcard_conflicts_with_all_it_covers() {
        assert!(Binding::ANY.conflicts(&Binding::ANY));
        #[cfg(feature = "ipv4")]
        assert!(Binding::ANY.conflicts(&own().into()));
        #[cfg(feature = "ipv6")]
        assert!(Binding::from(crate::addr::v6("fd00::1".parse().unwrap())).conflicts(&Binding::ANY));
    }

    /// RFC 3493 §5.3: without IPv4 the port is free for a socket of IPv4.
    #[cfg(all(feature = "ipv4", feature = "ipv6"))]
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
    #[cfg(all(feature = "ipv4", feature = "ipv6"))]
    #[test]
    fn mapped_addresses_are_those_of_ipv4() {
        let mapped = |text: &str| Binding::from(text.parse::<crate::IpAddr>().unwrap());
        assert_eq!(mapped("::ffff:10.0.0.1"), own().into());
        assert!(!mapped("::ffff:0.0.0.0").reaches(&crate::addr::v6("fd00::1".parse().unwrap())));
    }

    #[cfg(feature = "netif-bind")]
    #[test]
    fn interfaces_are_kept_apart() {
        let on = |netif| Binding::ANY.on(NetifId(netif));
        assert!(!on(0).conflicts(&on(1)) && on(0).conflicts(&on(0)) && on(0).conflicts(&Binding::ANY));
        assert!(
            on(1).takes(&NONE, 1, true) && !on(1).takes(&NONE, 0, true) && on(1).rank() > Binding::ANY.rank()
        );
    }
}
