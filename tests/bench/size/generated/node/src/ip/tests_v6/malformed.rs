//! Bug class 11: options of neighbour discovery whose length is wrong, in every message that has options.

use super::autoconf::router;
use super::*;

/// RFC 4861 §4.6, §6.1.2, §7.1: a message with an option of length 0, or one beyond its end, is dropped as a whole; an
/// option whose length is not its own is not taken. Whatever comes, nothing is learned and nothing stays in the pool.
#[test]
fn options_of_any_wrong_length_teach_nothing() {
    let mut h = Host::ready();
    let before = h.addresses();
    let kinds = [
        icmpv6::ROUTER_ADVERTISEMENT,
        icmpv6::NEIGHBOR_SOLICITATION,
        icmpv6::NEIGHBOR_ADVERTISEMENT,
        icmpv6::ROUTER_SOLICITATION,
        137,
    ];
    for message in kinds {
        let fixed = match message {
            icmpv6::ROUTER_ADVERTISEMENT => std::vec![0; 8],
            137 => [router().octets(), ip("2001:db8::9").octets()].concat(),
            icmpv6::ROUTER_SOLICITATION => Vec::new(),
            _ => peer().octets().to_vec(),
        };
        for option in [1, 2, 3, 5, 14, 24, 25, 31, 200] {
            for words in [0, 1, 2, 3, 4, 5, 31, 255] {
                for len in [1, 2, 7, 8, 9, 16, 24, 31, 32, 40] {
                    let right = usize::from(words) * 8 == len;
                    if right && words > 0 {
                        continue;
                    }
                    let mut bytes = std::vec![0xff; len];
                    bytes[0] = option;
                    if let Some(place) = bytes.get_mut(1) {
                        *place = words;
                    }
                    let header = Header { kind: message, code: 0, rest: [0; 4] };
                    h.icmp(router(), local(), ON_LINK, header, &[&fixed[..], &bytes].concat());
                }
            }
        }
    }
    h.sent();
    assert_eq!(h.addresses(), before);
    assert_eq!((h.stack.neighbor_count(), h.stack.pool.taken()), (0, 0));
    assert_eq!((h.stack.ipv6_routers().count(), h.stack.ipv6_dns_servers().count()), (0, 0));
    assert_eq!(h.stack.next_deadline(), None);
}
