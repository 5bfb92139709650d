//! The address to send from (RFC 6724 §5).

use super::{Address, Ipv6State};
use crate::Stack;
use core::net::Ipv6Addr;

/// Bits that two addresses have in common from the start.
pub(crate) fn common_prefix(a: Ipv6Addr, b: Ipv6Addr) -> u32 {
    (a.to_bits() ^ b.to_bits()).leading_zeros()
}

/// Rank of an address's scope: link, site, global (RFC 6724 §3.1).
fn scope(addr: Ipv6Addr) -> u8 {
    match addr.segments()[0] {
        group if group & 0xff00 == 0xff00 => (group & 0x0f) as u8,
        unicast if unicast & 0xffc0 == 0xfe80 => 2,
        unicast if unicast & 0xffc0 == 0xfec0 => 5,
        _ => 14,
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The address to send from on `netif` to `dst` (RFC 6724 §5: rules 1, 2, 3 and 8).
    pub(crate) fn source_v6(&self, netif: u8, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let entry = self.netifs.get(usize::from(netif))?;
        let rank = |a: &Address| {
            let (have, want) = (scope(a.address), scope(dst));
            // A scope that reaches the destination is better, and of those the smallest.
            let reach = if have < want { i16::from(have) - 32 } else { -i16::from(have) };
            let preferred = a.state == Ipv6State::Preferred;
            (a.address == dst, reach, preferred, common_prefix(a.address, dst))
        };
        let usable = entry.ipv6.addresses.iter().filter(|a| a.is_used());
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
}
