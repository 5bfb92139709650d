//! Packet-level tests of multicast listener discovery: what both versions have in common.

#[cfg(feature = "mld-version-v1")]
mod v1;
#[cfg(feature = "mld-version-v2")]
mod v2;

use crate::addr::{Ip6, v6};
use crate::config::{MLD_GROUPS, NETIF_MTU};
use crate::testing::{OWN_MAC, drain, frame, settle, stack};
use crate::wire::icmpv6::{self, Header};
use crate::wire::ipv6::{HEADER_LEN, ROUTER_ALERT};
use crate::wire::{checksum, ethernet, ipv6, mld, protocol};
use crate::{Error, Instant, NetifConfig, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

/// What a message says of a group.
const HERE: bool = true;
const GONE: bool = false;
/// How often it is said that a group was left (RFC 3810 §6.1, RFC 2710 §4).
const LEAVINGS: usize = if cfg!(feature = "mld-version-v2") { 2 } else { 1 };
/// What stands behind the group in a query.
const BEHIND: &[u8] = if cfg!(feature = "mld-version-v2") { &[2, 125, 0, 0] } else { &[] };

fn ip(text: &str) -> Ip6 {
    text.parse().unwrap()
}

fn group() -> Ip6 {
    ip("ff05::1:3")
}

fn all_nodes() -> Ip6 {
    ip("ff02::1")
}

/// The host's address, and the group in which neighbours look for it.
fn local() -> Ip6 {
    ip("fe80::ff:fe00:1")
}

fn solicited() -> Ip6 {
    ip("ff02::1:ff00:1")
}

/// A multicast listener message as the host sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    /// Milliseconds that it took.
    at: u32,
    src: Ip6,
    dst: Ip6,
    kind: u8,
    /// What stands behind the checksum.
    bytes: Vec<u8>,
}

impl Told {
    /// The groups that it tells of.
    #[cfg(feature = "mld-version-v2")]
    fn says(&self) -> Vec<(bool, Ip6)> {
        self.records().into_iter().map(|(kind, group)| (kind != v2::TO_INCLUDE, group)).collect()
    }

