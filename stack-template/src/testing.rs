//! What the unit tests share: a stack, and a wire that keeps frames.

#[cfg(any(feature = "ipv4", feature = "tcp"))]
use crate::NetifConfig;
#[cfg(feature = "tcp")]
use crate::addr::Ip;
#[cfg(feature = "ipv4")]
use crate::addr::Ip4;
#[cfg(feature = "arp")]
use crate::wire::arp;
#[cfg(feature = "ethernet")]
use crate::wire::ethernet;
#[cfg(all(feature = "ethernet", feature = "ipv4"))]
use crate::wire::{checksum, ipv4};
use crate::{Instant, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

pub const OWN_MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
#[cfg(feature = "ipv4")]
pub const OWN_IP: Ip4 = Ip4::new(10, 0, 0, 1);

#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
pub fn arena() -> &'static mut crate::pbuf::Arena {
    let blocks = std::vec![[0; crate::config::PBUF_BLOCK_SIZE]; crate::config::PBUF_POOL_SIZE];
    blocks.leak().try_into().expect("the arena's size")
}

/// A stack without interfaces.
pub fn stack(seed: [u8; 16]) -> Box<Stack> {
    #[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
    return Box::new(Stack::new(seed));
    #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
    Box::new(Stack::new(seed, arena()))
}

/// A stack without interfaces that asks `hooks`.
#[cfg(feature = "hooks")]
pub fn stack_with<H: crate::Hooks>(seed: [u8; 16], hooks: H) -> Box<Stack<H>> {
    #[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
    return Box::new(Stack::with_hooks(seed, hooks));
    #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
    Box::new(Stack::with_hooks(seed, arena(), hooks))
}

/// A stack with one interface, its link up, at [`OWN_IP`]/24 behind the gateway 10.0.0.254.
#[cfg(feature = "ipv4")]
pub fn host() -> (Box<Stack>, NetifId) {
    let mut stack = stack([9; 16]);
    let netif = bring_up(&mut stack);
    (stack, netif)
}

/// Gives a stack the interface of [`host`].
#[cfg(feature = "ipv4")]
pub fn bring_up<H: crate::Hooks>(stack: &mut Stack<H>) -> NetifId {
    let netif =
        stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: 1500.min(crate::config::NETIF_MTU) }).unwrap();
    stack.set_ipv4(netif, OWN_IP.into(), 24, Some(Ip4::new(10, 0, 0, 254).into())).unwrap();
    stack.set_link(netif, true);
    settle(stack, netif, Instant::from_millis(0));
    netif
}

pub const PEER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
#[cfg(feature = "ipv4")]
pub const PEER_IP: Ip4 = Ip4::new(10, 0, 0, 2);

/// The host's address on a second link, and a peer there.
#[cfg(feature = "arp")]
pub const OTHER_IP: Ip4 = Ip4::new(10, 0, 1, 1);
#[cfg(feature = "arp")]
pub const OTHER_PEER: Ip4 = Ip4::new(10, 0, 1, 2);

/// A host on two links, each with a gateway that ends in 254, that knows the peer on each; `None` where the profile has
/// one interface.
#[cfg(feature = "arp")]
pub fn two_links() -> Option<(Box<Stack>, [NetifId; 2])> {
    let mut stack = stack([7; 16]);
    let mut netifs = Vec::new();
    for (ip, peer) in [(OWN_IP, PEER_IP), (OTHER_IP, OTHER_PEER)] {
        let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: crate::config::NETIF_MTU }).ok()?;
        let [a, b, c, _] = ip.octets();
        stack.set_ipv4(netif, ip.into(), 24, Some(Ip4::new(a, b, c, 254).into())).unwrap();
        stack.set_link(netif, true);
        settle(&mut stack, netif, Instant::from_millis(0));
        let (sender_mac, target_mac) = (PEER_MAC, OWN_MAC);
        let ask =
            arp::Packet { operation: arp::REQUEST, sender_mac, sender_ip: peer, target_mac, target_ip: ip };
        stack.input(netif, &frame(ethernet::TYPE_ARP, &ask.to_bytes()), Instant::from_millis(0));
        drain(&mut stack, netif, Instant::from_millis(0));
        netifs.push(netif);
    }
    Some((stack, netifs.try_into().ok()?))
}

