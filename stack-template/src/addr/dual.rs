//! Addresses of a profile with both IP versions.

use super::{Ip4, Ip6};

pub use core::net::{IpAddr, SocketAddr};

/// The unspecified address of IPv6: any local address of either version when bound to. The one of IPv4 stands for
/// any local address of IPv4.
pub const ANY: IpAddr = IpAddr::V6(core::net::Ipv6Addr::UNSPECIFIED);

/// An address of either version: one of IPv4 is kept as an IPv4-mapped one (RFC 4291 §2.5.5.2).
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Ip(Ip6);

/// What a free place of a table holds, and any address when bound to.
pub(crate) const NONE: Ip = Ip(Ip6::UNSPECIFIED);
/// Any address of IPv4 when bound to.
const ANY_V4: Ip = v4(Ip4::UNSPECIFIED);
/// Bytes of an address in a queue record.
pub(crate) const ADDR_LEN: usize = 16;

impl Ip {
    /// The address that [`octets`](Self::octets) gave.
    pub fn read(octets: &[u8; ADDR_LEN]) -> Self {
        Self(Ip6::read(octets))
    }

    /// Its bytes, for a queue record.
    pub fn octets(&self) -> [u8; ADDR_LEN] {
        self.0.octets()
    }

    /// Its words, for sums and hashes. Those of an IPv4 address sum up to the same as it alone: all ones add nothing.
    pub const fn words(&self) -> &[u32; 4] {
        self.0.words()
    }

    /// Whether it is one of IPv4.
    pub const fn is_v4(&self) -> bool {
        self.0.is_mapped()
    }

    /// Whether it is the unspecified address of its version.
    #[inline(never)]
    pub fn is_unspecified(&self) -> bool {
        let [a, b, c, d] = *self.words();
        a | b | d == 0 && matches!(c, 0 | 0xffff)
    }

    /// Whether it never leaves the host (RFC 1122 §3.2.1.3 (g), RFC 4291 §2.5.3).
    #[inline(never)]
    pub fn is_loopback(&self) -> bool {
        as_v4(self).map_or(self.0.is_loopback(), Ip4::is_loopback)
    }

    /// Whether it is a group's (RFC 1112 §4, RFC 4291 §2.7).
    pub fn is_multicast(&self) -> bool {
        as_v4(self).map_or(self.0.is_multicast(), Ip4::is_multicast)
    }
}

/// An IPv4 address as an address of the profile.
pub(crate) const fn v4(addr: Ip4) -> Ip {
    Ip(Ip6::from_words([0, 0, 0xffff, addr.to_bits()]))
}

/// An IPv6 address as an address of the profile.
pub(crate) const fn v6(addr: Ip6) -> Ip {
    Ip(addr)
}

/// The address if it is one of IPv4.
pub(crate) const fn as_v4(addr: &Ip) -> Option<Ip4> {
    if addr.is_v4() { Some(Ip4::from_bits(addr.words()[3])) } else { None }
}

/// The address if it is one of IPv6.
pub(crate) const fn as_v6(addr: &Ip) -> Option<&Ip6> {
    if addr.is_v4() { None } else { Some(&addr.0) }
}

/// One that is known to be of IPv4.
pub(crate) const fn known_v4(addr: &Ip) -> Ip4 {
    Ip4::from_bits(addr.words()[3])
}

/// One that is known to be of IPv6.
pub(crate) const fn known_v6(addr: &Ip) -> &Ip6 {
    &addr.0
}

impl From<IpAddr> for Ip {
    #[inline(never)]
    fn from(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(addr) => v4(addr.into()),
            // An IPv4-mapped address is the IPv4 address (RFC 3493 §3.7).
            IpAddr::V6(addr) => v6(addr.into()),
        }
    }
}

impl From<Ip> for IpAddr {
    fn from(addr: Ip) -> Self {
        match as_v4(&addr) {
            Some(addr) => Self::V4(addr.into()),
            None => Self::V6(addr.0.into()),
        }
    }
}

impl core::fmt::Debug for Ip {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&IpAddr::from(*self), f)
    }
}

/// Address and port.
pub(crate) fn parts(addr: SocketAddr) -> (Ip, u16) {
    (addr.ip().into(), addr.port())
}

/// An address with a port.
pub(crate) fn socket(ip: Ip, port: u16) -> SocketAddr {
    SocketAddr::new(ip.into(), port)
}

/// An address with a port; a link-local one with the number of the interface it is on.
#[inline(never)]
pub(crate) fn socket_on(ip: Ip, port: u16, netif: u8) -> SocketAddr {
    if ip.0.is_unicast_link_local() {
        SocketAddr::V6(core::net::SocketAddrV6::new(ip.0.into(), port, 0, u32::from(netif) + 1))
    } else {
        socket(ip, port)
    }
}

/// The interface that a link-local address is on: its scope identifier, counted from 1 (RFC 4007 §6).
pub(crate) fn scope(addr: SocketAddr) -> Option<u8> {
    match addr {
        SocketAddr::V4(_) => None,
        SocketAddr::V6(addr) => u8::try_from(addr.scope_id().checked_sub(1)?).ok(),
    }
}

/// Whether a socket that is bound to `bound` takes what is sent to `addr`.
pub(crate) fn covers(bound: &Ip, addr: &Ip) -> bool {
    bound == addr || bound.0.is_unspecified() || (*bound == ANY_V4 && addr.is_v4())
}

/// Whether a socket that is bound to `bound` can talk to `addr`: both are of one version, or it is bound to none.
pub(crate) fn same_version(bound: &Ip, addr: &Ip) -> bool {
    bound.0.is_unspecified() || bound.is_v4() == addr.is_v4()
}

/// Whether packets for `addr` go to more than one host by the address alone (RFC 1112 §4, RFC 919 §7, RFC 4291 §2.7).
#[cfg(feature = "tcp")]
pub(crate) fn is_group(addr: &Ip) -> bool {
    addr.is_multicast() || *addr == v4(Ip4::BROADCAST)
}

/// Bytes of the IP header of packets for `addr`.
pub(crate) fn header_len(addr: &Ip) -> usize {
    if addr.is_v4() { crate::wire::ipv4::HEADER_LEN } else { crate::wire::ipv6::HEADER_LEN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_either_version_come_back_as_they_were_given() {
        for text in ["10.0.0.1", "0.0.0.0", "fe80::1", "::"] {
            let addr: IpAddr = text.parse().unwrap();
            assert_eq!(IpAddr::from(Ip::from(addr)), addr);
        }
        assert_eq!(Ip::from("::ffff:10.0.0.1".parse::<IpAddr>().unwrap()), v4(Ip4::new(10, 0, 0, 1)));
    }

    #[test]
    fn each_wildcard_covers_its_own() {
        let (old, new) = (v4([10, 0, 0, 1].into()), v6("fe80::1".parse().unwrap()));
        assert!(
            covers(&NONE, &old) && covers(&NONE, &new) && covers(&ANY_V4, &old) && !covers(&ANY_V4, &new)
        );
    }
}
