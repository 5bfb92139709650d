//! Packet-level tests of IPv6: input, ICMPv6, neighbour discovery, addresses.

#[cfg(all(feature = "ipv6-autoconf", not(feature = "timers-periodic")))]
mod autoconf;
#[cfg(all(feature = "ipv6-interface-id-opaque", not(feature = "ipv6-interface-id-eui64")))]
mod identifiers;
#[cfg(all(feature = "ipv6-autoconf", not(feature = "timers-periodic")))]
mod malformed;
#[cfg(all(feature = "udp", feature = "ipv6-autoconf", not(feature = "timers-periodic")))]
mod neighbors;
#[cfg(all(feature = "nd6-redirect", not(feature = "timers-periodic")))]
mod redirects;
#[cfg(all(feature = "ipv6-autoconf", not(feature = "timers-periodic")))]
mod routers;
#[cfg(all(feature = "nd6-search-list", not(feature = "timers-periodic")))]
mod search_list;
#[cfg(not(feature = "timers-periodic"))]
mod source;
#[cfg(all(feature = "ipv6-temporary", not(feature = "timers-periodic")))]
mod temporary;

#[cfg(not(feature = "timers-periodic"))]
use crate::Ipv6State;
#[cfg(feature = "udp")]
use crate::addr::socket;
use crate::addr::{ANY, Ip6, v6};
#[cfg(not(feature = "timers-periodic"))]
use crate::config::IPV6_DAD_ATTEMPTS;
use crate::config::NETIF_MTU;
use crate::testing::{OWN_MAC, PEER_MAC, drain, frame, settle, stack};
use crate::wire::icmpv6::{self, Header, mac_option, option};
use crate::wire::{checksum, ethernet, ipv6, protocol};
use crate::{Instant, NetifConfig, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

const ON_LINK: u8 = 255;

fn ip(text: &str) -> Ip6 {
    text.parse().unwrap()
}

/// Our link-local address.
fn local() -> Ip6 {
    own(0xfe80 << 48)
}

/// The address that the host makes with this upper half.
fn own(half: u64) -> Ip6 {
    #[cfg(feature = "ipv6-interface-id-eui64")]
    let id = 0xff_fe00_0001_u64;
    #[cfg(not(feature = "ipv6-interface-id-eui64"))]
    let id = Host::new().stack.ipv6_opaque(0, OWN_MAC, half, 0);
    Ip6::from_halves(half, id)
}

/// The group that is asked for our link-local address.
fn group() -> Ip6 {
    crate::netif::ipv6::solicited_node(&local())
}

fn peer() -> Ip6 {
    ip("fe80::2")
}

/// The stack under test with a clock.
struct Host {
    stack: Box<Stack>,
    netif: NetifId,
    now: Instant,
}

impl Host {
    /// A host whose link has just come up.
    fn new() -> Self {
        let mut stack = stack([5; 16]);
        let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: NETIF_MTU }).unwrap();
        // Tests of temporary addresses ask for them.
        #[cfg(feature = "ipv6-temporary")]
        stack.set_ipv6_temporary(netif, false).unwrap();
        stack.set_link(netif, true);
        Self { stack, netif, now: Instant::from_millis(u32::MAX - 3000) }
    }

    /// A host with a link-local address, that has given up asking for routers.
    fn ready() -> Self {
        let mut host = Self::new();
        settle(&mut host.stack, host.netif, host.now);
        host.now = host.now.after(60_000);
        host
    }

    fn receive(&mut self, src: Ip6, dst: Ip6, next_header: u8, hop_limit: u8, payload: &[u8]) {
        let mut packet = [0; ipv6::HEADER_LEN];
        let payload_len = payload.len() as u16;
        ipv6::Header { src, dst, next_header, hop_limit, payload_len }.emit(&mut packet);
        let frame = frame(ethernet::TYPE_IPV6, &[&packet, payload].concat());
        self.stack.input(self.netif, &frame, self.now);
    }

    fn icmp(&mut self, src: Ip6, dst: Ip6, hop_limit: u8, header: Header, data: &[u8]) {
        let mut bytes = header.to_bytes(&src, &dst, data);
        bytes[2..4].fill(0);
        let mut sum = checksum::pseudo(
            v6(src).words(),
            v6(dst).words(),
            protocol::ICMPV6,
            (bytes.len() + data.len()) as u16,
        );
        sum.add(&bytes);
        sum.add(data);
        bytes[2..4].copy_from_slice(&sum.checksum());
        self.receive(src, dst, protocol::ICMPV6, hop_limit, &[&bytes, data].concat());
    }

    /// The IPv6 packets that the stack sends now, with the frames' destinations.
    fn sent(&mut self) -> Vec<([u8; 6], ipv6::Header, Vec<u8>)> {
        let frames = drain(&mut self.stack, self.netif, self.now);
        let parse = |frame: &Vec<u8>| {
            let (link, packet) = ethernet::Header::parse(frame).unwrap();
            assert_eq!((link.src, link.ethertype), (OWN_MAC, ethernet::TYPE_IPV6));
            let (header, payload) = ipv6::Header::parse(packet).unwrap();
            // Reports of groups, behind a hop-by-hop header, are the matter of other tests.
            (header.next_header != 0).then(|| (link.dst, header, payload.to_vec()))
        };
        frames.iter().filter_map(parse).collect()
    }

    fn one(&mut self) -> ([u8; 6], ipv6::Header, Vec<u8>) {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent.remove(0)
    }

    /// Runs the next timer; gives how long that took.
    #[cfg(not(feature = "timers-periodic"))]
    fn wait_for_timer(&mut self) -> u32 {
        let next = self.stack.next_deadline().expect("a timer is armed");
        let ms = next.since(self.now);
        self.now = next;
        self.stack.poll(next);
        ms
    }

    /// Lets `ms` pass, with all that happens meanwhile.
    #[cfg(not(feature = "timers-periodic"))]
    fn pass(&mut self, ms: u32) {
        let end = self.now.after(ms);
        while let Some(next) = self.stack.next_deadline()
            && end.reached(next)
        {
            self.now = next;
            self.stack.poll(next);
            drain(&mut self.stack, self.netif, self.now);
        }
        self.now = end;
        self.stack.poll(end);
    }

    #[cfg(not(feature = "timers-periodic"))]
    fn addresses(&self) -> Vec<(Ip6, Ipv6State)> {
        self.stack.ipv6(self.netif).map(|(address, state)| (address.into(), state)).collect()
    }

    fn solicit(&mut self, src: Ip6, dst: Ip6, target: Ip6, hop_limit: u8, options: &[u8]) {
        let header = Header { kind: icmpv6::NEIGHBOR_SOLICITATION, code: 0, rest: [0; 4] };
        self.icmp(src, dst, hop_limit, header, &[&target.octets(), options].concat());
    }

    fn advertise(&mut self, target: Ip6, dst: Ip6, flags: u8, mac: [u8; 6]) {
        let header = Header { kind: icmpv6::NEIGHBOR_ADVERTISEMENT, code: 0, rest: [flags, 0, 0, 0] };
        let data = [&target.octets()[..], &mac_option(option::TARGET_MAC, mac)].concat();
        self.icmp(peer(), dst, ON_LINK, header, &data);
    }

    /// Makes the peer known.
    fn meet(&mut self) {
        self.solicit(peer(), local(), local(), ON_LINK, &mac_option(option::SOURCE_MAC, PEER_MAC));
        assert_eq!(self.sent().len(), 1);
    }
}

