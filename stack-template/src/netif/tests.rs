//! Two interfaces with one socket table: which of them a packet leaves by.

use super::Way;
#[cfg(any(feature = "udp", feature = "stats"))]
use crate::Instant;
use crate::addr::Ip4;
#[cfg(any(feature = "udp", all(feature = "icmp-echo", feature = "stats")))]
use crate::testing::drain;
use crate::testing::{OTHER_IP, OTHER_PEER, OWN_IP, PEER_IP, two_links};
#[cfg(any(feature = "udp", feature = "stats"))]
use crate::testing::{frame, ip_packet};
#[cfg(feature = "udp")]
use crate::wire::arp;
#[cfg(any(feature = "udp", feature = "stats"))]
use crate::wire::ethernet;
#[cfg(any(feature = "udp", all(feature = "icmp-echo", feature = "stats")))]
use crate::wire::protocol;
use crate::{Error, NetifId, Stack};
#[cfg(feature = "udp")]
use std::vec::Vec;

#[cfg(any(feature = "udp", feature = "stats"))]
const NOW: Instant = Instant::from_millis(9000);
const FAR: Ip4 = Ip4::new(8, 8, 8, 8);

/// The interface and the next hop for `dst`.
fn way(stack: &Stack, from: Ip4, dst: Ip4) -> Option<(u8, Ip4)> {
    let way = Way { from: crate::addr::v4(from), ..Way::ANY };
    let route = stack.route(&crate::addr::v4(dst), &way)?;
    Some((route.netif, crate::addr::as_v4(&route.next_hop)?))
}

/// RFC 1122 §3.3.1.1: a neighbour is reached directly, by the interface with the longest prefix.
#[test]
fn the_longest_prefix_is_taken() {
    let Some((mut stack, [a, b])) = two_links() else { return };
    let any = Ip4::UNSPECIFIED;
    assert_eq!(way(&stack, any, PEER_IP), Some((a.0, PEER_IP)));
    assert_eq!(way(&stack, any, OTHER_PEER), Some((b.0, OTHER_PEER)));
    stack.set_ipv4(b, [10, 0, 0, 17].into(), 28, None).unwrap();
    let near = Ip4::new(10, 0, 0, 18);
    assert_eq!(way(&stack, any, near), Some((b.0, near)), "28 bits are more than 24");
    assert_eq!(way(&stack, any, PEER_IP), Some((a.0, PEER_IP)));
    stack.set_link(b, false);
    assert_eq!(way(&stack, any, near), Some((a.0, near)), "a link that is down carries nothing");
}

/// RFC 1122 §3.3.1.2 and lwIP's `netif_set_default`: what is far goes through the default interface's gateway, or any.
#[test]
fn the_default_interface_takes_what_is_far() {
    let Some((mut stack, [a, b])) = two_links() else { return };
    let any = Ip4::UNSPECIFIED;
    let gateways = [[10, 0, 0, 254], [10, 0, 1, 254]].map(Ip4::from);
    assert_eq!(way(&stack, any, FAR), Some((a.0, gateways[0])), "the first while none is set");
    stack.set_default_netif(b).unwrap();
    assert_eq!(way(&stack, any, FAR), Some((b.0, gateways[1])));
    assert_eq!(way(&stack, any, Ip4::BROADCAST), Some((b.0, Ip4::BROADCAST)));
    assert_eq!(way(&stack, any, PEER_IP), Some((a.0, PEER_IP)), "a neighbour is nearer");
    stack.set_ipv4(b, OTHER_IP.into(), 24, None).unwrap();
    assert_eq!(way(&stack, any, FAR), Some((a.0, gateways[0])), "the default interface has no gateway");
    stack.set_default_netif(a).unwrap();
    assert_eq!(way(&stack, any, Ip4::BROADCAST), Some((a.0, Ip4::BROADCAST)));
    assert_eq!(stack.set_default_netif(NetifId(77)), Err(Error::Value));
}

