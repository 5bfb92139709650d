//! Sending an IP packet that is complete: header, then into the interface's queue, in fragments if it must be.

use crate::addr::Ip;
use crate::netif::Route;
#[cfg(any(feature = "icmp", feature = "ipv6", feature = "tcp"))]
use crate::netif::Way;
#[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
use crate::netif::queue::HEADER;
use crate::netif::queue::packet_header;
use crate::pbuf::{Claim, Mark, Pool, Records};
#[cfg(feature = "ipv4")]
use crate::wire::ipv4;
#[cfg(feature = "ipv6")]
use crate::wire::ipv6;
use crate::{Error, Stack};

/// Bytes of the longest header that is sent or quoted.
#[cfg(feature = "ipv6")]
const LONGEST: usize = ipv6::HEADER_LEN + if FRAGMENTS { ipv6::FRAGMENT_LEN } else { 0 };
/// Bytes of the longest header that is sent.
#[cfg(not(feature = "ipv6"))]
const LONGEST: usize = ipv4::HEADER_LEN;
/// Whether headers of fragments are made.
#[cfg(feature = "ipv6")]
const FRAGMENTS: bool = cfg!(any(feature = "ipv6-fragmentation", feature = "reassembly"));
/// The longest packet that a header can tell of.
#[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
const LONGEST_PACKET: usize = 65_535;

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
    pub route: &'a Route,
    pub dst: &'a Ip,
    pub protocol: u8,
    pub head: &'a [u8],
    pub body: usize,
    pub claim: Claim,
    /// Hop limit, 0 for the profile's, and traffic class.
    #[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx"))]
    pub marks: (u8, u8),
}

/// Writes so many bytes of a packet's body, those behind the ones that it wrote before.
pub(crate) type WriteBody<'a> = &'a mut dyn FnMut(&mut Records, &mut Pool, usize);

/// What a fragment's header says beyond its packet's.
#[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation", feature = "reassembly"))]
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub id: u32,
    pub at: usize,
    pub len: usize,
    pub more: bool,
}

/// A choice of hops as sockets keep it: 0 for the profile's number.
#[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx", feature = "tcp-ttl"))]
pub(crate) fn hops(ttl: Option<u8>) -> Result<u8, crate::Error> {
    match ttl {
        Some(0) => Err(crate::Error::Value),
        ttl => Ok(ttl.unwrap_or(0)),
    }
}

