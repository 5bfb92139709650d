//! What sockets choose: the version, the interface, hops, groups, broadcasts, and what they are told.

use super::tests::datagram;
use crate::addr::{ANY, Ip4, v4};
use crate::testing::{OWN_IP, PEER_IP, drain, host, ip_frame, parse_ip};
use crate::wire::protocol;
use crate::{Error, Instant, NetifId, Stack, UdpHandle};
use std::vec::Vec;

const NOW: Instant = Instant::from_millis(77);
#[cfg(any(feature = "udp-multicast-tx", feature = "udp-recv-info"))]
const GROUP: Ip4 = Ip4::new(224, 0, 0, 251);
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
    #[cfg(feature = "udp-sof-broadcast")]
    stack.udp_set_broadcast(socket, true).unwrap();
    for dst in [Ip4::BROADCAST, SUBNET] {
        let [frame] = &send(&mut stack, socket, dst).unwrap()[0][..] else { panic!("one frame") };
        let (mac, ip, _) = parse_ip(frame).unwrap();
        assert_eq!((mac, ip.src, ip.dst), ([0xff; 6], OWN_IP, dst));
        deliver(&mut stack, netif, PEER_IP, dst);
        assert!(receives(&mut stack, socket), "{dst:?}");
    }
}

/// lwIP's `IP_SOF_BROADCAST` and `IP_SOF_BROADCAST_RECV`.
#[cfg(feature = "udp-sof-broadcast")]
#[test]
fn broadcasts_must_be_allowed() {
    let (mut stack, netif) = host();
    let socket = stack.udp_bind(ANY, 7).unwrap();
    for dst in [Ip4::BROADCAST, SUBNET] {
        assert_eq!(send(&mut stack, socket, dst), Err(Error::Value));
        deliver(&mut stack, netif, PEER_IP, dst);
        assert_eq!(receives(&mut stack, socket), cfg!(not(feature = "udp-sof-broadcast-recv")), "{dst:?}");
    }
    assert!(send(&mut stack, socket, PEER_IP).is_ok());
    deliver(&mut stack, netif, PEER_IP, OWN_IP);
    assert!(receives(&mut stack, socket), "what is for this host alone needs no permission");
}

/// RFC 1122 §4.1.4, RFC 2474: time to live and type of service are the socket's choice, in both directions of it.
#[cfg(feature = "udp-ttl")]
#[test]
fn hops_and_class_are_chosen() {
    let (mut stack, _) = crate::testing::host();
    let socket = stack.udp_bind(ANY, 7).unwrap();
    let ours = |stack: &mut Stack| {
        let [frame] = &send(stack, socket, Ip4::BROADCAST).unwrap()[0][..] else { panic!("one frame") };
        let header = &frame[14..34];
        if cfg!(feature = "checksum-gen-ip") {
            assert!(crate::wire::checksum::of(header).is_right());
        }
        (header[8], header[1])
    };
    #[cfg(feature = "udp-sof-broadcast")]
    stack.udp_set_broadcast(socket, true).unwrap();
    assert_eq!(ours(&mut stack), (crate::config::IPV4_TTL, 0));
    stack.udp_set_ttl(socket, Some(7)).unwrap();
    stack.udp_set_traffic_class(socket, 0xb8).unwrap();
    assert_eq!(ours(&mut stack), (7, 0xb8));
    stack.udp_set_ttl(socket, None).unwrap();
    assert_eq!(ours(&mut stack), (crate::config::IPV4_TTL, 0xb8));
    assert_eq!(stack.udp_set_ttl(socket, Some(0)), Err(Error::Value));
}

