//! Stable interface identifiers (RFC 7217).

use super::*;
use crate::testing::stack;

/// The addresses that a host with this secret and hardware address makes.
fn addresses(secret: [u8; 16], mac: [u8; 6], seed: u8, duplicates: usize) -> Vec<(Ip6, Ipv6State)> {
    let mut stack = stack([seed; 16]);
    stack.set_ipv6_secret(secret);
    let netif = stack.add_netif(NetifConfig { mac, mtu: NETIF_MTU }).unwrap();
    stack.set_link(netif, true);
    let mut h = Host { stack, netif, now: Instant::from_millis(7) };
    h.stack.poll(h.now);
    for _ in 0..duplicates {
        let (address, _) = h.addresses()[0];
        h.advertise(address, ip("ff02::1"), 0x20, PEER_MAC);
    }
    h.addresses()
}

/// RFC 7217 §5: the same with the same secret, whatever the seed of the start; another with another secret or interface.
#[test]
fn identifiers_are_stable_and_opaque() {
    let base = addresses([1; 16], OWN_MAC, 1, 0);
    assert_eq!(base, addresses([1; 16], OWN_MAC, 2, 0));
    assert_ne!(base, addresses([2; 16], OWN_MAC, 1, 0));
    assert_ne!(base, addresses([1; 16], PEER_MAC, 1, 0));
    assert_ne!(base[0].0, ip("fe80::ff:fe00:1"));
    assert_ne!(addresses([0; 16], OWN_MAC, 1, 0), addresses([0; 16], OWN_MAC, 2, 0), "without a secret");
}

/// RFC 7217 §6: a duplicate leads to another identifier, always the same; after three it is given up.
#[test]
fn a_duplicate_leads_to_the_next_identifier() {
    if IPV6_DAD_ATTEMPTS == 0 {
        return;
    }
    let tries: Vec<_> = (0..=4).map(|duplicates| addresses([1; 16], OWN_MAC, 1, duplicates)[0]).collect();
    for (i, (address, state)) in tries.iter().enumerate().take(4) {
        assert_eq!(*state, Ipv6State::Tentative);
        assert!(tries[..i].iter().all(|(before, _)| before != address));
        assert_eq!(addresses([1; 16], OWN_MAC, 9, i)[0].0, *address);
    }
    assert_eq!(tries[4], (tries[3].0, Ipv6State::Duplicate));
}
