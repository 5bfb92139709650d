//! Packet-level tests of fragments and path MTUs: a peer on either version of IP.

#[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
mod output;
#[cfg(feature = "pmtu")]
mod pmtu;
#[cfg(feature = "reassembly")]
mod reassembly;

use crate::addr::{Ip, SocketAddr, socket};
use crate::config::NETIF_MTU;
use crate::netif::neighbor::Word;
use crate::testing::{OWN_MAC, PEER_MAC, drain, settle, stack};
use crate::wire::ethernet;
use crate::{Instant, NetifConfig, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

/// A packet as it stands on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub id: u32,
    pub at: usize,
    pub more: bool,
    pub protocol: u8,
    /// Bytes of the whole packet.
    pub len: usize,
    /// Of IPv4, whether no router may fragment it.
    pub whole: bool,
    pub bytes: Vec<u8>,
}

/// The stack under test, and a peer with an address of one IP version.
pub struct Host {
    pub stack: Box<Stack>,
    pub netif: NetifId,
    pub now: Instant,
    pub own: Ip,
    pub peer: Ip,
}

/// A host for each version of IP that `fits`.
pub fn hosts(fits: fn(&Host) -> bool) -> Vec<Host> {
    let all = [
        #[cfg(feature = "arp")]
        Host::new(crate::addr::v4([10, 0, 0, 1].into()), crate::addr::v4([10, 0, 0, 2].into())),
        #[cfg(feature = "nd6")]
        Host::new(
            crate::addr::v6("fe80::ff:fe00:1".parse().unwrap()),
            crate::addr::v6("fe80::2".parse().unwrap()),
        ),
    ];
    all.into_iter().filter(fits).collect()
}

