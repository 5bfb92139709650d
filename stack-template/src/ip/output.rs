//! Sending an IP packet that is complete: header, then into the interface's queue.

use crate::netif::Route;
use crate::pbuf::Claim;
use crate::wire::ipv4;
use crate::{IpAddr, Stack};

impl Stack {
    /// The header of a packet with `payload_len` bytes of `protocol` from the route's source to `dst`.
    pub(crate) fn ip_header(
        &mut self,
        src: IpAddr,
        dst: IpAddr,
        protocol: u8,
        payload_len: usize,
    ) -> [u8; ipv4::HEADER_LEN] {
        // Unfragmented packets may share an identification (RFC 6864 §4.1), so a counter is enough.
        self.ip_id = self.ip_id.wrapping_add(1);
        let header = ipv4::Header {
            src,
            dst,
            protocol,
            ttl: crate::config::IPV4_TTL,
            id: self.ip_id,
            payload_len: payload_len as u16,
            fragment: false,
        };
        let mut bytes = [0; ipv4::HEADER_LEN];
        header.emit(&mut bytes);
        bytes
    }

    /// Queues a packet of the stack's own: an ICMP message or a reset.
    #[cfg(any(feature = "icmp", feature = "tcp"))]
    pub(crate) fn ip_reply(&mut self, src: IpAddr, dst: IpAddr, protocol: u8, parts: [&[u8]; 3]) -> bool {
        let Some(Route { netif, next_hop, mtu, .. }) = self.route(dst) else { return false };
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        if len + ipv4::HEADER_LEN > usize::from(mtu) {
            return false;
        }
        let header = self.ip_header(src, dst, protocol, len);
        let [a, b, c] = parts;
        self.queue_packet(netif, next_hop, &[&header, a, b, c], Claim::Control)
    }
}
