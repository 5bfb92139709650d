//! Each hook is called with what it is about, and what it answers is done.
#![allow(dead_code, unused_imports, reason = "the probe is for all hooks, and a profile may have one")]

use crate::hooks::*;
use crate::testing::{frame, stack_with};
use crate::wire::ethernet;
use crate::{Instant, NetifId, Stack};
#[cfg(feature = "ipv4")]
use core::net::Ipv4Addr;
#[cfg(feature = "ipv6")]
use core::net::Ipv6Addr;
use std::boxed::Box;
use std::cell::RefCell;
use std::vec::Vec;

const NOW: Instant = Instant::from_millis(60_000);

/// Notes what it is asked and answers what it is told to.
#[derive(Default)]
struct Probe {
    #[cfg(feature = "hooks-tcp-isn")]
    isn: Option<u32>,
    #[cfg(feature = "hooks-tcp-isn")]
    endpoints: Vec<(crate::SocketAddr, crate::SocketAddr, Instant)>,
    #[cfg(any(feature = "hooks-ip4-input", feature = "hooks-ip6-input"))]
    take: bool,
    #[cfg(feature = "hooks-tcp-inpacket")]
    take_segments: bool,
    seen: Vec<(NetifId, Vec<u8>)>,
    #[cfg(feature = "hooks-arp-filter-netif")]
    frames: Vec<(NetifId, Vec<u8>)>,
    #[cfg(feature = "hooks-ip4-canforward")]
    forward: Option<bool>,
    #[cfg(feature = "hooks-ip4-canforward")]
    passing: Vec<(NetifId, Vec<u8>)>,
    #[cfg(feature = "hooks-tcp-inpacket")]
    segments: Vec<(crate::SocketAddr, crate::SocketAddr, Vec<u8>, usize)>,
    /// What a hook answers that chooses an interface.
    netif: Option<NetifId>,
    /// What was asked about addresses, and what is answered.
    #[cfg(feature = "ipv4")]
    v4: Asked<Ipv4Addr>,
    #[cfg(feature = "ipv6")]
    v6: Asked<Ipv6Addr>,
}

/// Questions of a version of IP: the interface or source, if it is told, and the destination.
struct Asked<A> {
    ways: RefCell<Vec<(Option<A>, A)>>,
    hops: RefCell<Vec<(NetifId, A)>>,
    answer: Option<A>,
}

impl<A> Default for Asked<A> {
    fn default() -> Self {
        Self { ways: RefCell::default(), hops: RefCell::default(), answer: None }
    }
}

impl Hooks for Probe {
    #[cfg(feature = "hooks-tcp-isn")]
    fn tcp_isn(&mut self, local: crate::SocketAddr, remote: crate::SocketAddr, now: Instant) -> Option<u32> {
        self.endpoints.push((local, remote, now));
        self.isn
    }

    #[cfg(feature = "hooks-ip4-input")]
    fn ip4_input(&mut self, netif: NetifId, packet: &[u8]) -> Filter {
        self.seen.push((netif, packet.to_vec()));
        if self.take { Filter::Take } else { Filter::Pass }
    }

    #[cfg(feature = "hooks-ip6-input")]
    fn ip6_input(&mut self, netif: NetifId, packet: &[u8]) -> Filter {
        self.seen.push((netif, packet.to_vec()));
        if self.take { Filter::Take } else { Filter::Pass }
    }

    #[cfg(feature = "hooks-unknown-eth-protocol")]
    fn unknown_eth_protocol(&mut self, netif: NetifId, frame: &[u8]) -> bool {
        self.seen.push((netif, frame.to_vec()));
        frame.ends_with(b"mine")
    }

    #[cfg(feature = "hooks-tcp-inpacket")]
    fn tcp_inpacket(
        &mut self,
        local: crate::SocketAddr,
        remote: crate::SocketAddr,
        header: &[u8],
        payload_len: usize,
    ) -> Filter {
        self.segments.push((local, remote, header.to_vec(), payload_len));
        if self.take_segments { Filter::Take } else { Filter::Pass }
    }

