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
/// Where the time to live stands.
#[cfg(feature = "igmp")]
pub const TTL_AT: usize = 8;
/// The option that makes routers look at a packet that is not for them (RFC 2113).
#[cfg(feature = "igmp")]
const ROUTER_ALERT: [u8; 4] = [148, 4, 0, 0];

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
        let [first, id, protocol, src, dst] = super::words(fixed);
        let header_len = (first >> 24 & 0x0f) as usize * 4;
        let (total_len, fragment) = (first as u16, id as u16);
        if first >> 28 != 4 || header_len < HEADER_LEN {
            return None;
        }
        let (header, payload) = packet.get(..usize::from(total_len))?.split_at_checked(header_len)?;
        if cfg!(feature = "checksum-check-ip") && !checksum::of(header).is_right() {
            return None;
        }
        let parsed = Self {
            src: Ip4::from_bits(src),
            dst: Ip4::from_bits(dst),
            protocol: (protocol >> 16) as u8,
            ttl: (protocol >> 24) as u8,
            id: (id >> 16) as u16,
            payload_len: payload.len() as u16,
            fragment: fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET),
            dont_fragment: fragment & DONT_FRAGMENT != 0,
        };
        Some((parsed, header, payload))
    }

    /// Writes the header.
    pub fn emit(&self, out: &mut [u8; HEADER_LEN]) {
        let total_len = self.payload_len.saturating_add(HEADER_LEN as u16);
        let flag = if self.dont_fragment { DONT_FRAGMENT } else { 0 };
        let words = [
            0x4500_0000 | u32::from(total_len),
            u32::from(self.id) << 16 | u32::from(self.fragment | flag),
            u32::from(self.ttl) << 24 | u32::from(self.protocol) << 16,
            self.src.to_bits(),
            self.dst.to_bits(),
        ];
        super::write_words(&words, out);
        if cfg!(feature = "checksum-gen-ip") {
            let [c0, c1] = checksum::of(out).checksum();
            out[10] = c0;
            out[11] = c1;
        }
    }

    /// The header's bytes with a router alert and the precedence of network control (RFC 3376 §4).
    #[cfg(feature = "igmp")]
    pub fn to_alert_bytes(&self) -> [u8; HEADER_LEN + ROUTER_ALERT.len()] {
        let mut fixed = [0; HEADER_LEN];
        Self { payload_len: self.payload_len.saturating_add(ROUTER_ALERT.len() as u16), ..*self }
            .emit(&mut fixed);
        fixed[0] = 0x46;
        fixed[1] = 0xc0;
        fixed[10..12].fill(0);
        if cfg!(feature = "checksum-gen-ip") {
            let mut sum = checksum::of(&fixed);
            sum.add(&ROUTER_ALERT);
            fixed[10..12].copy_from_slice(&sum.checksum());
        }
        let mut out = [0; HEADER_LEN + ROUTER_ALERT.len()];
        out[..HEADER_LEN].copy_from_slice(&fixed);
        out[HEADER_LEN..].copy_from_slice(&ROUTER_ALERT);
        out
    }
}

/// Whether the header of `packet` holds a router alert.
#[cfg(feature = "igmp")]
pub fn has_router_alert(packet: &[u8]) -> bool {
    let header_len = packet.first().map_or(0, |byte| usize::from(byte & 0x0f) * 4);
    let mut options = packet.get(HEADER_LEN..header_len).unwrap_or_default();
    while let Some((kind, rest)) = options.split_first() {
        let len = match (*kind, rest.first()) {
            (0, _) => return false,
            (1, _) => 1,
            (148, Some(len)) => return *len == 4,
            (_, Some(len)) if *len >= 2 => usize::from(*len),
            _ => return false,
        };
        options = options.get(len..).unwrap_or_default();
    }
    false
}

/// The header of a packet that is passed on, with all its options: at most 60 bytes (RFC 791 §3.1).
#[cfg(feature = "ipv4-forward")]
pub struct PassedOn {
    bytes: [u8; 60],
    len: usize,
}

#[cfg(feature = "ipv4-forward")]
impl PassedOn {
    /// `header` with another time to live, length and fragment field, and the checksum over them.
    pub fn new(header: &[u8], ttl: u8, payload_len: usize, fragment: u16, dont_fragment: bool) -> Self {
        let mut bytes = [0; 60];
        let len = header.len().min(bytes.len());
        bytes.iter_mut().zip(header).for_each(|(to, from)| *to = *from);
        let [l0, l1] = ((len + payload_len) as u16).to_be_bytes();
        let [f0, f1] = (fragment | if dont_fragment { DONT_FRAGMENT } else { 0 }).to_be_bytes();
        [bytes[2], bytes[3], bytes[6], bytes[7], bytes[8], bytes[10], bytes[11]] =
            [l0, l1, f0, f1, ttl, 0, 0];
        if cfg!(feature = "checksum-gen-ip") {
            [bytes[10], bytes[11]] = checksum::of(bytes.get(..len).unwrap_or_default()).checksum();
        }
        Self { bytes, len }
    }
}

#[cfg(feature = "ipv4-forward")]
impl core::ops::Deref for PassedOn {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Sets the time to live of a header, unless it is 0, and its type of service (RFC 791 §3.1).
#[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx", feature = "tcp-ttl"))]
pub fn mark(header: &mut [u8; HEADER_LEN], ttl: u8, tos: u8) {
    header[1] = tos;
    header[8] = if ttl == 0 { header[8] } else { ttl };
    if cfg!(feature = "checksum-gen-ip") {
        header[10] = 0;
        header[11] = 0;
        let [c0, c1] = checksum::of(header).checksum();
        header[10] = c0;
        header[11] = c1;
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

    #[cfg(all(feature = "checksum-check-ip", feature = "checksum-gen-ip"))]
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

    #[cfg(feature = "igmp")]
    proptest! {
        #[test]
        fn any_bytes_hold_an_alert_or_not_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(!has_router_alert(&bytes) || bytes.len() >= HEADER_LEN + ROUTER_ALERT.len());
        }
    }

    #[cfg(feature = "igmp")]
    #[test]
    fn a_router_alert_is_written_and_found() {
        let bytes = HEADER.to_alert_bytes();
        assert_eq!(bytes.len(), 24);
        assert!(has_router_alert(&bytes) && !has_router_alert(&packet()));
        #[cfg(feature = "checksum-gen-ip")]
        assert_eq!(Header::parse(&[&bytes[..], &[0; 3]].concat()).unwrap().1.len(), 24);
        let with = |options: &[u8]| {
            let mut bytes = std::vec![0; HEADER_LEN];
            bytes[0] = 0x40 + (5 + options.len() / 4) as u8;
            bytes.extend(options);
            has_router_alert(&bytes)
        };
        assert!(with(&[1, 7, 3, 0, 148, 4, 0, 0]));
        // Bug class 5: options without a length, of length 0, beyond the end, behind the end.
        for bad in
            [[1, 1, 1, 148], [7, 0, 148, 4], [7, 200, 148, 4], [0, 148, 4, 0], [7, 1, 148, 4], [148, 3, 0, 0]]
        {
            assert!(!with(&bad), "{bad:?}");
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
