//! Ethernet II frames (RFC 894).

/// Bytes of the header.
pub const HEADER_LEN: usize = 14;
/// The address of every station.
pub const BROADCAST: [u8; 6] = [0xff; 6];

/// EtherType of IPv4.
pub const TYPE_IPV4: u16 = 0x0800;
/// EtherType of IPv6.
pub const TYPE_IPV6: u16 = 0x86dd;
/// EtherType of ARP.
pub const TYPE_ARP: u16 = 0x0806;

/// An Ethernet II header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Destination address.
    pub dst: [u8; 6],
    /// Source address.
    pub src: [u8; 6],
    /// EtherType; below 1536 it is an IEEE 802.3 length.
    pub ethertype: u16,
}

impl Header {
    /// The header and what follows it.
    pub fn parse(frame: &[u8]) -> Option<(Self, &[u8])> {
        let ([d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1], payload) =
            frame.split_first_chunk()?;
        let header = Self {
            dst: [*d0, *d1, *d2, *d3, *d4, *d5],
            src: [*s0, *s1, *s2, *s3, *s4, *s5],
            ethertype: u16::from_be_bytes([*t0, *t1]),
        };
        Some((header, payload))
    }

    /// Writes the header.
    pub fn emit(&self, out: &mut [u8; HEADER_LEN]) {
        let [d0, d1, d2, d3, d4, d5] = self.dst;
        let [s0, s1, s2, s3, s4, s5] = self.src;
        let [t0, t1] = self.ethertype.to_be_bytes();
        *out = [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1];
    }
}

/// Whether `mac` addresses a group of stations.
pub fn is_group(mac: [u8; 6]) -> bool {
    mac[0] & 1 != 0
}

/// The address of an IPv4 multicast group (RFC 1112 §6.4).
pub fn multicast_v4(group: crate::addr::Ip4) -> [u8; 6] {
    let [_, b, c, d] = group.octets();
    [0x01, 0x00, 0x5e, b & 0x7f, c, d]
}

/// The address of an IPv6 multicast group (RFC 2464 §7).
pub fn multicast_v6(group: crate::addr::Ip6) -> [u8; 6] {
    let [.., a, b, c, d] = group.octets();
    [0x33, 0x33, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_survives_a_round_trip() {
        let header = Header { dst: [1, 2, 3, 4, 5, 6], src: [7, 8, 9, 10, 11, 12], ethertype: 0x0806 };
        let mut bytes = [0; HEADER_LEN];
        header.emit(&mut bytes);
        assert_eq!(Header::parse(&bytes), Some((header, &[][..])));
    }

    #[test]
    fn every_short_frame_is_refused() {
        for len in 0..HEADER_LEN {
            assert_eq!(Header::parse(&[0; HEADER_LEN][..len]), None);
        }
    }
}