#[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx", feature = "tcp-ttl"))]
impl IpHeader {
    /// The header with another hop limit, unless it is 0, and another traffic class (RFC 2474 §3).
    pub(crate) fn marked(mut self, (ttl, tos): (u8, u8)) -> Self {
        #[cfg(feature = "ipv6")]
        if let [version @ 0x60..=0x6f, class, _, _, _, _, _, hops, ..] = &mut self.bytes {
            *version |= tos >> 4;
            *class |= tos << 4;
            *hops = if ttl == 0 { *hops } else { ttl };
            return self;
        }
        #[cfg(feature = "ipv4")]
        if ttl != 0 || tos != 0 {
            self.bytes.first_chunk_mut().into_iter().for_each(|header| ipv4::mark(header, ttl, tos));
        }
        self
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The header of a packet with `payload_len` bytes of `protocol` from `src` to `dst`.
    pub(crate) fn ip_header(&mut self, src: &Ip, dst: &Ip, protocol: u8, payload_len: usize) -> IpHeader {
        let mut header = IpHeader { bytes: [0; LONGEST], len: 0 };
        #[cfg(feature = "ipv4")]
        if let Some(dst) = crate::addr::as_v4(dst) {
            let src = crate::addr::known_v4(src);
            let fields = ipv4::Header {
                src,
                dst,
                protocol,
                ttl: crate::config::IPV4_TTL,
                id: self.ipv4_id(dst, protocol),
                payload_len: payload_len as u16,
                fragment: 0,
                // So that routers tell what the path takes (RFC 1191 §3): TCP can send smaller segments.
                #[cfg(all(feature = "pmtu", feature = "tcp", feature = "icmp"))]
                dont_fragment: protocol == crate::wire::protocol::TCP,
                #[cfg(not(all(feature = "pmtu", feature = "tcp", feature = "icmp")))]
                dont_fragment: false,
            };
            if let Some(place) = header.bytes.first_chunk_mut() {
                fields.emit(place);
            }
            header.len = ipv4::HEADER_LEN;
        }
        #[cfg(feature = "ipv6")]
        if let Some(dst) = crate::addr::as_v6(dst) {
            let src = crate::addr::known_v6(src);
            let hop_limit = self.ipv6_hop_limit(src);
            if let Some(place) = header.bytes.first_chunk_mut() {
                ipv6::write(place, src, dst, protocol, payload_len as u16, hop_limit);
            }
            header.len = ipv6::HEADER_LEN;
        }
        header
    }

    /// The next identification of packets for `dst`.
    ///
    /// Those for one destination differ (RFC 6864 §4.3), and nobody else can tell them (RFC 7739 §5.3). For TCP, whose
    /// segments are rarely fragmented, the counter alone must do.
    #[cfg(feature = "ipv4")]
    fn ipv4_id(&mut self, dst: crate::addr::Ip4, protocol: u8) -> u16 {
        self.ip_id = self.ip_id.wrapping_add(1);
        #[cfg(feature = "tcp")]
        if protocol == crate::wire::protocol::TCP {
            return self.ip_id;
        }
        // A single word: nothing else is hashed so.
        let start = self.random.hash(&[dst.to_bits()]) as u16;
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
        if crate::addr::header_len(packet.dst).saturating_add(len) > usize::from(packet.route.mtu) {
            #[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
            return self.queue_fragments(packet, len, write);
            #[cfg(not(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation")))]
            return Err(Error::TooLong);
        }
        let header = self.ip_header(&packet.route.source, packet.dst, packet.protocol, len);
        #[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx"))]
        let header = header.marked(packet.marks);
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

    /// Queues a packet of `len` bytes behind its IP header in fragments: all of them or none.
    #[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
    fn queue_fragments(
        &mut self,
        packet: &Packet<'_>,
        len: usize,
        write: WriteBody<'_>,
    ) -> Result<Mark, Error> {
        let Some(id) = self.fragment_id(packet.dst, packet.protocol) else { return Err(Error::TooLong) };
        let (headers, most) = fragment_headers(packet.dst);
        // All but the last carry a multiple of eight bytes (RFC 791 §2.3, RFC 8200 §4.5).
        let room = usize::from(packet.route.mtu).saturating_sub(headers) & !7;
        if len > most || room <= packet.head.len() {
            return Err(Error::TooLong);
        }
        let (queue, pool, limit) = self.queue_mut(packet.route.netif).ok_or(Error::Route)?;
        let bytes = len.div_ceil(room) * (HEADER + headers) + len;
        if !queue.has_room(pool, bytes, limit, packet.claim) {
            self.dropped(crate::stats::Drop::Memory);
            return Err(Error::Memory);
        }
        let (mut at, mut first) = (0, None);
        while at < len {
            let part = Part { id, at, len: room.min(len - at), more: len - at > room };
            let header = self.fragment_header(&packet.route.source, packet.dst, packet.protocol, part);
            #[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx"))]
            let header = header.marked(packet.marks);
            let head = if at == 0 { packet.head } else { &[] };
            let mark = self.queue_parts(packet, &header, head, part.len - head.len(), write)?;
            first = first.or(Some(mark));
            at += part.len;
        }
        first.ok_or(Error::TooLong)
    }

    /// What the fragments of a new packet for `dst` have in common, `None` when the profile does not send such.
    #[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
    fn fragment_id(&mut self, dst: &Ip, protocol: u8) -> Option<u32> {
        #[cfg(feature = "ipv4-fragmentation")]
        if let Some(dst) = crate::addr::as_v4(dst) {
            return Some(u32::from(self.ipv4_id(dst, protocol)));
        }
        // Drawn at random (RFC 7739 §5.2).
        #[cfg(feature = "ipv6-fragmentation")]
        if crate::addr::as_v6(dst).is_some() {
            return Some(self.random.next());
        }
        let _ = (dst, protocol);
        None
    }

    /// The headers of a fragment, or of a packet that came in such.
    #[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation", feature = "reassembly"))]
    pub(super) fn fragment_header(&self, src: &Ip, dst: &Ip, protocol: u8, part: Part) -> IpHeader {
        let mut header = IpHeader { bytes: [0; LONGEST], len: 0 };
        #[cfg(feature = "ipv4")]
        if let Some(dst) = crate::addr::as_v4(dst) {
            let src = crate::addr::known_v4(src);
            let fields = ipv4::Header {
                src,
                dst,
                protocol,
                ttl: crate::config::IPV4_TTL,
                id: part.id as u16,
                payload_len: part.len as u16,
                fragment: (part.at / 8) as u16 | if part.more { ipv4::MORE_FRAGMENTS } else { 0 },
                dont_fragment: false,
            };
            if let Some(place) = header.bytes.first_chunk_mut() {
                fields.emit(place);
            }
            header.len = ipv4::HEADER_LEN;
        }
        #[cfg(feature = "ipv6")]
        if let Some(dst) = crate::addr::as_v6(dst) {
            let src = crate::addr::known_v6(src);
            let len = ipv6::FRAGMENT_LEN + part.len;
            let hop_limit = self.ipv6_hop_limit(src);
            let fixed = ipv6::header(src, dst, ipv6::next::FRAGMENT, len as u16, hop_limit);
            let fragment = ipv6::Fragment {
                next_header: protocol,
                offset: part.at as u16,
                more: part.more,
                id: part.id,
            };
            let bytes = fixed.iter().copied().chain(fragment.to_bytes());
            header.bytes.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
            header.len = ipv6::HEADER_LEN + ipv6::FRAGMENT_LEN;
        }
        header
    }

    /// Queues a packet of the stack's own, an ICMP message or a reset: two pieces and what lies behind them. `netif`
    /// is the interface of a link-local peer.
    #[cfg(any(feature = "icmp", feature = "ipv6", feature = "tcp"))]
    pub(crate) fn ip_reply(
        &mut self,
        src: &Ip,
        dst: &Ip,
        netif: u8,
        protocol: u8,
        [head, more]: [&[u8]; 2],
        payload: crate::pbuf::Payload<'_>,
    ) {
        let way = Way { from: *src, scope: Some(crate::netif::number(netif)), ..Way::ANY };
        let Some(route) = self.route(dst, &way) else { return };
        // Who sends fragments has a narrow path, and nobody could tell us: no socket sent the answer.
        #[cfg(all(feature = "reassembly", feature = "ipv6-fragmentation"))]
        let route = match payload {
            crate::pbuf::Payload::Chain { .. } if crate::addr::as_v6(dst).is_some() => {
                Route { mtu: route.mtu.min(ipv6::LEAST_MTU), ..route }
            }
            _ => route,
        };
        let body = more.len() + payload.len();
        // The last blocks are for short answers.
        let short = head.len() + body <= usize::from(route.mtu);
        let claim = if short { Claim::Control } else { Claim::Spare };
        let (mut more, mut payload) = (more, payload);
        let packet = Packet {
            route: &route,
            dst,
            protocol,
            head,
            body,
            claim,
            #[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx"))]
            marks: (0, 0),
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

/// Bytes of the headers of a fragment for `dst`, and the most that all fragments of a packet carry.
#[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
fn fragment_headers(dst: &Ip) -> (usize, usize) {
    #[cfg(feature = "ipv6")]
    if crate::addr::as_v6(dst).is_some() {
        return (ipv6::HEADER_LEN + ipv6::FRAGMENT_LEN, LONGEST_PACKET);
    }
    let header = crate::addr::header_len(dst);
    (header, LONGEST_PACKET - header)
}