/// RFC 4861 §7.2.3, §7.2.4: the answer names the address, our hardware address, and that it was asked for.
#[test]
fn solicitations_for_our_address_are_answered() {
    let mut h = Host::ready();
    h.solicit(peer(), group(), local(), ON_LINK, &mac_option(option::SOURCE_MAC, PEER_MAC));
    let (mac, header, message) = h.one();
    assert_eq!((mac, header.src, header.dst, header.hop_limit), (PEER_MAC, local(), peer(), ON_LINK));
    // RFC 4861 §4.4: solicited, override, and router for a host that passes packets on.
    let flags = if cfg!(feature = "ipv6-forward") { 0xe0 } else { 0x60 };
    assert_eq!((message[0], message[4]), (icmpv6::NEIGHBOR_ADVERTISEMENT, flags));
    assert_eq!(&message[8..], &[&local().octets()[..], &mac_option(option::TARGET_MAC, OWN_MAC)].concat());
    h.solicit(peer(), ip("ff02::1:ff00:9"), ip("fe80::9"), ON_LINK, &[]);
    assert_eq!(h.sent(), [], "not our address");
    h.solicit(peer(), group(), local(), ON_LINK, &mac_option(option::SOURCE_MAC, [0xff; 6]));
    assert_eq!(h.one().0, PEER_MAC, "not to whom a group's address names");
}

