//! The choice of the source address (RFC 6724 §5, examples of §10.1).

use super::*;

/// The source that is chosen for `dst` of those in `own` beside the link-local address.
fn choose(own: &[&str], dst: &str) -> Ip6 {
    let mut h = Host::ready();
    own.iter().take(crate::config::IPV6_ADDRESSES - 1).for_each(|address| {
        h.stack.add_ipv6(h.netif, ip(address).into(), 64, h.now).unwrap();
    });
    settle(&mut h.stack, h.netif, h.now);
    *h.stack.source_v6(h.netif.0, &ip(dst)).unwrap()
}

#[test]
fn sources_are_chosen_as_in_the_examples() {
    if crate::config::IPV6_ADDRESSES < 3 {
        return;
    }
    // Prefer the same address, the appropriate scope, the matching label, the longest matching prefix.
    for (own, dst, best) in [
        (&["2001:db8:1::1"][..], "2001:db8:1::1", "2001:db8:1::1"),
        (&["2001:db8:1::1"], "ff05::1", "2001:db8:1::1"),
        (&["2001:db8:1::1"], "2001:db8:9::1", "2001:db8:1::1"),
        (&["2002:c633:6401::1", "2001:db8:1::1"], "2002:c633:6401::5", "2002:c633:6401::1"),
        (&["2001:db8:1::1", "fd00::1"], "fd00:1::9", "fd00::1"),
        (&["fd00::1", "2001:db8:1::1"], "2001:db9::9", "2001:db8:1::1"),
        (&["2001:db8:1::1", "2001:db8:3::1"], "2001:db8:3::9", "2001:db8:3::1"),
        // Beyond its prefix no bits count, and of equals the first is taken.
        (&["2001:db8:1::1", "2001:db8:1::9"], "2001:db8:1::a", "2001:db8:1::1"),
    ] {
        assert_eq!(choose(own, dst), ip(best), "{own:?} to {dst}");
    }
    assert_eq!(choose(&["2001:db8:1::1"], "fe80::9"), local());
    assert_eq!(choose(&["2001:db8:1::1"], "ff02::9"), local());
}