/// RFC 1112 §6.1: interface and time to live of multicasts are the socket's choice; those of single hosts are apart.
#[cfg(feature = "udp-multicast-tx")]
#[test]
fn groups_have_choices_of_their_own() {
    use crate::testing::two_links;
    let Some((mut stack, [a, b])) = two_links() else { return };
    let socket = stack.udp_bind(ANY, 7).unwrap();
    let ttl = crate::config::IPV4_TTL;
    let sent = |stack: &mut Stack, dst| {
        let all = send(stack, socket, dst).unwrap();
        [a, b].map(|netif| all[usize::from(netif.0)].iter().map(|frame| frame[22]).collect::<Vec<_>>())
    };
    assert_eq!(sent(&mut stack, GROUP), [std::vec![ttl], std::vec![]], "the first interface");
    stack.udp_set_multicast_netif(socket, Some(b)).unwrap();
    stack.udp_set_multicast_ttl(socket, Some(3)).unwrap();
    assert_eq!(sent(&mut stack, GROUP), [std::vec![], std::vec![3]]);
    assert_eq!(sent(&mut stack, PEER_IP), [std::vec![ttl], std::vec![]], "a single host");
    stack.udp_set_multicast_netif(socket, None).unwrap();
    stack.set_default_netif(b).unwrap();
    assert_eq!(sent(&mut stack, GROUP), [std::vec![], std::vec![3]]);
    assert_eq!(stack.udp_set_multicast_ttl(socket, Some(0)), Err(Error::Value));
}

/// RFC 1112 §6.2, RFC 3493 §5.2: a copy for this host, where it is in the group and wants it.
#[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback", feature = "ipv6"))]
#[test]
fn multicasts_come_back_on_demand() {
    let (mut stack, netif) = host();
    let from = stack.udp_bind(ANY, 7).unwrap();
    let all_nodes = crate::addr::v6("ff02::1".parse().unwrap());
    let not_ours = crate::addr::v6("ff02::77".parse().unwrap());
    let payload: Vec<u8> = (0..1000).map(|i| i as u8).collect();
    for (group, looped) in [(all_nodes, false), (all_nodes, true), (not_ours, true)] {
        stack.udp_set_multicast_loop(from, looped).unwrap();
        stack.udp_send_to(from, &payload, crate::addr::socket(group, 7)).unwrap();
        stack.poll(NOW);
        let mut buffer = [0; 2000];
        let got = stack.udp_recv_from(from, &mut buffer).map(|(len, _)| buffer[..len].to_vec());
        let wanted = looped && group == all_nodes;
        assert_eq!(
            got,
            if wanted { Ok(payload.clone()) } else { Err(Error::WouldBlock) },
            "{group:?} {looped}"
        );
        assert_eq!(drain(&mut stack, netif, NOW).len(), 1, "it is sent all the same");
    }
    assert_eq!(stack.pool.taken(), 0);
}

/// `SO_BINDTODEVICE`: a socket of one interface hears and speaks there alone; another can have the port elsewhere.
#[cfg(feature = "netif-bind")]
#[test]
fn sockets_are_bound_to_interfaces() {
    use crate::Binding;
    use crate::testing::{OTHER_PEER, two_links};
    let Some((mut stack, [a, b])) = two_links() else { return };
    let on_a = stack.udp_bind(Binding::ANY.on(a), 7).unwrap();
    assert_eq!(stack.udp_bind(ANY, 7), Err(Error::InUse));
    let on_b = stack.udp_bind(Binding::ANY.on(b), 7).unwrap();
    deliver(&mut stack, b, OTHER_PEER, OWN_IP);
    assert!(!receives(&mut stack, on_a) && receives(&mut stack, on_b), "the link counts, not the address");
    deliver(&mut stack, a, PEER_IP, OWN_IP);
    assert!(receives(&mut stack, on_a) && !receives(&mut stack, on_b));
    #[cfg(feature = "udp-sof-broadcast")]
    stack.udp_set_broadcast(on_b, true).unwrap();
    let sent = send(&mut stack, on_b, Ip4::BROADCAST).unwrap();
    assert_eq!((sent[usize::from(a.0)].len(), sent[usize::from(b.0)].len()), (0, 1));
    stack.set_ipv4(b, crate::testing::OTHER_IP.into(), 24, None).unwrap();
    assert_eq!(send(&mut stack, on_b, PEER_IP), Err(Error::Route), "there is no way by that interface");
}

