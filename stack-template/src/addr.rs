//! The address types of the profile: they shrink to what the enabled IP versions need.

/// An IP address of the profile's family.
pub type IpAddr = core::net::Ipv4Addr;
/// An IP address and a port.
pub type SocketAddr = core::net::SocketAddrV4;

/// The unspecified address: any local address when bound to.
pub const ANY: IpAddr = IpAddr::UNSPECIFIED;
/// Bytes of an address in a queue record.
pub(crate) const ADDR_LEN: usize = 4;

/// An address as it stands in a queue record.
pub(crate) fn to_record(addr: IpAddr) -> [u8; ADDR_LEN] {
    addr.octets()
}

/// The address that [`to_record`] wrote.
pub(crate) fn from_record(octets: [u8; ADDR_LEN]) -> IpAddr {
    IpAddr::from(octets)
}

/// Whether packets for `addr` go to more than one host by the address alone (RFC 1112 §4, RFC 919 §7).
pub(crate) fn is_group(addr: IpAddr) -> bool {
    addr.is_multicast() || addr.is_broadcast()
}
