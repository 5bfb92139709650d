//! ICMP messages for IPv4 (RFC 792).

use super::checksum::{self, Sum};

/// Bytes before the data of a message.
pub const HEADER_LEN: usize = 8;
/// Type of an echo reply.
pub const ECHO_REPLY: u8 = 0;
/// Type of "destination unreachable".
pub const UNREACHABLE: u8 = 3;
/// Type of "time exceeded".
pub const TIME_EXCEEDED: u8 = 11;
/// Code of [`TIME_EXCEEDED`]: not all fragments came in time.
pub const FRAGMENTS_MISSING: u8 = 1;
/// Type of an echo request.
pub const ECHO_REQUEST: u8 = 8;
/// Code of [`UNREACHABLE`]: there is no way to the network.
pub const UNREACHABLE_NET: u8 = 0;
/// Code of [`TIME_EXCEEDED`]: the packet took too many hops.
pub const HOPS_EXCEEDED: u8 = 0;

/// Whether a message of this type asks or answers, and is no error (RFC 1122 §3.2.2).
pub fn is_query(kind: u8) -> bool {
    matches!(kind, ECHO_REPLY | ECHO_REQUEST | 9 | 10 | 13..=18)
}

/// Code of [`UNREACHABLE`]: the transport protocol is not supported (RFC 1122 §3.2.2.1).
pub const UNREACHABLE_PROTOCOL: u8 = 2;
/// Code of [`UNREACHABLE`]: the packet is too big, and may not be fragmented (RFC 1191 §4).
pub const FRAGMENTATION_NEEDED: u8 = 4;
/// Code of [`UNREACHABLE`]: nobody listens on the port.
pub const UNREACHABLE_PORT: u8 = 3;

/// A message header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type of the message.
    pub kind: u8,
    /// Code within the type.
    pub code: u8,
    /// The last four bytes: identifier and sequence number of an echo.
    pub rest: [u8; 4],
}

impl Header {
    /// The header and the data; refused when too short or when the checksum is wrong.
    pub fn parse(message: &[u8]) -> Option<(Self, &[u8])> {
        Some((Self::read(message, checksum::of(message))?, message.get(HEADER_LEN..)?))
    }

    /// The header of a message that starts with `bytes` and adds up to `sum`; refused as by [`parse`](Self::parse).
    pub fn read(bytes: &[u8], sum: Sum) -> Option<Self> {
        let [kind, code, _, _, a, b, c, d] = *bytes.first_chunk::<HEADER_LEN>()?;
        if !sum.is_right() {
            return None;
        }
        Some(Self { kind, code, rest: [a, b, c, d] })
    }

    /// The header's bytes in front of `data`.
    pub fn to_bytes(&self, data: &[u8]) -> [u8; HEADER_LEN] {
        self.before(checksum::of(data))
    }

    /// The header's bytes in front of data that adds up to `data`.
    pub fn before(&self, data: Sum) -> [u8; HEADER_LEN] {
        let [a, b, c, d] = self.rest;
        let mut out = [self.kind, self.code, 0, 0, a, b, c, d];
        [out[2], out[3]] = checksum::of(&out).and(data).checksum();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_survives_a_round_trip() {
        let header = Header { kind: ECHO_REQUEST, code: 0, rest: [1, 2, 3, 4] };
        let mut message = [9; HEADER_LEN + 5];
        message[..HEADER_LEN].copy_from_slice(&header.to_bytes(&[9; 5]));
        assert_eq!(Header::parse(&message), Some((header, &[9; 5][..])));
        for len in 0..HEADER_LEN {
            assert_eq!(Header::parse(&message[..len]), None);
        }
    }

    #[test]
    fn a_wrong_checksum_is_refused() {
        let header = Header { kind: ECHO_REPLY, code: 0, rest: [0; 4] };
        let mut message = header.to_bytes(&[]);
        message[2] ^= 1;
        assert_eq!(Header::parse(&message), None);
    }
}
