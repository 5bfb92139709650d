//! ICMPv6: echo replies, errors that are reported, and the way to neighbour discovery (RFC 4443).

use super::Received;
use crate::addr::{as_v6, v6};
use crate::stats::Drop;
use crate::wire::icmpv6::{self, HEADER_LEN, Header};
use crate::wire::mld;
use crate::wire::{checksum, ipv6, protocol};
use crate::{Instant, Stack};

/// Most of a packet that an error quotes: it must fit the least MTU (RFC 4443 §2.4 c).
const MOST_QUOTED: usize = 1280 - ipv6::HEADER_LEN - icmpv6::HEADER_LEN;

impl Stack {
    /// A received ICMPv6 message; `hop_limit` is the packet's.
    pub(crate) fn icmpv6_input(&mut self, received: &Received, hop_limit: u8, now: Instant) {
        let (Some(src), Some(dst)) = (as_v6(&received.src), as_v6(&received.dst)) else { return };
        let (mut head, payload) = ([0; HEADER_LEN], received.payload);
        let bytes = payload.head(&self.pool, &mut head);
        let Some(header) = Header::read(src, dst, bytes, payload.len(), payload.sum(&self.pool)) else {
            return self.dropped(Drop::Malformed);
        };
        let data = payload.skip(HEADER_LEN);
        match header.kind {
            icmpv6::ECHO_REQUEST if !src.is_unspecified() => {
                // A reply to a group's echo comes from an address of our own (RFC 4443 §4.2).
                let from = if received.group { self.source_v6(received.netif, src) } else { Some(*dst) };
                let Some(from) = from else { return };
                let reply = Header { kind: icmpv6::ECHO_REPLY, code: 0, rest: header.rest };
                let bytes = reply.before(&from, src, data.len(), data.sum(&self.pool));
                let scope = Some(received.netif);
                self.ip_reply(&v6(from), &received.src, scope, protocol::ICMPV6, [&bytes, &[]], data);
            }
            icmpv6::UNREACHABLE if header.code == icmpv6::UNREACHABLE_PORT => {
                match crate::ip::Quote::v6(data.frame().unwrap_or_default()) {
                    Some(quote) => self.tcp_refused(&quote),
                    None => self.dropped(Drop::Malformed),
                }
            }
            icmpv6::ROUTER_SOLICITATION..=icmpv6::REDIRECT => {
                // Neighbour discovery does not come in fragments (RFC 6980 §5).
                match data.frame() {
                    Some(data) => self.nd6_input(received, &header, data, hop_limit, now),
                    None => self.dropped(Drop::Fragment),
                }
            }
            mld::QUERY | mld::REPORT_V1 => self.mld_input(received, &header, data, hop_limit, now),
            _ => self.dropped(Drop::Protocol),
        }
        let _ = (hop_limit, now);
    }

    /// Reports a problem with `received` to its sender (RFC 4443 §2.4 e), unless it went to a group and `always` is
    /// false, or the second's share of errors is used up.
    pub(crate) fn icmpv6_error(
        &mut self,
        kind: u8,
        code: u8,
        rest: [u8; 4],
        received: &Received,
        always: bool,
        now: Instant,
    ) {
        let (Some(src), Some(dst)) = (as_v6(&received.src), as_v6(&received.dst)) else { return };
        if src.is_unspecified()
            || (received.group && !always)
            || !self.icmpv6_limit.allows(crate::config::IPV6_ERROR_RATE, now)
        {
            return;
        }
        let from = if received.group { self.source_v6(received.netif, src) } else { Some(*dst) };
        let Some(from) = from else { return };
        let headers = received.headers.get(..MOST_QUOTED).unwrap_or(received.headers);
        let quoted = received.payload.first(MOST_QUOTED - headers.len());
        let len = headers.len() + quoted.len();
        let data = checksum::of(headers).and(quoted.sum(&self.pool));
        let bytes = Header { kind, code, rest }.before(&from, src, len, data);
        let scope = Some(received.netif);
        self.ip_reply(&v6(from), &received.src, scope, protocol::ICMPV6, [&bytes, headers], quoted);
    }
}
