//! Multicast listener discovery, the listener's part: queries in, reports out (RFC 3810, RFC 2710).

use super::Received;
use crate::addr::{Ip, Ip6, known_v6, v6};
#[cfg(feature = "group-records")]
use crate::netif::groups::Version;
use crate::netif::groups::{Protocol, Query, Said};
use crate::pbuf::{Claim, Payload};
use crate::stats::Drop;
use crate::wire::checksum::Sum;
#[cfg(feature = "mld-version-v2")]
use crate::wire::group_report::Report;
use crate::wire::icmpv6::{self, Header};
use crate::wire::{ipv6, mld};
use crate::{Instant, Stack};

/// "Done" messages go to all routers (RFC 2710 §5).
const ALL_ROUTERS: Ip = v6(Ip6::from_words([0xff02_0000, 0, 0, 2]));
/// Reports of version 2 go to all routers that speak it (RFC 3810 §5.2.14).
#[cfg(feature = "mld-version-v2")]
const ALL_V2_ROUTERS: Ip = v6(Ip6::from_words([0xff02_0000, 0, 0, 0x16]));

impl<H: crate::Hooks> Stack<H> {
    /// A received message of listener discovery; `hop_limit` is the packet's.
    pub(crate) fn mld_input(
        &mut self,
        received: &Received,
        header: &Header,
        data: Payload<'_>,
        hop_limit: u8,
        now: Instant,
    ) {
        // So short a message does not come in fragments.
        let Some(data) = data.frame() else { return self.dropped(Drop::Fragment) };
        // No router passes it on, so it comes from the link (RFC 3810 §6.2, RFC 2710 §3).
        let local = known_v6(&received.src).is_unicast_link_local();
        if hop_limit != 1 || !local {
            return self.dropped(Drop::Malformed);
        }
        if header.kind == mld::REPORT_V1 {
            let Some((group, _)) = mld::group(data) else { return self.dropped(Drop::Malformed) };
            return self.group_heard(Protocol::Mld, received.netif, &v6(group), now);
        }
        let query = mld::Query::parse(header, data);
        #[cfg(feature = "mld-version-v2")]
        let query = query.filter(|_| ipv6::has_router_alert(received.headers));
        let Some(query) = query else { return self.dropped(Drop::Malformed) };
        let query = Query {
            #[cfg(feature = "mld-version-v2")]
            version: if query.version < 2 { Version::Older } else { Version::Newest },
            #[cfg(all(feature = "mld-version-v1", feature = "group-records"))]
            version: Version::Older,
            group: v6(query.group),
            response_ms: query.response_ms,
            #[cfg(feature = "group-records")]
            robustness: query.robustness,
        };
        self.group_query(Protocol::Mld, received.netif, &query, now);
    }

    /// Sends a report of version 2 (RFC 3810 §5.2).
    #[cfg(feature = "mld-version-v2")]
    pub(crate) fn mld_report(&mut self, netif: u8, report: &mut Report) {
        self.mld_send(netif, &ALL_V2_ROUTERS, report.message(mld::REPORT_V2));
    }

    /// Sends a report or a "done" message of version 1 (RFC 2710 §4).
    pub(crate) fn mld_report_older(&mut self, netif: u8, said: Said, group: &Ip) {
        let (kind, dst) = match said {
            Said::Left => (mld::DONE, &ALL_ROUTERS),
            Said::Present | Said::Joined => (mld::REPORT_V1, group),
        };
        let mut message = [0; icmpv6::HEADER_LEN + 16];
        message[0] = kind;
        if let Some(place) = message.last_chunk_mut() {
            known_v6(group).write(place);
        }
        self.mld_send(netif, dst, &mut message);
    }

    /// Sends a message, whose checksum is put in.
    fn mld_send(&mut self, netif: u8, dst: &Ip, message: &mut [u8]) {
        let Some(entry) = crate::netif::at(&self.netifs, netif) else { return };
        let (src, to) = (entry.ipv6.link_local().unwrap_or(&Ip6::UNSPECIFIED), known_v6(dst));
        icmpv6::finish(src, to, message, 0, Sum::new());
        let len = ipv6::ROUTER_ALERT.len() + message.len();
        let header = ipv6::header(src, to, ipv6::HOP_BY_HOP, len as u16, 1);
        self.queue_packet(netif, dst, &[&header, &ipv6::ROUTER_ALERT, message], Claim::Control);
    }
}
