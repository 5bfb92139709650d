//! Interface identifiers: the lower half of the addresses that the stack makes.

use super::addresses::Origin;
use crate::Stack;
use crate::addr::Ip6;

/// Further attempts to find an identifier that no other station has (RFC 7217 §6, RFC 8981 §3.8).
#[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
pub(super) const ATTEMPTS: u8 = 3;

/// The interface identifier made from a hardware address (RFC 4291 appendix A).
#[cfg(feature = "ipv6-interface-id-eui64")]
fn eui64(mac: [u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = mac;
    u64::from_be_bytes([a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

/// Whether an identifier means something else (RFC 5453 §3, RFC 2526 §2).
#[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
fn is_reserved(id: u64) -> bool {
    matches!(id, 0 | 0x0200_5eff_fe00_0000..=0x0200_5eff_feff_ffff | 0xfdff_ffff_ffff_ff80..)
}

impl<H: crate::Hooks> Stack<H> {
    /// An address with the upper half `half`.
    #[inline(never)]
    pub(super) fn ipv6_made(&mut self, netif: u8, half: u64, origin: Origin, attempt: u8) -> Ip6 {
        let id = self.ipv6_identifier(netif, half, origin, attempt);
        Ip6::from_halves(half, id)
    }

    /// The identifier of an address with the upper half `prefix`, other than that of the attempts before.
    fn ipv6_identifier(&mut self, netif: u8, prefix: u64, origin: Origin, attempt: u8) -> u64 {
        let Some(mac) = crate::netif::at(&self.netifs, netif).map(|entry| entry.mac) else { return 0 };
        #[cfg(feature = "ipv6-temporary")]
        if origin == Origin::Temporary {
            // Of two draws in a row one is not reserved, but for a chance of one in 2^78.
            let mut draw = || u64::from(self.random.next()) << 32 | u64::from(self.random.next());
            let id = draw();
            return if is_reserved(id) { draw() } else { id };
        }
        let _ = (prefix, origin, attempt);
        #[cfg(not(feature = "ipv6-interface-id-eui64"))]
        return self.ipv6_opaque(netif, mac, prefix, attempt);
        #[cfg(feature = "ipv6-interface-id-eui64")]
        eui64(mac)
    }
}

#[cfg(feature = "ipv6-interface-id-opaque")]
impl<H: crate::Hooks> Stack<H> {
    /// Sets the secret from which interface identifiers are made (RFC 7217 §5): with the same one, an interface has the
    /// same address whenever it comes to the same network, and nobody can tell it elsewhere.
    ///
    /// It is to be drawn once, kept where a restart does not reach it, and set before a link comes up. While none is set,
    /// or one of zeros, addresses are made from the stack's seed, which is new at each start.
    pub fn set_ipv6_secret(&mut self, secret: [u8; 16]) {
        self.ipv6_secret = secret;
    }

    /// RFC 7217 §5: F(prefix, interface, attempts, secret).
    pub(crate) fn ipv6_opaque(&self, netif: u8, mac: [u8; 6], prefix: u64, attempt: u8) -> u64 {
        let [a, b, c, d, e, f] = mac;
        let with = |attempt: u8| {
            let words = [
                (prefix >> 32) as u32,
                prefix as u32,
                u32::from_be_bytes([a, b, c, d]),
                u32::from_be_bytes([e, f, netif, attempt]),
                u32::from_le_bytes(*b"iid "),
            ];
            if self.ipv6_secret == [0; 16] {
                self.random.hash64(&words)
            } else {
                crate::random::Random::new(self.ipv6_secret).hash64(&words)
            }
        };
        let id = with(attempt);
        // RFC 7217 §5 step 3; no attempt of the search for duplicates has such a number.
        if is_reserved(id) { with(attempt | 0x80) } else { id }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "ipv6-interface-id-eui64")]
    #[test]
    fn identifiers_are_made_as_rfc_4291_says() {
        let id = super::eui64([0x02, 0, 0, 0x12, 0x34, 0x56]);
        assert_eq!(id, 0x0000_00ff_fe12_3456);
    }

    #[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
    #[test]
    fn reserved_identifiers_are_known() {
        use super::is_reserved;
        assert!(is_reserved(0) && is_reserved(u64::MAX) && is_reserved(0xfdff_ffff_ffff_ff80));
        assert!(is_reserved(0x0200_5eff_fe00_5213) && !is_reserved(0xfdff_ffff_ffff_ff7f) && !is_reserved(1));
    }
}
