//! UDP headers (RFC 768).

/// Bytes of a header.
pub const HEADER_LEN: usize = 8;

/// A UDP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source port.
    pub src: u16,
    /// Destination port.
    pub dst: u16,
    /// Bytes of header and payload.
    pub len: u16,
    /// The checksum as received; zero means that the sender computed none.
    pub checksum: [u8; 2],
}

impl Header {
    /// The header and the payload it claims; refused when the bytes do not hold what the length says.
    pub fn parse(datagram: &[u8]) -> Option<(Self, &[u8])> {
        let header = Self::read(datagram, datagram.len())?;
        let payload = datagram.get(HEADER_LEN..usize::from(header.len))?;
        Some((header, payload))
    }

    /// The header of a datagram of `len` bytes that starts with `bytes`; refused as by [`parse`](Self::parse).
    pub fn read(bytes: &[u8], len: usize) -> Option<Self> {
        let (fixed, _) = bytes.split_first_chunk::<HEADER_LEN>()?;
        let [ports, rest] = super::words(fixed);
        let header = Self {
            src: (ports >> 16) as u16,
            dst: ports as u16,
            len: (rest >> 16) as u16,
            checksum: (rest as u16).to_be_bytes(),
        };
        (HEADER_LEN..=len).contains(&usize::from(header.len)).then_some(header)
    }

    /// The header's bytes.
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let ports = u32::from(self.src) << 16 | u32::from(self.dst);
        let rest = u32::from(self.len) << 16 | u32::from(u16::from_be_bytes(self.checksum));
        let mut bytes = [0; HEADER_LEN];
        super::write_words(&[ports, rest], &mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_survives_a_round_trip_and_padding_is_cut() {
        let header = Header { src: 53, dst: 4000, len: 11, checksum: [1, 2] };
        let mut bytes = [5; 13];
        bytes[..8].copy_from_slice(&header.to_bytes());
        assert_eq!(Header::parse(&bytes), Some((header, &[5; 3][..])));
    }

    /// Bug class 6: a length below the header's or beyond the packet.
    #[test]
    fn lengths_that_disagree_are_refused() {
        for len in [0, 7, 14, 0xffff] {
            let mut bytes = [0; 13];
            bytes[..8].copy_from_slice(&Header { src: 1, dst: 2, len, checksum: [0; 2] }.to_bytes());
            assert_eq!(Header::parse(&bytes), None, "length {len}");
        }
        for len in 0..HEADER_LEN {
            assert_eq!(Header::parse(&[0; 8][..len]), None);
        }
    }
}
