//! ICMPv6: echo replies, errors that are reported, and the way to neighbour discovery (RFC 4443).

use super::Received;
use crate::addr::{as_v6, v6};
use crate::stats::Drop;
use crate::wire::icmpv6::{self, Header};
use crate::wire::{ipv6, protocol};
use crate::{Instant, Stack};

/// Longest error message: it must fit the least MTU (RFC 4443 §2.4 c).
const MOST_QUOTED: usize = 1280 - ipv6::HEADER_LEN - icmpv6::HEADER_LEN;

impl<H: crate::Hooks> Stack<H> {
    /// A received ICMPv6 message; `hop_limit` is the packet's.
    pub(crate) fn icmpv6_input(&mut self, received: &Received, hop_limit: u8, now: Instant) {
        let (Some(src), Some(dst)) = (as_v6(received.src), as_v6(received.dst)) else { return };
        let Some((header, data)) = Header::parse(src, dst, received.payload) else {
            return self.dropped(Drop::Malformed);
        };
        match header.kind {
            icmpv6::ECHO_REQUEST if !src.is_unspecified() => {
                // A reply to a group's echo comes from an address of our own (RFC 4443 §4.2).
                let from = if received.group { self.source_v6(received.netif, src) } else { Some(dst) };
                let Some(from) = from else { return };
                let reply = Header { kind: icmpv6::ECHO_REPLY, code: 0, rest: header.rest };
                let bytes = reply.to_bytes(from, src, data);
                self.ip_reply(
                    v6(from),
                    received.src,
                    Some(received.netif),
                    protocol::ICMPV6,
                    [&bytes, data, &[]],
                );
            }
            #[cfg(feature = "tcp")]
            icmpv6::UNREACHABLE if header.code == icmpv6::UNREACHABLE_PORT => self.tcp_unreachable_v6(data),
            #[cfg(feature = "nd6")]
            icmpv6::ROUTER_SOLICITATION..=icmpv6::NEIGHBOR_ADVERTISEMENT => {
                self.nd6_input(received, &header, data, hop_limit, now);
            }
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
        let (Some(src), Some(dst)) = (as_v6(received.src), as_v6(received.dst)) else { return };
        if src.is_unspecified()
            || (received.group && !always)
            || !self.icmpv6_limit.allows(crate::config::IPV6_ERROR_RATE, now)
        {
            return;
        }
        let from = if received.group { self.source_v6(received.netif, src) } else { Some(dst) };
        let Some(from) = from else { return };
        let quoted = received.packet.get(..MOST_QUOTED).unwrap_or(received.packet);
        let bytes = Header { kind, code, rest }.to_bytes(from, src, quoted);
        self.ip_reply(v6(from), received.src, Some(received.netif), protocol::ICMPV6, [&bytes, quoted, &[]]);
    }
}
