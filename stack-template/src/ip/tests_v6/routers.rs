//! What hosts take from router advertisements beside addresses, and which router they choose (RFC 4861 §6.3, RFC 4191).

use super::autoconf::{BOTH, prefix, router};
use super::*;
use crate::config::{IPV6_HOP_LIMIT, ND6_ROUTERS};
use crate::{Event, RouterFlags};
use core::borrow::Borrow;

const NO_TIMES: [u32; 2] = [0; 2];

fn second() -> Ip6 {
    ip("fe80::fd")
}

/// The fixed part: hop limit 0, the preference's bits, a lifetime of half an hour.
pub fn preferring(bits: u8) -> [u8; 4] {
    [0, bits << 3, 7, 8]
}

impl Host {
    /// With an address for destinations elsewhere.
    pub fn global_host() -> Self {
        let mut h = Self::ready();
        h.stack.add_ipv6(h.netif, ip("2001:db8::1").into(), 64, h.now).unwrap();
        h.pass(3000);
        h
    }

    pub fn way(&self, dst: &str) -> Option<Ip6> {
        self.stack.next_hop_v6(self.netif.0, &ip(dst)).map(|hop| *hop.borrow())
    }

    /// Lets the neighbour be asked for in vain.
    #[cfg(feature = "udp")]
    pub fn lose(&mut self, dst: &str) {
        let udp = self.stack.udp_bind(ANY, 0).unwrap();
        self.stack.udp_send_to(udp, b"x", socket(v6(ip(dst)), 9)).unwrap();
        drain(&mut self.stack, self.netif, self.now);
        self.pass(20_000);
        self.stack.udp_close(udp).unwrap();
    }
}

/// RFC 4861 §6.3.4: the router's hop limit is that of packets sent; 0 leaves it.
#[test]
fn hop_limits_are_taken() {
    let mut h = Host::ready();
    h.meet();
    for (told, used) in [(0, IPV6_HOP_LIMIT), (30, 30), (0, 30), (255, 255)] {
        h.advertisement(router(), ON_LINK, [told, 0, 0, 0], NO_TIMES, &[]);
        h.icmp(peer(), local(), 64, Header { kind: icmpv6::ECHO_REQUEST, code: 0, rest: [0; 4] }, &[]);
        assert_eq!(h.one().1.hop_limit, used);
    }
}

/// RFC 4861 §4.2: what routers say of DHCPv6 is told, and forgotten with the link.
#[test]
fn flags_are_told() {
    let mut h = Host::ready();
    let flags = |managed, other| RouterFlags { managed, other };
    for (bits, told) in [(0xc0, flags(true, true)), (0x40, flags(false, true)), (0, flags(false, false))] {
        h.advertisement(router(), ON_LINK, [0, bits, 0, 0], NO_TIMES, &[]);
        assert_eq!(
            (h.stack.ipv6_router_flags(h.netif), h.stack.poll_event()),
            (told, Some(Event::Ipv6(h.netif)))
        );
        h.advertisement(router(), ON_LINK, [0, bits, 0, 0], NO_TIMES, &[]);
        assert_eq!(h.stack.poll_event(), None, "no news");
    }
}

/// RFC 4861 §6.3.4: solicitations go out at the router's pace, confirmations last as long as it says.
#[cfg(feature = "udp")]
#[test]
fn times_are_taken() {
    let mut h = Host::ready();
    h.advertisement(router(), ON_LINK, [0; 4], [1000, 300], &[]);
    let udp = h.stack.udp_bind(ANY, 7).unwrap();
    h.stack.udp_send_to(udp, b"x", socket(v6(peer()), 9)).unwrap();
    h.one();
    assert_eq!(h.wait_for_timer(), 300);
    h.advertise(peer(), local(), 0x60, PEER_MAC);
    h.sent();
    h.now = h.now.after(499);
    h.stack.udp_send_to(udp, b"x", socket(v6(peer()), 9)).unwrap();
    h.sent();
    assert_eq!(h.stack.next_deadline(), None, "half of the reachable time is the least");
    h.now = h.now.after(1001);
    h.stack.udp_send_to(udp, b"x", socket(v6(peer()), 9)).unwrap();
    h.sent();
    assert_eq!(h.wait_for_timer(), 5000, "it is to be confirmed");
}

