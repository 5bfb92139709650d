//! ICMPv6: echo replies, errors that are reported, and the way to neighbour discovery (RFC 4443).

use super::Received;
use crate::addr::{known_v6, v6};
use crate::pbuf::Payload;
use crate::stats::Drop;
use crate::wire::icmpv6::{self, HEADER_LEN, Header};
#[cfg(feature = "mld")]
use crate::wire::mld;
use crate::wire::{checksum, ipv6, protocol};
use crate::{Instant, Stack};

/// Most of a packet that an error quotes: it must fit the least MTU (RFC 4443 §2.4 c).
const MOST_QUOTED: usize = 1280 - ipv6::HEADER_LEN - icmpv6::HEADER_LEN;

impl<H: crate::Hooks> Stack<H> {
    /// A received ICMPv6 message; `hop_limit` is the packet's.
    pub(crate) fn icmpv6_input(&mut self, received: &Received, hop_limit: u8, now: Instant) {
        let (src, dst) = (known_v6(&received.src), known_v6(&received.dst));
        let (mut head, payload) = ([0; HEADER_LEN], received.payload);
        let bytes = payload.head(&self.pool, &mut head);
        let Some(header) = Header::read(src, dst, bytes, payload.len(), payload.sum(&self.pool)) else {
            return self.dropped(Drop::Malformed);
        };
        let data = payload.skip(HEADER_LEN);
        match header.kind {
            icmpv6::ECHO_REQUEST if !src.is_unspecified() => {
                let reply = Header { kind: icmpv6::ECHO_REPLY, code: 0, rest: header.rest };
                self.icmpv6_reply(reply.unsummed(), received, &[], data);
            }
            #[cfg(feature = "tcp")]
            icmpv6::UNREACHABLE if header.code == icmpv6::UNREACHABLE_PORT => {
                match crate::ip::Quote::v6(data.frame().unwrap_or_default()) {
                    Some(quote) => self.tcp_refused(&quote),
                    None => self.dropped(Drop::Malformed),
                }
            }
            #[cfg(feature = "pmtu")]
            icmpv6::PACKET_TOO_BIG => match crate::ip::Quote::v6(data.frame().unwrap_or_default()) {
                Some(quote) => self.too_big(u32::from_be_bytes(header.rest), &quote, now),
                None => self.dropped(Drop::Malformed),
            },
            #[cfg(feature = "nd6")]
            icmpv6::ROUTER_SOLICITATION..=icmpv6::REDIRECT => {
                // Neighbour discovery does not come in fragments (RFC 6980 §5).
                match data.frame() {
                    Some(data) => self.nd6_input(received, &header, data, hop_limit, now),
                    None => self.dropped(Drop::Fragment),
                }
            }
            #[cfg(feature = "mld")]
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
        if received.src.is_unspecified()
            || (received.group && !always)
            || !self.icmpv6_limit.allows(crate::config::IPV6_ERROR_RATE, now)
        {
            return;
        }
        let headers = received.headers.get(..MOST_QUOTED).unwrap_or(received.headers);
        let quoted = received.payload.first(MOST_QUOTED - headers.len());
        self.icmpv6_reply(Header { kind, code, rest }.unsummed(), received, headers, quoted);
    }

    /// Sends a message back to where `received` came from: what it starts with, the headers that an error quotes, and
    /// `data`.
    fn icmpv6_reply(
        &mut self,
        mut start: [u8; HEADER_LEN],
        received: &Received,
        headers: &[u8],
        data: Payload<'_>,
    ) {
        let own;
        let mut from = &received.dst;
        // What went to a group is answered from an address of our own (RFC 4443 §2.2 b, §4.2).
        if received.group {
            let Some(source) = self.source_v6(received.netif, known_v6(&received.src)) else { return };
            own = v6(*source);
            from = &own;
        }
        let len = headers.len() + data.len();
        let sum = checksum::of(headers).and(data.sum(&self.pool));
        icmpv6::finish(known_v6(from), known_v6(&received.src), &mut start, len, sum);
        self.ip_reply(from, &received.src, received.netif, protocol::ICMPV6, [&start, headers], data);
    }
}
