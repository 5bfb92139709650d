//! ICMP: echo replies and errors that are reported (RFC 792, RFC 1122 §3.2.2).

use super::Received;
use crate::Stack;
use crate::stats::Drop;
use crate::wire::icmpv4::{self, Header};
use crate::wire::protocol;

/// Bytes of the offending packet's payload that an error quotes (RFC 792).
#[cfg(feature = "icmp-unreachable")]
const QUOTED: usize = 8;

impl<H: crate::Hooks> Stack<H> {
    /// A received ICMP message.
    pub(crate) fn icmp_input(&mut self, received: &Received) {
        let Some((header, data)) = Header::parse(received.payload) else {
            return self.dropped(Drop::Malformed);
        };
        match header.kind {
            // An echo to a group is not answered, against amplification (RFC 1122 §3.2.2.6).
            #[cfg(feature = "icmp-echo")]
            icmpv4::ECHO_REQUEST if !received.group => {
                let reply = Header { kind: icmpv4::ECHO_REPLY, code: 0, rest: header.rest };
                let parts = [&reply.to_bytes(data)[..], data, &[]];
                self.ip_reply(received.dst, received.src, None, protocol::ICMP, parts);
            }
            #[cfg(feature = "tcp")]
            icmpv4::UNREACHABLE => self.tcp_unreachable(header.code, data),
            _ => self.dropped(Drop::Protocol),
        }
    }

    /// Reports that `received` could not be delivered (RFC 1122 §3.2.2.1), unless it went to a group or the
    /// second's share of errors is used up.
    #[cfg(feature = "icmp-unreachable")]
    pub(crate) fn icmp_unreachable(
        &mut self,
        why: super::Undelivered,
        received: &Received,
        now: crate::Instant,
    ) {
        if received.group || !self.icmp_limit.allows(crate::config::ICMP_ERROR_RATE, now) {
            return;
        }
        let code = match why {
            super::Undelivered::Protocol(_) => icmpv4::UNREACHABLE_PROTOCOL,
            super::Undelivered::Port => icmpv4::UNREACHABLE_PORT,
        };
        let header_len = received.packet.len() - received.payload.len();
        let quote = received.packet.get(..header_len + QUOTED).unwrap_or(received.packet);
        let header = Header { kind: icmpv4::UNREACHABLE, code, rest: [0; 4] };
        let parts = [&header.to_bytes(quote)[..], quote, &[]];
        self.ip_reply(received.dst, received.src, None, protocol::ICMP, parts);
    }
}
