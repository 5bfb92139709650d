//! Each hook is called with what it is about, and what it answers is done.

use crate::hooks::*;
use crate::testing::{frame, stack_with};
use crate::wire::ethernet;
use crate::{Instant, NetifId, Stack};
use std::boxed::Box;
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
    seen: Vec<(NetifId, Vec<u8>)>,
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
        let mut sum = checksum::pseudo(v4(PEER_IP), v4(OWN_IP), protocol::TCP, segment.len() as u16);
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
