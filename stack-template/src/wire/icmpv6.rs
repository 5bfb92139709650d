//! ICMPv6 messages (RFC 4443) and neighbour discovery (RFC 4861).

use super::checksum::{self, Sum};
use super::protocol;
use crate::addr::Ip6;

/// Bytes before the data of a message.
pub const HEADER_LEN: usize = 8;
/// Type of "destination unreachable".
pub const UNREACHABLE: u8 = 1;
/// Type of "packet too big".
pub const PACKET_TOO_BIG: u8 = 2;
/// Type of "time exceeded".
pub const TIME_EXCEEDED: u8 = 3;
/// Code of [`TIME_EXCEEDED`]: not all fragments came in time.
pub const FRAGMENTS_MISSING: u8 = 1;
/// Type of "parameter problem".
pub const PARAMETER_PROBLEM: u8 = 4;
/// Type of an echo request.
pub const ECHO_REQUEST: u8 = 128;
/// Type of an echo reply.
pub const ECHO_REPLY: u8 = 129;
/// Type of a router solicitation.
pub const ROUTER_SOLICITATION: u8 = 133;
/// Type of a router advertisement.
pub const ROUTER_ADVERTISEMENT: u8 = 134;
/// Type of a neighbour solicitation.
pub const NEIGHBOR_SOLICITATION: u8 = 135;
/// Type of a neighbour advertisement.
pub const NEIGHBOR_ADVERTISEMENT: u8 = 136;
/// Type of a redirect.
pub const REDIRECT: u8 = 137;
/// Code of [`UNREACHABLE`]: there is no way to the destination.
pub const UNREACHABLE_NET: u8 = 0;
/// Code of [`UNREACHABLE`]: the destination is beyond the scope of the source address.
pub const BEYOND_SCOPE: u8 = 2;
/// Code of [`TIME_EXCEEDED`]: the packet took too many hops.
pub const HOPS_EXCEEDED: u8 = 0;
/// Code of [`UNREACHABLE`]: nobody listens on the port.
pub const UNREACHABLE_PORT: u8 = 4;
/// Code of [`PARAMETER_PROBLEM`]: a field of a header is wrong.
pub const WRONG_FIELD: u8 = 0;
/// Code of [`PARAMETER_PROBLEM`]: the first fragment does not hold all headers (RFC 7112 §5).
pub const HEADERS_CUT: u8 = 3;
/// Code of [`PARAMETER_PROBLEM`]: the next header is not known.
pub const UNKNOWN_NEXT_HEADER: u8 = 1;

/// Types of neighbour discovery options (RFC 4861 §4.6, RFC 8106).
pub mod option {
    /// Hardware address of the sender.
    pub const SOURCE_MAC: u8 = 1;
    /// Hardware address of the target.
    pub const TARGET_MAC: u8 = 2;
    /// A prefix of the link.
    pub const PREFIX: u8 = 3;
    /// The link's MTU.
    pub const MTU: u8 = 5;
    /// A route through the sender.
    #[cfg(feature = "nd6-route-info")]
    pub const ROUTE: u8 = 24;
    /// Recursive DNS servers.
    pub const RDNSS: u8 = 25;
    /// Domains to look for names in.
    #[cfg(feature = "nd6-search-list")]
    pub const DNSSL: u8 = 31;
}

/// A message header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type of the message; below 128 it is an error.
    pub kind: u8,
    /// Code within the type.
    pub code: u8,
    /// The last four bytes.
    pub rest: [u8; 4],
}

