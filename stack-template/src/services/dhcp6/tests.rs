//! The client at packet level: what it sends and when, what it takes and what not.

use super::message::duid;
use super::*;
use crate::NetifConfig;
use crate::config::{NETIF_MTU, UDP_PCBS};
use crate::testing::{OWN_MAC, drain, frame, settle, stack};
use crate::wire::{checksum, ethernet, ipv6, protocol, udp};
use std::boxed::Box;
use std::string::ToString;
use std::vec::Vec;

struct Client {
    stack: Box<Stack>,
    netif: NetifId,
    now: Instant,
    own: Ip6,
}

fn server() -> Ip6 {
    "fe80::547".parse().unwrap()
}

/// An option.
fn option(code: u16, body: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes()[..], &(body.len() as u16).to_be_bytes(), body].concat()
}

impl Client {
    fn idle() -> Self {
        let mut stack = stack([3; 16]);
        let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: NETIF_MTU }).unwrap();
        stack.set_link(netif, true);
        let now = Instant::from_millis(u32::MAX - 70_000);
        settle(&mut stack, netif, now);
        let own = stack.ipv6(netif).next().unwrap().0;
        Self { stack, netif, now: now.after(60_000), own: own.into() }
    }

    fn started() -> Self {
        let mut client = Self::idle();
        client.stack.dhcp6_start(client.netif, client.now).unwrap();
        client
    }

    /// Runs the next timer; gives how long that took.
    fn wait(&mut self) -> u32 {
        let next = self.stack.next_deadline().expect("a timer is armed");
        let ms = next.since(self.now);
        self.now = next;
        self.stack.poll(next);
        ms
    }

    /// The requests that are sent now.
    fn requests(&mut self) -> Vec<Vec<u8>> {
        let frames = drain(&mut self.stack, self.netif, self.now);
        let datagram = |frame: &Vec<u8>| {
            let (link, packet) = ethernet::Header::parse(frame).unwrap();
            let (header, payload) = ipv6::Header::parse(packet).unwrap();
            if header.next_header != protocol::UDP {
                return None;
            }
            assert_eq!((link.dst, header.dst), ([0x33, 0x33, 0, 1, 0, 2], SERVERS));
            assert_eq!(payload[..4], [2, 34, 2, 35], "from port 546 to 547");
            Some(payload[udp::HEADER_LEN..].to_vec())
        };
        frames.iter().filter_map(datagram).collect()
    }

    /// The transaction of the first request.
    fn ask(&mut self) -> [u8; 3] {
        assert!(self.wait() <= INF_MAX_DELAY_MS);
        self.requests()[0][1..4].try_into().unwrap()
    }

    fn reply(&mut self, message: &[u8]) {
        let len = (udp::HEADER_LEN + message.len()) as u16;
        let mut datagram = [&[2, 35, 2, 34][..], &len.to_be_bytes(), &[0; 2], message].concat();
        let mut sum = checksum::pseudo(v6(server()).words(), v6(self.own).words(), protocol::UDP, len);
        sum.add(&datagram);
        datagram[6..8].copy_from_slice(&sum.checksum());
        let mut packet = [0; ipv6::HEADER_LEN];
        let (src, dst, next_header) = (server(), self.own, protocol::UDP);
        ipv6::Header { src, dst, next_header, hop_limit: 255, payload_len: len }.emit(&mut packet);
        let frame = frame(ethernet::TYPE_IPV6, &[&packet[..], &datagram].concat());
        self.stack.input(self.netif, &frame, self.now);
    }

    fn known(&self) -> usize {
        self.stack.dhcp6_dns_servers().count()
    }
}

/// A reply with these options.
fn reply(xid: [u8; 3], options: &[Vec<u8>]) -> Vec<u8> {
    let head = [message::REPLY, xid[0], xid[1], xid[2]];
    let ids = [option(2, &[0, 1, 0, 1, 9, 9]), option(1, &duid(OWN_MAC))].concat();
    [&head[..], &ids, &options.concat()].concat()
}

fn dns(servers: &[&str]) -> Vec<u8> {
    let octets: Vec<u8> = servers.iter().flat_map(|server| server.parse::<Ip6>().unwrap().octets()).collect();
    option(23, &octets)
}

