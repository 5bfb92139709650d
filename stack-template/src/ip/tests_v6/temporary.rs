//! Temporary addresses (RFC 8981).

use super::autoconf::{BOTH, made, prefix, router};
use super::*;
use crate::config::{IPV6_TEMPORARY_PREFERRED_S, IPV6_TEMPORARY_VALID_S};

const NET: &str = "2001:db8::";
/// Longer than any temporary address lasts.
const LONG: u32 = 24 * 86_400;

impl Host {
    fn private() -> Self {
        let mut h = Self::ready();
        h.stack.set_ipv6_temporary(h.netif, true).unwrap();
        h.tell(LONG, LONG);
        h.pass(3000);
        h
    }

    fn tell(&mut self, valid: u32, preferred: u32) {
        self.router(router(), ON_LINK, 1800, &prefix(NET, BOTH, valid, preferred));
    }

    fn temporary(&self) -> Vec<(Ip6, Ipv6State)> {
        let net = |a: &(Ip6, Ipv6State)| a.0.segments()[0] == 0x2001 && a.0 != made();
        self.addresses().into_iter().filter(net).collect()
    }

    fn source(&self, dst: &str) -> Ip6 {
        *self.stack.source_v6(self.netif.0, &ip(dst)).unwrap()
    }
}

/// RFC 8981 §3.4, RFC 6724 §5 rule 7: one is made beside the stable address and preferred to send from.
#[test]
fn a_temporary_address_is_made_and_preferred() {
    let h = Host::private();
    let [(address, Ipv6State::Preferred)] = h.temporary()[..] else { panic!("{:?}", h.addresses()) };
    assert_eq!(h.source("2001:db8:1::1"), address);
    assert_eq!(h.source("fe80::9"), local(), "scope comes first");
    assert_ne!(address.segments()[4..], made().segments()[4..]);
}

/// RFC 8981 §3.5: before one is deprecated its successor is there; §3.4: none outlives its bounds, whatever routers say.
#[test]
fn addresses_follow_one_another() {
    let mut h = Host::private();
    let mut seen = std::collections::BTreeSet::new();
    let start = h.now;
    let lifetime = IPV6_TEMPORARY_PREFERRED_S * 1000;
    while h.now.since(start) < 5 * lifetime.min(1 << 28) {
        h.tell(LONG, LONG);
        h.pass(lifetime / 50);
        let usable: Vec<_> =
            h.temporary().into_iter().filter(|(_, state)| *state == Ipv6State::Preferred).collect();
        assert!((1..=2).contains(&usable.len()), "{usable:?}");
        seen.extend(usable.iter().map(|(address, _)| *address));
        assert_eq!(h.addresses().iter().filter(|(address, _)| *address == made()).count(), 1);
    }
    assert!((5..=9).contains(&seen.len()), "{} in five lifetimes", seen.len());
}

/// RFC 8981 §3.4: they end with their bounds, and with their prefix.
#[test]
fn temporary_addresses_end() {
    let mut h = Host::private();
    let (first, _) = h.temporary()[0];
    h.stack.set_ipv6_temporary(h.netif, false).unwrap();
    h.pass(IPV6_TEMPORARY_PREFERRED_S * 1000);
    assert_eq!(h.temporary(), [(first, Ipv6State::Deprecated)]);
    assert_eq!(h.source("2001:db8:1::1"), made());
    h.pass((IPV6_TEMPORARY_VALID_S - IPV6_TEMPORARY_PREFERRED_S) * 1000);
    assert_eq!(h.temporary(), []);
    let mut h = Host::private();
    h.tell(7200, 0);
    assert_eq!(h.temporary().iter().map(|(_, state)| *state).collect::<Vec<_>>(), [Ipv6State::Deprecated]);
    h.pass(7_200_000);
    assert_eq!(h.temporary(), []);
}

/// RFC 8981 §3.4 step 7: a duplicate is replaced by another, a few times.
#[test]
fn a_duplicate_is_replaced() {
    if IPV6_DAD_ATTEMPTS == 0 {
        return;
    }
    let mut h = Host::ready();
    h.stack.set_ipv6_temporary(h.netif, true).unwrap();
    h.tell(LONG, LONG);
    let mut tried = Vec::new();
    while let [(address, Ipv6State::Tentative)] = h.temporary()[..] {
        tried.push(address);
        h.advertise(address, ip("ff02::1"), 0x20, PEER_MAC);
    }
    tried.dedup();
    assert_eq!(tried.len(), 4, "the first and three more");
    assert_eq!(h.temporary()[0].1, Ipv6State::Duplicate);
}

/// RFC 8981 §3.4 step 5: what would be replaced at once is not made.
#[test]
fn a_short_lifetime_gives_none() {
    let mut h = Host::ready();
    h.stack.set_ipv6_temporary(h.netif, true).unwrap();
    h.tell(4, 4);
    assert_eq!(h.temporary(), []);
}

/// RFC 8981 §3.4 with RFC 1122 §4.1.3.5: a server that was asked on its stable address answers from it, where the stack
/// alone would take a temporary one.
#[cfg(feature = "udp-recv-info")]
#[test]
fn a_server_answers_from_its_stable_address() {
    let mut h = Host::private();
    let server = h.stack.udp_bind(ANY, 7).unwrap();
    let far = ip("2001:db8:1::1");
    let mut datagram = [0, 5, 0, 7, 0, 9, 0, 0, b'?'];
    let mut sum = checksum::pseudo(far.words(), made().words(), protocol::UDP, 9);
    sum.add(&datagram);
    datagram[6..8].copy_from_slice(&sum.checksum());
    let sources = |h: &mut Host| {
        let to_far = |(_, header, _): &([u8; 6], ipv6::Header, Vec<u8>)| header.dst == far;
        h.sent().into_iter().filter(to_far).map(|(_, header, _)| header.src).collect::<Vec<_>>()
    };
    h.receive(far, made(), protocol::UDP, 60, &datagram);
    let asked = h.stack.udp_recv_info(server).unwrap().dst;
    let (_, from) = h.stack.udp_recv_from(server, &mut [0; 9]).unwrap();
    h.stack.udp_send_from(server, b"!", asked, from).unwrap();
    h.stack.udp_send_to(server, b"!", from).unwrap();
    // Both wait for the router's hardware address.
    assert_eq!(sources(&mut h), []);
    h.advertise(router(), local(), 0x60, PEER_MAC);
    let (temporary, _) = h.temporary()[0];
    assert_eq!(sources(&mut h), [made(), temporary]);
}
