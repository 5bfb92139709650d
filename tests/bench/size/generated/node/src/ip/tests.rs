//! Packet-level tests of IPv4 input and ICMP.

use crate::addr::{Ip4, v4};
use crate::testing::{OWN_IP, PEER_IP, PEER_MAC, arp_frame, drain, frame, host, ip_frame, parse_ip};
use crate::wire::icmpv4::{self, Header};
use crate::wire::{arp, ethernet, ipv4};
use crate::{Instant, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

const NOW: Instant = Instant::from_millis(5000);
/// A protocol that the stack does not know.
const UNKNOWN: u8 = 253;

/// A host that knows the peer's hardware address.
fn acquainted() -> (Box<Stack>, NetifId) {
    let (mut stack, netif) = host();
    stack.input(netif, &arp_frame(arp::REQUEST), NOW);
    drain(&mut stack, netif, NOW);
    (stack, netif)
}

fn replies(stack: &mut Stack, netif: NetifId, frame: &[u8]) -> Vec<(ipv4::Header, Vec<u8>)> {
    stack.input(netif, frame, NOW);
    let frames = drain(stack, netif, NOW);
    frames
        .iter()
        .map(|frame| {
            let (dst, header, payload) = parse_ip(frame).expect("an IPv4 packet");
            assert_eq!(dst, PEER_MAC);
            (header, payload)
        })
        .collect()
}

fn echo_request(data: &[u8]) -> Vec<u8> {
    let header = Header { kind: icmpv4::ECHO_REQUEST, code: 0, rest: [1, 2, 3, 4] };
    let mut bytes = header.to_bytes(data);
    bytes[2..4].fill(0);
    let mut sum = crate::wire::checksum::of(&bytes);
    sum.add(data);
    bytes[2..4].copy_from_slice(&sum.checksum());
    [&bytes, data].concat()
}

/// RFC 792: the reply carries the identifier, the sequence number and the data of the request.
#[test]
fn an_echo_returns_what_was_sent() {
    let (mut stack, netif) = acquainted();
    for len in [0, 1, 56, usize::from(crate::config::NETIF_MTU) - 28] {
        let data: Vec<u8> = (0..len).map(|i| i as u8).collect();
        let request = ip_frame(PEER_IP, OWN_IP, 1, &echo_request(&data));
        let [(ip, message)] = &replies(&mut stack, netif, &request)[..] else {
            panic!("one reply to {len} bytes")
        };
        assert_eq!((ip.src, ip.dst, ip.protocol), (OWN_IP, PEER_IP, 1));
        let (kind, rest, got) = (message[0], &message[4..8], &message[8..]);
        assert_eq!((kind, rest, got), (icmpv4::ECHO_REPLY, &[1, 2, 3, 4][..], &data[..]));
    }
    assert_eq!(stack.pool.taken(), 0);
}

/// RFC 1122 §3.2.2.6: an echo to a group is not answered.
#[test]
fn an_echo_to_a_broadcast_is_not_answered() {
    let (mut stack, netif) = acquainted();
    for dst in [[255, 255, 255, 255], [10, 0, 0, 255], [224, 0, 0, 1]] {
        assert_eq!(replies(&mut stack, netif, &ip_frame(PEER_IP, dst.into(), 1, &echo_request(b"x"))), []);
    }
}

/// Bug class 6: a claimed length beyond the frame is no reason to send bytes that were not received.
#[test]
fn a_packet_longer_than_its_frame_is_dropped() {
    let (mut stack, netif) = acquainted();
    let whole = ip_frame(PEER_IP, OWN_IP, 1, &echo_request(&[7; 40]));
    for len in 0..whole.len() {
        assert_eq!(replies(&mut stack, netif, &whole[..len]), [], "{len} bytes");
    }
    let padded = [&whole[..], &[0; 6]].concat();
    assert_eq!(replies(&mut stack, netif, &padded)[0].1.len(), 48, "padding is not echoed");
}

#[test]
fn an_unknown_protocol_is_reported_with_its_header() {
    let (mut stack, netif) = acquainted();
    let frame = ip_frame(PEER_IP, OWN_IP, UNKNOWN, b"0123456789");
    let [(ip, message)] = &replies(&mut stack, netif, &frame)[..] else { panic!("one error") };
    assert_eq!((ip.protocol, &message[..2]), (1, &[icmpv4::UNREACHABLE, icmpv4::UNREACHABLE_PROTOCOL][..]));
    assert_eq!(&message[8..], &[&frame[14..34], b"01234567"].concat()[..], "RFC 792: header and 8 bytes");
    assert_eq!(replies(&mut stack, netif, &ip_frame(PEER_IP, [10, 0, 0, 255].into(), UNKNOWN, b"x")), []);
}

/// RFC 1812 §4.3.2.8, RFC 1122 §3.2.2: errors are limited.
#[test]
fn errors_are_limited_by_the_second() {
    let (mut stack, netif) = acquainted();
    let rate = usize::from(crate::config::ICMP_ERROR_RATE);
    let sent: usize = (0..3 * rate)
        .map(|_| replies(&mut stack, netif, &ip_frame(PEER_IP, OWN_IP, UNKNOWN, b"x")).len())
        .sum();
    assert_eq!(sent, rate);
}

/// Frames for others, from nobody, of unknown kinds, and fragments leave no trace.
#[test]
fn what_is_not_for_us_is_dropped() {
    let (mut stack, netif) = acquainted();
    let drops = [
        ip_frame(PEER_IP, Ip4::new(10, 0, 0, 9), UNKNOWN, b"x"),
        ip_frame(OWN_IP, OWN_IP, UNKNOWN, b"x"),
        ip_frame(Ip4::UNSPECIFIED, OWN_IP, UNKNOWN, b"x"),
        ip_frame(Ip4::LOCALHOST, OWN_IP, UNKNOWN, b"x"),
        frame(0x86dd, &[0x60; 40]),
        frame(100, &[0; 46]),
    ];
    for frame in &drops {
        assert_eq!(replies(&mut stack, netif, frame), []);
    }
    let mut other_station = ip_frame(PEER_IP, OWN_IP, UNKNOWN, b"x");
    other_station[5] ^= 1;
    assert_eq!(replies(&mut stack, netif, &other_station), []);
    {
        let mut fragment = ip_frame(PEER_IP, OWN_IP, UNKNOWN, b"x");
        fragment[20] = 0x20;
        fragment[24..26].fill(0);
        let checksum = crate::wire::checksum::of(&fragment[14..34]).checksum();
        fragment[24..26].copy_from_slice(&checksum);
        assert_eq!(replies(&mut stack, netif, &fragment), []);
    }
    assert_eq!(stack.pool.taken(), 0);
}

/// Nothing goes in or out while the link is down.
#[test]
fn a_link_that_is_down_carries_nothing() {
    let (mut stack, netif) = acquainted();
    assert!(stack.queue_packet(netif.0, &v4(PEER_IP), &[b"x"], crate::pbuf::Claim::Control));
    stack.set_link(netif, false);
    stack.input(netif, &frame(ethernet::TYPE_ARP, &[0; 28]), NOW);
    assert_eq!((drain(&mut stack, netif, NOW).len(), stack.pool.taken()), (0, 0));
}

/// Dropping an `Egress`, or offering it too short a buffer, keeps the frame.
#[test]
fn a_frame_that_was_not_written_stays_ready() {
    let (mut stack, netif) = acquainted();
    assert!(stack.queue_packet(netif.0, &v4(PEER_IP), &[b"payload"], crate::pbuf::Claim::Control));
    assert!(stack.egress(netif, NOW).is_some());
    assert_eq!(stack.egress(netif, NOW).unwrap().emit(&mut [0; 10]), 0);
    let frames = drain(&mut stack, netif, NOW);
    assert!(frames.len() == 1 && frames[0].ends_with(b"payload"));
}

/// RFC 1122 §3.3.1: on the link directly, elsewhere through the gateway.
#[test]
fn the_gateway_takes_what_is_not_on_the_link() {
    let (stack, netif) = host();
    let route = |dst: [u8; 4]| {
        let route = stack.route(&v4(dst.into()), &crate::netif::Way::ANY)?;
        Some((route.netif, crate::addr::as_v4(&route.next_hop)?.octets()))
    };
    assert_eq!(route([10, 0, 0, 77]), Some((netif.0, [10, 0, 0, 77])));
    assert_eq!(route([8, 8, 8, 8]), Some((netif.0, [10, 0, 0, 254])));
    assert_eq!(route([255, 255, 255, 255]), Some((netif.0, [255; 4])));
    assert_eq!(route([0, 0, 0, 0]), None);
    assert_eq!((route([127, 0, 0, 1]), route([10, 0, 0, 1])), (None, None));
}

/// Bug class 9: packets in packets are an unknown protocol, whatever they hold.
#[test]
fn packets_in_packets_are_not_looked_into() {
    let (mut stack, netif) = acquainted();
    let socket = stack.udp_bind(crate::addr::ANY, 7).unwrap();
    let datagram = [0, 9, 0, 7, 0, 9, 0, 0, b'x'];
    let mut inner = ip_frame(PEER_IP, OWN_IP, 17, &datagram).split_off(14);
    for protocol in [4, 41] {
        stack.input(netif, &ip_frame(PEER_IP, OWN_IP, protocol, &inner), NOW);
        inner[0] = 0x60;
    }
    drain(&mut stack, netif, NOW);
    assert_eq!(stack.udp_recv_from(socket, &mut [0; 9]), Err(crate::Error::WouldBlock));
    assert_eq!(stack.pool.taken(), 0);
    stack.input(netif, &ip_frame(PEER_IP, OWN_IP, 17, &datagram), NOW);
    assert!(stack.udp_recv_from(socket, &mut [0; 9]).is_ok(), "alone it is taken");
}
