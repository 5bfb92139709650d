//! The address to send from (RFC 6724 §5).

use super::{Address, Ipv6State};
use crate::Stack;
use crate::addr::Ip6;

/// Bits that two addresses have in common from the start.
#[inline(never)]
pub(crate) fn common_prefix(a: &Ip6, b: &Ip6) -> u32 {
    let mut bits = 0;
    for (a, b) in a.words().iter().zip(b.words()) {
        let mut differ = a ^ b;
        if differ != 0 {
            while differ.cast_signed() >= 0 {
                differ <<= 1;
                bits += 1;
            }
            break;
        }
        bits += 32;
    }
    bits
}

/// Rank of an address's scope: link, site, global (RFC 6724 §3.1).
#[inline(never)]
fn scope(addr: &Ip6) -> u8 {
    let start = addr.words()[0] >> 16;
    match start >> 6 {
        0x3fa => 2,
        0x3fb => 5,
        0x3fc.. => start as u8 & 0x0f,
        _ => 14,
    }
}

/// The label of an address (RFC 6724 §2.1): addresses with the same one go together.
fn label(addr: &Ip6) -> u8 {
    let [start, b, c, d] = *addr.words();
    if start | b == 0 && matches!(c, 0 | 0xffff) {
        return if c != 0 {
            4
        } else if d == 1 {
            0
        } else {
            3
        };
    }
    match start >> 16 {
        0x2002 => 2,
        0x2001 if start & 0xffff == 0 => 5,
        0x3ffe => 12,
        0xfec0..=0xfeff => 11,
        0xfc00..=0xfdff => 13,
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
    pub(crate) fn source_v6(&self, netif: u8, dst: &Ip6) -> Option<&Ip6> {
        let entry = crate::netif::at(&self.netifs, netif)?;
        #[cfg(feature = "hooks-ip6-select-src")]
        if let Some(chosen) = self.hooks.ip6_select_src(crate::NetifId(netif), (*dst).into()).map(Ip6::from)
            && let Some(a) = entry.ipv6.addresses.iter().find(|a| a.is_used() && a.address == chosen)
        {
            return Some(&a.address);
        }
        let (want, with) = (scope(dst), label(dst));
        let mut best = None;
        for a in entry.ipv6.addresses.iter().filter(|a| a.is_used()) {
            let have = scope(&a.address);
            // A scope that reaches the destination is better, and of those the smallest.
            let reach = if have < want { have } else { 32 - have };
            let common = common_prefix(&a.address, dst).min(a.prefix_len.into());
            // The rules in their order, each in bits of its own below those of the one before.
            let rank = u32::from(a.address == *dst) << 17
                | u32::from(reach) << 11
                | u32::from(a.state == Ipv6State::Preferred) << 10
                | u32::from(label(&a.address) == with) << 9
                | u32::from(a.is_temporary()) << 8
                | common;
            // Of equals the one that was there first.
            if best.is_none_or(|(before, _)| rank > before) {
                best = Some((rank, &a.address));
            }
        }
        best.map(|(_, address)| address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_ordered() {
        let of = |text: &str| scope(&text.parse().unwrap());
        assert!(of("fe80::1") < of("2001:db8::1"));
        assert_eq!((of("ff02::1"), of("ff05::1"), of("ff0e::1")), (2, 5, 14));
    }

    #[test]
    fn labels_are_those_of_the_default_policy() {
        let of = |text: &str| label(&text.parse().unwrap());
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
