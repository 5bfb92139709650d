//! IPv4 headers (RFC 791).

use super::checksum;
use crate::addr::Ip4;

/// Bytes of a header without options, the only kind that is sent.
pub const HEADER_LEN: usize = 20;
/// Bit of [`Header::fragment`]: another fragment follows.
pub const MORE_FRAGMENTS: u16 = 0x2000;
/// Bits of [`Header::fragment`]: where the fragment lies in its packet, in units of eight bytes.
pub const FRAGMENT_OFFSET: u16 = 0x1fff;
const DONT_FRAGMENT: u16 = 0x4000;

/// What the stack needs of an IPv4 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source address.
    pub src: Ip4,
    /// Destination address.
    pub dst: Ip4,
    /// Protocol of the payload.
    pub protocol: u8,
    /// Hops left.
    pub ttl: u8,
    /// Identification, which groups the fragments of a packet.
    pub id: u16,
    /// Bytes of the payload.
    pub payload_len: u16,
    /// Offset and flag of a fragment; 0 for a whole packet.
    pub fragment: u16,
    /// Whether no router may fragment the packet.
    pub dont_fragment: bool,
}

impl Header {
    /// The header, the bytes it took (with options), and the payload without link padding.
    ///
    /// Refused: another version, a header or total length that the bytes do not hold, a wrong checksum.
    pub fn parse(packet: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let (fixed, _) = packet.split_first_chunk::<HEADER_LEN>()?;
        let [version_ihl, _, l0, l1, i0, i1, f0, f1, ttl, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] =
            *fixed;
        let header_len = usize::from(version_ihl & 0x0f) * 4;
        let total_len = u16::from_be_bytes([l0, l1]);
        let fragment = u16::from_be_bytes([f0, f1]);
        if version_ihl >> 4 != 4 || header_len < HEADER_LEN {
            return None;
        }
        let (header, payload) = packet.get(..usize::from(total_len))?.split_at_checked(header_len)?;
        if !checksum::of(header).is_right() {
            return None;
        }
        let parsed = Self {
            src: Ip4::new(s0, s1, s2, s3),
            dst: Ip4::new(d0, d1, d2, d3),
            protocol,
            ttl,
            id: u16::from_be_bytes([i0, i1]),
            payload_len: payload.len() as u16,
            fragment: fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET),
            dont_fragment: fragment & DONT_FRAGMENT != 0,
        };
        Some((parsed, header, payload))
    }

    /// Writes the header.
    pub fn emit(&self, out: &mut [u8; HEADER_LEN]) {
        let [l0, l1] = self.payload_len.saturating_add(HEADER_LEN as u16).to_be_bytes();
        let [i0, i1] = self.id.to_be_bytes();
        let flag = if self.dont_fragment { DONT_FRAGMENT } else { 0 };
        let [f0, f1] = (self.fragment | flag).to_be_bytes();
        let [s0, s1, s2, s3] = self.src.octets();
        let [d0, d1, d2, d3] = self.dst.octets();
        *out =
            [0x45, 0, l0, l1, i0, i1, f0, f1, self.ttl, self.protocol, 0, 0, s0, s1, s2, s3, d0, d1, d2, d3];
        let [c0, c1] = checksum::of(out).checksum();
        out[10] = c0;
        out[11] = c1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: Header = Header {
        src: Ip4::new(10, 0, 0, 1),
        dst: Ip4::new(10, 0, 0, 2),
        protocol: 17,
        ttl: 64,
        id: 7,
        payload_len: 3,
        fragment: 0,
        dont_fragment: true,
    };

    fn packet() -> [u8; HEADER_LEN + 5] {
        let mut bytes = [0xaa; HEADER_LEN + 5];
        HEADER.emit(bytes.first_chunk_mut().unwrap());
        bytes
    }

    fn with_checksum(mut bytes: [u8; HEADER_LEN + 5]) -> [u8; HEADER_LEN + 5] {
        let len = (usize::from(bytes[0] & 15) * 4).min(bytes.len());
        bytes[10] = 0;
        bytes[11] = 0;
        let [a, b] = checksum::of(&bytes[..len]).checksum();
        bytes[10] = a;
        bytes[11] = b;
        bytes
    }

    #[test]
    fn header_survives_a_round_trip_and_padding_is_cut() {
        let bytes = packet();
        let (header, raw, payload) = Header::parse(&bytes).unwrap();
        assert_eq!((header, raw, payload), (HEADER, &bytes[..20], &[0xaa; 3][..]));
    }

    #[test]
    fn every_short_packet_is_refused() {
        let bytes = packet();
        for len in 0..HEADER_LEN + 3 {
            assert_eq!(Header::parse(&bytes[..len]), None, "{len} bytes");
        }
    }

    /// Bug class 5: IHL 0 to 4, IHL beyond the packet, total length below the header's.
    #[test]
    fn lengths_that_disagree_are_refused() {
        for ihl in [0, 1, 4, 6, 7, 15] {
            let mut bytes = packet();
            bytes[0] = 0x40 | ihl;
            assert_eq!(Header::parse(&with_checksum(bytes)), None, "IHL {ihl}");
        }
        for total in [0, 19, 26, 0xffff] {
            let mut bytes = packet();
            bytes[2..4].copy_from_slice(&u16::to_be_bytes(total));
            assert_eq!(Header::parse(&with_checksum(bytes)), None, "total length {total}");
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_is_refused() {
        for bit in 0..HEADER_LEN * 8 {
            let mut bytes = packet();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Header::parse(&bytes), None, "bit {bit}");
        }
    }

    #[test]
    fn fragments_are_told() {
        for (flags, fragment) in [(0x4000, 0), (0x2000, 0x2000), (1, 1), (0x3fff, 0x3fff), (0x8000, 0)] {
            let mut bytes = packet();
            bytes[6..8].copy_from_slice(&u16::to_be_bytes(flags));
            let header = Header::parse(&with_checksum(bytes)).unwrap().0;
            assert_eq!((header.fragment, header.dont_fragment), (fragment, flags == 0x4000), "{flags:#x}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_not_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Some((header, raw, payload)) = Header::parse(&bytes) {
                prop_assert!(raw.len() >= HEADER_LEN && raw.len() + payload.len() <= bytes.len());
                prop_assert_eq!(usize::from(header.payload_len), payload.len());
            }
        }
    }
}