/// A frame for the stack from the peer.
#[cfg(feature = "ethernet")]
pub fn frame(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = std::vec![0; ethernet::HEADER_LEN];
    ethernet::Header { dst: OWN_MAC, src: PEER_MAC, ethertype }.emit(frame.first_chunk_mut().unwrap());
    frame.extend_from_slice(payload);
    frame
}

/// Another station beside `peer`.
#[cfg(any(feature = "reassembly", feature = "pmtu"))]
pub fn stranger(peer: crate::addr::Ip) -> crate::addr::Ip {
    #[cfg(feature = "ipv4")]
    if crate::addr::as_v4(&peer).is_some() {
        return crate::addr::v4([10, 0, 0, 99].into());
    }
    let _ = peer;
    #[cfg(feature = "ipv6")]
    return crate::addr::v6("fe80::99".parse().unwrap());
    #[cfg(not(feature = "ipv6"))]
    crate::addr::v4([10, 0, 0, 99].into())
}

/// A frame with an IPv4 packet.
#[cfg(all(feature = "ethernet", feature = "ipv4"))]
pub fn ip_frame(src: Ip4, dst: Ip4, protocol: u8, payload: &[u8]) -> Vec<u8> {
    frame(ethernet::TYPE_IPV4, &ip_packet(src, dst, protocol, payload))
}

/// An IPv4 packet, right in all that the profile may not compute itself.
#[cfg(all(feature = "ethernet", feature = "ipv4"))]
pub fn ip_packet(src: Ip4, dst: Ip4, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = [0; ipv4::HEADER_LEN];
    let payload_len = payload.len() as u16;
    let (fragment, dont_fragment) = (0, true);
    ipv4::Header { src, dst, protocol, ttl: 64, id: 1, payload_len, fragment, dont_fragment }
        .emit(&mut packet);
    packet[10..12].fill(0);
    let checksum = checksum::of(&packet).checksum();
    packet[10..12].copy_from_slice(&checksum);
    [&packet, payload].concat()
}

/// A frame with an ARP packet of the peer's about our address.
#[cfg(feature = "arp")]
pub fn arp_frame(operation: u16) -> Vec<u8> {
    let packet = arp::Packet {
        operation,
        sender_mac: PEER_MAC,
        sender_ip: PEER_IP,
        target_mac: OWN_MAC,
        target_ip: OWN_IP,
    };
    frame(ethernet::TYPE_ARP, &packet.to_bytes())
}

/// The ARP packet in a frame of the stack's, with the frame's destination.
#[cfg(feature = "arp")]
pub fn parse_arp(frame: &[u8]) -> Option<([u8; 6], arp::Packet)> {
    let (header, payload) = ethernet::Header::parse(frame)?;
    (header.ethertype == ethernet::TYPE_ARP).then(|| (header.dst, arp::Packet::parse(payload).unwrap()))
}

/// The IPv4 packet in a frame of the stack's, with the frame's destination.
#[cfg(all(feature = "ethernet", feature = "ipv4"))]
pub fn parse_ip(frame: &[u8]) -> Option<([u8; 6], ipv4::Header, Vec<u8>)> {
    let (header, packet) = ethernet::Header::parse(frame)?;
    assert_eq!(header.src, OWN_MAC);
    (header.ethertype == ethernet::TYPE_IPV4).then(|| {
        #[cfg(not(feature = "checksum-gen-ip"))]
        let packet = {
            let checksum = checksum::of(&packet[..ipv4::HEADER_LEN]).checksum();
            &[&packet[..10], &checksum, &packet[12..]].concat()[..]
        };
        let (ip, _, payload) = ipv4::Header::parse(packet).expect("an IPv4 packet");
        (header.dst, ip, payload.to_vec())
    })
}

/// In this time a new stack has done all that it does by itself.
const SETTLING_MS: u32 = 30_000;

/// Lets a stack that was started at `now` do all that it does by itself.
pub fn settle<H: crate::Hooks>(stack: &mut Stack<H>, netif: NetifId, now: Instant) {
    stack.poll(now);
    drain(stack, netif, now);
    let end = now.after(SETTLING_MS);
    while let Some(next) = stack.next_deadline().filter(|next| end.reached(*next)) {
        stack.poll(next);
        drain(stack, netif, next);
    }
    while stack.poll_event().is_some() {}
}

