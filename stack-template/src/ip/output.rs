//! Sending an IP packet that is complete: header, then into the interface's queue.

#[cfg(any(feature = "icmp", feature = "ipv6", feature = "tcp"))]
use crate::netif::{Route, Way};
#[cfg(any(feature = "icmp", feature = "ipv6", feature = "tcp"))]
use crate::pbuf::Claim;
#[cfg(feature = "ipv4")]
use crate::wire::ipv4;
#[cfg(feature = "ipv6")]
use crate::wire::ipv6;
use crate::{IpAddr, Stack};

/// Bytes of the longest header that is sent.
#[cfg(feature = "ipv6")]
const LONGEST: usize = ipv6::HEADER_LEN;
/// Bytes of the longest header that is sent.
#[cfg(not(feature = "ipv6"))]
const LONGEST: usize = ipv4::HEADER_LEN;

/// The bytes of an IP header of either version.
pub(crate) struct IpHeader {
    bytes: [u8; LONGEST],
    len: usize,
}

impl core::ops::Deref for IpHeader {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The header of a packet with `payload_len` bytes of `protocol` from `src` to `dst`.
    pub(crate) fn ip_header(
        &mut self,
        src: IpAddr,
        dst: IpAddr,
        protocol: u8,
        payload_len: usize,
    ) -> IpHeader {
        let mut header = IpHeader { bytes: [0; LONGEST], len: 0 };
        #[cfg(feature = "ipv4")]
        if let (Some(src), Some(dst)) = (crate::addr::as_v4(src), crate::addr::as_v4(dst)) {
            // Unfragmented packets may share an identification (RFC 6864 §4.1), so a counter is enough.
            self.ip_id = self.ip_id.wrapping_add(1);
            let fields = ipv4::Header {
                src,
                dst,
                protocol,
                ttl: crate::config::IPV4_TTL,
                id: self.ip_id,
                payload_len: payload_len as u16,
                fragment: false,
            };
            if let Some(place) = header.bytes.first_chunk_mut() {
                fields.emit(place);
            }
            header.len = ipv4::HEADER_LEN;
        }
        #[cfg(feature = "ipv6")]
        if let (Some(src), Some(dst)) = (crate::addr::as_v6(src), crate::addr::as_v6(dst)) {
            header.bytes = self.ipv6_header(src, dst, protocol, payload_len, self.ipv6_hop_limit(src));
            header.len = ipv6::HEADER_LEN;
        }
        header
    }

    /// The header of an IPv6 packet.
    #[cfg(feature = "ipv6")]
    pub(crate) fn ipv6_header(
        &self,
        src: core::net::Ipv6Addr,
        dst: core::net::Ipv6Addr,
        next_header: u8,
        payload_len: usize,
        hop_limit: u8,
    ) -> [u8; ipv6::HEADER_LEN] {
        let mut bytes = [0; ipv6::HEADER_LEN];
        let payload_len = payload_len as u16;
        ipv6::Header { src, dst, next_header, hop_limit, payload_len }.emit(&mut bytes);
        bytes
    }

    /// Queues a packet of the stack's own: an ICMP message or a reset. `scope` is the interface of a link-local peer.
    #[cfg(any(feature = "icmp", feature = "ipv6", feature = "tcp"))]
    pub(crate) fn ip_reply(
        &mut self,
        src: IpAddr,
        dst: IpAddr,
        scope: Option<u8>,
        protocol: u8,
        parts: [&[u8]; 3],
    ) -> bool {
        let way = Way { from: src, scope, ..Way::ANY };
        let Some(Route { netif, next_hop, mtu, .. }) = self.route(dst, &way) else { return false };
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        if len + crate::addr::header_len(dst) > usize::from(mtu) {
            return false;
        }
        let header = self.ip_header(src, dst, protocol, len);
        let [a, b, c] = parts;
        self.queue_packet(netif, next_hop, &[&header, a, b, c], Claim::Control)
    }
}