/// ESP-IDF's `ip4_route_src_hook`: what has a source leaves by the interface whose address that is.
#[test]
fn the_source_chooses_the_interface() {
    let Some((mut stack, [a, b])) = two_links() else { return };
    assert_eq!(way(&stack, OTHER_IP, FAR), Some((b.0, [10, 0, 1, 254].into())));
    assert_eq!(way(&stack, OTHER_IP, PEER_IP), Some((b.0, [10, 0, 1, 254].into())));
    assert_eq!(way(&stack, OWN_IP, FAR), Some((a.0, [10, 0, 0, 254].into())));
    stack.set_ipv4(b, OTHER_IP.into(), 24, None).unwrap();
    assert_eq!(way(&stack, OTHER_IP, PEER_IP), Some((a.0, PEER_IP)), "it cannot reach that");
}

/// RFC 1122 §3.2.1.3 (g): a loopback address is on no wire, in either direction.
#[test]
fn loopback_addresses_stay_inside() {
    let Some((mut stack, [a, b])) = two_links() else { return };
    assert_eq!(way(&stack, Ip4::LOCALHOST, PEER_IP), None);
    assert_eq!(way(&stack, Ip4::LOCALHOST, FAR), None);
    let _ = (&mut stack, a, b);
    #[cfg(all(feature = "icmp-echo", feature = "stats"))]
    for (src, dst) in [(Ip4::LOCALHOST, OWN_IP), (PEER_IP, Ip4::LOCALHOST), (OTHER_IP, OWN_IP)] {
        let before = stack.stats().dropped(crate::stats::Drop::Address);
        stack.input(a, &frame(ethernet::TYPE_IPV4, &ip_packet(src, dst, protocol::ICMP, &[8; 40])), NOW);
        assert_eq!(stack.stats().dropped(crate::stats::Drop::Address), before + 1, "{src:?} to {dst:?}");
        assert!(drain(&mut stack, a, NOW).is_empty() && drain(&mut stack, b, NOW).is_empty());
    }
}

/// RFC 1122 §3.3.6: a frame for all that holds a packet for one host is not taken.
#[cfg(feature = "stats")]
#[test]
fn a_broadcast_frame_holds_a_broadcast_packet() {
    let (mut stack, netif) = crate::testing::host();
    for (dst, dropped) in [(OWN_IP, 1), (Ip4::new(10, 0, 0, 255), 0), (Ip4::BROADCAST, 0)] {
        let mut frame = frame(ethernet::TYPE_IPV4, &ip_packet(PEER_IP, dst, 253, b"x"));
        frame[..6].fill(0xff);
        let before = stack.stats().dropped(crate::stats::Drop::Address);
        stack.input(netif, &frame, NOW);
        assert_eq!(stack.stats().dropped(crate::stats::Drop::Address) - before, dropped, "{dst:?}");
    }
}

/// RFC 1122 §3.3.4.2, weak host: an address is ours on every link. Each link has neighbours of its own.
#[cfg(feature = "udp")]
#[test]
fn a_socket_serves_both_links() {
    let Some((mut stack, netifs)) = two_links() else { return };
    let socket = stack.udp_bind(crate::addr::ANY, 7).unwrap();
    for (netif, peer) in netifs.into_iter().zip([[10, 0, 0, 3], [10, 0, 1, 3]].map(Ip4::from)) {
        stack.udp_send_to(socket, b"x", crate::addr::socket(crate::addr::v4(peer), 9)).unwrap();
        let asked: Vec<Vec<Vec<u8>>> = netifs.map(|netif| drain(&mut stack, netif, NOW)).into();
        for (other, frames) in netifs.into_iter().zip(asked) {
            let asks: Vec<Ip4> = frames
                .iter()
                .filter_map(|frame| arp::Packet::parse(ethernet::Header::parse(frame)?.1))
                .map(|packet| packet.target_ip)
                .collect();
            assert_eq!(asks, if other == netif { std::vec![peer] } else { Vec::new() });
        }
    }
    let mut bytes = [0, 9, 0, 7, 0, 9, 0, 0, b'x'];
    bytes[4..6].copy_from_slice(&9u16.to_be_bytes());
    stack.input(
        netifs[1],
        &frame(ethernet::TYPE_IPV4, &ip_packet(OTHER_PEER, OWN_IP, protocol::UDP, &bytes)),
        NOW,
    );
    assert_eq!(stack.udp_recv_from(socket, &mut [0; 9]).map(|(len, _)| len), Ok(1));
}
