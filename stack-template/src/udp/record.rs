//! How a received datagram stands in its socket's queue: who sent it and, as far as the profile keeps it, where it
//! came in and what it was sent to; then its length.

#[cfg(feature = "udp-recv-info")]
use crate::NetifId;
use crate::SocketAddr;
use crate::addr::{self, ADDR_LEN, Ip, NONE};
use crate::ip::Received;

/// The interface, which a link-local sender cannot be named without.
const NETIF_LEN: usize = if cfg!(any(feature = "ipv6", feature = "udp-recv-info")) { 1 } else { 0 };
/// The destination.
const INFO_LEN: usize = if cfg!(feature = "udp-recv-info") { ADDR_LEN } else { 0 };
/// The sender's address and port, what is kept besides, and the length.
pub(super) const HEADER: usize = ADDR_LEN + 2 + NETIF_LEN + INFO_LEN + 2;

/// Where a datagram came in and what it was sent to (`IP_PKTINFO`, RFC 3542 §6).
#[cfg(feature = "udp-recv-info")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UdpInfo {
    /// The address that it was sent to: one of this host's, a group or a broadcast.
    pub dst: crate::IpAddr,
    /// The interface that it came in on, or whose address it was sent to by this host itself; `None` for a loopback
    /// address.
    pub netif: Option<NetifId>,
}

/// The header of a datagram from `port`; its last two bytes are left for the length.
pub(super) fn header(received: &Received, port: u16) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let (ip, rest) = header.split_at_mut(ADDR_LEN);
    ip.copy_from_slice(&received.src.octets());
    let (to, rest) = rest.split_at_mut(2);
    to.copy_from_slice(&port.to_be_bytes());
    let (to, rest) = rest.split_at_mut(NETIF_LEN);
    to.fill(received.netif);
    #[cfg(feature = "udp-recv-info")]
    if let Some(to) = rest.first_chunk_mut() {
        *to = received.dst.octets();
    }
    let _ = rest;
    header
}

/// Who sent it.
pub(super) fn sender(header: &[u8; HEADER]) -> SocketAddr {
    let (ip, rest) = header.split_at(ADDR_LEN);
    let ip = ip.first_chunk().map_or(NONE, Ip::read);
    let port = u16::from_be_bytes(rest.first_chunk().copied().unwrap_or_default());
    #[cfg(feature = "ipv6")]
    return addr::socket_on(ip, port, rest.get(2).copied().unwrap_or_default());
    #[cfg(not(feature = "ipv6"))]
    addr::socket(ip, port)
}

/// Where it came in and what it was sent to.
#[cfg(feature = "udp-recv-info")]
pub(super) fn info(header: &[u8; HEADER]) -> UdpInfo {
    let (_, rest) = header.split_at(ADDR_LEN + 2);
    let (netif, dst) = rest.split_at(NETIF_LEN);
    let netif = netif.first().copied().filter(|netif| usize::from(*netif) < crate::config::NETIF_COUNT);
    let dst = dst.first_chunk().map_or(crate::addr::ANY, |dst| Ip::read(dst).into());
    UdpInfo { dst, netif: netif.map(NetifId) }
}
