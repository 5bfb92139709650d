//! Version 3, and the older ones where a querier speaks them (RFC 3376).

use super::*;

pub const ALL_V3_ROUTERS: Ip4 = Ip4::new(224, 0, 0, 22);
const IS_EXCLUDE: u8 = 2;
pub const TO_INCLUDE: u8 = 3;
const TO_EXCLUDE: u8 = 4;

impl Host {
    /// A general query of version 2, answered within ten seconds.
    fn ask_v2(&mut self) {
        self.receive(&FROM_ROUTER, igmp::QUERY, 100, Ip4::UNSPECIFIED, &[]);
    }

    /// The records of the reports that are sent while `ms` pass.
    fn records(&mut self, ms: u32) -> Vec<(u8, Ip4)> {
        let reports = self.pass(ms).into_iter().map(|(_, dst, kind, bytes)| {
            assert_eq!((dst, kind), (ALL_V3_ROUTERS, igmp::REPORT_V3));
            records(&bytes)
        });
        reports.flatten().collect()
    }
}

pub fn records(bytes: &[u8]) -> Vec<(u8, Ip4)> {
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

/// RFC 3376 §4.1.1: a response time of 0 asks for an answer at once.
#[test]
fn an_answer_may_be_due_at_once() {
    let mut h = Host::joined();
    h.receive(&FROM_ROUTER, igmp::QUERY, 0, Ip4::UNSPECIFIED, &[2, 125, 0, 0]);
    assert_eq!(h.pass(0).len(), 1);
}
