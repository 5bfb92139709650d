//! Addresses of a profile with IPv6 alone.

use super::Ip6;

/// An IP address of the profile's family.
pub type IpAddr = core::net::Ipv6Addr;
/// An IP address and a port; the scope identifier of a link-local address is the interface's number.
pub type SocketAddr = core::net::SocketAddrV6;

/// The unspecified address: any local address when bound to.
pub const ANY: IpAddr = IpAddr::UNSPECIFIED;

/// An address as the stack keeps it.
pub(crate) type Ip = Ip6;
/// What a free place of a table holds, and any address when bound to.
pub(crate) const NONE: Ip = Ip6::UNSPECIFIED;
/// Bytes of an address in a queue record.
pub(crate) const ADDR_LEN: usize = 16;

/// An IPv6 address as an address of the profile.
pub(crate) const fn v6(addr: Ip6) -> Ip {
    addr
}

/// The address if it is one of IPv6.
pub(crate) fn as_v6(addr: &Ip) -> Option<&Ip6> {
    Some(addr)
}

/// One that is known to be of IPv6.
pub(crate) const fn known_v6(addr: &Ip) -> &Ip6 {
    addr
}

/// Address and port.
#[inline(never)]
pub(crate) fn parts(addr: SocketAddr) -> (Ip, u16) {
    ((*addr.ip()).into(), addr.port())
}

/// An address with a port.
pub(crate) fn socket(ip: Ip, port: u16) -> SocketAddr {
    SocketAddr::new(ip.into(), port, 0, 0)
}

/// An address with a port; a link-local one with the number of the interface it is on.
#[inline(never)]
pub(crate) fn socket_on(ip: Ip, port: u16, netif: u8) -> SocketAddr {
    let scope = if ip.is_unicast_link_local() { u32::from(netif) + 1 } else { 0 };
    SocketAddr::new(ip.into(), port, 0, scope)
}

/// The interface that a link-local address is on: its scope identifier, counted from 1 (RFC 4007 §6).
pub(crate) fn scope(addr: SocketAddr) -> Option<u8> {
    u8::try_from(addr.scope_id().checked_sub(1)?).ok()
}

/// Whether a socket that is bound to `bound` takes what is sent to `addr`.
pub(crate) fn covers(bound: &Ip, addr: &Ip) -> bool {
    bound == addr || *bound == NONE
}

/// Whether a socket that is bound to `bound` can talk to `addr`.
pub(crate) fn same_version(_bound: &Ip, _addr: &Ip) -> bool {
    true
}

/// Whether packets for `addr` go to more than one host by the address alone (RFC 4291 §2.7).
#[cfg(feature = "tcp")]
pub(crate) fn is_group(addr: &Ip) -> bool {
    addr.is_multicast()
}

/// Bytes of the IP header of packets for `addr`.
pub(crate) fn header_len(_addr: &Ip) -> usize {
    crate::wire::ipv6::HEADER_LEN
}
