//! TCP headers and options (RFC 9293 §3.1).

/// Bytes of a header without options.
pub const HEADER_LEN: usize = 20;

/// Bits of the flags byte.
pub mod flags {
    /// The sender has finished.
    pub const FIN: u8 = 0x01;
    /// Synchronise sequence numbers.
    pub const SYN: u8 = 0x02;
    /// Reset the connection.
    pub const RST: u8 = 0x04;
    /// Push to the application.
    pub const PSH: u8 = 0x08;
    /// The acknowledgement number is meant.
    pub const ACK: u8 = 0x10;
}

/// A TCP header without its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Source port.
    pub src: u16,
    /// Destination port.
    pub dst: u16,
    /// Sequence number of the first byte.
    pub seq: u32,
    /// Next sequence number that the sender expects.
    pub ack: u32,
    /// [`flags`]; the urgent bit is ignored, so urgent data is ordinary data (RFC 6093 §6).
    pub flags: u8,
    /// Window as on the wire, not scaled.
    pub window: u16,
}

/// The options that the stack understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Maximum segment size (RFC 9293 §3.7.1).
    pub mss: Option<u16>,
}

impl Header {
    /// The header, the bytes of its options, and the payload; refused when the data offset is out of the segment.
    pub fn parse(segment: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let (fixed, _) = segment.split_first_chunk::<HEADER_LEN>()?;
        let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, flags, w0, w1, _, _, _, _] = *fixed;
        let header_len = usize::from(offset >> 4) * 4;
        let (header, payload) = segment.split_at_checked(header_len)?;
        let options = header.get(HEADER_LEN..)?;
        let parsed = Self {
            src: u16::from_be_bytes([s0, s1]),
            dst: u16::from_be_bytes([d0, d1]),
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags: flags & 0x1f,
            window: u16::from_be_bytes([w0, w1]),
        };
        Some((parsed, options, payload))
    }

    /// The header's bytes, with a checksum of zero and room for `options_len` (a multiple of 4) behind it.
    pub fn to_bytes(&self, options_len: u8) -> [u8; HEADER_LEN] {
        let [s0, s1] = self.src.to_be_bytes();
        let [d0, d1] = self.dst.to_be_bytes();
        let [q0, q1, q2, q3] = self.seq.to_be_bytes();
        let [a0, a1, a2, a3] = self.ack.to_be_bytes();
        let [w0, w1] = self.window.to_be_bytes();
        let offset = (HEADER_LEN as u8 + options_len) << 2;
        [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, self.flags, w0, w1, 0, 0, 0, 0]
    }

    /// Whether all of `mask` is set.
    pub fn has(&self, mask: u8) -> bool {
        self.flags & mask == mask
    }
}

impl Options {
    /// Bytes that [`Options::to_bytes`] writes.
    pub const LEN: usize = 4;

    /// Reads the options; a malformed one ends the list (RFC 9293 §3.1: MUST-7, RFC 1122 §4.2.2.5).
    pub fn parse(mut bytes: &[u8]) -> Self {
        let mut options = Self::default();
        while let Some((kind, rest)) = bytes.split_first() {
            match *kind {
                0 => break,
                1 => {
                    bytes = rest;
                    continue;
                }
                _ => {}
            }
            let Some((body, rest)) = rest
                .split_first()
                .and_then(|(len, rest)| rest.split_at_checked(usize::from(*len).checked_sub(2)?))
            else {
                break;
            };
            match (*kind, body) {
                (2, [high, low]) => options.mss = Some(u16::from_be_bytes([*high, *low])),
                _ => {}
            }
            bytes = rest;
        }
        options
    }

    /// The options of a SYN, padded to a multiple of four; what is absent is filled with no-operations.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [high, low] = self.mss.unwrap_or(536).to_be_bytes();
        let mut out = [1; Self::LEN];
        out[..4].copy_from_slice(&[2, 4, high, low]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: Header =
        Header { src: 80, dst: 4000, seq: 0xffff_fff0, ack: 7, flags: flags::SYN | flags::ACK, window: 5840 };

    #[test]
    fn header_survives_a_round_trip() {
        let mut bytes = [3; HEADER_LEN + 4];
        bytes[..HEADER_LEN].copy_from_slice(&HEADER.to_bytes(0));
        assert_eq!(Header::parse(&bytes), Some((HEADER, &[][..], &[3; 4][..])));
        bytes[..HEADER_LEN].copy_from_slice(&HEADER.to_bytes(4));
        assert_eq!(Header::parse(&bytes), Some((HEADER, &[3; 4][..], &[][..])));
    }

    /// Bug class 3: a data offset below 5 or beyond the segment.
    #[test]
    fn data_offset_out_of_the_segment_is_refused() {
        for offset in [0, 1, 4, 6, 15] {
            let mut bytes = HEADER.to_bytes(0);
            bytes[12] = offset << 4;
            assert_eq!(Header::parse(&bytes), None, "offset {offset}");
        }
        for len in 0..HEADER_LEN {
            assert_eq!(Header::parse(&HEADER.to_bytes(0)[..len]), None);
        }
    }

    /// Bug class 1: option lengths of 0, too long, or cut short end the list and loop nowhere.
    #[test]
    fn malformed_options_end_the_list() {
        for bytes in [&[2, 0][..], &[2, 0xff], &[3], &[8, 10], &[0xff, 1], &[2, 1], &[2, 4, 1]] {
            assert_eq!(Options::parse(bytes), Options::default(), "{bytes:?}");
        }
        assert_eq!(Options::parse(&[1; 40]), Options::default());
        assert_eq!(Options::parse(&[1, 1, 2, 4, 5, 180, 8, 0]).mss, Some(1460));
        assert_eq!(Options::parse(&[0, 2, 4, 5, 180]).mss, None);
    }

    #[test]
    fn options_survive_a_round_trip() {
        let options = Options { mss: Some(1460), ..Options::default() };
        assert_eq!(Options::parse(&options.to_bytes()), options);
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_not_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            Options::parse(&bytes);
            if let Some((_, options, payload)) = Header::parse(&bytes) {
                prop_assert_eq!(HEADER_LEN + options.len() + payload.len(), bytes.len());
            }
        }
    }
}
