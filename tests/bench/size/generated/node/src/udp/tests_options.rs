//! What sockets choose: the version, the interface, hops, groups, broadcasts, and what they are told.

use super::tests::datagram;
use crate::addr::{ANY, Ip4, v4};
use crate::testing::{OWN_IP, PEER_IP, drain, host, ip_frame, parse_ip};
use crate::wire::protocol;
use crate::{Error, Instant, NetifId, Stack, UdpHandle};
use std::vec::Vec;

const NOW: Instant = Instant::from_millis(77);
const SUBNET: Ip4 = Ip4::new(10, 0, 0, 255);

fn deliver(stack: &mut Stack, netif: NetifId, src: Ip4, dst: Ip4) {
    let mut frame = ip_frame(src, dst, protocol::UDP, &datagram((src, 5), (dst, 7), b"hi"));
    if dst.is_broadcast() || dst == SUBNET {
        frame[..6].fill(0xff);
    }
    stack.input(netif, &frame, NOW);
}

fn receives(stack: &mut Stack, socket: UdpHandle) -> bool {
    stack.udp_recv_from(socket, &mut [0; 9]).is_ok()
}

/// Sends to `dst`; gives the frames with packets that leave by each interface.
fn send(stack: &mut Stack, from: UdpHandle, dst: Ip4) -> Result<Vec<Vec<Vec<u8>>>, Error> {
    stack.udp_send_to(from, b"hi", crate::addr::socket(v4(dst), 9))?;
    let sent = (0..stack.netifs.len()).map(|netif| {
        let mut frames = drain(stack, NetifId(netif as u8), NOW);
        frames.retain(|frame| parse_ip(frame).is_some());
        frames
    });
    Ok(sent.collect())
}

/// RFC 919 §7, RFC 1122 §3.3.6: both kinds of broadcast go out to all stations, and come in to any socket.
#[test]
fn broadcasts_go_to_everybody() {
    let (mut stack, netif) = host();
    let socket = stack.udp_bind(ANY, 7).unwrap();
    for dst in [Ip4::BROADCAST, SUBNET] {
        let [frame] = &send(&mut stack, socket, dst).unwrap()[0][..] else { panic!("one frame") };
        let (mac, ip, _) = parse_ip(frame).unwrap();
        assert_eq!((mac, ip.src, ip.dst), ([0xff; 6], OWN_IP, dst));
        deliver(&mut stack, netif, PEER_IP, dst);
        assert!(receives(&mut stack, socket), "{dst:?}");
    }
}

/// RFC 3493 §3.7, §5.3: a socket of both versions takes both, an IPv4-mapped address is the IPv4 address, and
/// IPV6_V6ONLY leaves the port of IPv4 to another.
#[test]
fn one_socket_serves_both_versions_unless_it_does_not_want() {
    use crate::Binding;
    let (mut stack, netif) = host();
    let both = stack.udp_bind(ANY, 7).unwrap();
    deliver(&mut stack, netif, PEER_IP, OWN_IP);
    let (_, from) = stack.udp_recv_from(both, &mut [0; 9]).unwrap();
    assert_eq!(from, crate::addr::socket(v4(PEER_IP), 5), "as an address of IPv4");
    let mapped = core::net::Ipv4Addr::from(PEER_IP).to_ipv6_mapped();
    let mapped = crate::SocketAddr::from((mapped, 9));
    stack.udp_send_to(both, b"hi", mapped).unwrap();
    stack.udp_close(both).unwrap();
    drain(&mut stack, netif, NOW);

    let new = stack.udp_bind(Binding::ANY.v6only(), 7).unwrap();
    deliver(&mut stack, netif, PEER_IP, OWN_IP);
    assert!(!receives(&mut stack, new));
    drain(&mut stack, netif, NOW);
    assert_eq!(send(&mut stack, new, PEER_IP), Err(Error::Value));
    assert_eq!(stack.udp_connect(new, mapped), Err(Error::Value));
    if let Ok(old) = stack.udp_bind(v4(Ip4::UNSPECIFIED), 7) {
        deliver(&mut stack, netif, PEER_IP, OWN_IP);
        assert!(receives(&mut stack, old) && !receives(&mut stack, new));
        let v6 = crate::addr::socket(crate::addr::v6("fd00::1".parse().unwrap()), 9);
        assert_eq!(stack.udp_send_to(old, b"x", v6), Err(Error::Value));
    }
    assert_eq!(stack.udp_bind(ANY, 7), Err(Error::InUse));
}