impl Host {
    fn new(own: Ip, peer: Ip) -> Self {
        let mut stack = stack([3; 16]);
        let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: NETIF_MTU }).unwrap();
        #[cfg(feature = "ipv4")]
        if let Some(own) = crate::addr::as_v4(&own) {
            stack.set_ipv4(netif, own.into(), 24, None).unwrap();
        }
        stack.set_link(netif, true);
        let start = Instant::from_millis(u32::MAX - 30_000);
        settle(&mut stack, netif, start);
        // The clock wraps within the test.
        let mut host = Self { stack, netif, now: start.after(25_000), own, peer };
        host.meet(peer);
        host
    }

    /// Makes a station known.
    pub fn meet(&mut self, station: Ip) {
        self.stack.neighbor_learn(self.netif.0, &station, &PEER_MAC, Word::Confirmed, true, self.now);
        #[cfg(all(feature = "nd6", not(feature = "timers-periodic")))]
        assert_eq!(self.stack.next_deadline(), None);
    }

    pub fn is_v6(&self) -> bool {
        crate::addr::header_len(&self.own) == 40
    }

    #[cfg(feature = "reassembly")]
    pub fn reassembles(&self) -> bool {
        let v6 = usize::from(self.is_v6());
        [cfg!(feature = "ipv4-reassembly"), cfg!(feature = "ipv6-reassembly")][v6]
    }

    #[cfg(any(
        feature = "ipv4-fragmentation",
        feature = "ipv6-fragmentation",
        all(feature = "pmtu", feature = "udp", feature = "nd6"),
    ))]
    pub fn fragments(&self) -> bool {
        let v6 = usize::from(self.is_v6());
        [cfg!(feature = "ipv4-fragmentation"), cfg!(feature = "ipv6-fragmentation")][v6]
    }

    #[cfg(any(feature = "udp", feature = "pmtu"))]
    /// Where the peer's `port` is; a link-local address is on the first interface.
    pub fn remote(&self, port: u16) -> SocketAddr {
        socket(self.peer, port)
    }

    #[cfg(any(feature = "reassembly", feature = "pmtu"))]
    /// A packet's bytes; `part` is `None` for one that is whole.
    pub fn packet(&self, src: Ip, dst: Ip, protocol: u8, part: Option<&Packet>, bytes: &[u8]) -> Vec<u8> {
        #[cfg(feature = "ipv4")]
        if let (Some(src), Some(dst)) = (crate::addr::as_v4(&src), crate::addr::as_v4(&dst)) {
            use crate::wire::ipv4;
            let more = part.is_some_and(|part| part.more);
            let header = ipv4::Header {
                src,
                dst,
                protocol,
                ttl: 64,
                id: part.map_or(1, |part| part.id as u16),
                payload_len: bytes.len() as u16,
                fragment: part.map_or(0, |part| (part.at / 8) as u16)
                    | if more { ipv4::MORE_FRAGMENTS } else { 0 },
                dont_fragment: false,
            };
            let mut packet = [0; ipv4::HEADER_LEN];
            header.emit(&mut packet);
            packet[10..12].fill(0);
            let sum = crate::wire::checksum::of(&packet).checksum();
            packet[10..12].copy_from_slice(&sum);
            return [&packet, bytes].concat();
        }
        #[cfg(feature = "ipv6")]
        if let (Some(src), Some(dst)) = (crate::addr::as_v6(&src), crate::addr::as_v6(&dst)) {
            use crate::wire::ipv6;
            let fragment = part.map(|part| {
                let (offset, more, id) = (part.at as u16, part.more, part.id);
                ipv6::Fragment { next_header: protocol, offset, more, id }.to_bytes()
            });
            let next_header = if fragment.is_some() { ipv6::next::FRAGMENT } else { protocol };
            let behind = [fragment.as_ref().map_or(&[][..], |bytes| bytes), bytes].concat();
            let mut packet = [0; ipv6::HEADER_LEN];
            let payload_len = behind.len() as u16;
            ipv6::Header { src: *src, dst: *dst, next_header, hop_limit: 64, payload_len }.emit(&mut packet);
            return [&packet, &behind[..]].concat();
        }
        unreachable!("addresses of one version")
    }

    #[cfg(any(feature = "reassembly", feature = "pmtu"))]
    /// The stack receives a packet from `src`.
    pub fn receive(&mut self, src: Ip, protocol: u8, part: Option<&Packet>, bytes: &[u8]) {
        let packet = self.packet(src, self.own, protocol, part, bytes);
        let ethertype = if self.is_v6() { 0x86dd } else { 0x0800 };
        let frame = crate::testing::frame(ethertype, &packet);
        self.stack.input(self.netif, &frame, self.now);
    }

    /// The stack receives a fragment from the peer.
    #[cfg(feature = "reassembly")]
    pub fn fragment(&mut self, part: &Packet) {
        self.receive(self.peer, part.protocol, Some(part), &part.bytes);
    }

    /// The IP packets that the stack sends now.
    pub fn sent(&mut self) -> Vec<Packet> {
        let frames = drain(&mut self.stack, self.netif, self.now);
        let packets = frames.iter().filter_map(|frame| {
            let (link, packet) = ethernet::Header::parse(frame).unwrap();
            [0x0800, 0x86dd].contains(&link.ethertype).then(|| parse(packet))
        });
        // Neighbours are confirmed now and then.
        packets.filter(|packet| packet.protocol != 58 || !(133..=136).contains(&packet.bytes[0])).collect()
    }

    /// A datagram of UDP to the stack, with a right checksum.
    #[cfg(all(feature = "udp", feature = "reassembly"))]
    pub fn datagram(&self, src: u16, dst: u16, payload: &[u8]) -> Vec<u8> {
        let len = (8 + payload.len()) as u16;
        let mut bytes = crate::wire::udp::Header { src, dst, len, checksum: [0; 2] }.to_bytes().to_vec();
        bytes.extend_from_slice(payload);
        let mut sum = crate::wire::checksum::pseudo(self.peer.words(), self.own.words(), 17, len);
        sum.add(&bytes);
        let sum = match sum.checksum() {
            [0, 0] => [0xff; 2],
            sum => sum,
        };
        bytes[6..8].copy_from_slice(&sum);
        bytes
    }

    /// The message of an echo request to the stack, with a right checksum.
    #[cfg(feature = "reassembly")]
    pub fn echo_request(&self, data: &[u8]) -> (u8, Vec<u8>) {
        let mut bytes = std::vec![if self.is_v6() { 128 } else { 8 }, 0, 0, 0, 1, 2, 3, 4];
        bytes.extend_from_slice(data);
        let mut sum = crate::wire::checksum::Sum::new();
        if self.is_v6() {
            sum = crate::wire::checksum::pseudo(self.peer.words(), self.own.words(), 58, bytes.len() as u16);
        }
        sum.add(&bytes);
        let sum = sum.checksum();
        bytes[2..4].copy_from_slice(&sum);
        (if self.is_v6() { 58 } else { 1 }, bytes)
    }
}