/// All frames that the stack has to send.
pub fn drain<H: crate::Hooks>(stack: &mut Stack<H>, netif: NetifId, now: Instant) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some(egress) = stack.egress(netif, now) {
        let mut frame = std::vec![0; egress.len()];
        let len = egress.emit(&mut frame);
        assert_eq!(len, frame.len());
        frames.push(frame);
        assert!(frames.len() < 10_000, "the stack never stops sending");
    }
    frames
}

#[cfg(feature = "tcp")]
/// Two hosts on one wire, with a clock of their own and faults drawn from a seed.
pub struct Net {
    pub hosts: [Box<Stack>; 2],
    pub netif: NetifId,
    pub now: Instant,
    /// Of a hundred frames, how many are lost, doubled, and held back.
    pub faults: [u32; 3],
    /// Milliseconds that a frame takes.
    pub latency: u32,
    pub frames: usize,
    noise: u32,
    wire: Vec<(Instant, usize, Vec<u8>)>,
}

#[cfg(feature = "tcp")]
impl Net {
    /// An address of host `i` for each IP version of the profile.
    pub fn addresses(i: usize) -> Vec<Ip> {
        let last = 1 + i as u8;
        let all = [
            #[cfg(feature = "ipv4")]
            crate::addr::v4(Ip4::new(10, 0, 0, last)),
            #[cfg(feature = "ipv6")]
            crate::addr::v6(crate::addr::Ip6::new([0xfe80, 0, 0, 0, 0, 0xff, 0xfe00, u16::from(last)])),
        ];
        all.into()
    }

    pub fn new(seed: u32) -> Self {
        let hosts = [0, 1].map(|i| {
            let mut host = stack([seed as u8 + i as u8; 16]);
            let mtu = crate::config::NETIF_MTU;
            let netif = host.add_netif(NetifConfig { mac: [2, 0, 0, 0, 0, 1 + i as u8], mtu }).unwrap();
            #[cfg(feature = "ipv4")]
            host.set_ipv4(netif, Ip4::new(10, 0, 0, 1 + i as u8).into(), 24, None).unwrap();
            let start = Instant::from_millis(u32::MAX - 60_000);
            // The address that is made from the hardware address, however others are made.
            #[cfg(all(feature = "ipv6", not(feature = "ipv6-interface-id-eui64")))]
            for address in Self::addresses(i).iter().filter_map(crate::addr::as_v6) {
                host.add_ipv6(netif, (*address).into(), 64, start).unwrap();
            }
            host.set_link(netif, true);
            settle(&mut host, netif, start);
            host
        });
        // Start where all clocks wrap within the test.
        let now = Instant::from_millis(u32::MAX - 500);
        let noise = seed | 1;
        Self { hosts, netif: NetifId(0), now, faults: [0; 3], latency: 1, frames: 0, noise, wire: Vec::new() }
    }

    fn draw(&mut self, percent: u32) -> bool {
        self.noise = self.noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.noise >> 8) % 100 < percent
    }

    /// Moves frames that are due and collects new ones; then the clock goes to the next thing that happens.
    ///
    /// `false` when nothing will ever happen again.
    pub fn step(&mut self) -> bool {
        let now = self.now;
        let mut due: Vec<_> = self.wire.extract_if(.., |(at, ..)| now.reached(*at)).collect();
        due.sort_by_key(|(at, ..)| at.as_millis().wrapping_sub(now.as_millis()));
        let mut moved = !due.is_empty();
        for (_, to, frame) in due {
            self.hosts[to].input(self.netif, &frame, now);
        }
        let mut next = None;
        for from in 0..2 {
            self.hosts[from].poll(now);
            for frame in drain(&mut self.hosts[from], self.netif, now) {
                moved = true;
                self.frames += 1;
                let [lost, doubled, held] = self.faults;
                if self.draw(lost) {
                    continue;
                }
                let delay = if self.draw(held) { 5 * self.latency } else { self.latency };
                if self.draw(doubled) {
                    self.wire.push((now.after(2 * self.latency), 1 - from, frame.clone()));
                }
                self.wire.push((now.after(delay), 1 - from, frame));
            }
            next = Instant::earliest(next, self.hosts[from].next_deadline());
        }
        for (at, ..) in &self.wire {
            next = Instant::earliest(next, Some(*at));
        }
        match next {
            Some(next) if !next.reached(now) => moved,
            Some(next) => {
                self.now = next;
                true
            }
            None => moved,
        }
    }
}
