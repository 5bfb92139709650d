//! Addresses of a profile with IPv4 alone.

use core::net::Ipv4Addr;

/// An IP address of the profile's family.
pub type IpAddr = Ipv4Addr;
/// An IP address and a port.
pub type SocketAddr = core::net::SocketAddrV4;

/// The unspecified address: any local address when bound to.
pub const ANY: IpAddr = IpAddr::UNSPECIFIED;
/// What a free place of a table holds: all bytes zero, so that a stack in a `static` takes no flash.
pub(crate) const NONE: IpAddr = ANY;
/// Bytes of an address in a queue record.
pub(crate) const ADDR_LEN: usize = 4;
/// Words of an address for hashing.
#[cfg(feature = "tcp")]
pub(crate) const WORDS: usize = 1;

/// An IPv4 address as an address of the profile.
pub(crate) const fn v4(addr: Ipv4Addr) -> IpAddr {
    addr
}

/// The address if it is one of IPv4.
pub(crate) fn as_v4(addr: IpAddr) -> Option<Ipv4Addr> {
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
    [addr.to_bits()]
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
    SocketAddr::new(ip, port)
}

/// The interface that an address is on by its own word: none.
pub(crate) fn scope(_addr: SocketAddr) -> Option<u8> {
    None
}

/// Whether a socket that is bound to `bound` takes what is sent to `addr`.
pub(crate) fn covers(bound: IpAddr, addr: IpAddr) -> bool {
    bound == addr || bound == ANY
}

/// Whether a socket that is bound to `bound` can talk to `addr`.
pub(crate) fn same_version(_bound: IpAddr, _addr: IpAddr) -> bool {
    true
}

/// Whether packets for `addr` go to more than one host by the address alone (RFC 1112 §4, RFC 919 §7).
#[cfg(feature = "tcp")]
pub(crate) fn is_group(addr: IpAddr) -> bool {
    addr.is_multicast() || addr.is_broadcast()
}

/// Whether it is the unspecified address.
pub(crate) fn is_unspecified(addr: IpAddr) -> bool {
    addr == ANY
}

/// Whether it never leaves the host (RFC 1122 §3.2.1.3 (g), RFC 4291 §2.5.3).
pub(crate) fn is_loopback(addr: IpAddr) -> bool {
    addr.is_loopback()
}

/// Bytes of the IP header of packets for `addr`.
pub(crate) fn header_len(_addr: IpAddr) -> usize {
    crate::wire::ipv4::HEADER_LEN
}