    #[cfg(feature = "hooks-ip4-route")]
    fn ip4_route(&self, src: Option<Ipv4Addr>, dst: Ipv4Addr) -> Option<NetifId> {
        self.v4.ways.borrow_mut().push((src, dst));
        self.netif
    }

    #[cfg(feature = "hooks-ip6-route")]
    fn ip6_route(&self, src: Option<Ipv6Addr>, dst: Ipv6Addr) -> Option<NetifId> {
        self.v6.ways.borrow_mut().push((src, dst));
        self.netif
    }

    #[cfg(feature = "hooks-arp-get-gw")]
    fn arp_get_gw(&self, netif: NetifId, dst: Ipv4Addr) -> Option<Ipv4Addr> {
        self.v4.hops.borrow_mut().push((netif, dst));
        self.v4.answer
    }

    #[cfg(feature = "hooks-nd6-get-gw")]
    fn nd6_get_gw(&self, netif: NetifId, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        self.v6.hops.borrow_mut().push((netif, dst));
        self.v6.answer
    }

    #[cfg(feature = "hooks-ip6-select-src")]
    fn ip6_select_src(&self, netif: NetifId, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        assert!(usize::from(netif.0) < crate::config::NETIF_COUNT && !dst.is_unspecified());
        self.v6.answer
    }

    #[cfg(feature = "hooks-arp-filter-netif")]
    fn arp_filter_netif(&mut self, netif: NetifId, frame: &[u8]) -> NetifId {
        self.frames.push((netif, frame.to_vec()));
        self.netif.unwrap_or(netif)
    }

    #[cfg(feature = "hooks-ip4-canforward")]
    fn ip4_canforward(&mut self, netif: NetifId, header: &[u8], payload: &[u8]) -> Option<bool> {
        self.passing.push((netif, [header, payload].concat()));
        self.forward
    }
}

/// A stack that asks a probe, with one interface whose link is up.
fn probed() -> (Box<Stack<Probe>>, NetifId) {
    let mut stack = stack_with([9; 16], Probe::default());
    #[cfg(feature = "ipv4")]
    let netif = crate::testing::bring_up(&mut stack);
    #[cfg(not(feature = "ipv4"))]
    let netif = {
        let netif = stack
            .add_netif(crate::NetifConfig { mac: crate::testing::OWN_MAC, mtu: crate::config::NETIF_MTU })
            .unwrap();
        stack.set_link(netif, true);
        crate::testing::settle(&mut stack, netif, Instant::from_millis(0));
        netif
    };
    (stack, netif)
}

/// How many packets were dropped because nobody handles their protocol.
#[cfg(feature = "stats")]
fn unhandled(stack: &Stack<Probe>) -> u32 {
    stack.stats().dropped(crate::stats::Drop::Protocol)
}

/// A hook that takes a packet leaves nothing of it; one that does not changes nothing.
#[cfg(any(feature = "hooks-ip4-input", feature = "hooks-ip6-input"))]
fn is_seen_and_taken(ethertype: u16, packet: &[u8]) {
    for take in [false, true] {
        let (mut stack, netif) = probed();
        stack.hooks_mut().take = take;
        stack.input(netif, &frame(ethertype, packet), NOW);
        assert_eq!(stack.hooks().seen, [(netif, packet.to_vec())]);
        #[cfg(feature = "stats")]
        assert_eq!(unhandled(&stack), u32::from(!take));
        // What is no packet at all is seen too.
        stack.input(netif, &frame(ethertype, b"?"), NOW);
        assert_eq!(stack.hooks().seen.len(), 2);
    }
}

#[cfg(feature = "hooks-ip4-input")]
#[test]
fn ip4_input_sees_every_packet_and_may_take_it() {
    use crate::testing::{OWN_IP, PEER_IP, ip_frame};
    let frame = ip_frame(PEER_IP, OWN_IP, 253, b"data");
    is_seen_and_taken(ethernet::TYPE_IPV4, &frame[ethernet::HEADER_LEN..]);
}

