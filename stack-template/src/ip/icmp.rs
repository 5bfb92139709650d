//! ICMP: echo replies and errors that are reported (RFC 792, RFC 1122 §3.2.2).

use super::Received;
use crate::Stack;
use crate::stats::Drop;
use crate::wire::icmpv4::{self, HEADER_LEN, Header};
use crate::wire::{checksum, protocol};

/// Bytes of the offending packet's payload that an error quotes (RFC 792).
#[cfg(feature = "icmp-unreachable")]
const QUOTED: usize = 8;

impl<H: crate::Hooks> Stack<H> {
    /// A received ICMP message.
    pub(crate) fn icmp_input(&mut self, received: &Received, now: crate::Instant) {
        let _ = now;
        let (mut head, payload) = ([0; HEADER_LEN], received.payload);
        let bytes = payload.head(&self.pool, &mut head);
        let Some(header) = Header::read(bytes, payload.sum(&self.pool)) else {
            return self.dropped(Drop::Malformed);
        };
        let data = payload.skip(HEADER_LEN);
        match header.kind {
            // An echo to a group is not answered, against amplification (RFC 1122 §3.2.2.6).
            #[cfg(feature = "icmp-echo")]
            icmpv4::ECHO_REQUEST if !received.group => {
                let reply = Header { kind: icmpv4::ECHO_REPLY, code: 0, rest: header.rest };
                let bytes = reply.before(data.sum(&self.pool));
                self.ip_reply(
                    &received.dst,
                    &received.src,
                    received.netif,
                    protocol::ICMP,
                    [&bytes, &[]],
                    data,
                );
            }
            #[cfg(feature = "tcp")]
            icmpv4::UNREACHABLE => match crate::ip::Quote::v4(data.frame().unwrap_or_default()) {
                Some(quote) => match header.code {
                    icmpv4::UNREACHABLE_PROTOCOL | icmpv4::UNREACHABLE_PORT => self.tcp_refused(&quote),
                    #[cfg(feature = "pmtu")]
                    icmpv4::FRAGMENTATION_NEEDED => {
                        // Its first two bytes are unused (RFC 1191 §4).
                        let [_, _, m0, m1] = header.rest;
                        self.too_big(u32::from(u16::from_be_bytes([m0, m1])), &quote, now);
                    }
                    _ => {}
                },
                None => self.dropped(Drop::Malformed),
            },
            _ => self.dropped(Drop::Protocol),
        }
    }

    /// Reports a problem with `received` to its sender (RFC 1122 §3.2.2), unless it went to a group or the second's
    /// share of errors is used up.
    #[cfg(feature = "icmp-unreachable")]
    pub(crate) fn icmp_error(&mut self, header: Header, received: &Received, now: crate::Instant) {
        if received.group || !self.icmp_limit.allows(crate::config::ICMP_ERROR_RATE, now) {
            return;
        }
        let (headers, quoted) = (received.headers, received.payload.first(QUOTED));
        let bytes = header.before(checksum::of(headers).and(quoted.sum(&self.pool)));
        self.ip_reply(
            &received.dst,
            &received.src,
            received.netif,
            protocol::ICMP,
            [&bytes, headers],
            quoted,
        );
    }
}
