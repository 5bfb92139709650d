//! What hosts learn from routers: addresses, routers, servers (RFC 4861 §6.3, RFC 4862, RFC 8106).

use super::*;
use crate::config::ND6_ROUTER_SOLICITATIONS;
use crate::netif::Way;
use crate::{Error, Event};

pub fn router() -> Ip6 {
    ip("fe80::fe")
}

pub fn prefix(text: &str, flags: u8, valid: u32, preferred: u32) -> Vec<u8> {
    let mut bytes = std::vec![option::PREFIX, 4, 64, flags];
    bytes.extend(valid.to_be_bytes());
    bytes.extend(preferred.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(ip(text).octets());
    bytes
}

pub fn rdnss(lifetime: u32, servers: &[&str]) -> Vec<u8> {
    let mut bytes = std::vec![option::RDNSS, 1 + 2 * servers.len() as u8, 0, 0];
    bytes.extend(lifetime.to_be_bytes());
    servers.iter().for_each(|server| bytes.extend(ip(server).octets()));
    bytes
}

impl Host {
    pub fn router(&mut self, src: Ip6, hop_limit: u8, lifetime: u16, options: &[u8]) {
        let [high, low] = lifetime.to_be_bytes();
        self.advertisement(src, hop_limit, [64, 0, high, low], [0; 2], options);
    }

    /// An advertisement with all that stands in front of its options.
    pub fn advertisement(
        &mut self,
        src: Ip6,
        hop_limit: u8,
        rest: [u8; 4],
        [reachable, retrans]: [u32; 2],
        options: &[u8],
    ) {
        let header = Header { kind: icmpv6::ROUTER_ADVERTISEMENT, code: 0, rest };
        let data = [&reachable.to_be_bytes(), &retrans.to_be_bytes(), options].concat();
        self.icmp(src, ip("ff02::1"), hop_limit, header, &data);
    }

    fn global(&self) -> Option<Ipv6State> {
        self.addresses().iter().find(|(addr, _)| *addr == made()).map(|(_, state)| *state)
    }
}

/// The address that is made from the prefix.
pub fn made() -> Ip6 {
    own(0x2001_0db8 << 32)
}

pub const BOTH: u8 = 0xc0;

/// RFC 4861 §6.3.7: a few solicitations, then silence; an answer ends them.
#[test]
fn routers_are_asked_and_then_no_more() {
    let mut h = Host::new();
    h.stack.poll(h.now);
    let mut asked = 0;
    while h.stack.next_deadline().is_some() {
        h.wait_for_timer();
        for (mac, header, message) in h.sent() {
            if message[0] == icmpv6::ROUTER_SOLICITATION {
                assert_eq!(
                    (mac, header.dst, header.hop_limit),
                    ([0x33, 0x33, 0, 0, 0, 2], ip("ff02::2"), ON_LINK)
                );
                assert_eq!(header.src, local());
                asked += 1;
            }
        }
    }
    assert!((1..=ND6_ROUTER_SOLICITATIONS).contains(&asked), "{asked}");
}

/// RFC 4862 §5.5.3: an address is made from the prefix, checked, and used; the router takes what is elsewhere.
#[test]
fn an_advertised_prefix_gives_an_address() {
    let mut h = Host::ready();
    let options = [prefix("2001:db8::", BOTH, 7200, 3600), rdnss(600, &["2001:db8::53"])].concat();
    h.router(router(), ON_LINK, 1800, &options);
    assert_eq!(h.global(), Some(Ipv6State::Tentative));
    h.pass(3000);
    assert_eq!(h.global(), Some(Ipv6State::Preferred));
    assert_eq!(h.stack.poll_event(), Some(Event::Ipv6(h.netif)));
    assert_eq!(h.stack.ipv6_routers().collect::<Vec<_>>(), [router()]);
    assert_eq!(h.stack.ipv6_dns_servers().collect::<Vec<_>>(), [ip("2001:db8::53")]);
    let way = |dst| h.stack.route(&v6(ip(dst)), &Way::ANY).map(|route| (route.source, route.next_hop));
    assert_eq!(way("2001:db8::7"), Some((v6(made()), v6(ip("2001:db8::7")))), "on the link");
    assert_eq!(way("2001:db8:1::7"), Some((v6(made()), v6(router()))), "through the router");
    assert_eq!(way("fe80::7"), Some((v6(local()), v6(ip("fe80::7")))), "RFC 6724 rule 2: the smallest scope");
}

/// RFC 4862 §5.5.3 e: nobody ends an address early by an unauthenticated word.
#[test]
fn an_address_cannot_be_ended_within_two_hours() {
    let mut h = Host::ready();
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 86_400, 86_400));
    h.pass(3000);
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 1, 1));
    h.pass(7_000_000);
    assert_eq!(h.global(), Some(Ipv6State::Deprecated));
    h.pass(300_000);
    assert_eq!(h.global(), None, "two hours later it is over");
}