impl Header {
    /// The header and the data; refused when too short or when the checksum is wrong.
    pub fn parse<'a>(src: &Ip6, dst: &Ip6, message: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let header = Self::read(src, dst, message, message.len(), checksum::of(message))?;
        Some((header, message.get(HEADER_LEN..)?))
    }

    /// The header of a message of `len` bytes that starts with `bytes` and adds up to `sum`; refused as by
    /// [`parse`](Self::parse).
    pub fn read(src: &Ip6, dst: &Ip6, bytes: &[u8], len: usize, sum: Sum) -> Option<Self> {
        let [kind, code, _, _, a, b, c, d] = *bytes.first_chunk::<HEADER_LEN>()?;
        if cfg!(feature = "checksum-check-icmp") && !pseudo(src, dst, len).and(sum).is_right() {
            return None;
        }
        Some(Self { kind, code, rest: [a, b, c, d] })
    }

    /// The header's bytes in front of `data`.
    pub fn to_bytes(&self, src: &Ip6, dst: &Ip6, data: &[u8]) -> [u8; HEADER_LEN] {
        self.before(src, dst, data.len(), checksum::of(data))
    }

    /// The header's bytes, still without a checksum.
    pub fn unsummed(&self) -> [u8; HEADER_LEN] {
        let [a, b, c, d] = self.rest;
        [self.kind, self.code, 0, 0, a, b, c, d]
    }

    /// The header's bytes in front of `len` bytes of data that add up to `sum`.
    pub fn before(&self, src: &Ip6, dst: &Ip6, len: usize, data: Sum) -> [u8; HEADER_LEN] {
        let mut out = self.unsummed();
        finish(src, dst, &mut out, len, data);
        out
    }
}

/// Puts the checksum into the start of a message whose own is 0; `len` bytes that add up to `data` follow it.
#[inline(never)]
pub fn finish(src: &Ip6, dst: &Ip6, start: &mut [u8], len: usize, data: Sum) {
    let sum = pseudo(src, dst, start.len() + len).and(checksum::of(start)).and(data);
    if cfg!(feature = "checksum-gen-icmp")
        && let Some(place) = start.get_mut(2..4)
    {
        place.copy_from_slice(&sum.checksum());
    }
}

#[inline(never)]
fn pseudo(src: &Ip6, dst: &Ip6, len: usize) -> Sum {
    checksum::pseudo(src.words(), dst.words(), protocol::ICMPV6, len as u16)
}

/// The options of a neighbour discovery message: type and the bytes behind type and length.
pub struct Options<'a>(&'a [u8]);

impl<'a> Options<'a> {
    /// The options in `bytes`; refused as a whole when one has no length or reaches beyond the end (RFC 4861 §4.6).
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = split(rest)?.1;
        }
        Some(Self(bytes))
    }

    /// The hardware address in the first option of `kind`.
    #[inline(never)]
    pub fn mac(&self, kind: u8) -> Option<&'a [u8; 6]> {
        Self(self.0).find(|(this, _)| *this == kind)?.1.first_chunk()
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (option, rest) = split(self.0)?;
        self.0 = rest;
        Some(option)
    }
}

#[expect(clippy::type_complexity, reason = "an option and what follows it")]
fn split(bytes: &[u8]) -> Option<((u8, &[u8]), &[u8])> {
    let ([kind, len], _) = bytes.split_first_chunk()?;
    let (option, rest) = bytes.split_at_checked(usize::from(*len) * 8)?;
    Some(((*kind, option.get(2..)?), rest))
}

/// The option that carries a hardware address.
#[cfg(test)]
pub fn mac_option(kind: u8, mac: [u8; 6]) -> [u8; 8] {
    let [a, b, c, d, e, f] = mac;
    [kind, 1, a, b, c, d, e, f]
}

/// A prefix of the link (RFC 4861 §4.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Addresses with it are reached directly.
    pub on_link: bool,
    /// Addresses may be made from it (RFC 4862 §5.5.3).
    pub autonomous: bool,
    /// An address that begins with it.
    pub prefix: Ip6,
    /// Length in bits, at most 128.
    pub len: u8,
    /// Seconds that addresses made from it stay valid; all ones for ever.
    pub valid_s: u32,
    /// Seconds that addresses made from it stay preferred; all ones for ever.
    pub preferred_s: u32,
}