/// RFC 8415 §18.2.6, §21.2, §21.7, §21.9: who asks, for what, and since when.
#[test]
fn the_request_says_who_asks_for_what() {
    let mut c = Client::started();
    assert_eq!(c.requests(), Vec::<Vec<u8>>::new(), "not at once");
    c.wait();
    let request = c.requests().remove(0);
    assert_eq!(request[0], 11);
    let options: Vec<_> = Options::parse(&request[4..]).unwrap().collect();
    assert_eq!(options[0], (1, &duid(OWN_MAC)[..]));
    assert_eq!(options[1], (8, &[0, 0][..]));
    assert_eq!((options[2].0, &options[2].1[..8]), (6, &[0, 23, 0, 24, 0, 32, 0, 83][..]));
    assert_eq!(options[2].1.get(8..).unwrap(), if cfg!(feature = "dhcp6-ntp") { &[0, 31][..] } else { &[] });
    c.wait();
    let again = c.requests().remove(0);
    assert_eq!(again[..4], request[..4], "the same transaction");
    let elapsed =
        u16::from_be_bytes(*Options::parse(&again[4..]).unwrap().find(8).unwrap().first_chunk().unwrap());
    assert!((90..=110).contains(&elapsed), "{elapsed} hundredths of a second");
}

/// RFC 8415 §15: from one second, doubled each time with a tenth of chance, up to an hour.
#[test]
fn requests_are_repeated_ever_more_slowly() {
    let mut c = Client::started();
    c.wait();
    c.requests();
    let mut before = c.wait();
    assert!((900..=1100).contains(&before), "{before}");
    c.requests();
    for _ in 0..16 {
        let wait = c.wait();
        let least = (before * 19 / 10).min(3_240_000);
        assert!((least..=(before * 21 / 10 + 1).min(3_960_000)).contains(&wait), "{before} {wait}");
        before = wait;
        assert_eq!(c.requests().len(), 1);
    }
    assert!(before >= 3_240_000);
}

/// RFC 3646, RFC 4075, RFC 8415 §21.23: what a reply tells is known until it is old.
#[test]
fn a_reply_is_taken_and_asked_for_again() {
    let mut c = Client::started();
    let xid = c.ask();
    let domains = option(24, b"\x03lan\x00\x07example\x03com\x00");
    let options = [
        dns(&["2001:db8::53", "::", "2001:db8::54"]),
        domains,
        option(31, &[0x20; 16]),
        option(32, &7200u32.to_be_bytes()),
    ];
    c.reply(&reply(xid, &options));
    let servers: Vec<_> = c.stack.dhcp6_dns_servers().collect();
    let all = ["2001:db8::53", "2001:db8::54"].map(|server| server.parse::<Ip6>().unwrap());
    assert_eq!(servers, all[..DHCP6_DNS_SERVERS.min(2)]);
    assert_eq!(
        c.stack.dhcp6_domains().map(|name| name.to_string()).collect::<Vec<_>>(),
        ["lan", "example.com"][..if DHCP6_DOMAINS_SIZE < 18 { 1 } else { 2 }]
    );
    #[cfg(feature = "dhcp6-ntp")]
    assert_eq!(c.stack.dhcp6_ntp_servers().collect::<Vec<_>>(), [Ip6::from([0x20; 16])]);
    assert_eq!(c.stack.poll_event(), Some(Event::Ipv6(c.netif)), "and none of the client's socket");
    assert_eq!(c.stack.poll_event(), None);
    assert_eq!(c.wait(), 7_200_000);
    let next = c.ask();
    assert_ne!(next, xid);
    c.reply(&reply(next, &[option(32, &1u32.to_be_bytes())]));
    assert_eq!(
        (c.known(), c.stack.dhcp6_domains().count()),
        (0, 0),
        "what is not told any more is not known"
    );
    assert_eq!(c.wait(), 600_000, "IRT_MINIMUM");
    let xid = c.ask();
    c.reply(&reply(xid, &[]));
    assert_eq!(c.wait(), 86_400_000, "IRT_DEFAULT");
    let xid = c.ask();
    c.reply(&reply(xid, &[option(32, &[0xff; 4])]));
    assert_eq!(c.stack.next_deadline(), None, "for ever: nothing is pending");
}

