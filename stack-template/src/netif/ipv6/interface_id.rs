//! Interface identifiers: the lower half of the addresses that the stack makes.

/// The interface identifier made from a hardware address (RFC 4291 appendix A).
pub(super) fn eui64(mac: [u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = mac;
    u64::from_be_bytes([a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_made_as_rfc_4291_says() {
        let id = eui64([0x02, 0, 0, 0x12, 0x34, 0x56]);
        assert_eq!(id, 0x0000_00ff_fe12_3456);
    }
}
