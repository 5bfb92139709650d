//! IGMP, the host's part: queries in, reports out (RFC 3376, RFC 2236, RFC 1112).

use super::Received;
use crate::addr::{Ip4, known_v4, v4};
#[cfg(feature = "group-records")]
use crate::netif::groups::Version;
use crate::netif::groups::{ALL_HOSTS, Protocol, Query, Said};
use crate::pbuf::Claim;
use crate::stats::Drop;
#[cfg(feature = "igmp-version-v3")]
use crate::wire::group_report::Report;
use crate::wire::igmp::{self, Header};
use crate::wire::{ipv4, protocol};
use crate::{Instant, Stack};

/// Leave messages go to all routers (RFC 2236 §9).
const ALL_ROUTERS: Ip4 = Ip4::new(224, 0, 0, 2);
/// Reports of version 3 go to all routers that speak it (RFC 3376 §4.2.14).
#[cfg(feature = "igmp-version-v3")]
const ALL_V3_ROUTERS: Ip4 = Ip4::new(224, 0, 0, 22);

impl<H: crate::Hooks> Stack<H> {
    /// A received IGMP message.
    pub(crate) fn igmp_input(&mut self, received: &Received, now: Instant) {
        // No router passes it on, so it comes from the link (RFC 3376 §4).
        if received.headers.get(ipv4::TTL_AT) != Some(&1) {
            return self.dropped(Drop::Malformed);
        }
        // So short a message does not come in fragments.
        let Some((header, data)) = received.payload.frame().and_then(Header::parse) else {
            return self.dropped(Drop::Malformed);
        };
        match header.kind {
            igmp::QUERY => self.igmp_query(received, &header, data, now),
            igmp::REPORT_V1 | igmp::REPORT_V2 => {
                let group = v4(Ip4::from(header.rest));
                if group == received.dst {
                    self.group_heard(Protocol::Igmp, received.netif, &group, now);
                }
            }
            _ => self.dropped(Drop::Protocol),
        }
    }

    fn igmp_query(&mut self, received: &Received, header: &Header, data: &[u8], now: Instant) {
        let Some(query) = igmp::Query::parse(header, data) else { return self.dropped(Drop::Malformed) };
        let general = query.group.is_unspecified();
        // RFC 3376 §9.1: forged queries are kept out by what a router off the link cannot send.
        let first = header.code == 0 && data.is_empty();
        let alert = first || ipv4::has_router_alert(received.headers);
        let dst = known_v4(&received.dst);
        if !alert || (general && dst.is_multicast() && dst != ALL_HOSTS) {
            return self.dropped(Drop::Malformed);
        }
        #[cfg(feature = "igmp-version-v2")]
        if first {
            self.groups.v1_asked(received.netif, now);
        }
        let query = Query {
            #[cfg(feature = "igmp-version-v3")]
            version: match query.version {
                1 => Version::First,
                2 => Version::Older,
                _ => Version::Newest,
            },
            #[cfg(all(feature = "igmp-version-v2", feature = "group-records"))]
            version: Version::Older,
            group: v4(query.group),
            response_ms: query.response_ms,
            #[cfg(feature = "group-records")]
            robustness: query.robustness,
        };
        self.group_query(Protocol::Igmp, received.netif, &query, now);
    }

    /// Sends a report of version 3 (RFC 3376 §4.2).
    #[cfg(feature = "igmp-version-v3")]
    pub(crate) fn igmp_report(&mut self, netif: u8, report: &mut Report) {
        self.igmp_send(netif, ALL_V3_ROUTERS, report.message(igmp::REPORT_V3));
    }

    /// Sends a report or a leave message of version 2, or of the `first` (RFC 2236 §3, §4), which has no leaving.
    pub(crate) fn igmp_report_older(&mut self, netif: u8, first: bool, said: Said, group: Ip4) {
        let (kind, dst) = match (said, first) {
            (Said::Left, true) => return,
            (Said::Left, false) => (igmp::LEAVE, ALL_ROUTERS),
            (_, true) => (igmp::REPORT_V1, group),
            (_, false) => (igmp::REPORT_V2, group),
        };
        let [a, b, c, d] = group.octets();
        self.igmp_send(netif, dst, &mut [kind, 0, 0, 0, a, b, c, d]);
    }

    /// Sends a message, whose checksum is put in.
    fn igmp_send(&mut self, netif: u8, dst: Ip4, message: &mut [u8]) {
        let Some(entry) = crate::netif::at(&self.netifs, netif) else { return };
        igmp::finish(message);
        let ip = ipv4::Header {
            // Before the interface has an address this is the unspecified one (RFC 3376 §4.2.13).
            src: entry.ipv4.address,
            dst,
            protocol: protocol::IGMP,
            ttl: 1,
            // A packet that is never fragmented needs no identification (RFC 6864 §4.1).
            id: 0,
            payload_len: message.len() as u16,
            fragment: 0,
            dont_fragment: true,
        };
        self.queue_packet(netif, &v4(dst), &[&ip.to_alert_bytes(), message], Claim::Control);
    }
}