/// RFC 4861 §6.3.4: the MTU option lowers the MTU of IPv6 on the link.
#[test]
fn an_mtu_is_taken() {
    let mut h = Host::ready();
    let mtu = |h: &Host| h.stack.route(&v6(peer()), &crate::netif::Way::ANY).unwrap().mtu;
    for (told, used) in
        [(1279, NETIF_MTU), (1280, 1280), (u32::from(NETIF_MTU) + 1, 1280), (1300, 1300.min(NETIF_MTU))]
    {
        let option = [&[option::MTU, 1, 0, 0][..], &told.to_be_bytes()].concat();
        h.advertisement(router(), ON_LINK, [0; 4], NO_TIMES, &option);
        assert_eq!(mtu(&h), if told == 1300 && NETIF_MTU < 1300 { 1280 } else { used }, "{told}");
    }
}

/// RFC 4191 §3.2: of two routers the preferred one; RFC 4861 §6.3.4: of equals the first.
#[test]
fn the_preferred_router_is_taken() {
    if ND6_ROUTERS < 2 {
        return;
    }
    let mut h = Host::global_host();
    h.advertisement(router(), ON_LINK, preferring(0), NO_TIMES, &[]);
    h.advertisement(second(), ON_LINK, preferring(0), NO_TIMES, &[]);
    assert_eq!(h.way("2001:db8:1::1"), Some(router()));
    h.advertisement(second(), ON_LINK, preferring(1), NO_TIMES, &[]);
    assert_eq!(h.way("2001:db8:1::1"), Some(second()), "high before medium");
    h.advertisement(second(), ON_LINK, preferring(3), NO_TIMES, &[]);
    assert_eq!(h.way("2001:db8:1::1"), Some(router()), "medium before low");
    h.advertisement(second(), ON_LINK, preferring(2), NO_TIMES, &[]);
    assert_eq!(h.way("2001:db8:1::1"), Some(router()), "what is reserved counts as medium");
    h.advertisement(router(), ON_LINK, [0; 4], NO_TIMES, &[]);
    assert_eq!(h.way("2001:db8:1::1"), Some(second()), "the other is no router any more");
}

/// RFC 4861 §6.3.6: a router that does not answer is passed over, and tried again when none does.
#[cfg(feature = "udp")]
#[test]
fn a_router_that_does_not_answer_is_passed_over() {
    if ND6_ROUTERS < 2 {
        return;
    }
    let mut h = Host::global_host();
    h.advertisement(router(), ON_LINK, preferring(1), NO_TIMES, &[]);
    h.advertisement(second(), ON_LINK, preferring(0), NO_TIMES, &[]);
    let far = "2001:db8:1::1";
    assert_eq!(h.way(far), Some(router()));
    for next in [second(), router(), second()] {
        h.lose(far);
        assert_eq!(h.way(far), Some(next), "in turn, while none answers");
    }
    h.lose(far);
    h.advertisement(second(), ON_LINK, preferring(0), NO_TIMES, &[]);
    h.lose(far);
    assert_eq!(h.way(far), Some(second()), "one that was heard is tried before one that was not");
    h.advertisement(router(), ON_LINK, preferring(1), NO_TIMES, &[]);
    assert_eq!(h.way(far), Some(router()));
}

/// RFC 4861 §7.2.5: a neighbour that says it is no router takes no packets for others.
#[test]
fn a_neighbour_that_is_no_router_is_none() {
    let mut h = Host::global_host();
    let options = mac_option(option::SOURCE_MAC, PEER_MAC);
    h.advertisement(router(), ON_LINK, preferring(0), NO_TIMES, &options);
    h.advertise(router(), local(), 0xe0, PEER_MAC);
    assert_eq!(h.stack.ipv6_routers().count(), 1);
    h.advertise(router(), local(), 0x60, PEER_MAC);
    assert_eq!((h.stack.ipv6_routers().count(), h.way("2001:db8:1::1")), (0, None));
}