/// RFC 8415 §16.10: another's reply, one that names no server, one that failed, one that nobody waits for.
#[test]
fn replies_that_are_not_ours_are_dropped() {
    let mut c = Client::started();
    let xid = c.ask();
    let good = reply(xid, &[dns(&["2001:db8::53"])]);
    let mut other = xid;
    other[0] ^= 1;
    c.reply(&reply(other, &[dns(&["2001:db8::53"])]));
    c.reply(&[&[2], &good[1..]].concat());
    let head = &good[..4];
    c.reply(&[head, &option(1, &duid(OWN_MAC)), &dns(&["2001:db8::53"])].concat());
    c.reply(
        &[head, &option(2, &[1; 6]), &option(1, &duid([2, 9, 9, 9, 9, 9])), &dns(&["2001:db8::53"])].concat(),
    );
    c.reply(&reply(xid, &[option(13, &[0, 1]), dns(&["2001:db8::53"])]));
    // Bug class 18: identifiers that are too long, replies that are.
    c.reply(&[head, &option(2, &[1; 131]), &option(1, &duid(OWN_MAC)), &dns(&["2001:db8::53"])].concat());
    c.reply(&reply(xid, &[option(200, &[0; 600]), dns(&["2001:db8::53"])]));
    // Behind the identifiers it is a reply that tells nothing.
    let told = 4 + 10 + 14;
    for len in (0..told).chain(told + 1..good.len()) {
        c.reply(&good[..len]);
    }
    assert_eq!(c.known(), 0);
    c.reply(&good);
    assert_eq!(c.known(), 1);
    c.reply(&reply(xid, &[]));
    assert_eq!(c.known(), 1, "it is not waited for any more");
}

/// Bug class 18: options whose length is impossible are not taken, others of the reply are.
#[test]
fn options_of_impossible_length_are_not_taken() {
    for (bad, domains) in [
        (option(23, &[0x20; 15]), 1),
        (option(23, &[0x20; 33]), 1),
        (option(23, &[]), 1),
        (option(24, b"\x05ab"), 0),
        (option(24, b"\xc0\x00"), 0),
        (option(32, &[1]), 1),
        (option(83, &[0xff; 4]), 1),
    ] {
        let mut c = Client::started();
        let xid = c.ask();
        c.reply(&reply(xid, &[bad, option(24, b"\x03lan\x00")]));
        assert_eq!((c.known(), c.stack.dhcp6_domains().count()), (0, domains));
        assert_eq!(c.wait(), 86_400_000);
    }
    // One that reaches beyond the message ends it.
    let mut c = Client::started();
    let xid = c.ask();
    let mut long = reply(xid, &[dns(&["2001:db8::53"])]);
    let at = long.len() - 17;
    long[at] = 17;
    c.reply(&long);
    assert_eq!(c.known(), 0);
}

/// RFC 8415 §21.25: a server may slow down those who ask in vain.
#[test]
fn a_server_bounds_the_wait() {
    let mut c = Client::started();
    let xid = c.ask();
    c.reply(&reply(xid, &[option(83, &60u32.to_be_bytes())]));
    c.wait();
    c.wait();
    let most = (0..10).map(|_| c.wait()).max();
    assert!(most.is_some_and(|most| (54_000..=66_000).contains(&most)), "{most:?}");
}

/// DESIGN §8: the client has a socket like any application, and gives it back.
#[test]
fn the_client_takes_a_socket_while_it_runs() {
    let mut c = Client::idle();
    let open: Vec<_> = (0..UDP_PCBS).map(|_| c.stack.udp_bind(crate::addr::ANY, 0).unwrap()).collect();
    assert_eq!(c.stack.dhcp6_start(c.netif, c.now), Err(Error::Memory));
    c.stack.udp_close(open[0]).unwrap();
    assert_eq!(c.stack.dhcp6_start(c.netif, c.now), Ok(()));
    assert_eq!(c.stack.dhcp6_start(c.netif, c.now), Ok(()), "again");
    assert_eq!(c.stack.dhcp6_start(NetifId(7), c.now), Err(Error::Value));
    c.stack.dhcp6_stop();
    assert_eq!(c.stack.next_deadline(), None);
    assert!(c.stack.udp_bind(v6(Ip6::UNSPECIFIED), CLIENT_PORT).is_ok());
    assert_eq!(c.stack.dhcp6_start(c.netif, c.now), Err(Error::InUse));
}