#[cfg(feature = "hooks-ip6-input")]
#[test]
fn ip6_input_sees_every_packet_and_may_take_it() {
    use crate::wire::ipv6::{HEADER_LEN, Header};
    let [src, dst] = ["fe80::2", "ff02::1"].map(|text| text.parse().unwrap());
    let mut packet = [0; HEADER_LEN];
    Header { src, dst, next_header: 253, hop_limit: 64, payload_len: 0 }.emit(&mut packet);
    is_seen_and_taken(ethernet::TYPE_IPV6, &packet);
}

#[cfg(feature = "hooks-unknown-eth-protocol")]
#[test]
fn unknown_eth_protocol_gets_whole_frames_of_other_protocols() {
    let (mut stack, netif) = probed();
    let [mine, other] = [&b"mine"[..], b"other"].map(|payload| frame(0x88b5, payload));
    stack.input(netif, &mine, NOW);
    #[cfg(feature = "stats")]
    assert_eq!(unhandled(&stack), 0, "the hook has it");
    stack.input(netif, &other, NOW);
    #[cfg(feature = "stats")]
    assert_eq!(unhandled(&stack), 1);
    assert_eq!(stack.hooks().seen, [(netif, mine), (netif, other)]);
    #[cfg(feature = "arp")]
    {
        stack.input(netif, &crate::testing::arp_frame(crate::wire::arp::REQUEST), NOW);
        assert_eq!(stack.hooks().seen.len(), 2, "ARP is handled here");
    }
}

/// RFC 6528 is the default; the hook's number is used by both kinds of open.
#[cfg(all(feature = "hooks-tcp-isn", feature = "arp"))]
#[test]
fn tcp_isn_chooses_the_number_of_either_open() {
    use crate::addr::{ANY, socket, v4};
    use crate::testing::{OWN_IP, PEER_IP, arp_frame, drain, ip_frame, parse_ip};
    use crate::wire::tcp::{Header, flags};
    use crate::wire::{arp, checksum, protocol};
    let (mut stack, netif) = probed();
    stack.input(netif, &arp_frame(arp::REQUEST), NOW);
    drain(&mut stack, netif, NOW);
    let sent = |stack: &mut Stack<Probe>| {
        let frames = drain(stack, netif, NOW);
        let [frame] = &frames[..] else { panic!("one segment: {frames:?}") };
        Header::parse(&parse_ip(frame).unwrap().2).unwrap().0
    };

    stack.hooks_mut().isn = Some(0xfeed_beef);
    stack.tcp_connect(socket(v4(PEER_IP), 80), NOW).unwrap();
    let syn = sent(&mut stack);
    assert_eq!((syn.flags, syn.seq), (flags::SYN, 0xfeed_beef));
    let own = socket(v4(OWN_IP), syn.src);
    assert_eq!(stack.hooks().endpoints, [(own, socket(v4(PEER_IP), 80), NOW)]);

    stack.tcp_listen(ANY, 7).unwrap();
    let mut open = |port, isn| {
        stack.hooks_mut().isn = isn;
        let syn = Header { src: port, dst: 7, seq: 1, ack: 0, flags: flags::SYN, window: 500 };
        let mut segment = syn.to_bytes(0).to_vec();
        segment[16..18].fill(0);
        let mut sum =
            checksum::pseudo(v4(PEER_IP).words(), v4(OWN_IP).words(), protocol::TCP, segment.len() as u16);
        sum.add(&segment);
        segment[16..18].copy_from_slice(&sum.checksum());
        stack.input(netif, &ip_frame(PEER_IP, OWN_IP, protocol::TCP, &segment), NOW);
        let syn_ack = sent(&mut stack);
        assert_eq!(syn_ack.flags, flags::SYN | flags::ACK);
        let endpoints = stack.hooks().endpoints.last().copied();
        assert_eq!(endpoints, Some((socket(v4(OWN_IP), 7), socket(v4(PEER_IP), port), NOW)));
        syn_ack.seq
    };
    assert_eq!(open(4000, Some(5)), 5);
    assert_ne!(open(4001, None), 5, "the stack's own");
}