/// RFC 4861 §6.3.5: what is over is forgotten when it is over, and the application is told.
#[test]
fn the_end_of_a_router_is_told() {
    let mut h = Host::ready();
    h.advertisement(router(), ON_LINK, [0, 0, 0, 20], NO_TIMES, &prefix("2001:db8::", 0x80, 30, 30));
    assert_eq!(h.stack.poll_event(), Some(Event::Ipv6(h.netif)));
    assert_eq!(h.way("2001:db8::1"), Some(ip("2001:db8::1")));
    assert_eq!(h.wait_for_timer(), 20_000);
    assert_eq!((h.stack.ipv6_routers().count(), h.stack.poll_event()), (0, Some(Event::Ipv6(h.netif))));
    assert_eq!(h.wait_for_timer(), 10_000);
    assert_eq!((h.way("2001:db8::1"), h.stack.next_deadline()), (None, None));
}

/// RFC 4861 §4.6.2: what stands behind a prefix is ignored, so that two spellings of one are one.
#[test]
fn a_prefix_is_known_by_its_bits() {
    let mut h = Host::ready();
    let tell = |h: &mut Host, text, len, flags, valid| {
        let mut option = prefix(text, flags, valid, valid);
        option[2] = len;
        h.advertisement(router(), ON_LINK, [0; 4], NO_TIMES, &option);
    };
    for text in ["2001:db8:1:2:3::", "2001:db8:1:2::", "2001:db8:1:2:ffff::1"] {
        tell(&mut h, text, 64, BOTH, 600);
    }
    let made = |(address, _): &(Ip6, Ipv6State)| *address == own(0x2001_0db8_0001_0002);
    assert_eq!(h.addresses().into_iter().filter(made).count(), 1);
    assert_eq!(h.way("2001:db8:1:2:9::9"), Some(ip("2001:db8:1:2:9::9")));
    assert_eq!(h.way("2001:db8:1:3::9"), None);
    tell(&mut h, "2001:db8:1:2::", 63, 0x80, 600);
    assert_eq!(h.way("2001:db8:1:3::9"), Some(ip("2001:db8:1:3::9")), "a shorter one is another");
    tell(&mut h, "2001:db8:1:3:8::", 63, 0x80, 0);
    assert_eq!(h.way("2001:db8:1:3::9"), None);
    tell(&mut h, "2001:db8:1:2:7::", 64, 0x80, 0);
    assert_eq!(h.way("2001:db8:1:2:9::9"), None);
}

/// RFC 4191 §2.3: so it is with the prefix of a route.
#[cfg(feature = "nd6-route-info")]
#[test]
fn a_route_is_known_by_the_bits_of_its_prefix() {
    let mut h = Host::ready();
    let tell = |h: &mut Host, text, lifetime| {
        h.advertisement(router(), ON_LINK, [0; 4], NO_TIMES, &route(text, 47, 0, lifetime, 3));
    };
    tell(&mut h, "2001:db8:6:9::1", 600);
    tell(&mut h, "2001:db8:7::", 600);
    assert_eq!(h.way("2001:db8:7:7::7"), Some(router()));
    assert_eq!(h.way("2001:db8:8::"), None);
    tell(&mut h, "2001:db8:6:ffff::", 0);
    assert_eq!(h.way("2001:db8:7:7::7"), None);
}

