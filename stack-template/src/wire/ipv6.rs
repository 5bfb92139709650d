//! IPv6 headers and the chain of extension headers (RFC 8200).

use crate::addr::Ip6;

/// Bytes of the fixed header.
pub const HEADER_LEN: usize = 40;
/// Headers behind the fixed one that are walked before a packet is given up.
const MOST_EXTENSIONS: usize = 8;

/// The least that a link takes (RFC 8200 §5).
pub const LEAST_MTU: u16 = 1280;
/// Bytes of a fragment header.
pub const FRAGMENT_LEN: usize = 8;
/// Type of the hop-by-hop header.
#[cfg(feature = "mld")]
pub const HOP_BY_HOP: u8 = next::HOP_BY_HOP;
/// The option that makes routers look at a packet that is not for them, for listener discovery (RFC 2711 §2.1).
#[cfg(feature = "mld")]
const ALERT: [u8; 4] = [5, 2, 0, 0];
/// A hop-by-hop header with a router alert in front of an ICMPv6 message.
#[cfg(feature = "mld")]
pub const ROUTER_ALERT: [u8; 8] = [super::protocol::ICMPV6, 0, ALERT[0], ALERT[1], ALERT[2], ALERT[3], 1, 0];

/// Where the hop limit stands.
pub const HOP_LIMIT_AT: usize = 7;

/// Next-header values that are not transports (IANA).
pub mod next {
    /// Options for every node on the way.
    pub const HOP_BY_HOP: u8 = 0;
    /// Nodes to visit.
    pub const ROUTING: u8 = 43;
    /// A part of a packet.
    pub const FRAGMENT: u8 = 44;
    /// Options for the destination.
    pub const DESTINATION: u8 = 60;
}

/// What the stack needs of an IPv6 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source address.
    pub src: Ip6,
    /// Destination address.
    pub dst: Ip6,
    /// Type of what follows: an extension header or a transport.
    pub next_header: u8,
    /// Hops left.
    pub hop_limit: u8,
    /// Bytes behind the header.
    pub payload_len: u16,
}

impl Header {
    /// The header and the payload without link padding; refused: another version, a length beyond the bytes.
    pub fn parse(packet: &[u8]) -> Option<(Self, &[u8])> {
        let (fixed, rest) = packet.split_first_chunk::<HEADER_LEN>()?;
        let ([version, _, _, _, l0, l1, next_header, hop_limit], addresses) = fixed.split_first_chunk()?;
        let (src, dst) = addresses.split_first_chunk::<16>()?;
        if version >> 4 != 6 {
            return None;
        }
        let payload_len = u16::from_be_bytes([*l0, *l1]);
        let header = Self {
            src: Ip6::read(src),
            dst: Ip6::read(dst.first_chunk()?),
            next_header: *next_header,
            hop_limit: *hop_limit,
            payload_len,
        };
        Some((header, rest.get(..usize::from(payload_len))?))
    }

    /// Writes the header.
    #[cfg(test)]
    pub fn emit(&self, out: &mut [u8; HEADER_LEN]) {
        *out = header(&self.src, &self.dst, self.next_header, self.payload_len, self.hop_limit);
    }
}

/// The bytes of a header.
pub fn header(src: &Ip6, dst: &Ip6, next_header: u8, payload_len: u16, hop_limit: u8) -> [u8; HEADER_LEN] {
    let mut out = [0; HEADER_LEN];
    write(&mut out, src, dst, next_header, payload_len, hop_limit);
    out
}

/// Writes a header.
#[inline(never)]
pub fn write(
    out: &mut [u8; HEADER_LEN],
    src: &Ip6,
    dst: &Ip6,
    next_header: u8,
    payload_len: u16,
    hop_limit: u8,
) {
    let [l0, l1] = payload_len.to_be_bytes();
    let (fixed, addresses) = out.split_at_mut(HEADER_LEN - 32);
    fixed.copy_from_slice(&[0x60, 0, 0, 0, l0, l1, next_header, hop_limit]);
    if let ([from, to], _) = addresses.as_chunks_mut::<16>() {
        src.write(from);
        dst.write(to);
    }
}

