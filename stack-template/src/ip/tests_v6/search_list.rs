//! Search lists (RFC 8106 §5.2).

use super::autoconf::router;
use super::*;
use crate::Event;
use std::string::{String, ToString};

impl Host {
    fn search(&mut self, lifetime: u32, names: &[u8]) {
        let mut option = std::vec![option::DNSSL, 0, 0, 0];
        option.extend(lifetime.to_be_bytes());
        option.extend(names);
        option.resize(option.len().next_multiple_of(8), 0);
        option[1] = (option.len() / 8) as u8;
        self.advertisement(router(), ON_LINK, [0; 4], [0; 2], &option);
    }

    fn domains(&self) -> Vec<String> {
        self.stack.ipv6_search_list().map(|name| name.to_string()).collect()
    }
}

/// Each domain has a lifetime of its own; the application is told of news, and of ends when they come.
#[test]
fn domains_last_as_long_as_routers_say() {
    let mut h = Host::ready();
    h.search(60, b"\x03lan\x00");
    assert_eq!(
        (h.domains(), h.stack.poll_event()),
        (["lan".to_string()].to_vec(), Some(Event::Ipv6(h.netif)))
    );
    h.search(30, b"\x01a\x00");
    while h.stack.poll_event().is_some() {}
    h.search(60, b"\x03LAN\x00");
    assert_eq!((h.domains(), h.stack.poll_event()), (["lan", "a"].map(str::to_string).to_vec(), None));
    assert_eq!((h.wait_for_timer(), h.domains()), (30_000, ["lan".to_string()].to_vec()));
    assert_eq!(h.stack.poll_event(), Some(Event::Ipv6(h.netif)));
    h.search(0, b"\x03lan\x00");
    assert_eq!((h.domains(), h.stack.next_deadline()), (Vec::new(), None));
}

/// Bug class 11 and 13: what is no name ends the option; a list that is full takes no more.
#[test]
fn search_lists_are_bounded() {
    let mut h = Host::ready();
    for bad in [&b"\x07la"[..], b"\xc0\x00", b"\x3f", b"", b"\x00\x00"] {
        h.search(600, bad);
        assert_eq!(h.domains(), Vec::<String>::new(), "{bad:?}");
    }
    for i in 0..10_000u16 {
        h.search(600, &[&b"\x04"[..], std::format!("{i:04x}").as_bytes(), b"\x00"].concat());
    }
    let known = h.domains();
    assert!((1..=crate::config::ND6_SEARCH_LIST_SIZE / 11).contains(&known.len()));
    assert_eq!(known[0], "0000", "who came first stays");
    h.pass(600_000);
    assert_eq!((h.domains(), h.stack.next_deadline()), (Vec::<String>::new(), None));
}