/// RFC 4861 §7.1.1: what a router could have passed on, or is not well-formed, is dropped.
#[test]
fn solicitations_that_are_not_valid_are_dropped() {
    let mut h = Host::ready();
    h.solicit(peer(), local(), local(), 254, &[]);
    h.solicit(peer(), local(), local(), ON_LINK, &[1, 0, 0, 0, 0, 0, 0, 0]);
    h.solicit(peer(), local(), ip("ff02::1"), ON_LINK, &[]);
    let unspecified = Ip6::UNSPECIFIED;
    h.solicit(unspecified, local(), local(), ON_LINK, &[]);
    let own = mac_option(option::SOURCE_MAC, PEER_MAC);
    h.solicit(unspecified, group(), local(), ON_LINK, &own);
    assert_eq!(h.sent(), []);
    assert_eq!(h.stack.neighbor_count(), 0);
}

/// RFC 4862 §5.4: an address is used only once nobody else was found to have it.
#[cfg(not(feature = "timers-periodic"))]
#[test]
fn a_new_address_is_checked_for_duplicates() {
    let mut h = Host::new();
    h.stack.poll(h.now);
    assert_eq!(h.addresses(), [(local(), Ipv6State::Tentative)]);
    for _ in 0..IPV6_DAD_ATTEMPTS {
        assert!(h.wait_for_timer() <= 1000);
        let (mac, header, message) = h.sent().into_iter().find(|(_, h, _)| h.src.is_unspecified()).unwrap();
        assert_eq!((mac, header.dst), (ethernet::multicast_v6(group()), group()));
        assert_eq!((message[0], &message[8..24]), (icmpv6::NEIGHBOR_SOLICITATION, &local().octets()[..]));
        // The link gives our own packet back: it is known by its mark (RFC 7527 §4.2).
        h.receive(header.src, header.dst, protocol::ICMPV6, ON_LINK, &message);
    }
    h.pass(2000);
    assert_eq!(h.addresses(), [(local(), Ipv6State::Preferred)]);
}

/// RFC 4862 §5.4.3, §5.4.4: another station checks the same address, or has it.
#[cfg(all(feature = "ipv6-interface-id-eui64", not(feature = "timers-periodic")))]
#[test]
fn a_duplicate_is_found_and_not_used() {
    if IPV6_DAD_ATTEMPTS == 0 {
        return;
    }
    for defended in [false, true] {
        let mut h = Host::new();
        h.stack.poll(h.now);
        h.wait_for_timer();
        h.sent();
        if defended {
            h.advertise(local(), ip("ff02::1"), 0x20, PEER_MAC);
        } else {
            h.solicit(Ip6::UNSPECIFIED, group(), local(), ON_LINK, &[14, 1, 9, 9, 9, 9, 9, 9]);
        }
        h.pass(5000);
        assert_eq!(h.addresses(), [(local(), Ipv6State::Duplicate)]);
        h.solicit(peer(), local(), local(), ON_LINK, &[]);
        assert_eq!(h.sent(), [], "a duplicate is not defended");
    }
}

/// RFC 4443 §4.2: the reply returns the data, to a group from an address of our own. Its code is 0.
#[test]
fn echoes_are_answered() {
    let mut h = Host::ready();
    h.meet();
    let request = Header { kind: icmpv6::ECHO_REQUEST, code: 0, rest: [1, 2, 3, 4] };
    for (dst, code) in [(local(), 0), (ip("ff02::1"), 0), (local(), 7)] {
        h.icmp(peer(), dst, 64, Header { code, ..request }, b"data");
        let (mac, header, message) = h.one();
        assert_eq!((mac, header.src, header.dst), (PEER_MAC, local(), peer()));
        assert_eq!((message[0], message[1]), (icmpv6::ECHO_REPLY, 0));
        assert_eq!(&message[4..], b"\x01\x02\x03\x04data");
    }
    for dst in [ip("fe80::9"), ip("ff02::2"), ip("2001:db8::1")] {
        h.icmp(peer(), dst, 64, request, b"data");
        // A router says that there is no way.
        let sent = h.sent().into_iter().filter(|(.., message)| message[0] != icmpv6::UNREACHABLE);
        assert_eq!(sent.collect::<Vec<_>>(), [], "{dst:?} is not ours");
    }
    for src in [Ip6::UNSPECIFIED, Ip6::LOCALHOST, ip("ff02::1"), local(), ip("::ffff:10.0.0.1")] {
        h.icmp(src, local(), 64, request, b"data");
        assert_eq!(h.sent(), [], "{src:?} is no source");
    }
}