    /// The group that it tells of (RFC 2710 §3, §8).
    #[cfg(feature = "mld-version-v1")]
    fn says(&self) -> Vec<(bool, Ip6)> {
        let (rest, group) = self.bytes.split_first_chunk::<4>().unwrap();
        let group = Ip6::from(<[u8; 16]>::try_from(group).unwrap());
        let (here, dst) = match self.kind {
            mld::REPORT_V1 => (HERE, group),
            mld::DONE => (GONE, ip("ff02::2")),
            kind => panic!("type {kind}"),
        };
        assert_eq!((rest, self.dst), (&[0; 4], dst));
        std::vec![(here, group)]
    }
}

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
        stack.set_link(netif, true);
        Self { stack, netif, now: Instant::from_millis(u32::MAX - 3000) }
    }

    /// A host with a link-local address, that has told of its group.
    fn ready() -> Self {
        let mut host = Self::new();
        settle(&mut host.stack, host.netif, host.now);
        host.now = host.now.after(60_000);
        host
    }

    /// A host in [`group`], whose reports of that are over.
    fn joined() -> Self {
        let mut host = Self::ready();
        host.join(group()).unwrap();
        host.pass(20_000);
        host
    }

    fn join(&mut self, group: Ip6) -> Result<(), Error> {
        self.stack.join_group(self.netif, v6(group).into(), self.now)
    }

    fn leave(&mut self, group: Ip6) -> Result<(), Error> {
        self.stack.leave_group(self.netif, v6(group).into(), self.now)
    }

    fn receive(&mut self, src: Ip6, dst: Ip6, next_header: u8, hop_limit: u8, payload: &[u8]) {
        let mut packet = [0; HEADER_LEN];
        let payload_len = payload.len() as u16;
        ipv6::Header { src, dst, next_header, hop_limit, payload_len }.emit(&mut packet);
        let frame = frame(ethernet::TYPE_IPV6, &[&packet, payload].concat());
        self.stack.input(self.netif, &frame, self.now);
    }

    fn message(src: Ip6, dst: Ip6, header: Header, data: &[u8]) -> Vec<u8> {
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
        [&bytes, data].concat()
    }

    /// A message from a router, as it should be.
    fn tell(&mut self, kind: u8, code: u16, data: &[u8]) {
        let (src, dst) = (ip("fe80::fe"), all_nodes());
        let [high, low] = code.to_be_bytes();
        let message = Self::message(src, dst, Header { kind, code: 0, rest: [high, low, 0, 0] }, data);
        self.receive(src, dst, 0, 1, &[&ROUTER_ALERT, &message[..]].concat());
    }

    /// A query for `group`, the unspecified address for all.
    fn ask(&mut self, group: Ip6, code: u16) {
        self.tell(mld::QUERY, code, &[&group.octets()[..], BEHIND].concat());
    }

    fn ask_all(&mut self) {
        self.ask(Ip6::UNSPECIFIED, 1000);
    }

    /// The listener messages that the host sends while `ms` pass.
    fn pass(&mut self, ms: u32) -> Vec<Told> {
        let (start, end) = (self.now, self.now.after(ms));
        let mut all = Vec::new();
        loop {
            let frames = drain(&mut self.stack, self.netif, self.now);
            all.extend(frames.iter().filter_map(|frame| told(frame, self.now.since(start))));
            let Some(next) = self.stack.next_deadline().filter(|next| end.reached(*next)) else { break };
            self.now = next;
            self.stack.poll(next);
        }
        self.now = end;
        all
    }

    /// The groups that it tells of while `ms` pass.
    fn says(&mut self, ms: u32) -> Vec<(bool, Ip6)> {
        self.pass(ms).iter().flat_map(Told::says).collect()
    }

    /// Whether an echo request to `dst` is answered.
    fn hears(&mut self, dst: Ip6) -> bool {
        let peer = ip("fe80::2");
        let mac = icmpv6::mac_option(icmpv6::option::SOURCE_MAC, [2, 0, 0, 0, 0, 2]);
        let header = Header { kind: icmpv6::NEIGHBOR_SOLICITATION, code: 0, rest: [0; 4] };
        let message = Self::message(peer, local(), header, &[&local().octets()[..], &mac].concat());
        self.receive(peer, local(), protocol::ICMPV6, 255, &message);
        drain(&mut self.stack, self.netif, self.now);
        let header = Header { kind: icmpv6::ECHO_REQUEST, code: 0, rest: [0; 4] };
        let message = Self::message(peer, dst, header, &[]);
        self.receive(peer, dst, protocol::ICMPV6, 64, &message);
        !drain(&mut self.stack, self.netif, self.now).is_empty()
    }
}

fn told(frame: &[u8], at: u32) -> Option<Told> {
    let (link, packet) = ethernet::Header::parse(frame)?;
    let (header, payload) = ipv6::Header::parse(packet).filter(|(header, _)| header.next_header == 0)?;
    assert_eq!((link.dst, header.hop_limit), (ethernet::multicast_v6(header.dst), 1), "RFC 3810 §5");
    assert!(ipv6::has_router_alert(packet), "RFC 3810 §5");
    assert!(header.src == local() || header.src.is_unspecified(), "RFC 3810 §5.2.13");
    let message = &payload[8..];
    #[cfg(not(feature = "checksum-gen-icmp"))]
    let message = {
        let (src, dst) = (v6(header.src), v6(header.dst));
        let mut sum = checksum::pseudo(src.words(), dst.words(), protocol::ICMPV6, message.len() as u16);
        sum.add(message);
        &[&message[..2], &sum.checksum(), &message[4..]].concat()[..]
    };
    let (parsed, data) = Header::parse(&header.src, &header.dst, message).expect("a right checksum");
    let bytes = [&parsed.rest[..], data].concat();
    Some(Told { at, src: header.src, dst: header.dst, kind: parsed.kind, bytes })
}

