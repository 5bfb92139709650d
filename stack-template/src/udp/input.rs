//! Received datagrams: checked, matched to a socket, queued.

use super::{Pcb, record};
use crate::config::UDP_RX_QUEUE;
use crate::ip::Received;
use crate::pbuf::{Claim, Payload};
use crate::stats::Drop;
use crate::wire::udp::{HEADER_LEN, Header};
use crate::wire::{checksum, protocol};
use crate::{Instant, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// A received datagram (RFC 1122 §4.1.3).
    pub(crate) fn udp_input(&mut self, received: &Received, now: Instant) {
        let mut head = [0; HEADER_LEN];
        let head = received.payload.head(&self.pool, &mut head);
        let Some(header) = Header::read(head, received.payload.len()) else {
            return self.dropped(Drop::Malformed);
        };
        let datagram = received.payload.first(usize::from(header.len));
        if cfg!(feature = "checksum-check-udp") && !self.udp_is_right(received, &header, datagram) {
            return self.dropped(Drop::Malformed);
        }
        #[cfg(feature = "udp-sof-broadcast-recv")]
        let broadcast = self.is_broadcast(received.netif, &received.dst);
        let (mut best, mut most) = (None, 1);
        for pcb in &mut self.udp.pcbs {
            #[cfg(feature = "udp-sof-broadcast-recv")]
            if broadcast && !pcb.broadcast {
                continue;
            }
            let rank = rank(pcb, received, &header);
            if rank >= most {
                (best, most) = (Some(pcb), rank);
            }
        }
        let Some(pcb) = best else {
            self.dropped(Drop::Port);
            #[cfg(any(feature = "icmp-unreachable", feature = "ipv6"))]
            self.undelivered(crate::ip::Undelivered::Port, received, now);
            let _ = now;
            return;
        };
        let sender = record::header(received, header.src);
        let payload = datagram.skip(HEADER_LEN);
        if pcb.received.reserve(&mut self.pool, sender, payload.len(), UDP_RX_QUEUE, Claim::Spare) {
            pcb.received.append_payload(&mut self.pool, payload, Claim::Spare);
            pcb.event = true;
            self.udp.events = true;
        } else {
            self.dropped(Drop::Memory);
        }
    }

    /// Whether the checksum is right; with IPv4 none at all is too (RFC 768), with IPv6 it is not (RFC 8200 §8.1).
    fn udp_is_right(&self, received: &Received, header: &Header, datagram: Payload<'_>) -> bool {
        #[cfg(feature = "ipv4")]
        if header.checksum == [0; 2] && crate::addr::as_v4(&received.src).is_some() {
            return true;
        }
        let sum = checksum::pseudo(received.src.words(), received.dst.words(), protocol::UDP, header.len);
        header.checksum != [0; 2] && datagram.add_to(sum, &self.pool).is_right()
    }
}

/// How well `pcb` fits, 0 when it does not: a connected socket before a bound one before a wildcard.
#[inline(never)]
fn rank(pcb: &Pcb, received: &Received, header: &Header) -> u8 {
    let connected = pcb.remote_port != 0;
    let remote = !connected || (pcb.remote_port == header.src && pcb.remote_ip == received.src);
    let port = pcb.local_port == header.dst && header.dst != 0;
    if port && remote && pcb.binding.takes(&received.dst, received.netif, received.group) {
        1 + u8::from(connected) * 4 + pcb.binding.rank()
    } else {
        0
    }
}
