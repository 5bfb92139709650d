//! The next frame to send: first known by its length, then written into the driver's buffer.

use crate::netif::queue::{Front, Queued};
use crate::wire::ethernet;
use crate::{Instant, NetifId, Stack};

/// A frame that is ready to be sent. Dropped without [`emit`](Self::emit), it stays ready.
pub struct Egress<'a> {
    stack: &'a mut Stack,
    netif: u8,
    now: Instant,
    mac: [u8; 6],
    source: Source,
}

/// Where the frame's bytes come from.
enum Source {
    /// The first record of the interface's queue, a whole frame.
    Frame(Queued),
    /// The first record of the interface's queue, an IP packet.
    Packet(Queued),
    /// A segment of a connection's send queue.
    Segment(crate::tcp::Outgoing),
}

/// What stands in front of an IP packet.
const LINK_HEADER: usize = ethernet::HEADER_LEN;

/// Where a packet for a neighbour can go now.
enum Hop {
    To([u8; 6]),
    Wait(usize),
    Nowhere,
}

impl Stack {
    /// The next frame that the interface has to send, `None` when there is none.
    pub fn egress(&mut self, netif: NetifId, now: Instant) -> Option<Egress<'_>> {
        let NetifId(netif) = netif;
        self.set_clock(now);
        if !crate::netif::at(&self.netifs, netif)?.up {
            return None;
        }
        let (mac, source) = self.next_source(netif, now)?;
        Some(Egress { stack: self, netif, now, mac, source })
    }

    fn next_source(&mut self, netif: u8, now: Instant) -> Option<([u8; 6], Source)> {
        while let Some((front, queued)) = self.queue_front(netif) {
            match front {
                Front::Frame => return Some(([0; 6], Source::Frame(queued))),
                Front::Packet { next_hop } => match self.hop(netif, next_hop, now) {
                    Hop::To(mac) => return Some((mac, Source::Packet(queued))),
                    Hop::Wait(entry) => self.neighbor_wait(netif, entry),
                    Hop::Nowhere => {
                        self.queue_pop(netif, &queued);
                        self.dropped(crate::stats::Drop::Unreachable);
                    }
                },
            }
        }
        while let Some((outgoing, next_hop)) = self.tcp_next(netif, now) {
            match self.hop(netif, next_hop, now) {
                Hop::To(mac) => return Some((mac, Source::Segment(outgoing))),
                Hop::Wait(_) | Hop::Nowhere => {
                    self.tcp_park(&outgoing, now);
                    // The request that resolves the address goes first.
                    if let Some((Front::Frame, queued)) = self.queue_front(netif) {
                        return Some(([0; 6], Source::Frame(queued)));
                    }
                }
            }
        }
        None
    }

    fn hop(&mut self, netif: u8, next_hop: crate::addr::Ip, now: Instant) -> Hop {
        if let Some(next_hop) = crate::addr::as_v4(&next_hop) {
            if next_hop.is_multicast() {
                return Hop::To(ethernet::multicast_v4(next_hop));
            }
            if crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.ipv4.is_broadcast(next_hop)) {
                return Hop::To(ethernet::BROADCAST);
            }
        }
        if let Some(group) = crate::addr::as_v6(&next_hop).filter(|next_hop| next_hop.is_multicast()) {
            return Hop::To(ethernet::multicast_v6(*group));
        }
        use crate::netif::neighbor::Resolution;
        match self.neighbor_resolve(netif, &next_hop, now) {
            Resolution::Known(mac) => Hop::To(mac),
            Resolution::Asked(entry) => Hop::Wait(entry),
            Resolution::Full => Hop::Nowhere,
        }
    }
}

impl Egress<'_> {
    /// Bytes of the frame, at most the interface's MTU and its link header.
    #[expect(clippy::len_without_is_empty, reason = "a frame is never empty")]
    pub fn len(&self) -> usize {
        match &self.source {
            Source::Frame(queued) => queued.len,
            Source::Packet(queued) => LINK_HEADER + queued.len,
            Source::Segment(outgoing) => LINK_HEADER + outgoing.packet_len(),
        }
    }

    /// Writes the frame to the start of `buffer` and counts it as sent; gives its length.
    ///
    /// A buffer shorter than [`len`](Self::len) gets nothing, and the frame stays ready.
    pub fn emit(self, buffer: &mut [u8]) -> usize {
        let len = self.len();
        let Some(frame) = buffer.get_mut(..len) else { return 0 };
        let Self { stack, netif, now, mac, source } = self;
        if let Source::Frame(queued) = source {
            stack.queue_copy(netif, &queued, frame);
            stack.queue_pop(netif, &queued);
            return stack.sent(len);
        }
        let Some((link, packet)) = frame.split_at_mut_checked(LINK_HEADER) else { return 0 };
        match source {
            Source::Frame(_) => {}
            Source::Packet(queued) => {
                stack.queue_copy(netif, &queued, packet);
                stack.queue_pop(netif, &queued);
            }
            Source::Segment(outgoing) => stack.tcp_emit(outgoing, packet, now),
        }
        if let Some(link) = link.first_chunk_mut() {
            let src = crate::netif::at(&stack.netifs, netif).map_or([0; 6], |entry| entry.mac);
            ethernet::Header { dst: mac, src, ethertype: ethertype(packet) }.emit(link);
        }
        let _ = (now, link, mac);
        stack.sent(len)
    }
}

/// The EtherType of an IP packet.
fn ethertype(packet: &[u8]) -> u16 {
    match packet.first().map(|byte| byte >> 4) {
        Some(6) => ethernet::TYPE_IPV6,
        _ => ethernet::TYPE_IPV4,
    }
}

impl Stack {
    /// Counts a frame of `len` bytes as sent; gives its length.
    fn sent(&mut self, len: usize) -> usize {
        len
    }
}
