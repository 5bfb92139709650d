//! Packet-level tests of IGMP.

use crate::addr::{Ip4, v4};
use crate::config::IGMP_GROUPS;
use crate::testing::{OWN_IP, PEER_IP, drain, frame, host, ip_frame, parse_ip};
use crate::wire::igmp::{self, HEADER_LEN, Header};
use crate::wire::{checksum, ethernet, ipv4, protocol};
use crate::{Error, Instant, NetifId, Stack};
use std::boxed::Box;
use std::vec::Vec;

const GROUP: Ip4 = Ip4::new(239, 1, 2, 3);
const OTHER: Ip4 = Ip4::new(239, 1, 2, 4);
const ALL_HOSTS: Ip4 = Ip4::new(224, 0, 0, 1);
const ALL_V3_ROUTERS: Ip4 = Ip4::new(224, 0, 0, 22);

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

    /// A general query of version 3, answered within a second.
    fn ask(&mut self) {
        self.receive(&FROM_ROUTER, igmp::QUERY, 10, Ip4::UNSPECIFIED, &[2, 125, 0, 0]);
    }

    /// A general query of version 2, answered within ten seconds.
    fn ask_v2(&mut self) {
        self.receive(&FROM_ROUTER, igmp::QUERY, 100, Ip4::UNSPECIFIED, &[]);
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

    /// The records of the reports of version 3 that are sent while `ms` pass.
    fn records(&mut self, ms: u32) -> Vec<(u8, Ip4)> {
        let reports = self.pass(ms).into_iter().map(|(_, dst, kind, bytes)| {
            assert_eq!((dst, kind), (ALL_V3_ROUTERS, igmp::REPORT_V3));
            records(&bytes)
        });
        reports.flatten().collect()
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

fn records(bytes: &[u8]) -> Vec<(u8, Ip4)> {
    let count = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
    let (records, rest) = bytes[4..].as_chunks::<8>();
    assert_eq!((records.len(), rest.len()), (count, 0));
    records
        .iter()
        .map(|record| {
            assert_eq!(record[1..4], [0; 3], "no sources, no auxiliary data");
            (record[0], Ip4::new(record[4], record[5], record[6], record[7]))
        })
        .collect()
}

const IS_EXCLUDE: u8 = 2;
const TO_INCLUDE: u8 = 3;
const TO_EXCLUDE: u8 = 4;

/// RFC 3376 §5.1: a change is reported at once, and again within a second, against loss.
#[test]
fn joining_and_leaving_are_reported_twice() {
    let mut h = Host::new();
    for (change, kind) in [(true, TO_EXCLUDE), (false, TO_INCLUDE)] {
        if change {
            h.join(GROUP).unwrap()
        } else {
            h.leave(GROUP).unwrap()
        }
        let sent = h.pass(60_000);
        let [(0, ..), (again, ..)] = sent[..] else { panic!("{sent:?}") };
        assert!((1..=1000).contains(&again), "{again}");
        for (_, dst, report, bytes) in sent {
            assert_eq!((dst, report), (ALL_V3_ROUTERS, igmp::REPORT_V3));
            assert_eq!(records(&bytes), [(kind, GROUP)]);
        }
        assert_eq!(h.stack.next_deadline(), None);
    }
}

/// Joins are counted, and each is taken back once.
#[test]
fn the_last_to_leave_is_reported() {
    let mut h = Host::joined();
    h.join(GROUP).unwrap();
    assert_eq!(h.records(60_000), [], "the router knows");
    h.leave(GROUP).unwrap();
    assert_eq!(h.records(60_000), []);
    h.leave(GROUP).unwrap();
    assert_eq!(h.records(60_000), [(TO_INCLUDE, GROUP); 2]);
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

/// RFC 3376 §5.2: all groups are told in one report at a random moment, 224.0.0.1 never.
#[test]
fn a_general_query_is_answered_once() {
    let mut h = Host::joined();
    let joined = h.join(OTHER).is_ok();
    h.pass(20_000);
    let groups: Vec<_> = [GROUP, OTHER].map(|group| (IS_EXCLUDE, group))[..1 + usize::from(joined)].into();
    let mut delays = Vec::new();
    for _ in 0..20 {
        h.ask();
        let sent = h.pass(60_000);
        let [(delay, _, _, bytes)] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!(records(bytes), groups);
        delays.push(*delay);
    }
    assert!(delays.iter().all(|delay| *delay <= 1000));
    assert!(delays.iter().max() > delays.iter().min(), "{delays:?}");
    assert_eq!(h.stack.next_deadline(), None);
}

/// RFC 3376 §5.2 rule 1: a query during the wait for an earlier answer makes no second one.
#[test]
fn a_pending_answer_serves_later_queries() {
    let mut h = Host::joined();
    h.ask();
    h.receive(&FROM_ROUTER, igmp::QUERY, 100, Ip4::UNSPECIFIED, &[2, 125, 0, 0]);
    h.receive(&FROM_ROUTER, igmp::QUERY, 100, GROUP, &[2, 125, 0, 0]);
    let sent = h.pass(60_000);
    assert!(sent.len() == 1 && sent[0].0 <= 1000, "{sent:?}");
}

/// RFC 3376 §5.2: a query for one group is answered for that group; so is one for sources, all of which it takes.
#[test]
fn queries_for_a_group_are_answered_for_it() {
    let mut h = Host::joined();
    let to_group = Sent { dst: GROUP, ..FROM_ROUTER };
    for sources in [&[2, 125, 0, 0][..], &[2, 125, 0, 1, 10, 0, 0, 9]] {
        h.receive(&to_group, igmp::QUERY, 10, GROUP, sources);
        assert_eq!(h.records(60_000), [(IS_EXCLUDE, GROUP)]);
    }
    h.receive(&FROM_ROUTER, igmp::QUERY, 10, OTHER, &[2, 125, 0, 0]);
    assert_eq!(h.pass(60_000), [], "not in that group");
}

/// RFC 3376 §4, §7.1, §9.1, bug class 19: what a router on the link would not send is not heard.
#[test]
fn queries_that_are_not_valid_are_dropped() {
    let mut h = Host::joined();
    let all = Ip4::UNSPECIFIED;
    let v3 = [2, 125, 0, 0];
    h.receive(&Sent { ttl: 2, ..FROM_ROUTER }, igmp::QUERY, 10, all, &v3);
    h.receive(&Sent { ttl: 0, ..FROM_ROUTER }, igmp::QUERY, 10, all, &v3);
    h.receive(&Sent { alert: false, ..FROM_ROUTER }, igmp::QUERY, 10, all, &v3);
    h.receive(&Sent { dst: GROUP, ..FROM_ROUTER }, igmp::QUERY, 10, all, &v3);
    h.receive(&Sent { src: Ip4::LOCALHOST, ..FROM_ROUTER }, igmp::QUERY, 10, all, &v3);
    h.receive(&FROM_ROUTER, igmp::QUERY, 10, all, &[2, 125, 0xff, 0xff]);
    h.receive(&FROM_ROUTER, igmp::QUERY, 10, PEER_IP, &v3);
    for len in 1..4 {
        h.receive(&FROM_ROUTER, igmp::QUERY, 10, all, &v3[..len]);
    }
    let query = [&Header { kind: igmp::QUERY, code: 10, rest: [0; 4] }.to_bytes(&v3), &v3[..]].concat();
    for bit in 0..query.len() * 8 {
        let mut bytes = query.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        h.receive_bytes(&FROM_ROUTER, &bytes);
    }
    for len in 0..query.len() {
        h.receive_bytes(&FROM_ROUTER, &query[..len]);
    }
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
    h.receive_bytes(&FROM_ROUTER, &query);
    assert_eq!(h.records(60_000), [(IS_EXCLUDE, GROUP)], "the same query is good");
}

/// RFC 4541 §2.1.1: a switch that asks has no address.
#[test]
fn a_query_may_come_from_no_address() {
    let mut h = Host::joined();
    let switch = Sent { src: Ip4::UNSPECIFIED, ..FROM_ROUTER };
    h.receive(&switch, igmp::QUERY, 10, Ip4::UNSPECIFIED, &[2, 125, 0, 0]);
    assert_eq!(h.records(60_000), [(IS_EXCLUDE, GROUP)]);
}

/// Bug class 19: a response time of 0 asks for an answer at once, a storm of such queries does not get as many.
#[test]
fn a_storm_of_queries_is_not_answered_with_one() {
    let mut h = Host::joined();
    let mut answers = 0;
    h.receive(&FROM_ROUTER, igmp::QUERY, 0, Ip4::UNSPECIFIED, &[2, 125, 0, 0]);
    assert_eq!(h.pass(0).len(), 1);
    for _ in 0..1000 {
        h.receive(&FROM_ROUTER, igmp::QUERY, 0, Ip4::UNSPECIFIED, &[2, 125, 0, 0]);
        answers += h.pass(1).len();
    }
    assert!((1..=10).contains(&answers), "{answers} in a second");
    h.pass(60_000);
    assert_eq!(h.stack.next_deadline(), None);
}

/// RFC 3376 §4.1.6: the querier says how often a change is told.
#[test]
fn a_querier_may_ask_for_more_reports() {
    let mut h = Host::new();
    h.receive(&FROM_ROUTER, igmp::QUERY, 10, Ip4::UNSPECIFIED, &[5, 125, 0, 0]);
    h.join(GROUP).unwrap();
    assert_eq!(h.records(60_000), [(TO_EXCLUDE, GROUP); 5]);
    h.ask();
    h.pass(60_000);
    h.leave(GROUP).unwrap();
    assert_eq!(h.records(60_000), [(TO_INCLUDE, GROUP); 2]);
}

/// RFC 3376 §7.2.1, RFC 2236 §3: with an older querier the host speaks its version, until that one is long silent.
#[test]
fn an_older_querier_is_spoken_to_in_its_version() {
    let all = Ip4::UNSPECIFIED;
    for (code, report, within) in [(50, igmp::REPORT_V2, 5000), (0, igmp::REPORT_V1, 10_000)] {
        let mut h = Host::joined();
        h.receive(&Sent { alert: code > 0, ..FROM_ROUTER }, igmp::QUERY, code, all, &[]);
        let sent = h.pass(100_000);
        let [(delay, dst, kind, bytes)] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!((*dst, *kind, &bytes[..]), (GROUP, report, &GROUP.octets()[..]));
        assert!(*delay <= within);
        h.ask();
        let sent = h.pass(100_000);
        assert!(sent.len() == 1 && sent[0].2 == report, "a newer querier changes nothing: {sent:?}");
        h.pass(61_000);
        h.ask();
        assert_eq!(h.records(60_000), [(IS_EXCLUDE, GROUP)], "RFC 3376 §8.12: 260 s later");
    }
}

/// RFC 3376 §7.2.1: of several older versions, the oldest.
#[test]
fn the_oldest_querier_counts() {
    let mut h = Host::joined();
    h.receive(&FROM_ROUTER, igmp::QUERY, 0, Ip4::UNSPECIFIED, &[]);
    h.pass(200_000);
    h.ask_v2();
    let kinds = |sent: Vec<(u32, Ip4, u8, Vec<u8>)>| sent.iter().map(|s| s.2).collect::<Vec<_>>();
    assert_eq!(kinds(h.pass(70_000)), [igmp::REPORT_V1]);
    h.ask();
    assert_eq!(kinds(h.pass(10_000)), [igmp::REPORT_V2], "the querier of version 1 is over, not that of 2");
}

/// RFC 2236 §3: a report of another host's makes ours superfluous, and that host's leaving counts.
#[test]
fn version_2_lets_one_host_report() {
    let mut h = Host::joined();
    let member = Sent { dst: GROUP, ..FROM_ROUTER };
    h.ask_v2();
    h.receive(&member, igmp::REPORT_V2, 0, GROUP, &[]);
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
    h.leave(GROUP).unwrap();
    assert_eq!(h.pass(60_000), [], "we were not the last to report");
    h.join(GROUP).unwrap();
    let sent = h.pass(60_000);
    assert_eq!(sent.iter().map(|s| (s.1, s.2)).collect::<Vec<_>>(), [(GROUP, igmp::REPORT_V2); 2]);
    assert!(sent[1].0 <= 10_000, "RFC 2236 §8.10");
    h.leave(GROUP).unwrap();
    let all_routers = Ip4::new(224, 0, 0, 2);
    assert_eq!(h.pass(60_000), [(0, all_routers, igmp::LEAVE, GROUP.octets().to_vec())]);
}

/// RFC 3376 §7.2.2: in version 3 every host reports for itself; a report must be for the group it is sent to.
#[test]
fn reports_of_others_are_not_always_heard() {
    let mut h = Host::joined();
    let member = Sent { dst: GROUP, ..FROM_ROUTER };
    h.ask();
    h.receive(&member, igmp::REPORT_V2, 0, GROUP, &[]);
    assert_eq!(h.records(60_000), [(IS_EXCLUDE, GROUP)]);
    h.ask_v2();
    h.receive(&Sent { ttl: 3, ..member }, igmp::REPORT_V2, 0, GROUP, &[]);
    h.receive(&FROM_ROUTER, igmp::REPORT_V2, 0, GROUP, &[]);
    assert_eq!(h.pass(60_000).len(), 1);
}

/// RFC 2236 §3: only a shorter time than is left makes the host answer sooner.
#[test]
fn version_2_answers_within_the_shortest_time() {
    let mut h = Host::joined();
    h.ask_v2();
    let first = h.stack.next_deadline().unwrap();
    h.ask_v2();
    assert_eq!(h.stack.next_deadline(), Some(first));
    h.receive(&FROM_ROUTER, igmp::QUERY, 1, Ip4::UNSPECIFIED, &[]);
    assert!(h.stack.next_deadline().unwrap().since(h.now) <= first.since(h.now).min(100));
    assert_eq!(h.pass(60_000).len(), 1);
}

/// RFC 1112 appendix I: with version 1 nobody is told of the leaving.
#[test]
fn version_1_knows_no_leaving() {
    let mut h = Host::joined();
    h.receive(&FROM_ROUTER, igmp::QUERY, 0, Ip4::UNSPECIFIED, &[]);
    assert_eq!(h.pass(60_000).len(), 1);
    h.leave(GROUP).unwrap();
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
}

/// RFC 3376 §7.2.1: a change of version ends what was pending.
#[test]
fn a_change_of_version_cancels_what_waits() {
    let mut h = Host::new();
    h.join(GROUP).unwrap();
    h.sent();
    h.receive(&FROM_ROUTER, igmp::QUERY, 1, OTHER, &[]);
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
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
    assert_eq!(h.records(60_000), [(TO_EXCLUDE, GROUP); 2]);
    h.stack.set_ipv4(h.netif, [10, 0, 0, 9].into(), 24, None).unwrap();
    h.stack.poll(h.now);
    assert_eq!(h.records(60_000), [(TO_EXCLUDE, GROUP); 2]);
}

/// Groups in any number are told in reports of bounded size, and nothing is left in the pool.
#[test]
fn many_groups_are_told_in_several_reports() {
    let mut h = Host::new();
    let groups: Vec<_> = (0..IGMP_GROUPS).map(|i| Ip4::new(239, 0, 0, i as u8)).collect();
    groups.iter().for_each(|group| h.join(*group).unwrap());
    h.pass(60_000);
    h.ask();
    let told: Vec<_> = h.records(60_000).into_iter().map(|(_, group)| group).collect();
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
