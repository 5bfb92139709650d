//! Addresses of a profile with IPv6 alone.

use core::net::Ipv6Addr;

/// An IP address of the profile's family.
pub type IpAddr = Ipv6Addr;
/// An IP address and a port; the scope identifier of a link-local address is the interface's number.
pub type SocketAddr = core::net::SocketAddrV6;

/// The unspecified address: any local address when bound to.
pub const ANY: IpAddr = IpAddr::UNSPECIFIED;
/// What a free place of a table holds: all bytes zero, so that a stack in a `static` takes no flash.
pub(crate) const NONE: IpAddr = ANY;
/// Bytes of an address in a queue record.
pub(crate) const ADDR_LEN: usize = 16;
/// Words of an address for hashing.
#[cfg(feature = "tcp")]
pub(crate) const WORDS: usize = 4;

/// An IPv6 address as an address of the profile.
pub(crate) const fn v6(addr: Ipv6Addr) -> IpAddr {
    addr
}

/// The address if it is one of IPv6.
pub(crate) fn as_v6(addr: IpAddr) -> Option<Ipv6Addr> {
    Some(addr)
}

/// An address as it stands in a queue record.
pub(crate) fn to_record(addr: IpAddr) -> [u8; ADDR_LEN] {
    addr.octets()
}

/// The address that [`to_record`] wrote.
pub(crate) fn from_record(octets: [u8; ADDR_LEN]) -> IpAddr {
    IpAddr::from(octets)
}

/// The address as words.
#[cfg(feature = "tcp")]
pub(crate) fn words(addr: IpAddr) -> [u32; WORDS] {
    let bits = addr.to_bits();
    [bits as u32, (bits >> 32) as u32, (bits >> 64) as u32, (bits >> 96) as u32]
}

/// The address in the form that the stack keeps.
pub(crate) fn canonical(addr: IpAddr) -> IpAddr {
    addr
}

/// Address and port.
pub(crate) fn parts(addr: SocketAddr) -> (IpAddr, u16) {
    (*addr.ip(), addr.port())
}

/// An address with a port.
pub(crate) fn socket(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip, port, 0, 0)
}

/// An address with a port; a link-local one with the number of the interface it is on.
pub(crate) fn socket_on(ip: IpAddr, port: u16, netif: u8) -> SocketAddr {
    let scope = if ip.is_unicast_link_local() { u32::from(netif) + 1 } else { 0 };
    SocketAddr::new(ip, port, 0, scope)
}

/// The interface that a link-local address is on: its scope identifier, counted from 1 (RFC 4007 §6).
pub(crate) fn scope(addr: SocketAddr) -> Option<u8> {
    u8::try_from(addr.scope_id().checked_sub(1)?).ok()
}

/// Whether a socket that is bound to `bound` takes what is sent to `addr`.
pub(crate) fn covers(bound: IpAddr, addr: IpAddr) -> bool {
    bound == addr || bound == ANY
}

/// Whether a socket that is bound to `bound` can talk to `addr`.
pub(crate) fn same_version(_bound: IpAddr, _addr: IpAddr) -> bool {
    true
}

/// Whether packets for `addr` go to more than one host by the address alone (RFC 4291 §2.7).
#[cfg(feature = "tcp")]
pub(crate) fn is_group(addr: IpAddr) -> bool {
    addr.is_multicast()
}

/// Whether it is the unspecified address.
pub(crate) fn is_unspecified(addr: IpAddr) -> bool {
    addr == ANY
}

/// Whether it never leaves the host (RFC 1122 §3.2.1.3 (g), RFC 4291 §2.5.3).
pub(crate) fn is_loopback(addr: IpAddr) -> bool {
    addr == IpAddr::LOCALHOST
}

/// Bytes of the IP header of packets for `addr`.
pub(crate) fn header_len(_addr: IpAddr) -> usize {
    crate::wire::ipv6::HEADER_LEN
}
