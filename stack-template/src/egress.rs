//! The next frame to send: first known by its length, then written into the driver's buffer.

use crate::netif::queue::{Front, Queued};
#[cfg(feature = "ethernet")]
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
    #[cfg(feature = "arp")]
    Frame(Queued),
    /// The first record of the interface's queue, an IP packet.
    Packet(Queued),
    /// A segment of a connection's send queue.
    #[cfg(feature = "tcp")]
    Segment(crate::tcp::Outgoing),
}

/// What stands in front of an IP packet.
#[cfg(feature = "ethernet")]
const LINK_HEADER: usize = ethernet::HEADER_LEN;
/// Nothing stands in front of an IP packet.
#[cfg(not(feature = "ethernet"))]
const LINK_HEADER: usize = 0;

/// Where a packet for a neighbour can go now.
enum Hop {
    To([u8; 6]),
    #[cfg(feature = "arp")]
    Wait(usize),
    #[cfg(feature = "arp")]
    Nowhere,
}

impl Stack {
    /// The next frame that the interface has to send, `None` when there is none.
    pub fn egress(&mut self, netif: NetifId, now: Instant) -> Option<Egress<'_>> {
        let NetifId(netif) = netif;
        if !self.netifs.get(usize::from(netif))?.up {
            return None;
        }
        let (mac, source) = self.next_source(netif, now)?;
        Some(Egress { stack: self, netif, now, mac, source })
    }

    fn next_source(&mut self, netif: u8, now: Instant) -> Option<([u8; 6], Source)> {
        while let Some((front, queued)) = self.queue_front(netif) {
            match front {
                #[cfg(feature = "arp")]
                Front::Frame => return Some(([0; 6], Source::Frame(queued))),
                Front::Packet { next_hop } => match self.hop(netif, next_hop, now) {
                    Hop::To(mac) => return Some((mac, Source::Packet(queued))),
                    #[cfg(feature = "arp")]
                    Hop::Wait(entry) => self.arp_wait(netif, entry),
                    #[cfg(feature = "arp")]
                    Hop::Nowhere => {
                        self.queue_pop(netif, &queued);
                        self.dropped(crate::stats::Drop::Unreachable);
                    }
                },
            }
        }
        #[cfg(feature = "tcp")]
        while let Some((outgoing, next_hop)) = self.tcp_next(netif, now) {
            match self.hop(netif, next_hop, now) {
                Hop::To(mac) => return Some((mac, Source::Segment(outgoing))),
                #[cfg(feature = "arp")]
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

    fn hop(&mut self, netif: u8, next_hop: crate::IpAddr, now: Instant) -> Hop {
        #[cfg(feature = "ethernet")]
        {
            if next_hop.is_multicast() {
                return Hop::To(ethernet::multicast_v4(next_hop));
            }
            if self.netifs.get(usize::from(netif)).is_some_and(|entry| entry.is_broadcast(next_hop)) {
                return Hop::To(ethernet::BROADCAST);
            }
        }
        #[cfg(feature = "arp")]
        {
            use crate::netif::arp::Resolution;
            match self.arp_resolve(netif, next_hop, now) {
                Resolution::Known(mac) => Hop::To(mac),
                Resolution::Asked(entry) => Hop::Wait(entry),
                Resolution::Full => Hop::Nowhere,
            }
        }
        #[cfg(not(feature = "arp"))]
        {
            let _ = (netif, next_hop, now);
            // A link of two stations needs no addresses.
            Hop::To([0xff; 6])
        }
    }
}

impl Egress<'_> {
    /// Bytes of the frame, at most the interface's MTU and its link header.
    #[expect(clippy::len_without_is_empty, reason = "a frame is never empty")]
    pub fn len(&self) -> usize {
        match &self.source {
            #[cfg(feature = "arp")]
            Source::Frame(queued) => queued.len,
            Source::Packet(queued) => LINK_HEADER + queued.len,
            #[cfg(feature = "tcp")]
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
        match source {
            #[cfg(feature = "arp")]
            Source::Frame(queued) => {
                stack.queue_copy(netif, &queued, frame);
                stack.queue_pop(netif, &queued);
            }
            Source::Packet(queued) => {
                stack.queue_copy(netif, &queued, stack.link_header(netif, mac, frame));
                stack.queue_pop(netif, &queued);
            }
            #[cfg(feature = "tcp")]
            Source::Segment(outgoing) => {
                let packet = stack.link_header(netif, mac, frame);
                stack.tcp_emit(outgoing, packet, now);
            }
        }
        let _ = now;
        #[cfg(feature = "stats")]
        {
            stack.stats.sent = stack.stats.sent.wrapping_add(1);
        }
        len
    }
}

impl Stack {
    /// Writes the link header of an IP packet; gives the place of the packet.
    fn link_header<'f>(&self, netif: u8, mac: [u8; 6], frame: &'f mut [u8]) -> &'f mut [u8] {
        #[cfg(feature = "ethernet")]
        {
            let src = self.netifs.get(usize::from(netif)).map_or([0; 6], |entry| entry.mac);
            let Some((header, packet)) = frame.split_first_chunk_mut() else { return &mut [] };
            ethernet::Header { dst: mac, src, ethertype: ethernet::TYPE_IPV4 }.emit(header);
            packet
        }
        #[cfg(not(feature = "ethernet"))]
        {
            let _ = (netif, mac);
            frame
        }
    }
}
