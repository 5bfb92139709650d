//! Version 2 alone (RFC 2236).

use super::*;

/// RFC 2236 §3, §8.10: joining is told at once and again within ten seconds, leaving once.
#[test]
fn joining_is_reported_twice_and_leaving_once() {
    let mut h = Host::new();
    h.join(GROUP).unwrap();
    let sent = h.pass(60_000);
    let report = |at| (at, GROUP, igmp::REPORT_V2, GROUP.octets().to_vec());
    assert_eq!(sent, [report(0), report(sent[1].0)]);
    assert!((1..=10_000).contains(&sent[1].0), "{sent:?}");
    assert_eq!(h.stack.next_deadline(), None);
    h.leave(GROUP).unwrap();
    let leave = (0, Ip4::new(224, 0, 0, 2), igmp::LEAVE, GROUP.octets().to_vec());
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (std::vec![leave], None));
}

/// RFC 2236 §3: each group is told by itself, at a random moment of its own.
#[test]
fn each_group_is_answered_for_alone() {
    let mut h = Host::joined();
    let joined = h.join(OTHER).is_ok();
    h.pass(20_000);
    let groups: Vec<_> = [GROUP, OTHER].map(|group| (HERE, group))[..1 + usize::from(joined)].into();
    let mut delays = Vec::new();
    for _ in 0..20 {
        h.ask();
        let sent = h.pass(60_000);
        let mut said: Vec<_> =
            sent.iter().flat_map(|(_, dst, kind, bytes)| says(*dst, *kind, bytes)).collect();
        said.sort_unstable();
        assert_eq!((sent.len(), said), (groups.len(), groups.clone()));
        delays.extend(sent.iter().map(|sent| sent.0));
    }
    assert!(delays.iter().all(|delay| *delay <= 1000));
    assert!(delays.iter().max() > delays.iter().min(), "{delays:?}");
    assert_eq!(h.stack.next_deadline(), None);
}

/// RFC 2236 §3: only a shorter time than is left makes the host answer sooner, and it answers once.
#[test]
fn the_shortest_time_counts() {
    let mut h = Host::joined();
    let ask = |h: &mut Host, code| h.receive(&FROM_ROUTER, igmp::QUERY, code, Ip4::UNSPECIFIED, &[]);
    ask(&mut h, 100);
    let first = h.stack.next_deadline().unwrap();
    ask(&mut h, 100);
    assert!(first.reached(h.stack.next_deadline().unwrap()));
    ask(&mut h, 1);
    assert!(h.stack.next_deadline().unwrap().since(h.now) <= first.since(h.now).min(100));
    assert_eq!(h.says(60_000), [(HERE, GROUP)]);
}

/// RFC 2236 §3: what another host's report spared us does not delay the answer to the next query.
#[test]
fn an_answer_that_was_not_due_does_not_delay_the_next() {
    let mut h = Host::joined();
    let to_group = Sent { dst: GROUP, ..FROM_ROUTER };
    for _ in 0..10 {
        h.receive(&FROM_ROUTER, igmp::QUERY, 255, Ip4::UNSPECIFIED, &[]);
        h.receive(&to_group, igmp::REPORT_V2, 0, GROUP, &[]);
        h.receive(&to_group, igmp::QUERY, 10, GROUP, &[]);
        assert_eq!(h.says(1000), [(HERE, GROUP)]);
        h.pass(60_000);
    }
}

/// RFC 2236 §2.5, §3: a query for one group is answered for that group; of a query of a later version the host reads
/// what it knows, and answers in version 2.
#[test]
fn queries_of_later_versions_are_read_as_far_as_known() {
    let mut h = Host::joined();
    let to_group = Sent { dst: GROUP, ..FROM_ROUTER };
    for behind in [&[][..], &[2, 125, 0, 0], &[2, 125, 0, 9], &[7], &[0xff; 40]] {
        h.receive(&to_group, igmp::QUERY, 10, GROUP, behind);
        assert_eq!(h.says(60_000), [(HERE, GROUP)], "{behind:?}");
    }
    // A code that is a floating-point number in version 3 is one of tenths of seconds.
    h.receive(&FROM_ROUTER, igmp::QUERY, 0xff, Ip4::UNSPECIFIED, &[2, 125, 0, 0]);
    assert!(h.stack.next_deadline().unwrap().since(h.now) <= 25_500);
    assert_eq!(h.says(60_000), [(HERE, GROUP)]);
    h.receive(&FROM_ROUTER, igmp::QUERY, 10, OTHER, &[]);
    assert_eq!(h.pass(60_000), [], "not in that group");
}