/// Bug class 11: ten thousand routers with prefixes, servers and routes fill the tables and cost no more.
#[test]
fn ten_thousand_advertisements_are_bounded() {
    let mut h = Host::global_host();
    for i in 0..10_000u16 {
        let address = Ip6::new([0xfe80, 0, 0, 0, 0, 0, 1, i]);
        let net = std::format!("2001:db8:{i:x}::");
        let options = [
            prefix(&net, BOTH, 7200, 3600),
            super::autoconf::rdnss(600, &[&std::format!("{net}53")]),
            route(&net, 64, 0, 600, 3),
            mac_option(option::SOURCE_MAC, PEER_MAC).to_vec(),
        ];
        h.advertisement(address, ON_LINK, preferring(1), NO_TIMES, &options.concat());
    }
    assert!(h.stack.ipv6_routers().count() <= ND6_ROUTERS);
    assert!(h.stack.ipv6_dns_servers().count() <= crate::config::ND6_DNS_SERVERS);
    h.pass(5000);
    assert_eq!(h.stack.pool.taken(), 0);
    h.pass(8_000_000);
    assert_eq!(h.stack.next_deadline(), None);
    assert_eq!((h.stack.ipv6_routers().count(), h.addresses().len()), (0, 2));
}

fn route(prefix: &str, len: u8, bits: u8, lifetime: u32, words: u8) -> Vec<u8> {
    let mut bytes = std::vec![24, words, len, bits << 3];
    bytes.extend(lifetime.to_be_bytes());
    bytes.extend(ip(prefix).octets());
    bytes.truncate(8 * usize::from(words));
    bytes
}

/// RFC 4191 §3.2: the longest prefix decides among routers that answer, then the preference.
#[cfg(feature = "nd6-route-info")]
#[test]
fn routes_are_taken_by_the_longest_prefix() {
    if ND6_ROUTERS < 2 || crate::config::ND6_ROUTES < 2 {
        return;
    }
    let mut h = Host::global_host();
    h.advertisement(router(), ON_LINK, preferring(1), NO_TIMES, &[]);
    let options = [route("2001:db8:1::", 48, 3, 600, 2), route("2001:db8:1:2::", 64, 0, 300, 3)].concat();
    h.advertisement(second(), ON_LINK, [0; 4], NO_TIMES, &options);
    assert_eq!(h.stack.ipv6_routers().count(), 1, "one that has routes need not be a default router");
    assert_eq!([h.way("2001:db8:1::9"), h.way("2001:db8:2::9")], [Some(second()), Some(router())]);
    h.advertisement(router(), ON_LINK, preferring(1), NO_TIMES, &route("2001:db8:1:2::", 64, 1, 600, 2));
    assert_eq!(h.way("2001:db8:1:2::9"), Some(router()), "high before medium");
    h.advertisement(router(), ON_LINK, preferring(1), NO_TIMES, &route("2001:db8:1:2::", 64, 1, 0, 2));
    assert_eq!(h.way("2001:db8:1:2::9"), Some(second()), "taken back");
    h.pass(301_000);
    assert_eq!(h.way("2001:db8:1:2::9"), Some(second()), "through the shorter prefix");
    h.pass(300_000);
    assert_eq!(h.way("2001:db8:1::9"), Some(router()), "over");
}

/// RFC 4191 §2.3, bug class 11: a prefix that the option has no room for, and a preference that is reserved.
#[cfg(feature = "nd6-route-info")]
#[test]
fn routes_that_are_not_valid_are_not_taken() {
    let mut h = Host::global_host();
    for option in [
        route("2001:db8:1::", 129, 0, 600, 3),
        route("2001:db8:1::", 255, 0, 600, 3),
        route("2001:db8:1::", 65, 0, 600, 2),
        route("2001:db8:1::", 1, 0, 600, 1),
        route("2001:db8:1::", 48, 2, 600, 3),
    ] {
        h.advertisement(second(), ON_LINK, [0; 4], NO_TIMES, &option);
        assert_eq!(h.way("2001:db8:1::9"), None, "{option:?}");
    }
    h.advertisement(second(), ON_LINK, [0; 4], NO_TIMES, &route("::", 0, 0, 600, 1));
    assert_eq!(h.way("2001:db8:1::9"), Some(second()));
}