/// An IP packet of the stack's.
fn parse(packet: &[u8]) -> Packet {
    let len = packet.len();
    #[cfg(feature = "ipv6")]
    if packet[0] >> 4 == 6 {
        use crate::wire::ipv6::{Fragment, Header, Walk, walk};
        let (header, payload) = Header::parse(packet).unwrap();
        return match walk(header.next_header, payload) {
            Walk::Transport(protocol, bytes) => {
                Packet { id: 0, at: 0, more: false, protocol, len, whole: true, bytes: bytes.to_vec() }
            }
            Walk::Fragment(bytes) => {
                let (part, bytes) = Fragment::parse(bytes).unwrap();
                Packet {
                    id: part.id,
                    at: usize::from(part.offset),
                    more: part.more,
                    protocol: part.next_header,
                    len,
                    whole: true,
                    bytes: bytes.to_vec(),
                }
            }
            other => panic!("{other:?}"),
        };
    }
    #[cfg(feature = "ipv4")]
    {
        use crate::wire::ipv4::{FRAGMENT_OFFSET, HEADER_LEN, Header, MORE_FRAGMENTS};
        #[cfg(not(feature = "checksum-gen-ip"))]
        let packet = {
            let sum = crate::wire::checksum::of(&packet[..HEADER_LEN]).checksum();
            &[&packet[..10], &sum, &packet[12..]].concat()[..]
        };
        let _ = HEADER_LEN;
        let (header, _, bytes) = Header::parse(packet).unwrap();
        return Packet {
            id: u32::from(header.id),
            at: usize::from(header.fragment & FRAGMENT_OFFSET) * 8,
            more: header.fragment & MORE_FRAGMENTS != 0,
            protocol: header.protocol,
            len,
            whole: header.dont_fragment,
            bytes: bytes.to_vec(),
        };
    }
    #[allow(unreachable_code, reason = "one version of IP may be all there is")]
    {
        panic!("not a packet of this profile")
    }
}

/// `bytes` in fragments that end at the multiples of eight in `cuts`.
#[cfg(feature = "reassembly")]
pub fn split(id: u32, protocol: u8, bytes: &[u8], cuts: &[usize]) -> Vec<Packet> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut * 8).filter(|end| *end < bytes.len()).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    ends.dedup();
    let starts = [0].into_iter().chain(ends.iter().copied());
    let part = |(at, end): (usize, usize)| {
        let (more, bytes) = (end < bytes.len(), bytes[at..end].to_vec());
        Packet { id, at, more, protocol, len: 0, whole: false, bytes }
    };
    starts.zip(ends.iter().copied()).filter(|(at, end)| at < end).map(part).collect()
}

/// What fragments carry, put together in order; each fits the packet's MTU, and all but the last end at a multiple of
/// eight bytes.
#[cfg(any(
    feature = "ipv4-fragmentation",
    feature = "ipv6-fragmentation",
    all(feature = "pmtu", feature = "udp", feature = "nd6"),
))]
pub fn join(parts: &[Packet], mtu: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        assert!(part.len <= mtu, "{} bytes", part.len);
        assert_eq!((part.at, part.id), (bytes.len(), parts[0].id));
        assert_eq!(part.more, i + 1 < parts.len());
        assert!(!part.more || part.bytes.len() % 8 == 0);
        bytes.extend_from_slice(&part.bytes);
    }
    bytes
}

/// Bytes that differ from place to place.
pub fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i ^ (i >> 8)) as u8).collect()
}
