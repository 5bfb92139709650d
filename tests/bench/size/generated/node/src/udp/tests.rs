//! Packet-level tests of UDP.

use crate::addr::{self, ANY, Ip4, v4};
use crate::testing::{OWN_IP, PEER_IP, arp_frame, drain, host, ip_frame, parse_ip};
use crate::wire::udp::{HEADER_LEN, Header};
use crate::wire::{arp, checksum, protocol};
use crate::{Error, Event, Instant, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

const NOW: Instant = Instant::from_millis(77);
/// Bytes of the longest payload.
const MOST: usize = crate::config::NETIF_MTU as usize - 28;

fn acquainted() -> (Box<Stack>, NetifId) {
    let (mut stack, netif) = host();
    stack.input(netif, &arp_frame(arp::REQUEST), NOW);
    drain(&mut stack, netif, NOW);
    (stack, netif)
}

pub(super) fn datagram(src: (Ip4, u16), dst: (Ip4, u16), payload: &[u8]) -> Vec<u8> {
    let len = (HEADER_LEN + payload.len()) as u16;
    let mut bytes = Header { src: src.1, dst: dst.1, len, checksum: [0; 2] }.to_bytes().to_vec();
    bytes.extend_from_slice(payload);
    let mut sum = checksum::pseudo(v4(src.0).words(), v4(dst.0).words(), protocol::UDP, len);
    sum.add(&bytes);
    bytes[6..8].copy_from_slice(&sum.checksum());
    bytes
}

fn deliver(stack: &mut Stack, netif: NetifId, src: (Ip4, u16), dst: (Ip4, u16), payload: &[u8]) {
    let bytes = datagram(src, dst, payload);
    stack.input(netif, &ip_frame(src.0, dst.0, protocol::UDP, &bytes), NOW);
}

#[test]
fn datagrams_come_out_with_their_sender_in_order() {
    let (mut stack, netif) = acquainted();
    let socket = stack.udp_bind(ANY, 7).unwrap();
    let payloads: [Vec<u8>; 3] = [Vec::new(), std::vec![1], (0..MOST / 2).map(|i| i as u8).collect()];
    for (i, payload) in payloads.iter().enumerate() {
        deliver(&mut stack, netif, (PEER_IP, 500 + i as u16), (OWN_IP, 7), payload);
    }
    assert_eq!(stack.poll_event(), Some(Event::Udp(socket)));
    assert_eq!(stack.poll_event(), None);
    let mut buffer = [0; 2000];
    for (i, payload) in payloads.iter().enumerate() {
        let (len, from) = stack.udp_recv_from(socket, &mut buffer).unwrap();
        assert_eq!((&buffer[..len], from), (&payload[..], addr::socket(v4(PEER_IP), 500 + i as u16)));
    }
    assert_eq!(stack.udp_recv_from(socket, &mut buffer), Err(Error::WouldBlock));
    assert_eq!(stack.pool.taken(), 0);
}

#[test]
fn sending_writes_headers_and_checksum() {
    let (mut stack, netif) = acquainted();
    let socket = stack.udp_bind(ANY, 700).unwrap();
    let payloads: [Vec<u8>; 3] = [Vec::new(), std::vec![9], (0..MOST).map(|i| (i / 3) as u8).collect()];
    for payload in payloads {
        stack.udp_send_to(socket, &payload, addr::socket(v4(PEER_IP), 7)).unwrap();
        let frames = drain(&mut stack, netif, NOW);
        let (_, ip, bytes) = parse_ip(&frames[0]).unwrap();
        let (header, got) = Header::parse(&bytes).unwrap();
        assert_eq!((ip.src, ip.dst, header.src, header.dst, got), (OWN_IP, PEER_IP, 700, 7, &payload[..]));
        let mut sum = checksum::pseudo(v4(ip.src).words(), v4(ip.dst).words(), protocol::UDP, header.len);
        sum.add(&bytes);
        assert!(sum.is_right());
    }
}

#[test]
fn what_cannot_be_sent_is_an_error() {
    let (mut stack, _) = acquainted();
    let socket = stack.udp_bind(ANY, 0).unwrap();
    let to = |ip: [u8; 4], port| addr::socket(v4(ip.into()), port);
    assert_eq!(stack.udp_send(socket, b"x"), Err(Error::State));
    assert_eq!(stack.udp_send_to(socket, b"x", to([10, 0, 0, 2], 0)), Err(Error::Value));
    assert_eq!(stack.udp_send_to(socket, b"x", to([0, 0, 0, 0], 1)), Err(Error::Route));
    assert_eq!(stack.udp_send_to(socket, b"x", to([127, 0, 0, 1], 1)), Err(Error::Route));
    assert_eq!(stack.udp_send_to(socket, b"x", to(OWN_IP.octets(), 1)), Err(Error::Route));
    let too_long = MOST + 1;
    assert_eq!(stack.udp_send_to(socket, &std::vec![0; too_long], to([10, 0, 0, 2], 1)), Err(Error::TooLong));
    let full = (0..10_000).find_map(|_| stack.udp_send_to(socket, &[0; 500], to([10, 0, 0, 2], 1)).err());
    assert_eq!(full, Some(Error::Memory), "the queue is bounded");
    stack.udp_close(socket).unwrap();
    assert_eq!(stack.udp_send_to(socket, b"x", to([10, 0, 0, 2], 1)), Err(Error::Handle));
}

/// A connected socket is preferred to a bound one, and takes from its peer alone.
#[test]
fn the_most_particular_socket_gets_the_datagram() {
    let (mut stack, netif) = acquainted();
    let any = stack.udp_bind(ANY, 7).unwrap();
    assert_eq!(stack.udp_bind(ANY, 7), Err(Error::InUse));
    deliver(&mut stack, netif, (PEER_IP, 1), (OWN_IP, 7), b"any");
    stack.udp_connect(any, addr::socket(v4(PEER_IP), 1)).unwrap();
    deliver(&mut stack, netif, (PEER_IP, 2), (OWN_IP, 7), b"stranger");
    deliver(&mut stack, netif, (PEER_IP, 1), (OWN_IP, 7), b"peer");
    let mut read = || {
        let mut buffer = [0; 20];
        stack.udp_recv_from(any, &mut buffer).map(|(len, _)| buffer[..len].to_vec())
    };
    assert_eq!(read(), Ok(b"any".to_vec()));
    assert_eq!(read(), Ok(b"peer".to_vec()));
    assert_eq!(read(), Err(Error::WouldBlock));
}

#[test]
fn a_closed_port_is_reported() {
    use crate::wire::icmpv4::{UNREACHABLE, UNREACHABLE_PORT};
    let (mut stack, netif) = acquainted();
    deliver(&mut stack, netif, (PEER_IP, 1), (OWN_IP, 9), b"x");
    let frames = drain(&mut stack, netif, NOW);
    let (_, ip, message) = parse_ip(&frames[0]).unwrap();
    assert_eq!((ip.protocol, &message[..2]), (1, &[UNREACHABLE, UNREACHABLE_PORT][..]));
}

/// Bug classes 6 and 7: truncations and lengths that disagree; a zero checksum is none at all.
#[test]
fn malformed_datagrams_are_dropped() {
    let (mut stack, netif) = acquainted();
    let socket = stack.udp_bind(ANY, 7).unwrap();
    let good = datagram((PEER_IP, 1), (OWN_IP, 7), b"hello");
    for len in 0..good.len() {
        stack.input(netif, &ip_frame(PEER_IP, OWN_IP, protocol::UDP, &good[..len]), NOW);
    }
    {
        let mut bad = good.clone();
        bad[9] ^= 1;
        stack.input(netif, &ip_frame(PEER_IP, OWN_IP, protocol::UDP, &bad), NOW);
    }
    assert_eq!(stack.udp_recv_from(socket, &mut [0; 9]), Err(Error::WouldBlock));
    let mut none = good;
    none[6..8].fill(0);
    stack.input(netif, &ip_frame(PEER_IP, OWN_IP, protocol::UDP, &none), NOW);
    assert_eq!(stack.udp_recv_from(socket, &mut [0; 9]).map(|(len, _)| len), Ok(5));
}

/// A socket that nobody reads holds its own bound of memory, and gives it back when it is closed.
#[test]
fn a_socket_that_is_not_read_is_bounded() {
    let (mut stack, netif) = acquainted();
    let socket = stack.udp_bind(ANY, 7).unwrap();
    for _ in 0..10_000 {
        deliver(&mut stack, netif, (PEER_IP, 1), (OWN_IP, 7), &[1; 300]);
    }
    let held = stack.pool.taken();
    let bound = crate::config::UDP_RX_QUEUE.div_ceil(crate::config::PBUF_BLOCK_SIZE);
    assert!(0 < held && held <= bound, "{held} blocks, bound {bound}");
    stack.udp_close(socket).unwrap();
    assert_eq!(stack.pool.taken(), 0);
    assert_eq!(stack.udp_close(socket), Err(Error::Handle));
}

/// RFC 6056: ports are drawn at random from the ephemeral range.
#[test]
fn ports_are_drawn_at_random() {
    let (mut stack, _) = acquainted();
    let mut ports: Vec<u16> = (0..50)
        .map(|_| {
            let socket = stack.udp_bind(ANY, 0).unwrap();
            let port = stack.udp_local_port(socket).unwrap();
            stack.udp_close(socket).unwrap();
            port
        })
        .collect();
    assert!(ports.iter().all(|port| *port >= 49152));
    ports.sort_unstable();
    ports.dedup();
    assert!(ports.len() > 45, "{ports:?}");
}
