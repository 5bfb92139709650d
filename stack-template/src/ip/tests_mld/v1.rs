//! Version 1 alone (RFC 2710).

use super::*;

/// RFC 2710 §4, §7.10: a new listener reports at once and again within ten seconds; what it left it tells once.
#[test]
fn joining_is_reported_twice_and_leaving_once() {
    let mut h = Host::ready();
    h.join(group()).unwrap();
    let sent = h.pass(60_000);
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent[0].at == 0 && (1..=10_000).contains(&sent[1].at));
    assert!(sent.iter().all(|told| told.src == local() && told.says() == [(HERE, group())]));
    assert_eq!(h.stack.next_deadline(), None);
    h.leave(group()).unwrap();
    let sent = h.pass(60_000);
    assert_eq!(
        sent.iter().map(|told| (told.at, told.says())).collect::<Vec<_>>(),
        [(0, std::vec![(GONE, group())])]
    );
    assert_eq!(h.stack.next_deadline(), None);
}

/// RFC 2710 §4: each group is told by itself, at a random moment of its own.
#[test]
fn each_group_is_answered_for_alone() {
    let mut h = Host::joined();
    let mut delays = Vec::new();
    for _ in 0..20 {
        h.ask(Ip6::UNSPECIFIED, 1000);
        let sent = h.pass(60_000);
        let mut said: Vec<_> = sent.iter().flat_map(Told::says).collect();
        said.sort_unstable();
        assert_eq!((sent.len(), said), (2, std::vec![(HERE, solicited()), (HERE, group())]));
        delays.push((sent[0].at, sent[1].at));
    }
    assert!(delays.iter().all(|(_, last)| *last <= 1000), "{delays:?}");
    assert!(delays.iter().any(|(first, last)| first != last), "{delays:?}");
    h.ask(group(), 1000);
    h.ask(group(), 1000);
    assert_eq!(h.says(60_000), [(HERE, group())]);
    h.ask(ip("ff05::9"), 1000);
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None), "not in that group");
}

/// RFC 2710 §3.7, RFC 3810 §8.2.1: of a query of a later version it reads what it knows, and answers in version 1.
#[test]
fn queries_of_later_versions_are_read_as_far_as_known() {
    let mut h = Host::joined();
    for behind in [&[2, 125, 0, 0][..], &[2, 125, 0, 1, 0x20, 1], &[7], &[0xff; 40]] {
        h.tell(mld::QUERY, 1000, &[&group().octets()[..], behind].concat());
        assert_eq!(h.says(60_000), [(HERE, group())], "{behind:?}");
    }
    // Codes that are floating-point numbers in version 2 are milliseconds (RFC 2710 §3.4).
    h.ask(group(), 0x8000);
    assert!(h.stack.next_deadline().unwrap().since(h.now) <= 0x8000);
    assert_eq!(h.says(60_000), [(HERE, group())]);
}

/// RFC 2710 §3, §4, bug class 19: what a router on the link would not send is not heard.
#[test]
fn queries_that_are_not_valid_are_dropped() {
    let mut h = Host::joined();
    let header = Header { kind: mld::QUERY, code: 0, rest: [0, 100, 0, 0] };
    let (router, dst) = (ip("fe80::fe"), all_nodes());
    let query = |src, data: &[u8]| [&ROUTER_ALERT, &Host::message(src, dst, header, data)[..]].concat();
    h.receive(router, dst, 0, 255, &query(router, &[0; 16]));
    h.receive(router, dst, 0, 0, &query(router, &[0; 16]));
    let global = ip("2001:db8::fe");
    h.receive(global, dst, 0, 1, &query(global, &[0; 16]));
    h.receive(Ip6::UNSPECIFIED, dst, 0, 1, &query(Ip6::UNSPECIFIED, &[0; 16]));
    for len in 0..16 {
        h.receive(router, dst, 0, 1, &query(router, &[0; 16][..len]));
    }
    h.receive(router, dst, 0, 1, &query(router, &local().octets()));
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
    h.receive(router, dst, 0, 1, &query(router, &[0; 16]));
    assert_eq!(h.says(60_000).len(), 2, "the same query is good");
}

/// RFC 2710 §4: a report of another listener's makes ours superfluous, and that one's leaving counts.
#[test]
fn one_listener_reports() {
    let mut h = Host::joined();
    h.ask_all();
    h.tell(mld::REPORT_V1, 0, &group().octets());
    assert_eq!(h.says(60_000), [(HERE, solicited())]);
    h.leave(group()).unwrap();
    assert_eq!(
        (h.pass(60_000), h.stack.next_deadline()),
        (Vec::new(), None),
        "we were not the last to report"
    );
    h.join(group()).unwrap();
    assert_eq!(h.says(0), [(HERE, group())]);
    h.tell(mld::REPORT_V1, 0, &group().octets());
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None), "nor is it told again");
    h.ask(group(), 1000);
    assert_eq!(h.says(60_000), [(HERE, group())]);
    h.leave(group()).unwrap();
    assert_eq!(h.says(60_000), [(GONE, group())]);
}
