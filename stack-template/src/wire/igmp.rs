//! IGMP messages (RFC 1112, RFC 2236, RFC 3376).

use super::checksum;
use crate::addr::Ip4;

/// Bytes before the data of a message.
pub const HEADER_LEN: usize = 8;
/// Type of a query.
pub const QUERY: u8 = 0x11;
/// Type of a report of version 1.
pub const REPORT_V1: u8 = 0x12;
/// Type of a report of version 2.
pub const REPORT_V2: u8 = 0x16;
/// Type of a leave message of version 2.
pub const LEAVE: u8 = 0x17;
/// Type of a report of version 3.
#[cfg(feature = "igmp-version-v3")]
pub const REPORT_V3: u8 = 0x22;
/// Milliseconds in which a query of version 1 is to be answered (RFC 2236 §4).
const V1_RESPONSE_MS: u32 = 10_000;

/// A message header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type of the message.
    pub kind: u8,
    /// The time to answer a query in; 0 in all else.
    pub code: u8,
    /// The last four bytes: the group, or the number of records of a report of version 3.
    pub rest: [u8; 4],
}

impl Header {
    /// The header and the data; refused when too short or when the checksum is wrong.
    ///
    /// No hardware computes this checksum, so it is always verified.
    pub fn parse(message: &[u8]) -> Option<(Self, &[u8])> {
        let ([kind, code, _, _, a, b, c, d], data) = message.split_first_chunk::<HEADER_LEN>()?;
        if !checksum::of(message).is_right() {
            return None;
        }
        Some((Self { kind: *kind, code: *code, rest: [*a, *b, *c, *d] }, data))
    }

    /// The header's bytes in front of `data`.
    #[cfg(test)]
    pub fn to_bytes(&self, data: &[u8]) -> [u8; HEADER_LEN] {
        let [a, b, c, d] = self.rest;
        let mut message = std::vec![self.kind, self.code, 0, 0, a, b, c, d];
        message.extend(data);
        finish(&mut message);
        *message.first_chunk().unwrap()
    }
}

/// Puts the checksum into a message whose own is 0.
pub fn finish(message: &mut [u8]) {
    let sum = checksum::of(message).checksum();
    if let Some(place) = message.get_mut(2..4) {
        place.copy_from_slice(&sum);
    }
}

/// A query (RFC 3376 §4.1, RFC 2236 §2, RFC 1112 appendix I).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// 1, 2 or 3 (RFC 3376 §7.1).
    #[cfg(feature = "igmp-version-v3")]
    pub version: u8,
    /// The group asked for, unspecified in a general query.
    pub group: Ip4,
    /// Milliseconds in which to answer.
    pub response_ms: u32,
    /// The querier's robustness variable, 0 when it tells none.
    #[cfg(feature = "group-records")]
    pub robustness: u8,
}

impl Query {
    /// The query that is `header`. What stands behind it is for versions to come (RFC 2236 §2.5).
    #[cfg(feature = "igmp-version-v2")]
    pub fn parse(header: &Header, _: &[u8]) -> Option<Self> {
        let (group, response_ms) = match header.code {
            0 => (Ip4::UNSPECIFIED, V1_RESPONSE_MS),
            tenths => (Ip4::from(header.rest), u32::from(tenths) * 100),
        };
        Some(Self {
            group,
            response_ms,
            #[cfg(feature = "group-records")]
            robustness: 0,
        })
    }

