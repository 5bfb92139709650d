//! Addresses of a profile with both IP versions.

use core::net::{Ipv4Addr, Ipv6Addr};

pub use core::net::{IpAddr, SocketAddr};

/// The unspecified address of IPv6: any local address of either version when bound to. The one of IPv4 stands for
/// any local address of IPv4.
pub const ANY: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
/// What a free place of a table holds: all bytes zero, so that a stack in a `static` takes no flash.
pub(crate) const NONE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
/// Bytes of an address in a queue record: an IPv4 address is stored as an IPv4-mapped one (RFC 4291 §2.5.5.2).
pub(crate) const ADDR_LEN: usize = 16;
/// Words of an address for hashing.
#[cfg(feature = "tcp")]
pub(crate) const WORDS: usize = 4;

/// An IPv4 address as an address of the profile.
pub(crate) const fn v4(addr: Ipv4Addr) -> IpAddr {
    IpAddr::V4(addr)
}

/// An IPv6 address as an address of the profile.
pub(crate) const fn v6(addr: Ipv6Addr) -> IpAddr {
    IpAddr::V6(addr)
}

/// The address if it is one of IPv4.
pub(crate) fn as_v4(addr: IpAddr) -> Option<Ipv4Addr> {
    match addr {
        IpAddr::V4(addr) => Some(addr),
        IpAddr::V6(_) => None,
    }
}

/// The address if it is one of IPv6.
pub(crate) fn as_v6(addr: IpAddr) -> Option<Ipv6Addr> {
    match addr {
        IpAddr::V4(_) => None,
        IpAddr::V6(addr) => Some(addr),
    }
}

/// An address as it stands in a queue record.
pub(crate) fn to_record(addr: IpAddr) -> [u8; ADDR_LEN] {
    match addr {
        IpAddr::V4(addr) => addr.to_ipv6_mapped().octets(),
        IpAddr::V6(addr) => addr.octets(),
    }
}

/// The address that [`to_record`] wrote.
pub(crate) fn from_record(octets: [u8; ADDR_LEN]) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from(octets)).to_canonical()
}

/// The address as words.
#[cfg(feature = "tcp")]
pub(crate) fn words(addr: IpAddr) -> [u32; WORDS] {
    let bits = u128::from_be_bytes(to_record(addr));
    [bits as u32, (bits >> 32) as u32, (bits >> 64) as u32, (bits >> 96) as u32]
}

/// The address in the form that the stack keeps: an IPv4-mapped one is the IPv4 address (RFC 3493 §3.7).
pub(crate) fn canonical(addr: IpAddr) -> IpAddr {
    addr.to_canonical()
}

/// Address and port; an IPv4-mapped address is the IPv4 address (RFC 3493 §3.7).
pub(crate) fn parts(addr: SocketAddr) -> (IpAddr, u16) {
    (addr.ip().to_canonical(), addr.port())
}

/// An address with a port.
pub(crate) fn socket(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip, port)
}

/// An address with a port; a link-local one with the number of the interface it is on.
pub(crate) fn socket_on(ip: IpAddr, port: u16, netif: u8) -> SocketAddr {
    match ip {
        IpAddr::V6(ip) if ip.is_unicast_link_local() => {
            SocketAddr::V6(core::net::SocketAddrV6::new(ip, port, 0, u32::from(netif) + 1))
        }
        _ => SocketAddr::new(ip, port),
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
pub(crate) fn covers(bound: IpAddr, addr: IpAddr) -> bool {
    bound == addr || bound == ANY || (bound == NONE && addr.is_ipv4())
}

/// Whether a socket that is bound to `bound` can talk to `addr`: both are of one version, or it is bound to none.
pub(crate) fn same_version(bound: IpAddr, addr: IpAddr) -> bool {
    bound == ANY || bound.is_ipv4() == addr.is_ipv4()
}

/// Whether packets for `addr` go to more than one host by the address alone (RFC 1112 §4, RFC 919 §7, RFC 4291 §2.7).
#[cfg(feature = "tcp")]
pub(crate) fn is_group(addr: IpAddr) -> bool {
    match addr {
        IpAddr::V4(addr) => addr.is_multicast() || addr.is_broadcast(),
        IpAddr::V6(addr) => addr.is_multicast(),
    }
}

/// Whether it is the unspecified address of its version.
// In one place: the standard library's question is made of words of 128 bits, at every caller.
#[inline(never)]
pub(crate) fn is_unspecified(addr: IpAddr) -> bool {
    addr == ANY || addr == NONE
}

/// Whether it never leaves the host (RFC 1122 §3.2.1.3 (g), RFC 4291 §2.5.3).
#[inline(never)]
pub(crate) fn is_loopback(addr: IpAddr) -> bool {
    match addr {
        IpAddr::V4(addr) => addr.is_loopback(),
        IpAddr::V6(addr) => addr == Ipv6Addr::LOCALHOST,
    }
}

/// Bytes of the IP header of packets for `addr`.
pub(crate) fn header_len(addr: IpAddr) -> usize {
    match addr {
        IpAddr::V4(_) => crate::wire::ipv4::HEADER_LEN,
        IpAddr::V6(_) => crate::wire::ipv6::HEADER_LEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_hold_addresses_of_either_version() {
        for addr in [v4([10, 0, 0, 1].into()), v6("fe80::1".parse().unwrap()), ANY] {
            assert_eq!(from_record(to_record(addr)), addr);
        }
    }

    #[test]
    fn each_wildcard_covers_its_own() {
        let (old, new) = (v4([10, 0, 0, 1].into()), v6("fe80::1".parse().unwrap()));
        let any_v4 = v4(Ipv4Addr::UNSPECIFIED);
        assert!(covers(ANY, old) && covers(ANY, new) && covers(any_v4, old) && !covers(any_v4, new));
    }
}