/// RFC 4862 §5.4.2, RFC 3590 §4: the group of a new address is told before the address is checked, from no address,
/// and again once there is one.
#[test]
fn the_group_of_a_new_address_is_joined_before_the_check() {
    let mut h = Host::new();
    h.stack.poll(h.now);
    let start = h.now;
    let mut frames = Vec::new();
    while let Some(next) = h.stack.next_deadline().filter(|next| next.since(start) < 20_000) {
        h.now = next;
        h.stack.poll(next);
        frames.extend(drain(&mut h.stack, h.netif, h.now).into_iter().map(|frame| (h.now, frame)));
    }
    let reports: Vec<_> = frames.iter().filter_map(|(at, frame)| told(frame, at.since(start))).collect();
    assert!(reports.iter().all(|report| report.says() == [(HERE, solicited())]), "{reports:?}");
    if crate::config::IPV6_DAD_ATTEMPTS > 0 {
        assert!(reports[0].src.is_unspecified() && reports[0].at <= 1000);
        assert!(told(&frames[0].1, 0).is_some(), "before everything else");
        let check = |frame: &[u8]| frame.get(54).is_some_and(|kind| *kind == icmpv6::NEIGHBOR_SOLICITATION);
        let checked = frames.iter().find(|(_, frame)| check(frame)).unwrap().0;
        assert_eq!(reports[0].at, checked.since(start), "one wake-up serves both");
    }
    let sure = reports.iter().filter(|report| report.src == local()).count();
    assert_eq!(sure, 2, "RFC 3590 §4: the routers did not hear the others");
}

/// RFC 3810 §6: groups that every node is in, or that stay within the node, are told to nobody.
#[test]
fn groups_of_no_interest_to_routers_are_not_told() {
    let mut h = Host::ready();
    assert_eq!(h.join(all_nodes()), Err(Error::Value));
    assert_eq!(h.join(ip("ff01::1")), Err(Error::Value));
    assert_eq!(h.join(local()), Err(Error::Value));
    h.join(ip("ff01::77")).unwrap();
    assert!(h.hears(ip("ff01::77")));
    assert_eq!(h.pass(60_000), []);
    h.ask_all();
    assert_eq!(h.says(60_000), [(HERE, solicited())]);
    h.leave(ip("ff01::77")).unwrap();
    assert_eq!((h.pass(60_000), h.hears(ip("ff01::77"))), (Vec::new(), false));
}

/// Only groups that were joined are listened to; all nodes and the groups of the addresses always.
#[test]
fn packets_to_groups_come_to_their_members() {
    let mut h = Host::ready();
    assert!(h.hears(all_nodes()) && h.hears(solicited()));
    h.pass(10_000);
    assert!(!h.hears(group()));
    h.join(group()).unwrap();
    h.pass(10_000);
    assert!(h.hears(group()));
    h.leave(group()).unwrap();
    drain(&mut h.stack, h.netif, h.now);
    assert!(!h.hears(group()), "while the leaving is told, too");
}

/// The places of applications are theirs, those of the host's addresses its own.
#[test]
fn addresses_have_room_beside_applications() {
    let mut h = Host::ready();
    for i in 0..MLD_GROUPS as u16 {
        assert_eq!(h.join(Ip6::new([0xff05, 0, 0, 0, 0, 0, 2, i])), Ok(()));
    }
    assert_eq!(h.join(group()), Err(Error::Memory));
    assert_eq!(h.join(solicited()), Err(Error::Memory), "as a group of the application's");
    h.pass(60_000);
    h.ask_all();
    let told = h.says(60_000);
    assert_eq!((told.len(), told.contains(&(HERE, solicited()))), (MLD_GROUPS + 1, true));
    assert_eq!(h.stack.pool.taken(), 0);
}