    /// The query behind `header`; refused: a length that no version has, more sources than there are bytes.
    #[cfg(feature = "igmp-version-v3")]
    pub fn parse(header: &Header, data: &[u8]) -> Option<Self> {
        let group = Ip4::from(header.rest);
        let tenths = u32::from(header.code);
        let (version, group, response_ms, robustness) = match *data {
            [] if header.code == 0 => (1, Ip4::UNSPECIFIED, V1_RESPONSE_MS, 0),
            [] => (2, group, tenths * 100, 0),
            [flags, _, n0, n1, ref sources @ ..] => {
                if sources.len() < 4 * usize::from(u16::from_be_bytes([n0, n1])) {
                    return None;
                }
                let tenths = match tenths {
                    0..128 => tenths,
                    _ => (tenths & 0x0f | 0x10) << ((tenths >> 4 & 7) + 3),
                };
                (3, group, tenths * 100, flags & 7)
            }
            _ => return None,
        };
        (group.is_unspecified() || group.is_multicast()).then_some(Self {
            version,
            group,
            response_ms,
            robustness,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query(code: u8, data: &[u8]) -> Option<Query> {
        Query::parse(&Header { kind: QUERY, code, rest: [239, 1, 2, 3] }, data)
    }

    #[test]
    fn message_survives_a_round_trip() {
        let header = Header { kind: REPORT_V2, code: 0, rest: [239, 1, 2, 3] };
        let mut message = [9; HEADER_LEN + 5];
        message[..HEADER_LEN].copy_from_slice(&header.to_bytes(&[9; 5]));
        assert_eq!(Header::parse(&message), Some((header, &[9; 5][..])));
        for len in 0..message.len() {
            assert_eq!(Header::parse(&message[..len]), None);
        }
    }

    /// RFC 2236 §2.2, §2.5, §4: tenths of a second, ten seconds in version 1, and whatever a later version puts behind.
    #[cfg(feature = "igmp-version-v2")]
    #[test]
    fn what_stands_behind_the_group_is_not_looked_at() {
        for behind in [&[][..], &[9], &[2, 125, 0xff, 0xff]] {
            let group = Ip4::new(239, 1, 2, 3);
            assert_eq!(query(255, behind).map(|q| (q.group, q.response_ms)), Some((group, 25_500)));
            let all = Ip4::UNSPECIFIED;
            assert_eq!(query(0, behind).map(|q| (q.group, q.response_ms)), Some((all, 10_000)));
        }
    }

    /// RFC 3376 §7.1: the version is told by the length and the code.
    #[cfg(feature = "igmp-version-v3")]
    #[test]
    fn versions_are_told_apart() {
        assert_eq!(query(0, &[]).map(|q| (q.version, q.response_ms)), Some((1, 10_000)));
        assert_eq!(query(0, &[]).map(|q| q.group), Some(Ip4::UNSPECIFIED), "version 1 asks for all");
        assert_eq!(query(200, &[]).map(|q| (q.version, q.response_ms)), Some((2, 20_000)));
        assert_eq!(query(100, &[0x0a, 125, 0, 0]).map(|q| (q.version, q.robustness)), Some((3, 2)));
    }

    /// RFC 3376 §4.1.1: from 128 on the code is a floating-point number.
    #[cfg(feature = "igmp-version-v3")]
    #[test]
    fn long_response_times_are_floating_point() {
        let of = |code| query(code, &[0, 0, 0, 0]).unwrap().response_ms;
        assert_eq!((of(0), of(127), of(128), of(255)), (0, 12_700, 12_800, 3_174_400));
    }

    /// Bug class 19: lengths 9 to 11, and sources that are not there.
    #[cfg(feature = "igmp-version-v3")]
    #[test]
    fn queries_cut_short_are_refused() {
        for len in 1..4 {
            assert_eq!(query(10, &[0; 4][..len]), None, "{} bytes", HEADER_LEN + len);
        }
        assert_eq!(query(10, &[0, 0, 0xff, 0xff]), None);
        assert_eq!(query(10, &[0, 0, 0, 2, 10, 0, 0, 1, 10, 0, 0]), None);
        assert!(query(10, &[0, 0, 0, 1, 10, 0, 0, 1]).is_some());
    }

    #[cfg(feature = "igmp-version-v3")]
    #[test]
    fn only_groups_are_asked_for() {
        assert_eq!(Query::parse(&Header { kind: QUERY, code: 9, rest: [10, 0, 0, 1] }, &[]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_not_without_a_panic(
            code: u8,
            rest: [u8; 4],
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            Header::parse(&bytes);
            if let Some(query) = Query::parse(&Header { kind: QUERY, code, rest }, &bytes) {
                prop_assert!(query.response_ms <= 3_174_400);
            }
        }
    }
}