/// What a segment for a connection says, and that a taken one has no effect.
#[cfg(all(feature = "hooks-tcp-inpacket", feature = "arp"))]
#[test]
fn tcp_inpacket_sees_segments_that_somebody_waits_for() {
    use crate::addr::{ANY, socket, v4};
    use crate::testing::{OWN_IP, PEER_IP, arp_frame, drain, ip_frame};
    use crate::wire::tcp::{Header, flags};
    use crate::wire::{arp, checksum, protocol};
    let (mut stack, netif) = probed();
    stack.input(netif, &arp_frame(arp::REQUEST), NOW);
    drain(&mut stack, netif, NOW);
    stack.tcp_listen(ANY, 7).unwrap();
    let mut syn = |take, port| {
        stack.hooks_mut().take_segments = take;
        let syn = Header { src: 4000, dst: port, seq: 1, ack: 0, flags: flags::SYN, window: 500 };
        let mut segment = [&syn.to_bytes(4)[..], &[2, 4, 5, 180], b"data"].concat();
        segment[16..18].fill(0);
        let mut sum =
            checksum::pseudo(v4(PEER_IP).words(), v4(OWN_IP).words(), protocol::TCP, segment.len() as u16);
        sum.add(&segment);
        segment[16..18].copy_from_slice(&sum.checksum());
        stack.input(netif, &ip_frame(PEER_IP, OWN_IP, protocol::TCP, &segment), NOW);
        let header = segment[..24].to_vec();
        let told = (socket(v4(OWN_IP), port), socket(v4(PEER_IP), 4000), header, 4);
        (stack.hooks_mut().segments.pop(), told, drain(&mut stack, netif, NOW).len())
    };
    let (told, expected, answers) = syn(true, 7);
    assert_eq!((told, answers), (Some(expected), 0), "taken: no SYN, ACK");
    let (told, expected, answers) = syn(false, 7);
    assert_eq!((told, answers), (Some(expected), 1));
    let (told, _, answers) = syn(false, 8);
    assert_eq!((told, answers), (None, 1), "nobody's: a reset without asking");
}

/// A second interface, if the profile has one.
#[cfg(feature = "ipv4")]
fn second(stack: &mut Stack<Probe>) -> Option<NetifId> {
    let mac = [2, 0, 0, 0, 1, 1];
    let netif = stack.add_netif(crate::NetifConfig { mac, mtu: crate::config::NETIF_MTU }).ok()?;
    stack.set_ipv4(netif, [10, 0, 1, 1].into(), 24, Some([10, 0, 1, 254].into())).unwrap();
    stack.set_link(netif, true);
    Some(netif)
}

#[cfg(any(feature = "hooks-ip4-route", feature = "hooks-arp-get-gw"))]
const FAR: Ipv4Addr = Ipv4Addr::new(8, 8, 8, 8);

/// Interface, source and next hop for what goes to `dst`.
#[cfg(any(feature = "hooks-ip4-route", feature = "hooks-arp-get-gw"))]
fn way4(stack: &Stack<Probe>, from: Ipv4Addr, dst: Ipv4Addr) -> Option<(NetifId, Ipv4Addr)> {
    use crate::addr::{as_v4, v4};
    let way = crate::netif::Way { from: v4(from.into()), ..crate::netif::Way::ANY };
    let route = stack.route(&v4(dst.into()), &way)?;
    Some((NetifId(route.netif), as_v4(&route.next_hop)?.into()))
}