/// RFC 2236 §4, §8.11: a query of version 1 is answered within ten seconds, and for 400 seconds, whatever else is heard,
/// reports are of version 1 and a leaving is not told.
#[test]
fn routers_of_version_1_are_told_in_it() {
    let mut h = Host::joined();
    let ask_first = |h: &mut Host| {
        h.receive(&Sent { alert: false, ..FROM_ROUTER }, igmp::QUERY, 0, Ip4::UNSPECIFIED, &[]);
    };
    ask_first(&mut h);
    let sent = h.pass(60_000);
    let [(after, GROUP, igmp::REPORT_V1, ref group)] = sent[..] else { panic!("{sent:?}") };
    assert!(after <= 10_000 && **group == GROUP.octets(), "{sent:?}");
    let kinds = |h: &mut Host, ms| h.pass(ms).into_iter().map(|sent| sent.2).collect::<Vec<_>>();
    h.ask();
    assert_eq!(kinds(&mut h, 1000), [igmp::REPORT_V1], "not the last query decides");
    h.leave(GROUP).unwrap();
    assert_eq!((h.pass(1000), h.stack.next_deadline()), (Vec::new(), None));
    h.join(GROUP).unwrap();
    assert_eq!(kinds(&mut h, 400_000 - 62_001), [igmp::REPORT_V1; 2]);
    h.ask();
    let at_once = h.stack.next_deadline() == Some(h.now);
    assert_eq!(kinds(&mut h, 1000), [if at_once { igmp::REPORT_V1 } else { igmp::REPORT_V2 }]);
    h.leave(GROUP).unwrap();
    assert_eq!(kinds(&mut h, 1000), [igmp::LEAVE]);
}

/// RFC 2236 §2, RFC 3376 §9.1, bug class 19: what a router on the link would not send is not heard.
#[test]
fn queries_that_are_not_valid_are_dropped() {
    let mut h = Host::joined();
    let all = Ip4::UNSPECIFIED;
    h.receive(&Sent { ttl: 2, ..FROM_ROUTER }, igmp::QUERY, 10, all, &[]);
    h.receive(&Sent { ttl: 0, ..FROM_ROUTER }, igmp::QUERY, 10, all, &[]);
    h.receive(&Sent { alert: false, ..FROM_ROUTER }, igmp::QUERY, 10, all, &[]);
    h.receive(&Sent { dst: GROUP, ..FROM_ROUTER }, igmp::QUERY, 10, all, &[]);
    h.receive(&Sent { src: Ip4::LOCALHOST, ..FROM_ROUTER }, igmp::QUERY, 10, all, &[]);
    h.receive(&FROM_ROUTER, igmp::QUERY, 10, PEER_IP, &[]);
    let query = Header { kind: igmp::QUERY, code: 10, rest: [0; 4] }.to_bytes(&[]);
    for bit in 0..query.len() * 8 {
        let mut bytes = query;
        bytes[bit / 8] ^= 1 << (bit % 8);
        h.receive_bytes(&FROM_ROUTER, &bytes);
    }
    for len in 0..query.len() {
        h.receive_bytes(&FROM_ROUTER, &query[..len]);
    }
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
    h.receive_bytes(&FROM_ROUTER, &query);
    assert_eq!(h.says(60_000), [(HERE, GROUP)], "the same query is good");
}

/// RFC 2236 §3: a report of another host's makes ours superfluous, and that host's leaving counts. A report must be for
/// the group that it is sent to.
#[test]
fn one_host_reports() {
    let mut h = Host::joined();
    let member = Sent { dst: GROUP, ..FROM_ROUTER };
    for kind in [igmp::REPORT_V2, igmp::REPORT_V1] {
        h.ask();
        h.receive(&Sent { ttl: 3, ..member }, kind, 0, GROUP, &[]);
        h.receive(&FROM_ROUTER, kind, 0, GROUP, &[]);
        h.receive(&member, kind, 0, OTHER, &[]);
        assert_eq!(h.says(60_000), [(HERE, GROUP)]);
        h.ask();
        h.receive(&member, kind, 0, GROUP, &[]);
        assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
    }
    h.leave(GROUP).unwrap();
    assert_eq!(
        (h.pass(60_000), h.stack.next_deadline()),
        (Vec::new(), None),
        "we were not the last to report"
    );
    h.join(GROUP).unwrap();
    assert_eq!(h.says(0), [(HERE, GROUP)]);
    h.receive(&member, igmp::REPORT_V2, 0, GROUP, &[]);
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None), "nor is it told again");
}
