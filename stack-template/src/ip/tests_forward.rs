//! Packet-level tests of forwarding: two links, and a peer on each.

use crate::testing::{OWN_MAC, PEER_MAC, drain, frame};
use crate::wire::ethernet;
use crate::{Instant, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

const NOW: Instant = Instant::from_millis(5000);

/// Receives a packet on `by`; gives what leaves by each of the two interfaces.
fn pass(
    stack: &mut Stack,
    netifs: [NetifId; 2],
    by: NetifId,
    ethertype: u16,
    packet: &[u8],
) -> [Vec<Vec<u8>>; 2] {
    stack.input(by, &frame(ethertype, packet), NOW);
    netifs.map(|netif| {
        drain(stack, netif, NOW)
            .into_iter()
            .map(|frame| {
                let (link, _) = ethernet::Header::parse(&frame).unwrap();
                assert_eq!((link.dst, link.src, link.ethertype), (PEER_MAC, OWN_MAC, ethertype));
                frame[ethernet::HEADER_LEN..].to_vec()
            })
            .collect()
    })
}

#[cfg(all(feature = "ipv4-forward", feature = "arp"))]
mod v4 {
    use super::*;
    use crate::addr::Ip4;
    use crate::testing::{OTHER_IP, OTHER_PEER, OWN_IP, PEER_IP, ip_packet, two_links};
    #[cfg(feature = "icmp-unreachable")]
    use crate::wire::icmpv4;
    use crate::wire::{checksum, ipv4};

    const UNKNOWN: u8 = 253;

    /// A packet with fields of its header changed, and a right checksum.
    fn packet(src: Ip4, dst: Ip4, len: usize, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let payload: Vec<u8> = (0..len).map(|i| (i / 8) as u8).collect();
        let mut packet = ip_packet(src, dst, UNKNOWN, &payload);
        change(&mut packet);
        packet[10..12].fill(0);
        let sum = checksum::of(&packet[..20]).checksum();
        packet[10..12].copy_from_slice(&sum);
        packet
    }

    struct Router {
        stack: Box<Stack>,
        netifs: [NetifId; 2],
    }

    impl Router {
        fn new() -> Option<Self> {
            let (stack, netifs) = two_links()?;
            Some(Self { stack, netifs })
        }

        /// What leaves by each interface when `packet` comes in by the first.
        fn pass(&mut self, packet: &[u8]) -> [Vec<Vec<u8>>; 2] {
            super::pass(&mut self.stack, self.netifs, self.netifs[0], ethernet::TYPE_IPV4, packet)
        }

        /// The error that `packet` brings back: type, code and the last four bytes of the header.
        #[cfg(feature = "icmp-unreachable")]
        fn refusal(&mut self, packet: &[u8]) -> Option<(u8, u8, [u8; 4])> {
            let [back, on] = self.pass(packet);
            assert_eq!(on, Vec::<Vec<u8>>::new());
            let (ip, _, message) = ipv4::Header::parse(back.first()?).unwrap();
            assert_eq!((back.len(), ip.src, ip.dst), (1, OWN_IP, PEER_IP));
            let quoted = &message[icmpv4::HEADER_LEN..];
            assert_eq!(quoted, &packet[..quoted.len()], "what it is about");
            Some((message[0], message[1], *message[4..].first_chunk().unwrap()))
        }
    }

    /// RFC 1812 §5.3.1: one hop less, a right checksum, and all else as it was, options and service included.
    #[test]
    fn a_packet_for_another_link_is_passed_on() {
        let Some(mut r) = Router::new() else { return };
        let sent = packet(PEER_IP, OTHER_PEER, 100, |packet| packet[1] = 0xb8);
        let [back, on] = r.pass(&sent);
        assert_eq!((back.len(), on.len()), (0, 1));
        let (ip, _, payload) = ipv4::Header::parse(&on[0]).unwrap();
        assert_eq!((ip.src, ip.dst, ip.ttl, payload), (PEER_IP, OTHER_PEER, 63, &sent[20..]));
        let differ: Vec<usize> = (0..120).filter(|i| sent[*i] != on[0][*i]).collect();
        assert!(differ.iter().all(|at| [8, 10, 11].contains(at)), "{differ:?}");
        assert_eq!(r.stack.pool.taken(), 0);
        // With an option that does nothing.
        let mut options = sent[..20].to_vec();
        options[0] = 0x46;
        options[3] += 4;
        options.extend([1, 1, 1, 0]);
        options[10..12].fill(0);
        let sum = checksum::of(&options).checksum();
        options[10..12].copy_from_slice(&sum);
        options.extend(&sent[20..]);
        let [_, on] = r.pass(&options);
        assert_eq!(on[0][20..], options[20..]);
        assert!(
            ipv4::Header::parse(&on[0]).is_some_and(|(ip, header, _)| ip.ttl == 63 && header.len() == 24)
        );
    }

    /// RFC 1812 §5.3.1, RFC 792: the last hop is this one.
    #[cfg(feature = "icmp-unreachable")]
    #[test]
    fn hops_run_out() {
        let Some(mut r) = Router::new() else { return };
        for ttl in [0, 1] {
            let sent = packet(PEER_IP, OTHER_PEER, 20, |packet| packet[8] = ttl);
            assert_eq!(r.refusal(&sent), Some((icmpv4::TIME_EXCEEDED, icmpv4::HOPS_EXCEEDED, [0; 4])));
        }
        let sent = packet(PEER_IP, OWN_IP, 20, |packet| packet[8] = 1);
        assert_eq!(
            r.refusal(&sent).map(|(kind, code, _)| (kind, code)),
            Some((icmpv4::UNREACHABLE, icmpv4::UNREACHABLE_PROTOCOL)),
            "one hop is enough for this host itself"
        );
    }

    /// RFC 1812 §5.2.7.1: no way to the network.
    #[cfg(feature = "icmp-unreachable")]
    #[test]
    fn a_network_without_a_way_is_told_of() {
        let Some(mut r) = Router::new() else { return };
        let [a, b] = r.netifs;
        r.stack.set_ipv4(a, OWN_IP.into(), 24, None).unwrap();
        r.stack.set_ipv4(b, OTHER_IP.into(), 24, None).unwrap();
        drain(&mut r.stack, a, NOW);
        drain(&mut r.stack, b, NOW);
        let far = Ip4::new(8, 8, 8, 8);
        let sent = packet(PEER_IP, far, 20, |_| ());
        assert_eq!(r.refusal(&sent), Some((icmpv4::UNREACHABLE, icmpv4::UNREACHABLE_NET, [0; 4])));
        let later = packet(PEER_IP, far, 20, |packet| packet[7] = 9);
        assert_eq!(r.refusal(&later), None, "RFC 1122 §3.2.2: no error about a later fragment");
        let error = packet(PEER_IP, far, 20, |packet| {
            packet[9] = 1;
            packet[20] = icmpv4::UNREACHABLE;
        });
        assert_eq!(r.refusal(&error), None, "nor about an error");
    }

    /// RFC 1191 §4: what may not be fragmented comes back with the next link's MTU.
    #[test]
    fn what_is_too_big_is_fragmented_or_told_of() {
        let Some(mut r) = Router::new() else { return };
        let mtu = 576u16.max(if cfg!(feature = "ipv6") { 1280 } else { 0 });
        r.stack.netifs[usize::from(r.netifs[1].0)].mtu = mtu;
        let len = usize::from(mtu) - 20;
        if len + 28 > usize::from(crate::config::NETIF_MTU) {
            return;
        }
        let [_, on] = r.pass(&packet(PEER_IP, OTHER_PEER, len, |_| ()));
        assert_eq!(on.len(), 1, "it just fits");
        #[cfg(feature = "icmp-unreachable")]
        {
            let [high, low] = mtu.to_be_bytes();
            let sent = packet(PEER_IP, OTHER_PEER, len + 8, |packet| packet[6] = 0x40);
            let told = Some((icmpv4::UNREACHABLE, icmpv4::FRAGMENTATION_NEEDED, [0, 0, high, low]));
            assert_eq!(r.refusal(&sent), told);
        }
        // A middle fragment of a larger packet stays one (RFC 791 §3.2).
        let sent =
            packet(PEER_IP, OTHER_PEER, (len & !7) + 8, |packet| packet[6..8].copy_from_slice(&[0x20, 10]));
        let [_, on] = r.pass(&sent);
        if cfg!(not(feature = "ipv4-fragmentation")) {
            return assert_eq!(on.len(), 0);
        }
        let mut whole = Vec::new();
        for (i, part) in on.iter().enumerate() {
            let (ip, _, payload) = ipv4::Header::parse(part).unwrap();
            assert!(part.len() <= usize::from(mtu) && payload.len().is_multiple_of(8));
            assert_eq!((ip.id, ip.ttl, ip.dont_fragment), (1, 63, false), "part {i}");
            assert_eq!(usize::from(ip.fragment & ipv4::FRAGMENT_OFFSET), 10 + whole.len() / 8);
            assert!(ip.fragment & ipv4::MORE_FRAGMENTS != 0);
            whole.extend_from_slice(payload);
        }
        assert!(on.len() == 2 && whole == sent[20..]);
        assert_eq!(r.stack.pool.taken(), 0);
    }

    /// RFC 1812 §4.2.2.11, §5.3.4, §5.3.5, RFC 2644, RFC 3927 §7: what must stay where it is.
    #[test]
    fn what_belongs_to_a_link_stays_there() {
        let Some(mut r) = Router::new() else { return };
        let ip = Ip4::from;
        let cases = [
            (PEER_IP, ip([10, 0, 1, 255])),
            (PEER_IP, ip([255; 4])),
            (PEER_IP, ip([224, 0, 1, 5])),
            (PEER_IP, ip([127, 0, 0, 1])),
            (PEER_IP, ip([0, 0, 0, 5])),
            (PEER_IP, ip([240, 0, 0, 1])),
            (PEER_IP, ip([169, 254, 1, 1])),
            (ip([169, 254, 1, 1]), OTHER_PEER),
            (ip([127, 0, 0, 1]), OTHER_PEER),
            (ip([0; 4]), OTHER_PEER),
            (ip([224, 0, 0, 1]), OTHER_PEER),
            (ip([10, 0, 0, 255]), OTHER_PEER),
            (OWN_IP, OTHER_PEER),
            (OTHER_IP, OTHER_PEER),
            // Back to where it came from.
            (OTHER_PEER, PEER_IP),
        ];
        for (src, dst) in cases {
            let [back, on] = r.pass(&packet(src, dst, 20, |_| ()));
            assert_eq!((back.len(), on.len()), (0, 0), "{src:?} to {dst:?}");
        }
        // In a frame for all.
        let mut frame = frame(ethernet::TYPE_IPV4, &packet(PEER_IP, OTHER_PEER, 20, |_| ()));
        frame[..6].fill(0xff);
        r.stack.input(r.netifs[0], &frame, NOW);
        assert!(drain(&mut r.stack, r.netifs[1], NOW).is_empty());
    }

    /// What waits for a slow link is bounded, and errors are limited (RFC 1812 §4.3.2.8).
    #[test]
    fn a_flood_is_bounded() {
        let Some(mut r) = Router::new() else { return };
        for _ in 0..2000 {
            let sent = frame(ethernet::TYPE_IPV4, &packet(PEER_IP, OTHER_PEER, 100, |_| ()));
            r.stack.input(r.netifs[0], &sent, NOW);
            let dead = frame(ethernet::TYPE_IPV4, &packet(PEER_IP, OTHER_PEER, 100, |packet| packet[8] = 1));
            r.stack.input(r.netifs[0], &dead, NOW);
        }
        let most = crate::config::NETIF_TX_QUEUE / 120;
        assert!((1..=most).contains(&drain(&mut r.stack, r.netifs[1], NOW).len()));
        let errors = drain(&mut r.stack, r.netifs[0], NOW).len();
        #[cfg(feature = "icmp-unreachable")]
        assert!(errors <= usize::from(crate::config::ICMP_ERROR_RATE));
        assert_eq!((errors > 0, r.stack.pool.taken()), (cfg!(feature = "icmp-unreachable"), 0));
    }
}

#[cfg(all(feature = "ipv6-forward", feature = "nd6"))]
mod v6 {
    use super::*;
    use crate::NetifConfig;
    use crate::addr::{Ip6, v6};
    use crate::config::NETIF_MTU;
    use crate::netif::neighbor::Word;
    use crate::testing::{settle, stack};
    use crate::wire::{icmpv6, ipv6, protocol};

    const UNKNOWN: u8 = 253;

    fn ip(text: &str) -> Ip6 {
        text.parse().unwrap()
    }

    struct Router {
        stack: Box<Stack>,
        netifs: [NetifId; 2],
    }

    impl Router {
        /// A router at fd00:0::1 and fd00:1::1 that knows the peers ::2 of both links.
        fn new() -> Option<Self> {
            let mut stack = stack([6; 16]);
            let mut netifs = Vec::new();
            for subnet in ["fd00:0::", "fd00:1::"] {
                let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: NETIF_MTU }).ok()?;
                stack.set_link(netif, true);
                settle(&mut stack, netif, NOW);
                let own = ip(&std::format!("{subnet}1"));
                stack.add_ipv6(netif, own.into(), 64, NOW).ok()?;
                settle(&mut stack, netif, NOW);
                for peer in [ip(&std::format!("{subnet}2")), ip("fe80::2")] {
                    stack.neighbor_learn(netif.0, &v6(peer), &PEER_MAC, Word::Confirmed, true, NOW);
                }
                netifs.push(netif);
            }
            Some(Self { stack, netifs: netifs.try_into().ok()? })
        }

        fn pass(&mut self, packet: &[u8]) -> [Vec<Vec<u8>>; 2] {
            super::pass(&mut self.stack, self.netifs, self.netifs[0], ethernet::TYPE_IPV6, packet)
        }

        /// The error that `packet` brings back: type, code and the last four bytes of the header.
        fn refusal(&mut self, packet: &[u8]) -> Option<(u8, u8, u32)> {
            let [back, on] = self.pass(packet);
            assert_eq!(on, Vec::<Vec<u8>>::new());
            let (ip, message) = ipv6::Header::parse(back.first()?).unwrap();
            assert_eq!((back.len(), &ip.dst.octets()[..]), (1, &packet[8..24]));
            let quoted = &message[icmpv6::HEADER_LEN..];
            assert!(quoted == &packet[..quoted.len()] && back[0].len() <= 1280, "RFC 4443 §2.4 c");
            Some((message[0], message[1], u32::from_be_bytes(*message[4..].first_chunk().unwrap())))
        }
    }

    fn packet(src: &str, dst: &str, hop_limit: u8, next_header: u8, payload: &[u8]) -> Vec<u8> {
        let mut header = [0; ipv6::HEADER_LEN];
        let payload_len = payload.len() as u16;
        ipv6::Header { src: ip(src), dst: ip(dst), next_header, hop_limit, payload_len }.emit(&mut header);
        [&header, payload].concat()
    }

    /// RFC 8200 §3: one hop less, and all else as it was, extension headers and flow label included.
    #[test]
    fn a_packet_for_another_link_is_passed_on() {
        let Some(mut r) = Router::new() else { return };
        let mut sent = packet("fd00::2", "fd00:1::2", 64, 60, &[253, 0, 1, 4, 0, 0, 0, 0, 1, 2, 3]);
        sent[1..4].copy_from_slice(&[0xb1, 2, 3]);
        let [back, on] = r.pass(&sent);
        sent[7] = 63;
        assert_eq!((back, on), (Vec::new(), std::vec![sent]));
        assert_eq!(r.stack.pool.taken(), 0);
    }

    /// RFC 4443 §3.1–3.3: why a packet is not passed on.
    #[test]
    fn senders_are_told_why_not() {
        let Some(mut r) = Router::new() else { return };
        for hop_limit in [0, 1] {
            let sent = packet("fd00::2", "fd00:1::2", hop_limit, UNKNOWN, &[7; 40]);
            assert_eq!(r.refusal(&sent), Some((icmpv6::TIME_EXCEEDED, icmpv6::HOPS_EXCEEDED, 0)));
        }
        let sent = packet("fd00::2", "2001:db8::9", 64, UNKNOWN, &[7; 40]);
        assert_eq!(r.refusal(&sent), Some((icmpv6::UNREACHABLE, icmpv6::UNREACHABLE_NET, 0)));
        let sent = packet("fe80::2", "fd00:1::2", 64, UNKNOWN, &[7; 40]);
        assert_eq!(r.refusal(&sent), Some((icmpv6::UNREACHABLE, icmpv6::BEYOND_SCOPE, 0)));
        // RFC 4443 §2.4 e: an error or a redirect brings none.
        for kind in [icmpv6::UNREACHABLE, icmpv6::REDIRECT] {
            let sent = packet("fd00::2", "2001:db8::9", 64, protocol::ICMPV6, &[kind; 40]);
            assert_eq!(r.refusal(&sent), None);
        }
    }

    /// RFC 8200 §5: routers do not fragment.
    #[test]
    fn what_is_too_big_is_told_of() {
        let Some(mut r) = Router::new() else { return };
        r.stack.netifs[usize::from(r.netifs[1].0)].mtu = 1280;
        if NETIF_MTU < 1288 {
            return;
        }
        let [_, on] = r.pass(&packet("fd00::2", "fd00:1::2", 64, UNKNOWN, &[7; 1240]));
        assert_eq!(on.len(), 1, "it just fits");
        let sent = packet("fd00::2", "fd00:1::2", 64, UNKNOWN, &[7; 1241]);
        assert_eq!(r.refusal(&sent), Some((icmpv6::PACKET_TOO_BIG, 0, 1280)));
    }

    /// RFC 4291 §2.5.2, §2.5.3, §2.5.6, §2.7: what must stay where it is.
    #[test]
    fn what_belongs_to_a_link_stays_there() {
        let Some(mut r) = Router::new() else { return };
        let cases = [
            ("fd00::2", "fe80::99"),
            ("fd00::2", "ff0e::77"),
            ("fd00::2", "::1"),
            ("fd00::2", "::"),
            ("fd00::2", "::ffff:10.0.0.1"),
            ("::", "fd00:1::2"),
            ("::1", "fd00:1::2"),
            ("ff02::1", "fd00:1::2"),
            ("fd00::1", "fd00:1::2"),
            // Back to where it came from.
            ("fd00:1::2", "fd00::2"),
        ];
        for (src, dst) in cases {
            let [back, on] = r.pass(&packet(src, dst, 64, UNKNOWN, &[7; 20]));
            assert_eq!((back.len(), on.len()), (0, 0), "{src:?} to {dst:?}");
        }
    }
}