/// A deprecated address is still ours, but another one is preferred to send from (RFC 6724 rule 3).
#[test]
fn renumbering_prefers_the_new_prefix() {
    let mut h = Host::ready();
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 86_400, 86_400));
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8:0:1::", BOTH, 86_400, 86_400));
    h.pass(3000);
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 86_400, 0));
    let source = h.stack.route(&v6(ip("2001:db8::99:1")), &Way::ANY).unwrap().source;
    assert_eq!(source, v6(own(0x2001_0db8_0000_0001)));
    assert_eq!(h.global(), Some(Ipv6State::Deprecated));
}

/// RFC 4862 §5.5.4: an address is deprecated when its preferred lifetime ends, and comes back with a new one.
#[test]
fn addresses_are_deprecated_in_time() {
    let mut h = Host::ready();
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 7200, 600));
    h.pass(590_000);
    assert_eq!(h.global(), Some(Ipv6State::Preferred));
    while h.stack.poll_event().is_some() {}
    h.pass(20_000);
    assert_eq!((h.global(), h.stack.poll_event()), (Some(Ipv6State::Deprecated), Some(Event::Ipv6(h.netif))));
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 7200, 600));
    assert_eq!((h.global(), h.stack.poll_event()), (Some(Ipv6State::Preferred), Some(Event::Ipv6(h.netif))));
}

/// RFC 4862 §5.5.4: renumbering goes on when all places are taken: those of deprecated addresses are given away.
#[test]
fn renumbering_again_and_again_finds_room() {
    let mut h = Host::ready();
    for i in 1..=20u16 {
        let net = |i: u16| std::format!("2001:db8:{i:x}::");
        h.router(router(), ON_LINK, 1800, &prefix(&net(i), BOTH, 86_400, 86_400));
        h.pass(3000);
        let newest = h.addresses().into_iter().find(|(address, _)| address.segments()[2] == i);
        assert_eq!(newest.map(|(_, state)| state), Some(Ipv6State::Preferred), "prefix {i}");
        h.router(router(), ON_LINK, 1800, &prefix(&net(i), BOTH, 86_400, 0));
    }
}

/// lwIP's `netif_set_ip6_autoconfig_enabled`: an interface can be left to addresses that are given.
#[test]
fn addresses_are_not_made_where_they_are_given() {
    let mut h = Host::ready();
    assert_eq!(h.stack.set_ipv6_autoconf(h.netif, false), Ok(()));
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 7200, 3600));
    h.pass(3000);
    assert_eq!((h.addresses().len(), h.stack.ipv6_routers().count()), (1, 1));
}

/// RFC 4862 §5.4: after the link was away its addresses are checked again, and routers are asked.
#[test]
fn a_link_that_comes_back_may_be_another() {
    let mut h = Host::ready();
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 7200, 3600));
    h.pass(3000);
    h.stack.set_link(h.netif, false);
    h.stack.set_link(h.netif, true);
    h.stack.poll(h.now);
    assert_eq!(h.stack.ipv6_routers().count(), 0);
    assert!(h.addresses().iter().all(|(_, state)| *state == Ipv6State::Tentative));
    h.pass(3000);
    assert!(h.addresses().iter().all(|(_, state)| *state == Ipv6State::Preferred));
}

/// RFC 4861 §6.3.4: a lifetime of zero takes the router away, and one that is over does too.
#[test]
fn routers_go_with_their_lifetime() {
    let mut h = Host::ready();
    h.router(router(), ON_LINK, 1800, &[]);
    h.router(router(), ON_LINK, 0, &[]);
    assert_eq!(h.stack.ipv6_routers().count(), 0);
    h.router(router(), ON_LINK, 10, &[]);
    h.pass(9_000);
    assert_eq!(h.stack.ipv6_routers().count(), 1);
    h.pass(2_000);
    assert_eq!(h.stack.ipv6_routers().count(), 0);
}

