//! How a received datagram stands in its socket's queue: who sent it and, as far as the profile keeps it, where it
//! came in and what it was sent to; then its length.

use crate::SocketAddr;
use crate::addr::{self, ADDR_LEN, Ip, NONE};
use crate::ip::Received;

/// The interface, which a link-local sender cannot be named without.
const NETIF_LEN: usize = 1;
/// The destination.
const INFO_LEN: usize = 0;
/// The sender's address and port, what is kept besides, and the length.
pub(super) const HEADER: usize = ADDR_LEN + 2 + NETIF_LEN + INFO_LEN + 2;

/// The header of a datagram from `port`; its last two bytes are left for the length.
pub(super) fn header(received: &Received, port: u16) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let fields = received.src.octets().into_iter().chain(port.to_be_bytes());
    let fields = fields.chain([received.netif]);
    header.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
    header
}

/// Who sent it.
pub(super) fn sender(header: &[u8; HEADER]) -> SocketAddr {
    let (ip, rest) = header.split_at(ADDR_LEN);
    let ip = ip.first_chunk().map_or(NONE, Ip::read);
    let port = u16::from_be_bytes(rest.first_chunk().copied().unwrap_or_default());
    addr::socket_on(ip, port, rest.get(2).copied().unwrap_or_default())
}
