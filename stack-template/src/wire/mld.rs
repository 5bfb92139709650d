//! Messages of multicast listener discovery, versions 1 and 2 (RFC 2710, RFC 3810).

use super::icmpv6::Header;
use crate::addr::Ip6;

/// Type of a query.
pub const QUERY: u8 = 130;
/// Type of a report of version 1.
pub const REPORT_V1: u8 = 131;
/// Type of a message of version 1 that says that a listener has gone.
pub const DONE: u8 = 132;
/// Type of a report of version 2.
#[cfg(any(test, feature = "mld-version-v2"))]
pub const REPORT_V2: u8 = 143;

/// A query (RFC 3810 §5.1, RFC 2710 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// 1 or 2 (RFC 3810 §8.1).
    #[cfg(feature = "mld-version-v2")]
    pub version: u8,
    /// The group asked for, unspecified in a general query.
    pub group: Ip6,
    /// Milliseconds in which to answer.
    pub response_ms: u32,
    /// The querier's robustness variable, 0 when it tells none.
    #[cfg(feature = "group-records")]
    pub robustness: u8,
}

impl Query {
    /// The query behind `header`. What stands behind its group is for versions to come (RFC 2710 §3.7).
    #[cfg(feature = "mld-version-v1")]
    pub fn parse(header: &Header, data: &[u8]) -> Option<Self> {
        let (group, _) = group(data)?;
        let [high, low, ..] = header.rest;
        Some(Self {
            group,
            response_ms: u32::from(u16::from_be_bytes([high, low])),
            #[cfg(feature = "group-records")]
            robustness: 0,
        })
    }

    /// The query behind `header`; refused: a length that no version has, more sources than there are bytes.
    #[cfg(feature = "mld-version-v2")]
    pub fn parse(header: &Header, data: &[u8]) -> Option<Self> {
        let (group, rest) = group(data)?;
        let [high, low, ..] = header.rest;
        let code = u32::from(u16::from_be_bytes([high, low]));
        let (version, response_ms, robustness) = match *rest {
            [] => (1, code, 0),
            [flags, _, n0, n1, ref sources @ ..] => {
                if sources.len() < 16 * usize::from(u16::from_be_bytes([n0, n1])) {
                    return None;
                }
                let ms = match code {
                    0..32768 => code,
                    _ => (code & 0x0fff | 0x1000) << ((code >> 12 & 7) + 3),
                };
                (2, ms, flags & 7)
            }
            _ => return None,
        };
        (group == Ip6::UNSPECIFIED || group.is_multicast()).then_some(Self {
            version,
            group,
            response_ms,
            robustness,
        })
    }
}

/// The group that stands first in a message's data, and what follows it.
pub fn group(data: &[u8]) -> Option<(Ip6, &[u8])> {
    let (group, rest) = data.split_first_chunk::<16>()?;
    Some((Ip6::read(group), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn query(code: u16, behind: &[u8]) -> Option<Query> {
        let [high, low] = code.to_be_bytes();
        let group = Ip6::from_words([0xff05_0000, 0, 0, 7]);
        let data: Vec<u8> = [&group.octets()[..], behind].concat();
        Query::parse(&Header { kind: QUERY, code: 0, rest: [high, low, 0, 0] }, &data)
    }

    /// RFC 2710 §3.4, §3.7: milliseconds, and whatever a later version puts behind the group.
    #[cfg(feature = "mld-version-v1")]
    #[test]
    fn what_stands_behind_the_group_is_not_looked_at() {
        for behind in [&[][..], &[9], &[2, 125, 0xff, 0xff]] {
            assert_eq!(query(0xffff, behind).map(|q| q.response_ms), Some(65_535));
        }
        assert_eq!(Query::parse(&Header { kind: QUERY, code: 0, rest: [0; 4] }, &[0xff; 15]), None);
    }

    /// RFC 3810 §8.1: the version is told by the length.
    #[cfg(feature = "mld-version-v2")]
    #[test]
    fn versions_are_told_apart() {
        assert_eq!(query(0xffff, &[]).map(|q| (q.version, q.response_ms)), Some((1, 65_535)));
        let second = query(1000, &[0x0a, 125, 0, 0]).unwrap();
        assert_eq!((second.version, second.response_ms, second.robustness), (2, 1000, 2));
    }

    /// RFC 3810 §5.1.3: from 32768 on the code is a floating-point number.
    #[cfg(feature = "mld-version-v2")]
    #[test]
    fn long_response_times_are_floating_point() {
        let of = |code| query(code, &[0, 0, 0, 0]).unwrap().response_ms;
        assert_eq!((of(0), of(32767), of(32768), of(0xffff)), (0, 32767, 32768, 8_387_584));
    }

    /// Bug class 19: lengths between those of the versions, and sources that are not there.
    #[cfg(feature = "mld-version-v2")]
    #[test]
    fn queries_cut_short_are_refused() {
        for len in 1..4 {
            assert_eq!(query(10, &[0; 4][..len]), None);
        }
        assert_eq!(query(10, &[0, 0, 0xff, 0xff]), None);
        assert_eq!(query(10, &[&[0, 0, 0, 1][..], &[0; 15]].concat()), None);
        assert!(query(10, &[&[0, 0, 0, 1][..], &[0; 16]].concat()).is_some());
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_not_without_a_panic(
            rest: [u8; 4],
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            if let Some(query) = Query::parse(&Header { kind: QUERY, code: 0, rest }, &bytes) {
                prop_assert!(query.response_ms <= 8_387_584);
            }
        }
    }
}
