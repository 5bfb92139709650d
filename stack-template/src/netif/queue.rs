//! The queue of packets that wait for the driver: the stack's own answers and datagrams, in order.

use crate::Stack;
use crate::addr::{self, ADDR_LEN, IpAddr};
use crate::config::NETIF_TX_QUEUE;
use crate::pbuf::Claim;
use crate::stats::Drop;

/// Record header: what the record is, and the next hop of a packet.
pub(crate) const HEADER: usize = 1 + ADDR_LEN;

/// The record is a whole frame.
#[cfg(feature = "arp")]
const FRAME: u8 = 0;
/// The record is an IP packet that needs a link header.
const PACKET: u8 = 1;

/// What stands first in the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Front {
    #[cfg(feature = "arp")]
    Frame {
        len: usize,
    },
    Packet {
        len: usize,
        next_hop: IpAddr,
    },
}

/// The record header of a packet for `next_hop`.
pub(crate) fn packet_header(next_hop: IpAddr) -> [u8; HEADER] {
    let mut header = [PACKET; HEADER];
    header[1..].copy_from_slice(&addr::to_record(next_hop));
    header
}

impl Stack {
    /// Queues a whole frame, `false` when there is no room.
    #[cfg(feature = "arp")]
    pub(crate) fn queue_frame(&mut self, netif: u8, parts: &[&[u8]]) -> bool {
        self.queue(netif, [FRAME; HEADER], parts, Claim::Control)
    }

    /// Queues an IP packet made of `parts`, `false` when there is no room.
    pub(crate) fn queue_packet(
        &mut self,
        netif: u8,
        next_hop: IpAddr,
        parts: &[&[u8]],
        claim: Claim,
    ) -> bool {
        self.queue(netif, packet_header(next_hop), parts, claim)
    }

    fn queue(&mut self, netif: u8, header: [u8; HEADER], parts: &[&[u8]], claim: Claim) -> bool {
        let Some(entry) = self.netifs.get_mut(usize::from(netif)) else { return false };
        let queued = entry.out.push(&mut self.pool, header, parts, NETIF_TX_QUEUE, claim);
        if !queued {
            self.dropped(Drop::Memory);
        }
        queued
    }

    /// What is to be sent next.
    pub(crate) fn queue_front(&self, netif: u8) -> Option<Front> {
        let ([kind, next_hop @ ..], len) =
            self.netifs.get(usize::from(netif))?.out.front::<HEADER>(&self.pool)?;
        #[cfg(feature = "arp")]
        if kind == FRAME {
            return Some(Front::Frame { len });
        }
        let _ = kind;
        Some(Front::Packet { len, next_hop: addr::from_record(next_hop) })
    }

    /// Copies the first record to `out`.
    pub(crate) fn queue_copy(&self, netif: u8, out: &mut [u8]) -> usize {
        self.netifs
            .get(usize::from(netif))
            .map_or(0, |entry| entry.out.copy_front::<HEADER>(&self.pool, 0, out))
    }

    /// Drops the first record.
    pub(crate) fn queue_pop(&mut self, netif: u8) {
        if let Some(entry) = self.netifs.get_mut(usize::from(netif)) {
            entry.out.pop::<HEADER>(&mut self.pool, Claim::Control);
        }
    }

    /// Drops all records.
    pub(crate) fn queue_clear(&mut self, netif: u8) {
        if let Some(entry) = self.netifs.get_mut(usize::from(netif)) {
            entry.out.clear(&mut self.pool, Claim::Control);
        }
    }
}