/// RFC 4861 §6.1.2, RFC 4862 §5.5.3, bug class 11.
#[test]
fn advertisements_that_are_not_valid_are_dropped() {
    let mut h = Host::ready();
    let good = prefix("2001:db8::", BOTH, 7200, 3600);
    h.router(router(), 254, 1800, &good);
    h.router(ip("2001:db8::fe"), ON_LINK, 1800, &good);
    h.router(router(), ON_LINK, 0, &prefix("fe80::", BOTH, 7200, 3600));
    h.router(router(), ON_LINK, 0, &prefix("2001:db8::", BOTH, 3600, 7200));
    h.router(router(), ON_LINK, 0, &[&good[..], &[1, 0]].concat());
    h.router(router(), ON_LINK, 0, &rdnss(600, &[]));
    let mut long = good.clone();
    long[2] = 129;
    h.router(router(), ON_LINK, 0, &long);
    assert_eq!(h.addresses().len(), 1, "only the link-local one");
    assert_eq!((h.stack.ipv6_routers().count(), h.stack.ipv6_dns_servers().count()), (0, 0));
}

/// Bug class 11: a hundred routers with prefixes of their own fill the tables and no more.
#[test]
fn a_flood_of_routers_is_bounded() {
    let mut h = Host::ready();
    for i in 0..100u16 {
        let address = Ip6::new([0xfe80, 0, 0, 0, 0, 0, 1, i]);
        let net = std::format!("2001:db8:{i:x}::");
        h.router(
            address,
            ON_LINK,
            1800,
            &[prefix(&net, BOTH, 7200, 3600), rdnss(600, &["2001:db8::53"])].concat(),
        );
    }
    h.pass(5000);
    assert!(h.addresses().len() <= crate::config::IPV6_ADDRESSES);
    assert!(h.stack.ipv6_routers().count() <= crate::config::ND6_ROUTERS);
    assert_eq!(h.stack.pool.taken(), 0);
}

/// DESIGN: ten minutes with an address that was made, and nothing but what lifetimes demand wakes the host.
#[test]
fn an_idle_host_with_an_address_sleeps() {
    let mut h = Host::ready();
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 7200, 3600));
    h.pass(3000);
    let next = h.stack.next_deadline().unwrap();
    assert!(next.since(h.now) > 1_790_000, "the next wake-up is the end of the router");
}

#[test]
fn fixed_addresses_are_refused_when_they_cannot_be() {
    let mut h = Host::ready();
    let add = |h: &mut Host, text: &str, len| h.stack.add_ipv6(h.netif, ip(text).into(), len, h.now);
    assert_eq!(add(&mut h, "ff02::1", 64), Err(Error::Value));
    assert_eq!(add(&mut h, "::", 64), Err(Error::Value));
    assert_eq!(add(&mut h, "2001:db8::1", 129), Err(Error::Value));
    assert_eq!(add(&mut h, "2001:db8::1", 64), Ok(()));
    assert_eq!(add(&mut h, "2001:db8::1", 64), Err(Error::InUse));
    h.pass(3000);
    let route = h.stack.route(&v6(ip("2001:db8::9")), &Way::ANY).unwrap();
    assert_eq!((route.source, route.next_hop), (v6(ip("2001:db8::1")), v6(ip("2001:db8::9"))));
    assert_eq!(h.stack.remove_ipv6(h.netif, ip("2001:db8::1").into()), Ok(()));
    assert!(h.stack.route(&v6(ip("2001:db8::9")), &Way::ANY).is_none());
}

/// RFC 8200 §5: who does not listen to "packet too big" sends over routers what every path takes.
#[test]
fn packets_over_routers_fit_their_path() {
    let mut h = Host::ready();
    h.router(router(), ON_LINK, 1800, &prefix("2001:db8::", BOTH, 3600, 3600));
    h.pass(5000);
    let mtu = |dst: &str| {
        let dst = v6(ip(dst));
        (h.stack.route(&dst, &Way::ANY).unwrap().mtu, h.stack.peer_mtu(h.netif.0, &dst))
    };
    let over_routers = 1280;
    assert_eq!(mtu("2001:db8:1::9"), (over_routers, over_routers));
    assert_eq!(mtu("2001:db8::9"), (NETIF_MTU, NETIF_MTU), "a neighbour");
}