/// RFC 4443 §3.4, §2.4: what is not known is reported with its place and as much of the packet as fits; not without end.
#[test]
fn unknown_headers_are_reported() {
    let mut h = Host::ready();
    h.meet();
    h.receive(peer(), local(), 253, 64, &[7; 1400]);
    let (_, header, message) = h.one();
    assert_eq!(&message[..2], [icmpv6::PARAMETER_PROBLEM, icmpv6::UNKNOWN_NEXT_HEADER]);
    assert_eq!((&message[4..8], usize::from(header.payload_len) + 40), (&[0, 0, 0, 6][..], 1280));
    h.receive(peer(), ip("ff02::1"), 253, 64, &[7; 10]);
    assert_eq!(h.sent(), [], "not for a group");
    h.receive(peer(), ip("ff02::1"), 60, 64, &[59, 0, 0x9e, 4, 0, 0, 0, 0]);
    assert_eq!(
        &h.one().2[..2],
        [icmpv6::PARAMETER_PROBLEM, 2],
        "RFC 4443 §2.4 e.3: but an option may ask for it"
    );
    let answers: usize = (0..100)
        .map(|_| {
            h.receive(peer(), local(), 253, 64, &[]);
            h.sent().len()
        })
        .sum();
    assert!(answers < usize::from(crate::config::IPV6_ERROR_RATE));
}

/// RFC 4861 §7.2.2: packets wait for the answer, which goes to the group that the neighbour listens to.
#[cfg(feature = "udp")]
#[test]
fn packets_wait_for_a_neighbour() {
    let mut h = Host::ready();
    let udp = h.stack.udp_bind(ANY, 7).unwrap();
    h.stack.udp_send_to(udp, b"hello", socket(v6(peer()), 9)).unwrap();
    let (mac, header, message) = h.one();
    assert_eq!((mac, header.src, header.dst), ([0x33, 0x33, 0xff, 0, 0, 2], local(), ip("ff02::1:ff00:2")));
    assert_eq!(&message[8..], &[&peer().octets()[..], &mac_option(option::SOURCE_MAC, OWN_MAC)].concat());
    h.advertise(peer(), local(), 0x60, PEER_MAC);
    let (mac, header, datagram) = h.one();
    assert_eq!((mac, header.dst, header.next_header), (PEER_MAC, peer(), protocol::UDP));
    assert!(datagram.ends_with(b"hello"));
    assert_eq!(h.stack.pool.taken(), 0);
}

/// RFC 4861 §7.3: an entry that was not confirmed for a while is probed when it is used, and forgotten if silent.
#[cfg(all(feature = "udp", not(feature = "timers-periodic")))]
#[test]
fn a_neighbour_that_falls_silent_is_forgotten() {
    let mut h = Host::ready();
    h.meet();
    assert_eq!(h.stack.next_deadline(), None, "a stale entry costs no timer");
    let udp = h.stack.udp_bind(ANY, 7).unwrap();
    h.stack.udp_send_to(udp, b"x", socket(v6(peer()), 9)).unwrap();
    assert_eq!(h.one().0, PEER_MAC);
    assert_eq!(h.wait_for_timer(), 5000, "DELAY_FIRST_PROBE_TIME");
    for _ in 0..3 {
        let (mac, header, _) = h.one();
        assert_eq!((mac, header.dst), (PEER_MAC, peer()), "a probe goes to the neighbour itself");
        assert_eq!(h.wait_for_timer(), crate::config::ND6_RETRANS_MS);
    }
    assert_eq!((h.stack.neighbor_count(), h.stack.next_deadline()), (0, None));
}

/// Bug class 11 and 20: an advertisement that nobody asked for makes no entry; one without authority changes none.
#[test]
fn unasked_advertisements_teach_nothing() {
    let mut h = Host::ready();
    h.advertise(peer(), ip("ff02::1"), 0x20, PEER_MAC);
    assert_eq!(h.stack.neighbor_count(), 0);
    h.meet();
    h.advertise(peer(), local(), 0x40, [2, 9, 9, 9, 9, 9]);
    let request = Header { kind: icmpv6::ECHO_REQUEST, code: 0, rest: [0; 4] };
    h.icmp(peer(), local(), 64, request, &[]);
    assert_eq!(h.one().0, PEER_MAC);
    h.advertise(peer(), local(), 0x60, [2, 9, 9, 9, 9, 9]);
    h.icmp(peer(), local(), 64, request, &[]);
    assert_eq!(h.one().0, [2, 9, 9, 9, 9, 9]);
}