/// RFC 4862 §5.4.2: addresses with the same end share a group, and the last of them takes it along.
#[test]
fn the_group_of_an_address_ends_with_it() {
    if crate::config::IPV6_ADDRESSES < 3 {
        return;
    }
    let mut h = Host::ready();
    let new = ip("ff02::1:ff00:77");
    for address in ["2001:db8::ff:fe00:1", "2001:db8::77"] {
        h.stack.add_ipv6(h.netif, ip(address).into(), 64, h.now).unwrap();
    }
    assert_eq!(h.says(60_000), [(HERE, new); 2], "the other was known");
    h.join(new).unwrap();
    assert_eq!(h.says(60_000), [], "nothing new to the router");
    h.stack.remove_ipv6(h.netif, ip("2001:db8::77").into()).unwrap();
    h.stack.remove_ipv6(h.netif, ip("2001:db8::ff:fe00:1").into()).unwrap();
    h.ask_all();
    let told = h.says(60_000);
    assert!(told.contains(&(HERE, new)) && told.contains(&(HERE, solicited())), "{told:?}");
    h.leave(new).unwrap();
    assert_eq!(h.says(60_000), [(GONE, new); LEAVINGS]);
}

/// Bug class 19: a response time of 0 asks for an answer at once, a storm of such queries does not get as many.
#[test]
fn a_storm_of_queries_is_not_answered_with_one() {
    let mut h = Host::joined();
    h.ask(Ip6::UNSPECIFIED, 0);
    assert_eq!(h.says(0).len(), 2, "both groups");
    let mut answers = 0;
    for _ in 0..1000 {
        h.ask(Ip6::UNSPECIFIED, 0);
        answers += h.says(1).len();
    }
    assert!((1..=20).contains(&answers), "{answers} of two groups in a second");
    h.pass(60_000);
    assert_eq!(h.stack.next_deadline(), None);
}

/// A link that comes up is told of all groups: the routers may be others.
#[test]
fn groups_are_told_again_when_the_link_comes_up() {
    let mut h = Host::joined();
    h.stack.set_link(h.netif, false);
    h.pass(10_000);
    h.stack.set_link(h.netif, true);
    h.stack.poll(h.now);
    // While the address is checked again, routers do not hear (RFC 3590 §4).
    let heard: Vec<_> = h.pass(60_000).into_iter().filter(|told| told.src == local()).collect();
    let told: Vec<_> = heard.iter().flat_map(Told::says).collect();
    for group in [group(), solicited()] {
        assert_eq!(told.iter().filter(|told| **told == (HERE, group)).count(), 2, "{told:?}");
    }
    assert_eq!(h.stack.next_deadline(), None);
}

/// Any message, from anybody: no panic, and a bounded answer.
#[test]
fn any_message_is_survived() {
    use proptest::prelude::*;
    let strategy = (
        any::<[u8; 4]>(),
        any::<bool>(),
        proptest::collection::vec(any::<u8>(), 0..60),
        prop::sample::select(std::vec![mld::QUERY, mld::REPORT_V1, mld::DONE, mld::REPORT_V2]),
    );
    let mut runner = proptest::test_runner::TestRunner::default();
    let run = runner.run(&strategy, |([high, low, flags, sources], general, behind, kind)| {
        let mut h = Host::joined();
        let asked = if general { Ip6::UNSPECIFIED } else { group() };
        let data = [&asked.octets()[..], &[flags, 125, 0, sources & 1], &behind].concat();
        h.tell(kind, u16::from_be_bytes([high, low]), &data[..data.len() - usize::from(flags & 3)]);
        prop_assert!(h.pass(10_000_000).len() <= 2);
        prop_assert_eq!(h.stack.next_deadline(), None);
        Ok(())
    });
    run.unwrap();
}
