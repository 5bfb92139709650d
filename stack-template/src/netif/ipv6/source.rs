//! The address to send from (RFC 6724 §5).

use super::{Address, Ipv6State};
use crate::Stack;
use core::net::Ipv6Addr;

/// Bits that two addresses have in common from the start.
// Byte by byte and in one place: words of 128 bits are large on small machines.
#[inline(never)]
pub(crate) fn common_prefix(a: Ipv6Addr, b: Ipv6Addr) -> u32 {
    let mut bits = 0;
    for (a, b) in a.octets().iter().zip(b.octets()) {
        let same = (a ^ b).leading_zeros();
        bits += same;
        if same < 8 {
            break;
        }
    }
    bits
}

/// Rank of an address's scope: link, site, global (RFC 6724 §3.1).
#[inline(never)]
fn scope(addr: Ipv6Addr) -> u8 {
    match addr.octets() {
        [0xff, group, ..] => group & 0x0f,
        [0xfe, unicast, ..] if unicast & 0xc0 == 0x80 => 2,
        [0xfe, unicast, ..] if unicast & 0xc0 == 0xc0 => 5,
        _ => 14,
    }
}

/// The label of an address (RFC 6724 §2.1): addresses with the same one go together.
fn label(addr: Ipv6Addr) -> u8 {
    match addr.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => 0,
        [0, 0, 0, 0, 0, 0xffff, ..] => 4,
        [0, 0, 0, 0, 0, 0, ..] => 3,
        [0x2002, ..] => 2,
        [0x2001, 0, ..] => 5,
        [0x3ffe, ..] => 12,
        [site, ..] if site & 0xffc0 == 0xfec0 => 11,
        [unique, ..] if unique & 0xfe00 == 0xfc00 => 13,
        _ => 1,
    }
}

impl Address {
    /// Whether it is one for a while only (RFC 6724 §5 rule 7).
    fn is_temporary(&self) -> bool {
        #[cfg(feature = "ipv6-temporary")]
        return self.origin == super::addresses::Origin::Temporary;
        #[cfg(not(feature = "ipv6-temporary"))]
        false
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The address to send from to `dst`: the best of those of `netif`, through which it goes (RFC 6724 §5; rules 4 and
    /// 5.5 are about what there is not here).
    pub(crate) fn source_v6(&self, netif: u8, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let entry = self.netifs.get(usize::from(netif))?;
        #[cfg(feature = "hooks-ip6-select-src")]
        if let Some(chosen) = self.hooks.ip6_select_src(crate::NetifId(netif), dst)
            && entry.ipv6.addresses.iter().any(|a| a.is_used() && a.address == chosen)
        {
            return Some(chosen);
        }
        let (want, with) = (scope(dst), label(dst));
        // The rules in their order, each in bits of its own below those of the one before.
        let rank = |a: &Address| {
            let have = scope(a.address);
            // A scope that reaches the destination is better, and of those the smallest.
            let reach = if have < want { have } else { 32 - have };
            let common = common_prefix(a.address, dst).min(a.prefix_len.into());
            u32::from(a.address == dst) << 17
                | u32::from(reach) << 11
                | u32::from(a.state == Ipv6State::Preferred) << 10
                | u32::from(label(a.address) == with) << 9
                | u32::from(a.is_temporary()) << 8
                | common
        };
        // Of equals the one that was there first.
        let usable = entry.ipv6.addresses.iter().rev().filter(|a| a.is_used());
        usable.max_by_key(|a| rank(a)).map(|a| a.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_ordered() {
        let of = |text: &str| scope(text.parse().unwrap());
        assert!(of("fe80::1") < of("2001:db8::1"));
        assert_eq!((of("ff02::1"), of("ff05::1"), of("ff0e::1")), (2, 5, 14));
    }

    #[test]
    fn labels_are_those_of_the_default_policy() {
        let of = |text: &str| label(text.parse().unwrap());
        let all = [
            "::1",
            "2001:db8::1",
            "2002::1",
            "::1.2.3.4",
            "::ffff:1.2.3.4",
            "2001::1",
            "fec0::1",
            "3ffe::1",
            "fd00::1",
        ];
        assert_eq!(all.map(of), [0, 1, 2, 3, 4, 5, 11, 12, 13]);
    }
}
