//! Version 2, and version 1 where a querier speaks that (RFC 3810).

use super::*;

const IS_EXCLUDE: u8 = 2;
pub const TO_INCLUDE: u8 = 3;
const TO_EXCLUDE: u8 = 4;

impl Told {
    /// The records of a report.
    pub fn records(&self) -> Vec<(u8, Ip6)> {
        assert_eq!((self.kind, self.dst), (mld::REPORT_V2, ip("ff02::16")));
        let count = usize::from(u16::from_be_bytes([self.bytes[2], self.bytes[3]]));
        let (records, rest) = self.bytes[4..].as_chunks::<20>();
        assert_eq!((records.len(), rest.len()), (count, 0));
        let record = |record: &[u8; 20]| {
            assert_eq!(record[1..4], [0; 3], "no sources, no auxiliary data");
            (record[0], Ip6::from(*record.last_chunk::<16>().unwrap()))
        };
        records.iter().map(record).collect()
    }
}

impl Host {
    /// A general query of version 1.
    fn ask_v1(&mut self) {
        self.tell(mld::QUERY, 5000, &[0; 16]);
    }

    /// The records of the reports that are sent while `ms` pass.
    fn records(&mut self, ms: u32) -> Vec<(u8, Ip6)> {
        self.pass(ms).iter().flat_map(Told::records).collect()
    }
}

/// RFC 3810 §6.1: a change is reported at once, and again within a second, against loss.
#[test]
fn joining_and_leaving_are_reported_twice() {
    let mut h = Host::ready();
    for (change, kind) in [(true, TO_EXCLUDE), (false, TO_INCLUDE)] {
        if change {
            h.join(group()).unwrap()
        } else {
            h.leave(group()).unwrap()
        }
        let sent = h.pass(60_000);
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert!(sent[0].at == 0 && (1..=1000).contains(&sent[1].at));
        assert!(sent.iter().all(|told| told.src == local() && told.records() == [(kind, group())]));
        assert_eq!(h.stack.next_deadline(), None);
    }
}

/// RFC 3810 §6.2: all groups are told in one report at a random moment; a query for one group, or for sources of it,
/// all of which the host takes, is answered for that group.
#[test]
fn queries_are_answered_once() {
    let mut h = Host::joined();
    let mut delays = Vec::new();
    for _ in 0..20 {
        h.ask_all();
        let sent = h.pass(60_000);
        assert_eq!(sent.len(), 1, "{sent:?}");
        let mut records = sent[0].records();
        records.sort_unstable();
        assert_eq!(records, [(IS_EXCLUDE, solicited()), (IS_EXCLUDE, group())]);
        delays.push(sent[0].at);
    }
    assert!(delays.iter().all(|delay| *delay <= 1000) && delays.iter().max() > delays.iter().min());
    h.ask(group(), 1000);
    h.ask(group(), 1000);
    assert_eq!(h.records(60_000), [(IS_EXCLUDE, group())]);
    let sources = [&group().octets()[..], &[2, 125, 0, 1], &local().octets()].concat();
    h.tell(mld::QUERY, 1000, &sources);
    assert_eq!(h.records(60_000), [(IS_EXCLUDE, group())]);
    h.ask(ip("ff05::9"), 1000);
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None), "not in that group");
}

/// RFC 3810 §5.1.14, §6.2, §8.1, bug class 19: what a router on the link would not send is not heard.
#[test]
fn queries_that_are_not_valid_are_dropped() {
    let mut h = Host::joined();
    let header = Header { kind: mld::QUERY, code: 0, rest: [0, 100, 0, 0] };
    let data = [&[0; 16][..], &[2, 125, 0, 0]].concat();
    let (router, dst) = (ip("fe80::fe"), all_nodes());
    let query = |src, data: &[u8]| [&ROUTER_ALERT, &Host::message(src, dst, header, data)[..]].concat();
    h.receive(router, dst, 0, 255, &query(router, &data));
    h.receive(router, dst, 0, 0, &query(router, &data));
    let global = ip("2001:db8::fe");
    h.receive(global, dst, 0, 1, &query(global, &data));
    h.receive(Ip6::UNSPECIFIED, dst, 0, 1, &query(Ip6::UNSPECIFIED, &data));
    h.receive(router, dst, protocol::ICMPV6, 1, &Host::message(router, dst, header, &data));
    let mut padded = query(router, &data);
    padded[2..8].copy_from_slice(&[1, 4, 0, 0, 0, 0]);
    h.receive(router, dst, 0, 1, &padded);
    let mut many = data.clone();
    many[18..].fill(0xff);
    h.receive(router, dst, 0, 1, &query(router, &many));
    for len in (0..16).chain(17..20) {
        h.receive(router, dst, 0, 1, &query(router, &data[..len]));
    }
    let unicast = [&local().octets()[..], &[2, 125, 0, 0]].concat();
    h.receive(router, dst, 0, 1, &query(router, &unicast));
    assert_eq!((h.pass(60_000), h.stack.next_deadline()), (Vec::new(), None));
    h.receive(router, dst, 0, 1, &query(router, &data));
    assert_eq!(h.records(60_000).len(), 2, "the same query is good");
}

/// RFC 3810 §8.2.1, RFC 2710 §4: with a querier of version 1 the host speaks that, until it is long silent.
#[test]
fn an_older_querier_is_spoken_to_in_its_version() {
    let mut h = Host::joined();
    h.ask_v1();
    let sent = h.pass(100_000);
    assert_eq!(sent.len(), 2, "{sent:?}");
    for told in &sent {
        assert_eq!((told.kind, told.bytes.len()), (mld::REPORT_V1, 20));
        assert!(told.bytes.ends_with(&told.dst.octets()) && told.at <= 5000);
    }
    h.ask_all();
    assert!(h.pass(100_000).iter().all(|told| told.kind == mld::REPORT_V1));
    h.pass(61_000);
    h.ask_all();
    assert_eq!(h.records(60_000).len(), 2, "RFC 3810 §9.12: 260 s later");
}

/// RFC 2710 §4: a report of another host's makes ours superfluous, and that host's leaving counts.
#[test]
fn version_1_lets_one_host_report() {
    let mut h = Host::joined();
    h.ask_v1();
    h.tell(mld::REPORT_V1, 0, &group().octets());
    let kinds = |sent: Vec<Told>| sent.iter().map(|told| (told.kind, told.dst)).collect::<Vec<_>>();
    assert_eq!(kinds(h.pass(60_000)), [(mld::REPORT_V1, solicited())]);
    h.leave(group()).unwrap();
    assert_eq!(h.pass(60_000), [], "we were not the last to report");
    h.join(group()).unwrap();
    assert_eq!(kinds(h.pass(60_000)), [(mld::REPORT_V1, group()); 2]);
    h.leave(group()).unwrap();
    let sent = h.pass(60_000);
    assert!(sent.len() == 1 && sent[0].bytes.ends_with(&group().octets()));
    assert_eq!(kinds(sent), [(mld::DONE, ip("ff02::2"))]);
}

/// RFC 3810 §5.2.12, §6.2: asked, left and joined groups are told apart.
#[test]
fn a_record_says_why_the_group_is_told() {
    let mut h = Host::ready();
    h.join(group()).unwrap();
    assert_eq!(h.records(60_000), [(TO_EXCLUDE, group()); 2]);
    h.ask(group(), 1000);
    assert_eq!(h.records(60_000), [(IS_EXCLUDE, group())]);
    h.leave(group()).unwrap();
    assert_eq!(h.records(60_000), [(TO_INCLUDE, group()); 2]);
}
