//! Addresses of a profile with IPv4 alone.

use super::Ip4;

/// An IP address of the profile's family.
pub type IpAddr = core::net::Ipv4Addr;
/// An IP address and a port.
pub type SocketAddr = core::net::SocketAddrV4;

/// The unspecified address: any local address when bound to.
pub const ANY: IpAddr = IpAddr::UNSPECIFIED;

/// An address as the stack keeps it.
pub(crate) type Ip = Ip4;
/// What a free place of a table holds, and any address when bound to.
pub(crate) const NONE: Ip = Ip4::UNSPECIFIED;
/// Bytes of an address in a queue record.
pub(crate) const ADDR_LEN: usize = 4;

/// An IPv4 address as an address of the profile.
pub(crate) const fn v4(addr: Ip4) -> Ip {
    addr
}

/// The address if it is one of IPv4.
pub(crate) fn as_v4(addr: &Ip) -> Option<Ip4> {
    Some(*addr)
}

/// One that is known to be of IPv4.
pub(crate) const fn known_v4(addr: &Ip) -> Ip4 {
    *addr
}

/// Address and port.
pub(crate) fn parts(addr: SocketAddr) -> (Ip, u16) {
    ((*addr.ip()).into(), addr.port())
}

/// An address with a port.
pub(crate) fn socket(ip: Ip, port: u16) -> SocketAddr {
    SocketAddr::new(ip.into(), port)
}

/// The interface that an address is on by its own word: none.
pub(crate) fn scope(_addr: SocketAddr) -> Option<u8> {
    None
}

/// Whether a socket that is bound to `bound` takes what is sent to `addr`.
pub(crate) fn covers(bound: &Ip, addr: &Ip) -> bool {
    bound == addr || *bound == NONE
}

/// Whether a socket that is bound to `bound` can talk to `addr`.
pub(crate) fn same_version(_bound: &Ip, _addr: &Ip) -> bool {
    true
}

/// Whether packets for `addr` go to more than one host by the address alone (RFC 1112 §4, RFC 919 §7).
#[cfg(feature = "tcp")]
pub(crate) fn is_group(addr: &Ip) -> bool {
    addr.is_multicast() || addr.is_broadcast()
}

/// Bytes of the IP header of packets for `addr`.
pub(crate) fn header_len(_addr: &Ip) -> usize {
    crate::wire::ipv4::HEADER_LEN
}