/// Bug classes 6 and 7: every truncation of a packet is dropped.
#[test]
fn every_truncation_is_dropped() {
    let mut h = Host::ready();
    h.meet();
    let request = Header { kind: icmpv6::ECHO_REQUEST, code: 0, rest: [1, 2, 3, 4] };
    let message = [&request.to_bytes(&peer(), &local(), b"data")[..], b"data"].concat();
    let mut packet = [0; ipv6::HEADER_LEN];
    let (src, dst, payload_len) = (peer(), local(), message.len() as u16);
    ipv6::Header { src, dst, next_header: protocol::ICMPV6, hop_limit: 64, payload_len }.emit(&mut packet);
    let whole = frame(ethernet::TYPE_IPV6, &[&packet[..], &message].concat());
    for len in 0..whole.len() {
        h.stack.input(h.netif, &whole[..len], h.now);
        assert_eq!(h.sent(), [], "{len} bytes");
    }
}

/// RFC 6691 §2, RFC 9293 §3.7.1: the MSS that we announce leaves room for the headers of IPv6.
#[cfg(feature = "tcp")]
#[test]
fn the_announced_mss_fits_the_link() {
    use crate::wire::tcp::{Header, Options, flags};
    let mut host = Host::ready();
    host.meet();
    host.stack.tcp_listen(ANY, 80).unwrap();
    let header = Header { src: 5000, dst: 80, seq: 1, ack: 0, flags: flags::SYN, window: 1000 };
    let mut segment = header.to_bytes(0);
    segment[16..18].fill(0);
    let mut sum =
        checksum::pseudo(v6(peer()).words(), v6(local()).words(), protocol::TCP, segment.len() as u16);
    sum.add(&segment);
    segment[16..18].copy_from_slice(&sum.checksum());
    host.receive(peer(), local(), protocol::TCP, 64, &segment);
    let (_, _, answer) = host.one();
    let (answer, options, _) = Header::parse(&answer).unwrap();
    assert_eq!(answer.flags, flags::SYN | flags::ACK);
    let largest = NETIF_MTU - (ipv6::HEADER_LEN + segment.len()) as u16;
    assert_eq!(Options::parse(options).mss, Some(crate::config::TCP_MSS.min(largest)));
}

/// RFC 4291 §2.5.5.2, §2.5.3: an address that stands for another version's, or for the host itself, is not a link's.
#[test]
fn addresses_that_no_host_has_are_refused() {
    let mut host = Host::ready();
    for address in ["::ffff:10.0.0.1", "::1", "::", "ff02::1"] {
        let added = host.stack.add_ipv6(host.netif, ip(address).into(), 64, host.now);
        assert_eq!(added, Err(crate::Error::Value), "{address}");
    }
}

/// RFC 4291 §2.5.5.2: what neighbours say of an address of IPv4 in IPv6's clothes is not about the station that has it.
#[cfg(all(feature = "arp", feature = "udp"))]
#[test]
fn neighbours_of_ipv4_are_not_told_of_by_ipv6() {
    let mut host = Host::ready();
    host.stack.set_ipv4(host.netif, [10, 0, 0, 1].into(), 24, None).unwrap();
    let station = crate::addr::v4([10, 0, 0, 2].into());
    let udp = host.stack.udp_bind(ANY, 7).unwrap();
    host.stack.udp_send_to(udp, b"x", socket(station, 9)).unwrap();
    drain(&mut host.stack, host.netif, host.now);
    let target = ip("::ffff:10.0.0.2");
    host.advertise(target, local(), 0x60, PEER_MAC);
    assert_eq!(host.stack.neighbors.mac(host.netif.0, &station), None);
    let option = mac_option(option::TARGET_MAC, PEER_MAC);
    let data = [&target.octets()[..], &target.octets(), &option].concat();
    host.icmp(peer(), local(), ON_LINK, Header { kind: icmpv6::REDIRECT, code: 0, rest: [0; 4] }, &data);
    assert_eq!(host.stack.neighbors.mac(host.netif.0, &station), None);
}

/// RFC 5927 §4: an error of IPv6 says nothing of a packet of IPv4.
#[cfg(any(feature = "tcp", feature = "pmtu"))]
#[test]
fn quotes_of_what_no_host_sends_are_refused() {
    let quoted = |src: &str, dst: &str| {
        let mut packet = [0; ipv6::HEADER_LEN + 8];
        let header = ipv6::header(&ip(src), &ip(dst), 17, 8, 64);
        packet[..ipv6::HEADER_LEN].copy_from_slice(&header);
        crate::ip::Quote::v6(&packet).is_some()
    };
    assert!(quoted("fe80::1", "2001:db8::1"));
    assert!(!quoted("::ffff:10.0.0.1", "2001:db8::1") && !quoted("fe80::1", "::ffff:10.0.0.1"));
}