/// RFC 3542 §6, `IP_PKTINFO`: what a datagram was sent to and where it came in.
#[cfg(feature = "udp-recv-info")]
#[test]
fn sockets_are_told_where_datagrams_came_in() {
    use crate::UdpInfo;
    let (mut stack, netif) = host();
    let socket = stack.udp_bind(ANY, 7).unwrap();
    #[cfg(feature = "udp-sof-broadcast-recv")]
    stack.udp_set_broadcast(socket, true).unwrap();
    assert_eq!(stack.udp_recv_info(socket), Err(Error::WouldBlock));
    for dst in [OWN_IP, SUBNET, Ip4::BROADCAST] {
        deliver(&mut stack, netif, PEER_IP, dst);
        assert_eq!(stack.udp_recv_info(socket), Ok(UdpInfo { dst: v4(dst).into(), netif: Some(netif) }));
        assert!(receives(&mut stack, socket));
    }
    #[cfg(feature = "netif-loopback")]
    for (dst, netif) in [(Ip4::LOCALHOST, None), (OWN_IP, Some(netif))] {
        stack.udp_send_to(socket, b"hi", crate::addr::socket(v4(dst), 7)).unwrap();
        stack.poll(NOW);
        assert_eq!(stack.udp_recv_info(socket), Ok(UdpInfo { dst: v4(dst).into(), netif }));
        assert!(receives(&mut stack, socket));
    }
}

/// RFC 1122 §4.1.3.5, `IP_PKTINFO`: an answer comes from the address that was asked, and from none that is not ours.
#[cfg(feature = "udp-recv-info")]
#[test]
fn answers_come_from_the_address_that_was_asked() {
    use crate::addr::socket;
    use crate::testing::{OTHER_IP, two_links};
    let Some((mut stack, [a, b])) = two_links() else { return };
    // What has its address would go by its gateway.
    stack.set_ipv4(b, OTHER_IP.into(), 24, None).unwrap();
    drain(&mut stack, b, NOW);
    let server = stack.udp_bind(ANY, 7).unwrap();
    let peer = socket(v4(PEER_IP), 5);
    let source = |stack: &mut Stack| {
        let frames = drain(stack, a, NOW);
        frames.iter().filter_map(|frame| parse_ip(frame)).map(|(_, ip, _)| ip.src).collect::<Vec<_>>()
    };
    for asked in [OWN_IP, OTHER_IP] {
        deliver(&mut stack, a, PEER_IP, asked);
        let dst = stack.udp_recv_info(server).unwrap().dst;
        let (_, from) = stack.udp_recv_from(server, &mut [0; 9]).unwrap();
        stack.udp_send_from(server, b"hi", dst, from).unwrap();
        assert_eq!(source(&mut stack), [asked]);
    }
    stack.udp_send_from(server, b"hi", ANY, peer).unwrap();
    assert_eq!(source(&mut stack), [OWN_IP], "the choice is the stack's");
    for (not_ours, error) in [
        (PEER_IP, Error::Value),
        (GROUP, Error::Value),
        (SUBNET, Error::Value),
        (Ip4::LOCALHOST, Error::Route),
    ] {
        assert_eq!(stack.udp_send_from(server, b"hi", v4(not_ours).into(), peer), Err(error), "{not_ours:?}");
    }
    #[cfg(feature = "ipv6")]
    assert_eq!(stack.udp_send_from(server, b"hi", "fe80::1".parse().unwrap(), peer), Err(Error::Value));
    stack.udp_close(server).unwrap();
    let bound = stack.udp_bind(core::net::IpAddr::from(v4(OWN_IP)), 7).unwrap();
    assert_eq!(stack.udp_send_from(bound, b"hi", v4(OTHER_IP).into(), peer), Err(Error::Value));
    assert_eq!(source(&mut stack), []);
    assert_eq!(stack.udp_send_from(bound, b"hi", v4(OWN_IP).into(), peer), Ok(()));
}

/// RFC 3493 §3.7, §5.3: a socket of both versions takes both, an IPv4-mapped address is the IPv4 address, and
/// IPV6_V6ONLY leaves the port of IPv4 to another.
#[cfg(feature = "ipv6")]
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
