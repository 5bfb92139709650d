//! The queue of packets that wait for the driver: the stack's own answers and datagrams, in order.

use crate::Stack;
use crate::addr::{ADDR_LEN, Ip};
use crate::config::NETIF_TX_QUEUE;
use crate::pbuf::{Claim, Pool, Records};
use crate::stats::Drop;

/// Record header: what the record is, the next hop of a packet, and its length.
pub(crate) const HEADER: usize = 1 + ADDR_LEN + 2;

/// The record is a whole frame.
const FRAME: u8 = 0;
/// The record is an IP packet that needs a link header.
const PACKET: u8 = 1;

/// What stands first in the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Front {
    #[cfg(any(feature = "arp", feature = "nd6"))]
    Frame,
    Packet {
        next_hop: Ip,
    },
}

/// The record header of a packet for `next_hop`.
pub(crate) fn packet_header(next_hop: &Ip) -> [u8; HEADER] {
    let mut header = [PACKET; HEADER];
    if let Some(place) = header[1..].first_chunk_mut() {
        *place = next_hop.octets();
    }
    header
}

impl<H: crate::Hooks> Stack<H> {
    /// Queues a whole frame, `false` when there is no room.
    #[cfg(any(feature = "arp", feature = "nd6"))]
    pub(crate) fn queue_frame(&mut self, netif: u8, parts: &[&[u8]]) -> bool {
        self.queue(netif, None, parts, Claim::Control)
    }

    /// Queues an IP packet made of `parts`, `false` when there is no room.
    pub(crate) fn queue_packet(&mut self, netif: u8, next_hop: &Ip, parts: &[&[u8]], claim: Claim) -> bool {
        self.queue(netif, Some(next_hop), parts, claim)
    }

    fn queue(&mut self, netif: u8, next_hop: Option<&Ip>, parts: &[&[u8]], claim: Claim) -> bool {
        let header = next_hop.map_or([FRAME; HEADER], packet_header);
        let Some((queue, pool, limit)) = self.queue_mut(netif) else { return false };
        let queued = queue.push(pool, header, parts, limit, claim);
        if !queued {
            self.dropped(Drop::Memory);
        }
        queued
    }

    /// The queue of an interface, with the bytes that it may hold.
    pub(crate) fn queue_mut(&mut self, netif: u8) -> Option<(&mut Records, &mut Pool, usize)> {
        #[cfg(feature = "netif-loopback")]
        if netif == super::loopback::LOOPBACK {
            return Some(self.loopback_queue());
        }
        let entry = crate::netif::at_mut(&mut self.netifs, netif)?;
        Some((&mut entry.out, &mut self.pool, NETIF_TX_QUEUE))
    }

    /// What is to be sent next, and its bytes.
    pub(crate) fn queue_front(&self, netif: u8) -> Option<(Front, usize)> {
        let record = crate::netif::at(&self.netifs, netif)?.out.front::<HEADER>(&self.pool)?;
        #[cfg(any(feature = "arp", feature = "nd6"))]
        if record.header[0] == FRAME {
            return Some((Front::Frame, record.len));
        }
        let next_hop = record.header[1..].first_chunk().map(Ip::read)?;
        Some((Front::Packet { next_hop }, record.len))
    }

    /// Takes the first record out, which is as long as `out`.
    pub(crate) fn queue_take(&mut self, netif: u8, out: &mut [u8]) {
        if let Some(entry) = crate::netif::at(&self.netifs, netif) {
            entry.out.copy_packet::<HEADER>(&self.pool, out);
        }
        self.queue_pop(netif, out.len());
    }

    /// Drops the first record, of `len` bytes.
    pub(crate) fn queue_pop(&mut self, netif: u8, len: usize) {
        if let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) {
            entry.out.drop_packet::<HEADER>(&mut self.pool, len, Claim::Control);
        }
    }

    /// Drops all records.
    pub(crate) fn queue_clear(&mut self, netif: u8) {
        if let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) {
            entry.out.clear(&mut self.pool, Claim::Control);
        }
    }
}