/// A fragment header (RFC 8200 §4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Type of what the fragments together start with.
    pub next_header: u8,
    /// Where the fragment lies, in bytes: a multiple of eight.
    pub offset: u16,
    /// Whether another one follows.
    pub more: bool,
    /// What the fragments of a packet have in common.
    pub id: u32,
}

impl Fragment {
    /// The header at the start of `bytes` and what follows it.
    pub fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let ([next_header, _, o0, o1, i0, i1, i2, i3], rest) = bytes.split_first_chunk::<FRAGMENT_LEN>()?;
        let offset = u16::from_be_bytes([*o0, *o1]);
        let id = u32::from_be_bytes([*i0, *i1, *i2, *i3]);
        Some((Self { next_header: *next_header, offset: offset & !7, more: offset & 1 != 0, id }, rest))
    }

    /// The header's bytes.
    pub fn to_bytes(&self) -> [u8; FRAGMENT_LEN] {
        let [o0, o1] = ((self.offset & !7) | u16::from(self.more)).to_be_bytes();
        let [i0, i1, i2, i3] = self.id.to_be_bytes();
        [self.next_header, 0, o0, o1, i0, i1, i2, i3]
    }

    /// Whether it is a whole packet after all (RFC 6946).
    pub fn is_atomic(&self) -> bool {
        self.offset == 0 && !self.more
    }
}

/// Where the walk along the extension headers ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk<'a> {
    /// A transport, by its protocol number, with its bytes.
    Transport(u8, &'a [u8]),
    /// A fragment: its header, and its bytes behind that.
    Fragment(&'a [u8]),
    /// The packet is to be dropped without a word.
    Drop,
    /// A header reaches beyond the bytes.
    Short,
    /// The packet is to be dropped and the sender told: a code of "parameter problem" and where the problem is,
    /// counted from the start of the packet. `always` is false when a group as destination silences the answer.
    Problem {
        /// Code of the ICMPv6 message.
        code: u8,
        /// Offset of the offending byte.
        pointer: u32,
        /// Whether it is sent for a packet to a group too.
        always: bool,
    },
}

/// Walks from `next_header` along the extension headers of `payload` (RFC 8200 §4).
#[inline]
pub fn walk(next_header: u8, payload: &[u8]) -> Walk<'_> {
    let (end, at) = scan(next_header, payload);
    let rest = payload.get(at.wrapping_sub(HEADER_LEN)..).unwrap_or_default();
    match end {
        ..FRAGMENT => Walk::Transport(end as u8, rest),
        FRAGMENT => Walk::Fragment(rest),
        DROP => Walk::Drop,
        SHORT => Walk::Short,
        _ => Walk::Problem { code: (end & 3) as u8, pointer: at as u32, always: end & ALWAYS != 0 },
    }
}

/// What ends a walk, other than a transport, whose protocol is below: a problem with its code, or one of these.
const FRAGMENT: u16 = 0x100;
const DROP: u16 = 0x101;
const SHORT: u16 = 0x102;
const PROBLEM: u16 = 0x200;
/// The problem is told of even if the packet went to a group.
const ALWAYS: u16 = 4;

