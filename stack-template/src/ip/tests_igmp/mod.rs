//! Packet-level tests of IGMP: what both choices of its version have in common.

#[cfg(feature = "igmp-version-v2")]
mod v2;
#[cfg(feature = "igmp-version-v3")]
mod v3;

use crate::addr::{Ip4, v4};
use crate::config::IGMP_GROUPS;
#[cfg(feature = "udp")]
use crate::testing::{OWN_IP, ip_frame, parse_ip};
use crate::testing::{PEER_IP, drain, frame, host};
use crate::wire::igmp::{self, HEADER_LEN, Header};
use crate::wire::{checksum, ethernet, ipv4, protocol};
use crate::{Error, Instant, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

const GROUP: Ip4 = Ip4::new(239, 1, 2, 3);
const OTHER: Ip4 = Ip4::new(239, 1, 2, 4);
const ALL_HOSTS: Ip4 = Ip4::new(224, 0, 0, 1);

/// What a message says of a group.
const HERE: bool = true;
const GONE: bool = false;
/// How often it is said that a group was left (RFC 3376 §5.1, RFC 2236 §3).
const LEAVINGS: usize = if cfg!(feature = "igmp-version-v3") { 2 } else { 1 };
/// What stands behind the group in a query.
const BEHIND: &[u8] = if cfg!(feature = "igmp-version-v3") { &[2, 125, 0, 0] } else { &[] };

/// What a frame with an IGMP message must be like to be heard.
struct Sent {
    src: Ip4,
    dst: Ip4,
    ttl: u8,
    alert: bool,
}

const FROM_ROUTER: Sent = Sent { src: PEER_IP, dst: ALL_HOSTS, ttl: 1, alert: true };

struct Host {
    stack: Box<Stack>,
    netif: NetifId,
    now: Instant,
}

impl Host {
    fn new() -> Self {
        let (stack, netif) = host();
        // The clock wraps within the tests.
        Self { stack, netif, now: Instant::from_millis(u32::MAX - 2000) }
    }

    /// A host in [`GROUP`], whose reports of that are over.
    fn joined() -> Self {
        let mut h = Self::new();
        h.join(GROUP).unwrap();
        h.pass(20_000);
        h
    }

    fn join(&mut self, group: Ip4) -> Result<(), Error> {
        self.stack.join_group(self.netif, v4(group).into(), self.now)
    }

    fn leave(&mut self, group: Ip4) -> Result<(), Error> {
        self.stack.leave_group(self.netif, v4(group).into(), self.now)
    }

    fn receive(&mut self, how: &Sent, kind: u8, code: u8, group: Ip4, data: &[u8]) {
        let message = Header { kind, code, rest: group.octets() }.to_bytes(data);
        self.receive_bytes(how, &[&message, data].concat());
    }

    fn receive_bytes(&mut self, how: &Sent, payload: &[u8]) {
        let header = ipv4::Header {
            src: how.src,
            dst: how.dst,
            protocol: protocol::IGMP,
            ttl: how.ttl,
            id: 1,
            payload_len: payload.len() as u16,
            fragment: 0,
            dont_fragment: true,
        };
        let mut packet = header.to_alert_bytes().to_vec();
        if !how.alert {
            packet[20..24].fill(1);
        }
        packet[10..12].fill(0);
        let sum = checksum::of(&packet).checksum();
        packet[10..12].copy_from_slice(&sum);
        packet.extend(payload);
        let frame = frame(ethernet::TYPE_IPV4, &packet);
        self.stack.input(self.netif, &frame, self.now);
    }

    /// A general query, answered within a second.
    fn ask(&mut self) {
        self.receive(&FROM_ROUTER, igmp::QUERY, 10, Ip4::UNSPECIFIED, BEHIND);
    }

    /// The messages that the host sends now: destination, type, and what stands behind the checksum.
    fn sent(&mut self) -> Vec<(Ip4, u8, Vec<u8>)> {
        let frames = drain(&mut self.stack, self.netif, self.now);
        let message = |frame: &Vec<u8>| {
            let (mac, ip, payload) = parse_ip_with_options(frame)?;
            assert_eq!(mac, ethernet::multicast_v4(ip.dst));
            assert_eq!((ip.protocol, ip.ttl), (protocol::IGMP, 1), "RFC 3376 §4");
            let (header, data) = Header::parse(&payload).expect("a right checksum");
            Some((ip.dst, header.kind, [&header.rest[..], data].concat()))
        };
        frames.iter().filter_map(message).collect()
    }

    /// What the host sends while `ms` pass, each with the milliseconds that it took.
    fn pass(&mut self, ms: u32) -> Vec<(u32, Ip4, u8, Vec<u8>)> {
        let (start, end) = (self.now, self.now.after(ms));
        let mut all = Vec::new();
        loop {
            let at = self.now.since(start);
            all.extend(self.sent().into_iter().map(|(dst, kind, bytes)| (at, dst, kind, bytes)));
            let Some(next) = self.stack.next_deadline().filter(|next| end.reached(*next)) else { break };
            self.now = next;
            self.stack.poll(next);
        }
        self.now = end;
        all
    }

    /// The groups that it tells of while `ms` pass.
    fn says(&mut self, ms: u32) -> Vec<(bool, Ip4)> {
        self.pass(ms).into_iter().flat_map(|(_, dst, kind, bytes)| says(dst, kind, &bytes)).collect()
    }

    /// Whether a datagram to `dst` comes to a socket that is bound to `bound`.
    #[cfg(feature = "udp")]
    fn hears(&mut self, bound: crate::addr::Ip, dst: Ip4) -> bool {
        let socket = self.stack.udp_bind(bound, 5353).unwrap();
        #[cfg(feature = "udp-sof-broadcast-recv")]
        self.stack.udp_set_broadcast(socket, true).unwrap();
        let header = crate::wire::udp::Header { src: 9, dst: 5353, len: 13, checksum: [0; 2] };
        let datagram = [&header.to_bytes()[..], b"hello"].concat();
        self.stack.input(self.netif, &ip_frame(PEER_IP, dst, protocol::UDP, &datagram), self.now);
        let came = self.stack.udp_recv_from(socket, &mut [0; 10]).is_ok();
        self.stack.udp_close(socket).unwrap();
        came
    }
}

/// The packet in a frame of the stack's, whose header carries a router alert.
fn parse_ip_with_options(frame: &[u8]) -> Option<([u8; 6], ipv4::Header, Vec<u8>)> {
    let mut frame = frame.to_vec();
    let packet = frame.get_mut(14..38)?;
    if packet[9] != protocol::IGMP {
        return None;
    }
    assert!(ipv4::has_router_alert(packet) && packet[1] == 0xc0, "RFC 3376 §4");
    packet[10..12].fill(0);
    let sum = checksum::of(packet).checksum();
    packet[10..12].copy_from_slice(&sum);
    let (header, packet) = ethernet::Header::parse(&frame)?;
    let (ip, _, payload) = ipv4::Header::parse(packet).expect("an IPv4 packet");
    Some((header.dst, ip, payload.to_vec()))
}

/// The groups that a message tells of.
#[cfg(feature = "igmp-version-v3")]
fn says(dst: Ip4, kind: u8, bytes: &[u8]) -> Vec<(bool, Ip4)> {
    assert_eq!((dst, kind), (v3::ALL_V3_ROUTERS, igmp::REPORT_V3));
    v3::records(bytes).into_iter().map(|(kind, group)| (kind != v3::TO_INCLUDE, group)).collect()
}

/// The group that a message tells of (RFC 2236 §2, §9).
#[cfg(feature = "igmp-version-v2")]
fn says(dst: Ip4, kind: u8, bytes: &[u8]) -> Vec<(bool, Ip4)> {
    let group = Ip4::from(<[u8; 4]>::try_from(bytes).unwrap());
    let (here, to) = match kind {
        igmp::REPORT_V2 => (HERE, group),
        igmp::LEAVE => (GONE, Ip4::new(224, 0, 0, 2)),
        _ => panic!("type {kind}"),
    };
    assert_eq!(dst, to);
    std::vec![(here, group)]
}

/// Joins are counted, and each is taken back once.
#[test]
fn the_last_to_leave_is_reported() {
    let mut h = Host::joined();
    h.join(GROUP).unwrap();
    assert_eq!(h.says(60_000), [], "the router knows");
    h.leave(GROUP).unwrap();
    assert_eq!(h.says(60_000), []);
    h.leave(GROUP).unwrap();
    assert_eq!(h.says(60_000), [(GONE, GROUP); LEAVINGS]);
    assert_eq!(h.leave(GROUP), Err(Error::Value));
    assert_eq!(h.leave(OTHER), Err(Error::Value));
}

#[test]
fn joins_that_cannot_be_are_refused() {
    let mut h = Host::new();
    for none in [PEER_IP, ALL_HOSTS, Ip4::new(224, 0, 0, 0), Ip4::BROADCAST, Ip4::UNSPECIFIED] {
        assert_eq!(h.join(none), Err(Error::Value), "{none:?}");
    }
    assert_eq!(h.stack.join_group(NetifId(200), v4(GROUP).into(), h.now), Err(Error::Value));
    for i in 0..IGMP_GROUPS {
        assert_eq!(h.join(Ip4::new(239, 0, 0, i as u8)), Ok(()));
    }
    assert_eq!(h.join(GROUP), Err(Error::Memory));
    assert_eq!(h.join(Ip4::new(239, 0, 0, 0)), Ok(()), "one more member of a group takes no room");
    // A group whose leaving is still told gives way.
    h.leave(Ip4::new(239, 0, 0, 0)).unwrap();
    h.leave(Ip4::new(239, 0, 0, 0)).unwrap();
    assert_eq!(h.join(GROUP), Ok(()));
    for _ in 1..u8::MAX {
        assert_eq!(h.join(GROUP), Ok(()));
    }
    assert_eq!(h.join(GROUP), Err(Error::Memory), "the count does not wrap");
}

/// RFC 1112 §7.2: only groups that were joined come to sockets on any address or on the group's.
#[cfg(feature = "udp")]
#[test]
fn datagrams_to_groups_come_to_their_members() {
    let mut h = Host::new();
    let any = crate::addr::NONE;
    assert!(!h.hears(any, GROUP));
    h.join(GROUP).unwrap();
    assert!(h.hears(any, GROUP) && h.hears(v4(GROUP), GROUP));
    assert!(!h.hears(v4(OWN_IP), GROUP), "a socket of one address is in no group");
    assert!(!h.hears(v4(OTHER), GROUP) && !h.hears(any, OTHER));
    assert!(h.hears(any, ALL_HOSTS), "every host is in that one");
    assert!(h.hears(any, Ip4::BROADCAST) && h.hears(v4(OWN_IP), Ip4::BROADCAST));
    h.leave(GROUP).unwrap();
    assert!(!h.hears(any, GROUP), "while the leaving is told, too");
    assert_eq!(h.stack.pool.taken() > 0, h.stack.egress(h.netif, h.now).is_some());
}

/// A socket that listens to a group sends from the host's address, never from the group's (RFC 1112 §6.2).
#[cfg(feature = "udp")]
#[test]
fn a_socket_on_a_group_sends_from_the_host() {
    let mut h = Host::joined();
    let socket = h.stack.udp_bind(v4(GROUP), 5353).unwrap();
    h.stack.udp_send_to(socket, b"hello", crate::addr::socket(v4(GROUP), 5353)).unwrap();
    let frames = drain(&mut h.stack, h.netif, h.now);
    let (mac, ip, _) = parse_ip(&frames[0]).unwrap();
    assert_eq!((mac, ip.src, ip.dst), (ethernet::multicast_v4(GROUP), OWN_IP, GROUP));
}

/// RFC 4541 §2.1.1: a switch that asks has no address.
#[test]
fn a_query_may_come_from_no_address() {
    let mut h = Host::joined();
    let switch = Sent { src: Ip4::UNSPECIFIED, ..FROM_ROUTER };
    h.receive(&switch, igmp::QUERY, 10, Ip4::UNSPECIFIED, BEHIND);
    assert_eq!(h.says(60_000), [(HERE, GROUP)]);
}

/// Bug class 19: a storm of queries that ask for an answer at once does not get as many.
#[test]
fn a_storm_of_queries_is_not_answered_with_one() {
    let mut h = Host::joined();
    // In version 2 a code of 0 is one of version 1.
    let code = if cfg!(feature = "igmp-version-v3") { 0 } else { 1 };
    let mut answers = 0;
    for _ in 0..1000 {
        h.receive(&FROM_ROUTER, igmp::QUERY, code, Ip4::UNSPECIFIED, BEHIND);
        answers += h.pass(1).len();
    }
    assert!((1..=11).contains(&answers), "{answers} in a second");
    h.pass(60_000);
    assert_eq!(h.stack.next_deadline(), None);
}

/// A query after weeks without one, when the last report seems to be of the future, is answered in its time.
#[test]
fn a_query_after_weeks_is_answered_in_time() {
    let mut h = Host::joined();
    h.pass(1 << 31);
    h.stack.poll(h.now);
    h.ask();
    assert_eq!(h.says(1000), [(HERE, GROUP)]);
}

/// A link that comes up, and a new address, are told to the routers: they may be others.
#[test]
fn groups_are_told_again_after_a_change() {
    let mut h = Host::joined();
    h.stack.set_link(h.netif, false);
    h.leave(GROUP).unwrap();
    h.join(GROUP).unwrap();
    assert_eq!((h.pass(10_000), h.stack.next_deadline()), (Vec::new(), None));
    h.stack.set_link(h.netif, true);
    h.stack.poll(h.now);
    assert_eq!(h.says(60_000), [(HERE, GROUP); 2]);
    h.stack.set_ipv4(h.netif, [10, 0, 0, 9].into(), 24, None).unwrap();
    h.stack.poll(h.now);
    assert_eq!(h.says(60_000), [(HERE, GROUP); 2]);
}

/// Groups in any number are told, in reports of bounded size, and nothing is left in the pool.
#[test]
fn many_groups_are_told() {
    let mut h = Host::new();
    let groups: Vec<_> = (0..IGMP_GROUPS).map(|i| Ip4::new(239, 0, 0, i as u8)).collect();
    groups.iter().for_each(|group| h.join(*group).unwrap());
    h.pass(60_000);
    h.ask();
    let mut told: Vec<_> = h.says(60_000).into_iter().map(|(_, group)| group).collect();
    told.sort_unstable();
    assert_eq!((told, h.stack.pool.taken()), (groups, 0));
}

/// Any message, from anybody: no panic, and a bounded answer.
#[test]
fn any_message_is_survived() {
    use proptest::prelude::*;
    let strategy = (
        any::<[u8; HEADER_LEN]>(),
        proptest::collection::vec(any::<u8>(), 0..40),
        prop::sample::select(std::vec![igmp::QUERY, igmp::REPORT_V1, igmp::REPORT_V2, igmp::LEAVE, 0]),
        any::<bool>(),
    );
    let mut runner = proptest::test_runner::TestRunner::default();
    let run = runner.run(&strategy, |(bytes, data, kind, to_group)| {
        let mut h = Host::joined();
        let how = Sent { dst: if to_group { GROUP } else { ALL_HOSTS }, ..FROM_ROUTER };
        let group = if bytes[7] & 1 == 0 { GROUP } else { Ip4::from([bytes[4], bytes[5], 2, 3]) };
        h.receive(&how, kind, bytes[1], group, &data);
        prop_assert!(h.pass(4_000_000).len() <= 1);
        prop_assert_eq!(h.stack.next_deadline(), None);
        Ok(())
    });
    run.unwrap();
}