impl Prefix {
    /// The body of a prefix option; refused: another size, a length above 128.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let fixed: &[u8; 30] = body.try_into().ok()?;
        let ([len, flags, lifetimes @ ..], prefix) = fixed.split_first_chunk::<14>()?;
        let ([valid, preferred, _], _) = lifetimes.as_chunks::<4>() else { return None };
        if *len > 128 {
            return None;
        }
        Some(Self {
            on_link: flags & 0x80 != 0,
            autonomous: flags & 0x40 != 0,
            prefix: prefix.first_chunk().map(Ip6::read)?,
            len: *len,
            valid_s: u32::from_be_bytes(*valid),
            preferred_s: u32::from_be_bytes(*preferred),
        })
    }
}

/// A prefix that the sender is the way to (RFC 4191 §2.3).
#[cfg(feature = "nd6-route-info")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// An address that begins with it.
    pub prefix: Ip6,
    /// Length in bits, at most 128.
    pub len: u8,
    /// Where the preference is.
    pub flags: u8,
    /// Seconds that the route lasts; all ones for ever.
    pub lifetime_s: u32,
}

#[cfg(feature = "nd6-route-info")]
impl RouteInfo {
    /// The body of a route information option; refused: a prefix that is longer than the option has room for.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let ([len, flags, lifetime @ ..], prefix) = body.split_first_chunk::<6>()?;
        if usize::from(*len) > 8 * prefix.len() || *len > 128 {
            return None;
        }
        let mut octets = [0; 16];
        for (to, from) in octets.iter_mut().zip(prefix) {
            *to = *from;
        }
        Some(Self {
            prefix: Ip6::read(&octets),
            len: *len,
            flags: *flags,
            lifetime_s: u32::from_be_bytes(*lifetime),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn message_survives_a_round_trip() {
        let [src, dst]: [Ip6; 2] = ["fe80::1", "fe80::2"].map(|text| text.parse().unwrap());
        let header = Header { kind: ECHO_REQUEST, code: 0, rest: [1, 2, 3, 4] };
        let mut message = [9; HEADER_LEN + 5];
        message[..HEADER_LEN].copy_from_slice(&header.to_bytes(&src, &dst, &[9; 5]));
        if cfg!(feature = "checksum-gen-icmp") {
            assert_eq!(Header::parse(&src, &dst, &message), Some((header, &[9; 5][..])));
        }
        for len in 0..HEADER_LEN {
            assert_eq!(Header::parse(&src, &dst, &message[..len]), None);
        }
    }

    /// Bug class 11: options of length 0, beyond the end, or cut short refuse the message.
    #[test]
    fn malformed_options_refuse_the_message() {
        for bytes in [&[1, 0, 0, 0, 0, 0, 0, 0][..], &[1, 2, 0, 0, 0, 0, 0, 0], &[1], &[1, 31, 1]] {
            assert!(Options::parse(bytes).is_none(), "{bytes:?}");
        }
        let good = mac_option(option::SOURCE_MAC, [1, 2, 3, 4, 5, 6]);
        assert_eq!(Options::parse(&good).unwrap().mac(option::SOURCE_MAC), Some(&[1, 2, 3, 4, 5, 6]));
        assert_eq!(Options::parse(&good).unwrap().mac(option::TARGET_MAC), None);
    }

    /// Bug class 11: prefix lengths above 128 and wrong sizes.
    #[test]
    fn prefixes_of_impossible_length_are_refused() {
        let mut body = [0xff; 30];
        body[0] = 129;
        assert_eq!(Prefix::parse(&body), None);
        body[0] = 64;
        assert_eq!(Prefix::parse(&body).unwrap().len, 64);
        assert_eq!(Prefix::parse(&body[..29]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_not_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Some(options) = Options::parse(&bytes) {
                prop_assert!(options.filter_map(|(_, body)| Prefix::parse(body)).all(|prefix| prefix.len <= 128));
            }
        }
    }
}