#[cfg(feature = "hooks-ip4-route")]
#[test]
fn ip4_route_chooses_the_interface() {
    let (mut stack, first) = probed();
    let any = Ipv4Addr::UNSPECIFIED;
    let gateway = Ipv4Addr::new(10, 0, 0, 254);
    stack.hooks().v4.ways.borrow_mut().clear();
    assert_eq!(way4(&stack, any, FAR), Some((first, gateway)));
    let own = crate::testing::OWN_IP.into();
    assert_eq!(way4(&stack, own, FAR), Some((first, gateway)));
    assert_eq!(*stack.hooks().v4.ways.borrow(), [(None, FAR), (Some(own), FAR)]);
    stack.hooks_mut().netif = Some(NetifId(7));
    assert_eq!(way4(&stack, any, FAR), None, "its choice is final");
    let Some(second) = second(&mut stack) else { return };
    stack.hooks_mut().netif = Some(second);
    assert_eq!(way4(&stack, any, FAR), Some((second, [10, 0, 1, 254].into())));
    assert_eq!(
        way4(&stack, any, crate::testing::PEER_IP.into()).map(|way| way.0),
        Some(second),
        "beats a prefix"
    );
    stack.set_link(second, false);
    assert_eq!(way4(&stack, any, FAR), None);
}

#[cfg(feature = "hooks-arp-get-gw")]
#[test]
fn arp_get_gw_chooses_the_gateway_of_what_is_far() {
    let (mut stack, netif) = probed();
    let any = Ipv4Addr::UNSPECIFIED;
    stack.hooks().v4.hops.borrow_mut().clear();
    assert_eq!(way4(&stack, any, FAR), Some((netif, [10, 0, 0, 254].into())));
    assert_eq!(*stack.hooks().v4.hops.borrow(), [(netif, FAR)]);
    stack.hooks_mut().v4.answer = Some([10, 0, 0, 9].into());
    assert_eq!(way4(&stack, any, FAR), Some((netif, [10, 0, 0, 9].into())));
    let near = crate::testing::PEER_IP.into();
    assert_eq!(way4(&stack, any, near), Some((netif, near)), "not asked");
}

#[cfg(any(feature = "hooks-ip6-route", feature = "hooks-nd6-get-gw", feature = "hooks-ip6-select-src"))]
mod v6 {
    use super::*;
    use crate::addr::{as_v6, v6};
    use crate::netif::Way;

    pub fn ip(text: &str) -> Ipv6Addr {
        text.parse().unwrap()
    }

    /// Interface, source and next hop for what goes to `dst`, with the link-local zone `scope`.
    pub fn way(stack: &Stack<Probe>, dst: &str, scope: Option<u8>) -> Option<(NetifId, Ipv6Addr, Ipv6Addr)> {
        let route = stack.route(&v6(ip(dst).into()), &Way { scope, ..Way::ANY })?;
        Some((NetifId(route.netif), (*as_v6(&route.source)?).into(), (*as_v6(&route.next_hop)?).into()))
    }

    /// With an address of a prefix that is on the link, which is usable at once without duplicate detection.
    pub fn with_prefix() -> (Box<Stack<Probe>>, NetifId) {
        let (mut stack, netif) = probed();
        if crate::config::IPV6_ADDRESSES > 1 {
            stack.add_ipv6(netif, ip("2001:db8::1"), 64, NOW).unwrap();
        }
        crate::testing::settle(&mut stack, netif, NOW);
        (stack, netif)
    }
}

#[cfg(feature = "hooks-ip6-route")]
#[test]
fn ip6_route_chooses_the_interface() {
    let (mut stack, netif) = v6::with_prefix();
    stack.hooks().v6.ways.borrow_mut().clear();
    let found = v6::way(&stack, "fe80::2", None).unwrap();
    assert_eq!((found.0, found.2), (netif, v6::ip("fe80::2")));
    assert_eq!(*stack.hooks().v6.ways.borrow(), [(None, v6::ip("fe80::2"))]);
    stack.hooks_mut().netif = Some(NetifId(7));
    assert_eq!(v6::way(&stack, "fe80::2", None), None, "its choice is final");
    assert_eq!(v6::way(&stack, "fe80::2", Some(netif.0)), Some(found), "the zone says it");
}

