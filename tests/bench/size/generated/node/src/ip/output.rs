//! Sending an IP packet that is complete: header, then into the interface's queue, in fragments if it must be.

use crate::addr::Ip;
use crate::netif::Route;
use crate::netif::Way;
use crate::netif::queue::packet_header;
use crate::pbuf::{Claim, Mark, Pool, Records};
use crate::wire::ipv4;
use crate::wire::ipv6;
use crate::{Error, Stack};

/// Bytes of the longest header that is sent or quoted.
const LONGEST: usize = ipv6::HEADER_LEN + if FRAGMENTS { ipv6::FRAGMENT_LEN } else { 0 };
/// Whether headers of fragments are made.
const FRAGMENTS: bool = false;

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

/// A packet on its way into an interface's queue: `head`, and `body` bytes behind it.
pub(crate) struct Packet<'a> {
    pub route: Route,
    pub src: Ip,
    pub dst: Ip,
    pub protocol: u8,
    pub head: &'a [u8],
    pub body: usize,
    pub claim: Claim,
}

/// Writes so many bytes of a packet's body, those behind the ones that it wrote before.
pub(crate) type WriteBody<'a> = &'a mut dyn FnMut(&mut Records, &mut Pool, usize);

impl Stack {
    /// The header of a packet with `payload_len` bytes of `protocol` from `src` to `dst`.
    pub(crate) fn ip_header(&mut self, src: &Ip, dst: &Ip, protocol: u8, payload_len: usize) -> IpHeader {
        let mut header = IpHeader { bytes: [0; LONGEST], len: 0 };
        if let (Some(src), Some(dst)) = (crate::addr::as_v4(src), crate::addr::as_v4(dst)) {
            let fields = ipv4::Header {
                src,
                dst,
                protocol,
                ttl: crate::config::IPV4_TTL,
                id: self.ipv4_id(dst, protocol),
                payload_len: payload_len as u16,
                fragment: 0,
                dont_fragment: false,
            };
            if let Some(place) = header.bytes.first_chunk_mut() {
                fields.emit(place);
            }
            header.len = ipv4::HEADER_LEN;
        }
        if let (Some(src), Some(dst)) = (crate::addr::as_v6(src), crate::addr::as_v6(dst)) {
            let bytes = ipv6::header(src, dst, protocol, payload_len as u16, self.ipv6_hop_limit(src));
            if let Some(place) = header.bytes.first_chunk_mut() {
                *place = bytes;
            }
            header.len = ipv6::HEADER_LEN;
        }
        header
    }

    /// The next identification of packets for `dst`.
    ///
    /// Those for one destination differ (RFC 6864 §4.3), and nobody else can tell them (RFC 7739 §5.3). For TCP, whose
    /// segments are rarely fragmented, the counter alone must do.
    fn ipv4_id(&mut self, dst: crate::addr::Ip4, protocol: u8) -> u16 {
        self.ip_id = self.ip_id.wrapping_add(1);
        if protocol == crate::wire::protocol::TCP {
            return self.ip_id;
        }
        let start = self.random.hash(&[dst.to_bits(), u32::from_le_bytes(*b"ip4i")]) as u16;
        let _ = protocol;
        start.wrapping_add(self.ip_id)
    }

    /// Queues a packet, or all fragments of it; gives where its head stands.
    ///
    /// # Errors
    /// [`Error::TooLong`] for more than the path takes, or than all fragments of a packet can carry;
    /// [`Error::Memory`] when the interface's queue or the pool has no room for all of it.
    pub(crate) fn queue_ip(&mut self, packet: &Packet<'_>, write: WriteBody<'_>) -> Result<Mark, Error> {
        let len = packet.head.len().saturating_add(packet.body);
        if crate::addr::header_len(&packet.dst).saturating_add(len) > usize::from(packet.route.mtu) {
            return Err(Error::TooLong);
        }
        let header = self.ip_header(&packet.src, &packet.dst, packet.protocol, len);
        self.queue_parts(packet, &header, packet.head, packet.body, write)
    }

    /// Queues a packet or fragment: its header, `head`, and `body` bytes more.
    fn queue_parts(
        &mut self,
        packet: &Packet<'_>,
        header: &IpHeader,
        head: &[u8],
        body: usize,
        write: WriteBody<'_>,
    ) -> Result<Mark, Error> {
        let (queue, pool, limit) = self.queue_mut(packet.route.netif).ok_or(Error::Route)?;
        let (len, claim) = (header.len() + head.len() + body, packet.claim);
        if !queue.reserve(pool, packet_header(&packet.route.next_hop), len, limit, claim) {
            self.dropped(crate::stats::Drop::Memory);
            return Err(Error::Memory);
        }
        queue.append(pool, header, claim);
        let mark = queue.mark(pool, claim);
        queue.append(pool, head, claim);
        write(queue, pool, body);
        Ok(mark)
    }

    /// Queues a packet of the stack's own, an ICMP message or a reset: two pieces and what lies behind them. `scope`
    /// is the interface of a link-local peer.
    pub(crate) fn ip_reply(
        &mut self,
        src: &Ip,
        dst: &Ip,
        scope: Option<u8>,
        protocol: u8,
        [head, more]: [&[u8]; 2],
        payload: crate::pbuf::Payload<'_>,
    ) {
        let way = Way { from: *src, scope, ..Way::ANY };
        let Some(route) = self.route(dst, &way) else { return };
        let body = more.len() + payload.len();
        // The last blocks are for short answers.
        let short = head.len() + body <= usize::from(route.mtu);
        let claim = if short { Claim::Control } else { Claim::Spare };
        let (mut more, mut payload) = (more, payload);
        let packet = Packet {
            route,
            src: *src,
            dst: *dst,
            protocol,
            head,
            body,
            claim,
        };
        let queued = self.queue_ip(&packet, &mut |queue, pool, len| {
            let (now, later) = more.split_at_checked(len).unwrap_or((more, &[]));
            queue.append(pool, now, claim);
            let rest = len - now.len();
            queue.append_payload(pool, payload.first(rest), claim);
            (more, payload) = (later, payload.skip(rest));
        });
        if matches!(queued, Err(Error::TooLong)) {
            self.dropped(crate::stats::Drop::Memory);
        }
    }
}