/// What ends the walk, and where it stands in the packet.
#[inline(never)]
fn scan(mut next_header: u8, payload: &[u8]) -> (u16, usize) {
    let mut rest = payload;
    // Where the byte is that named the header at hand.
    let mut named_at = 6;
    for turn in 0..MOST_EXTENSIONS {
        let at = HEADER_LEN + payload.len() - rest.len();
        if !matches!(next_header, next::HOP_BY_HOP | next::DESTINATION | next::ROUTING | next::FRAGMENT) {
            return (next_header.into(), at);
        }
        if next_header == next::HOP_BY_HOP && turn > 0 {
            return (PROBLEM | 1, named_at);
        }
        // None is shorter.
        let Some([following, len, second, third, ..]) = rest.first_chunk::<8>() else { return (SHORT, at) };
        let mut size = 8;
        if next_header != next::FRAGMENT {
            size += usize::from(*len) * 8;
        } else if second | (third & !6) != 0 {
            return (FRAGMENT, at);
        }
        let Some((header, behind)) = rest.split_at_checked(size) else { return (SHORT, at) };
        // Type 0 is refused (RFC 5095 §3), as is any other that still has segments to visit (RFC 8200 §4.4).
        if next_header == next::ROUTING && *third != 0 {
            return (PROBLEM, at + 2);
        }
        if matches!(next_header, next::HOP_BY_HOP | next::DESTINATION) {
            let mut body = header.get(2..).unwrap_or_default();
            while let Some((kind, rest)) = body.split_first() {
                // Pad1 alone has no length.
                let len = if *kind == 0 { Some(0) } else { rest.first().map(|len| usize::from(*len) + 1) };
                let Some(behind) = len.and_then(|len| rest.get(len..)) else { return (DROP, at) };
                // What an unknown option demands (RFC 8200 §4.2).
                if *kind >= 0x40 {
                    let end = match kind >> 6 {
                        1 => DROP,
                        2 => PROBLEM | 2 | ALWAYS,
                        _ => PROBLEM | 2,
                    };
                    return (end, at + header.len() - body.len());
                }
                body = behind;
            }
        }
        named_at = at;
        next_header = *following;
        rest = behind;
    }
    (DROP, 0)
}