#[cfg(feature = "hooks-nd6-get-gw")]
#[test]
fn nd6_get_gw_chooses_the_router_of_what_is_far() {
    let (mut stack, netif) = v6::with_prefix();
    stack.hooks().v6.hops.borrow_mut().clear();
    let far = "2620:fe::fe";
    let _ = v6::way(&stack, far, None);
    assert_eq!(stack.hooks().v6.hops.borrow().first(), Some(&(netif, v6::ip(far))));
    // The same field answers which source to take; fe80::9 is none of ours.
    stack.hooks_mut().v6.answer = Some(v6::ip("fe80::9"));
    let found = v6::way(&stack, far, None).map(|(netif, _, next_hop)| (netif, next_hop));
    assert_eq!(found, Some((netif, v6::ip("fe80::9"))));
    let near = v6::way(&stack, "fe80::2", None).map(|way| way.2);
    assert_eq!(near, Some(v6::ip("fe80::2")), "not asked");
}

#[cfg(feature = "hooks-ip6-select-src")]
#[test]
fn ip6_select_src_chooses_among_the_addresses_of_the_interface() {
    let (mut stack, netif) = v6::with_prefix();
    let own = stack.ipv6(netif).map(|(address, _)| address).collect::<Vec<_>>();
    let source = |stack: &Stack<Probe>| v6::way(stack, "fe80::2", None).map(|way| way.1);
    let usual = source(&stack);
    assert!(own.contains(&usual.unwrap()));
    for address in own {
        stack.hooks_mut().v6.answer = Some(address);
        assert_eq!(source(&stack), Some(address));
    }
    stack.hooks_mut().v6.answer = Some(v6::ip("2001:db8::dead"));
    assert_eq!(source(&stack), usual, "not an address of the interface");
}

#[cfg(feature = "hooks-arp-filter-netif")]
#[test]
fn arp_filter_netif_says_whose_a_frame_is() {
    use crate::testing::{arp_frame, drain};
    let request = arp_frame(crate::wire::arp::REQUEST);
    let (mut stack, first) = probed();
    stack.input(first, &request, NOW);
    assert_eq!(stack.hooks().frames, [(first, request.clone())]);
    assert_eq!(drain(&mut stack, first, NOW).len(), 1, "a reply");
    stack.hooks_mut().netif = Some(NetifId(7));
    stack.input(first, &request, NOW);
    assert_eq!(drain(&mut stack, first, NOW).len(), 1, "there is no such interface");
    stack.input(first, &frame(0x88b5, b"other"), NOW);
    assert_eq!(stack.hooks().frames.len(), 2, "neither ARP nor IPv4");
    let Some(second) = second(&mut stack) else { return };
    stack.hooks_mut().netif = Some(second);
    drain(&mut stack, second, NOW);
    stack.input(first, &request, NOW);
    assert_eq!(drain(&mut stack, first, NOW).len(), 0, "the question is not for the second");
}

#[cfg(feature = "hooks-ip4-canforward")]
#[test]
fn ip4_canforward_decides_before_the_rules_of_the_stack() {
    use crate::netif::neighbor::Word;
    use crate::testing::{PEER_IP, PEER_MAC, drain, ip_packet};
    let (mut stack, first) = probed();
    let Some(second) = second(&mut stack) else { return };
    let far = crate::addr::v4([10, 0, 1, 2].into());
    stack.neighbor_learn(second.0, &far, &PEER_MAC, Word::Confirmed, true, NOW);
    drain(&mut stack, second, NOW);
    let mut passes = |forward: Option<bool>, src: crate::addr::Ip4| {
        let packet = ip_packet(src, [10, 0, 1, 2].into(), 253, b"on its way");
        stack.hooks_mut().forward = forward;
        stack.hooks_mut().passing.clear();
        stack.input(first, &frame(crate::wire::ethernet::TYPE_IPV4, &packet), NOW);
        assert_eq!(stack.hooks().passing, [(first, packet)]);
        !drain(&mut stack, second, NOW).is_empty()
    };
    assert!(passes(None, PEER_IP) && passes(Some(true), PEER_IP) && !passes(Some(false), PEER_IP));
    let local = [169, 254, 1, 1].into();
    assert!(!passes(None, local) && passes(Some(true), local));
}
