//! TCP headers and options (RFC 9293 §3.1).

/// Bytes of a header without options.
pub const HEADER_LEN: usize = 20;

/// Where the checksum stands.
pub const CHECKSUM_AT: core::ops::Range<usize> = 16..18;

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
    /// Window scale shift (RFC 7323 §2).
    #[cfg(feature = "tcp-wnd-scale")]
    pub wnd_scale: Option<u8>,
}

impl Header {
    /// The header, the bytes of its options, and the payload; refused when the data offset is out of the segment.
    pub fn parse(segment: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let (fixed, _) = segment.split_first_chunk::<HEADER_LEN>()?;
        let [ports, seq, ack, rest] = super::words(fixed);
        let (header, payload) = segment.split_at_checked((rest >> 28) as usize * 4)?;
        let options = header.get(HEADER_LEN..)?;
        let (src, dst) = ((ports >> 16) as u16, ports as u16);
        let parsed = Self { src, dst, seq, ack, flags: (rest >> 16) as u8 & 0x1f, window: rest as u16 };
        Some((parsed, options, payload))
    }

    /// Writes the header, with a checksum of zero and room for `options_len` (a multiple of 4) behind it.
    pub fn emit(&self, options_len: usize, out: &mut [u8; HEADER_LEN]) {
        let ports = u32::from(self.src) << 16 | u32::from(self.dst);
        let offset = ((HEADER_LEN + options_len) as u32) << 26;
        let rest = offset | u32::from(self.flags) << 16 | u32::from(self.window);
        super::write_words(&[ports, self.seq, self.ack, rest, 0], out);
    }

    /// The header's bytes, as [`emit`](Self::emit) writes them.
    #[cfg(test)]
    pub fn to_bytes(&self, options_len: u8) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        self.emit(usize::from(options_len), &mut bytes);
        bytes
    }

    /// Whether all of `mask` is set.
    pub fn has(&self, mask: u8) -> bool {
        self.flags & mask == mask
    }
}

impl Options {
    /// Bytes that [`Options::to_bytes`] writes.
    pub const LEN: usize = if cfg!(feature = "tcp-wnd-scale") { 8 } else { 4 };

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
                #[cfg(feature = "tcp-wnd-scale")]
                (3, [shift]) => options.wnd_scale = Some((*shift).min(14)),
                _ => {}
            }
            bytes = rest;
        }
        options
    }

    /// The options of a SYN, padded to a multiple of four; what is absent is filled with no-operations.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [high, low] = self.mss.unwrap_or(536).to_be_bytes();
        #[cfg(feature = "tcp-wnd-scale")]
        if let Some(shift) = self.wnd_scale {
            return [2, 4, high, low, 1, 3, 3, shift];
        }
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

    /// RFC 7323 §2.3: a shift above 14 is taken as 14.
    #[cfg(feature = "tcp-wnd-scale")]
    #[test]
    fn window_scale_is_at_most_14() {
        let options = Options { mss: Some(536), wnd_scale: Some(3) };
        assert_eq!(Options::parse(&options.to_bytes()), options);
        assert_eq!(Options::parse(&[3, 3, 200]).wnd_scale, Some(14));
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