/// Whether `packet` has a hop-by-hop header with a router alert for listener discovery.
#[cfg(feature = "mld")]
pub fn has_router_alert(packet: &[u8]) -> bool {
    let Some((fixed, rest)) = packet.split_first_chunk::<HEADER_LEN>() else { return false };
    let Some([_, len, ..]) = rest.first_chunk::<8>() else { return false };
    let mut options = rest.get(2..8 + usize::from(*len) * 8).unwrap_or_default();
    if fixed[6] != next::HOP_BY_HOP {
        return false;
    }
    while let Some((kind, behind)) = options.split_first() {
        if options.starts_with(&ALERT) {
            return true;
        }
        let len = match (*kind, behind.first()) {
            (0, _) => 1,
            (_, Some(len)) => 2 + usize::from(*len),
            (_, None) => return false,
        };
        options = options.get(len..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> Header {
        let (src, dst) = ("fe80::1".parse().unwrap(), "ff02::1".parse().unwrap());
        Header { src, dst, next_header: 58, hop_limit: 255, payload_len: 3 }
    }

    #[test]
    fn header_survives_a_round_trip_and_padding_is_cut() {
        let mut bytes = [7; HEADER_LEN + 5];
        header().emit(bytes.first_chunk_mut().unwrap());
        assert_eq!(Header::parse(&bytes), Some((header(), &[7; 3][..])));
        for len in 0..HEADER_LEN + 3 {
            assert_eq!(Header::parse(&bytes[..len]), None, "{len} bytes");
        }
        bytes[0] = 0x45;
        assert_eq!(Header::parse(&bytes), None);
    }

    #[test]
    fn transports_are_found_behind_extensions() {
        assert_eq!(walk(6, b"tcp"), Walk::Transport(6, b"tcp"));
        let hop = [60, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0, b'u'];
        assert_eq!(walk(0, &hop), Walk::Transport(17, b"u"));
        let fragment = Fragment { next_header: 17, offset: 1480, more: true, id: 0x0102_0304 };
        let bytes = [&fragment.to_bytes()[..], b"part"].concat();
        assert_eq!(walk(44, &bytes), Walk::Fragment(&bytes));
        assert_eq!(Fragment::parse(&bytes), Some((fragment, &b"part"[..])));
        // RFC 6946: a fragment that is all there is counts as a packet.
        let atomic = [&Fragment { offset: 0, more: false, ..fragment }.to_bytes()[..], b"all"].concat();
        assert_eq!(walk(44, &atomic), Walk::Transport(17, b"all"));
        assert_eq!(walk(44, &[17, 0, 0, 1, 0, 0, 0]), Walk::Short);
    }

    /// Bug class 10: lengths beyond the packet, long chains, a hop-by-hop header in the wrong place.
    #[test]
    fn extensions_that_do_not_hold_are_dropped() {
        assert_eq!(walk(0, &[6, 255, 0, 0, 0, 0, 0, 0]), Walk::Short);
        assert_eq!(walk(0, &[6]), Walk::Short);
        assert_eq!(walk(60, &[6, 0, 5, 200, 0, 0, 0, 0]), Walk::Drop, "an option beyond its header");
        let chain = [60, 0, 1, 4, 0, 0, 0, 0].repeat(200);
        assert_eq!(walk(60, &chain), Walk::Drop);
        let twice = [0, 0, 1, 4, 0, 0, 0, 0].repeat(2);
        assert_eq!(walk(0, &twice), Walk::Problem { code: 1, pointer: 40, always: false });
    }

    /// RFC 8200 §4.2: the two highest bits say what is done.
    #[test]
    fn unknown_options_are_treated_as_they_ask() {
        let with = |kind| [6, 0, kind, 4, 0, 0, 0, 0];
        assert_eq!(walk(60, &with(0x1e)), Walk::Transport(6, &[]));
        assert_eq!(walk(60, &with(0x5e)), Walk::Drop);
        assert_eq!(walk(60, &with(0x9e)), Walk::Problem { code: 2, pointer: 42, always: true });
        assert_eq!(walk(60, &with(0xde)), Walk::Problem { code: 2, pointer: 42, always: false });
    }

    /// RFC 5095: a routing header of type 0 with segments left is refused.
    #[test]
    fn source_routes_are_refused() {
        assert_eq!(
            walk(43, &[6, 0, 0, 1, 0, 0, 0, 0]),
            Walk::Problem { code: 0, pointer: 42, always: false }
        );
        assert_eq!(walk(43, &[6, 0, 0, 0, 0, 0, 0, 0]), Walk::Transport(6, &[]));
    }

    #[cfg(feature = "mld")]
    proptest! {
        #[test]
        fn any_bytes_hold_an_alert_or_not_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            prop_assert!(!has_router_alert(&bytes) || bytes.len() >= HEADER_LEN + ROUTER_ALERT.len());
        }
    }

    #[cfg(feature = "mld")]
    #[test]
    fn a_router_alert_is_found() {
        let with = |next_header, hop: &[u8]| {
            let mut bytes = [0; HEADER_LEN];
            Header { next_header, payload_len: hop.len() as u16, ..header() }.emit(&mut bytes);
            has_router_alert(&[&bytes, hop].concat())
        };
        assert!(with(0, &ROUTER_ALERT));
        assert!(with(0, &[58, 0, 1, 0, 5, 2, 0, 0]) && with(0, &[58, 0, 0, 0, 5, 2, 0, 0]));
        assert!(!with(60, &ROUTER_ALERT), "in a header for the destination it says nothing");
        // RFC 2711 §2.1: another value is for another protocol.
        for bad in [[58, 0, 5, 2, 0, 1, 1, 0], [58, 0, 1, 4, 5, 2, 0, 0], [58, 9, 5, 2, 0, 0, 1, 0]] {
            assert!(!with(0, &bad), "{bad:?}");
        }
        for len in 0..8 {
            assert!(!with(0, &ROUTER_ALERT[..len]));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_not_without_a_panic(
            next_header: u8,
            bytes in proptest::collection::vec(any::<u8>(), 0..120),
        ) {
            walk(next_header, &bytes);
            if let Some((header, payload)) = Header::parse(&bytes) {
                prop_assert_eq!(usize::from(header.payload_len), payload.len());
            }
        }
    }
}
