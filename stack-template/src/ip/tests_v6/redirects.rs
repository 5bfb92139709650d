//! Redirects (RFC 4861 §8).

use super::autoconf::router;
use super::routers::preferring;
use super::*;
use crate::config::ND6_REDIRECTS;

const FAR: &str = "2001:db8:1::9";

fn better() -> Ip6 {
    ip("fe80::fb")
}

impl Host {
    /// A host that sends what is elsewhere through `router()`.
    fn routed() -> Self {
        let mut h = Self::global_host();
        h.advertisement(router(), ON_LINK, preferring(0), [0; 2], &[]);
        h
    }

    fn redirect(&mut self, src: Ip6, hop_limit: u8, code: u8, target: Ip6, dst: Ip6, options: &[u8]) {
        let header = Header { kind: icmpv6::REDIRECT, code, rest: [0; 4] };
        let data = [&target.octets()[..], &dst.octets(), options].concat();
        self.icmp(src, local(), hop_limit, header, &data);
    }
}

/// RFC 4861 §8.3: packets for the destination go to the router that was named, others as before.
#[test]
fn a_redirect_names_another_router() {
    let mut h = Host::routed();
    let mac = [2, 0, 0, 0, 0, 0xfb];
    h.redirect(router(), ON_LINK, 0, better(), ip(FAR), &mac_option(option::TARGET_MAC, mac));
    assert_eq!([h.way(FAR), h.way("2001:db8:1::8")], [Some(better()), Some(router())]);
    assert_eq!(h.stack.neighbors.mac(h.netif.0, &v6(better())), Some(mac), "RFC 4861 §8.3");
    h.redirect(better(), ON_LINK, 0, router(), ip(FAR), &[]);
    assert_eq!(h.way(FAR), Some(router()), "the new first hop may redirect again");
}

/// RFC 4861 §8: the target is the destination when that is on the link.
#[test]
fn a_redirect_tells_that_a_destination_is_on_the_link() {
    let mut h = Host::routed();
    h.redirect(router(), ON_LINK, 0, ip(FAR), ip(FAR), &[]);
    assert_eq!(h.way(FAR), Some(ip(FAR)));
}

/// RFC 4861 §8.1: what does not come from the present first hop, or is not well-formed, changes nothing.
#[test]
fn redirects_that_are_not_valid_are_dropped() {
    let mut h = Host::routed();
    let group = ip("ff0e::1");
    let bad = [
        (router(), 254, 0, better(), ip(FAR)),
        (router(), ON_LINK, 1, better(), ip(FAR)),
        (better(), ON_LINK, 0, better(), ip(FAR)),
        (ip("2001:db8::fe"), ON_LINK, 0, better(), ip(FAR)),
        (router(), ON_LINK, 0, ip("2001:db8::fb"), ip(FAR)),
        (router(), ON_LINK, 0, better(), group),
        (router(), ON_LINK, 0, better(), ip("2001:db8::7")),
    ];
    for (src, hop_limit, code, target, dst) in bad {
        h.redirect(src, hop_limit, code, target, dst, &[]);
    }
    h.redirect(router(), ON_LINK, 0, better(), ip(FAR), &[2, 0, 0, 0, 0, 0, 0, 0]);
    h.redirect(router(), ON_LINK, 0, better(), ip(FAR), &[2, 2, 0, 0, 0, 0, 0, 0]);
    let header = Header { kind: icmpv6::REDIRECT, code: 0, rest: [0; 4] };
    for len in 0..32 {
        h.icmp(router(), local(), ON_LINK, header, &[0xfe; 32][..len]);
    }
    assert_eq!([h.way(FAR), h.way("2001:db8::7")], [Some(router()), Some(ip("2001:db8::7"))]);
}

/// A table that is full forgets the oldest.
#[test]
fn the_oldest_redirect_makes_room() {
    let mut h = Host::routed();
    let far = |i: usize| std::format!("2001:db8:1::{i:x}");
    for i in 0..=ND6_REDIRECTS {
        h.redirect(router(), ON_LINK, 0, better(), ip(&far(i)), &[]);
    }
    assert_eq!([h.way(&far(0)), h.way(&far(1))], [Some(router()), Some(better())]);
    assert_eq!(
        h.stack.next_deadline().map(|at| at.since(h.now) > 600_000),
        Some(true),
        "no timer for redirects"
    );
}

/// RFC 4861 §7.3.3: the next hop is chosen anew when it does not answer, or is no router any more.
#[cfg(feature = "udp")]
#[test]
fn a_redirect_ends_with_its_neighbour() {
    let mut h = Host::routed();
    h.redirect(router(), ON_LINK, 0, better(), ip(FAR), &[]);
    h.lose(FAR);
    assert_eq!(h.way(FAR), Some(router()));
    h.redirect(router(), ON_LINK, 0, better(), ip(FAR), &mac_option(option::TARGET_MAC, PEER_MAC));
    h.advertise(better(), local(), 0x60, PEER_MAC);
    assert_eq!(h.way(FAR), Some(router()));
    h.redirect(router(), ON_LINK, 0, better(), ip(FAR), &[]);
    h.stack.set_link(h.netif, false);
    h.stack.set_link(h.netif, true);
    h.stack.poll(h.now);
    assert_eq!(h.stack.nd6.next_hop(h.netif.0, &ip(FAR)), None, "another link");
}
