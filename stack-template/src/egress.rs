//! The next frame to send: first known by its length, then written into the driver's buffer.

use crate::netif::queue::Front;
#[cfg(feature = "ethernet")]
use crate::wire::ethernet;
use crate::{Hooks, Instant, NetifId, Stack};

/// A frame that is ready to be sent. Dropped without [`emit`](Self::emit), it stays ready.
pub struct Egress<'a, H: Hooks = crate::NoHooks> {
    stack: &'a mut Stack<H>,
    now: Instant,
    /// Bytes of the frame.
    len: usize,
    source: Source,
    netif: u8,
    mac: [u8; 6],
}

/// Where the frame's bytes come from.
enum Source {
    /// The first record of the interface's queue, a whole frame.
    #[cfg(any(feature = "arp", feature = "nd6"))]
    Frame,
    /// The first record of the interface's queue, an IP packet.
    Packet,
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
    To,
    #[cfg(any(feature = "arp", feature = "nd6"))]
    Wait(usize),
    #[cfg(any(feature = "arp", feature = "nd6"))]
    Nowhere,
}

impl<H: Hooks> Stack<H> {
    /// The next frame that the interface has to send, `None` when there is none.
    pub fn egress(&mut self, netif: NetifId, now: Instant) -> Option<Egress<'_, H>> {
        let NetifId(netif) = netif;
        self.set_clock(now);
        if !crate::netif::at(&self.netifs, netif)?.up {
            return None;
        }
        // A link of two stations needs no addresses.
        let mut mac = [0xff; 6];
        let (len, source) = self.next_source(netif, now, &mut mac)?;
        Some(Egress { stack: self, now, len, source, netif, mac })
    }

    /// The frame's length and where it comes from; `mac` becomes the address of the station that takes it.
    fn next_source(&mut self, netif: u8, now: Instant, mac: &mut [u8; 6]) -> Option<(usize, Source)> {
        while let Some((front, len)) = self.queue_front(netif) {
            match front {
                #[cfg(any(feature = "arp", feature = "nd6"))]
                Front::Frame => return Some((len, Source::Frame)),
                Front::Packet { next_hop } => match self.hop(netif, next_hop, now, mac) {
                    Hop::To => return Some((LINK_HEADER + len, Source::Packet)),
                    #[cfg(any(feature = "arp", feature = "nd6"))]
                    Hop::Wait(entry) => self.neighbor_wait(netif, entry),
                    #[cfg(any(feature = "arp", feature = "nd6"))]
                    Hop::Nowhere => {
                        self.queue_pop(netif, len);
                        self.dropped(crate::stats::Drop::Unreachable);
                    }
                },
            }
        }
        #[cfg(feature = "tcp")]
        while let Some((outgoing, next_hop)) = self.tcp_next(netif, now) {
            match self.hop(netif, next_hop, now, mac) {
                Hop::To => return Some((LINK_HEADER + outgoing.packet_len(), Source::Segment(outgoing))),
                #[cfg(any(feature = "arp", feature = "nd6"))]
                Hop::Wait(_) | Hop::Nowhere => {
                    self.tcp_park(&outgoing, now);
                    // The request that resolves the address goes first.
                    if let Some((Front::Frame, len)) = self.queue_front(netif) {
                        return Some((len, Source::Frame));
                    }
                }
            }
        }
        None
    }

    fn hop(&mut self, netif: u8, next_hop: crate::addr::Ip, now: Instant, mac: &mut [u8; 6]) -> Hop {
        #[cfg(all(feature = "ethernet", feature = "ipv4"))]
        if let Some(next_hop) = crate::addr::as_v4(&next_hop) {
            if next_hop.is_multicast() {
                *mac = ethernet::multicast_v4(next_hop);
                return Hop::To;
            }
            if crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.ipv4.is_broadcast(next_hop)) {
                *mac = ethernet::BROADCAST;
                return Hop::To;
            }
        }
        #[cfg(all(feature = "ethernet", feature = "ipv6"))]
        if let Some(group) = crate::addr::as_v6(&next_hop).filter(|next_hop| next_hop.is_multicast()) {
            *mac = ethernet::multicast_v6(*group);
            return Hop::To;
        }
        #[cfg(any(feature = "arp", feature = "nd6"))]
        {
            use crate::netif::neighbor::Resolution;
            match self.neighbor_resolve(netif, &next_hop, mac, now) {
                Resolution::Known => Hop::To,
                Resolution::Asked(entry) => Hop::Wait(entry),
                Resolution::Full => Hop::Nowhere,
            }
        }
        #[cfg(not(any(feature = "arp", feature = "nd6")))]
        {
            let _ = (netif, next_hop, now, mac);
            Hop::To
        }
    }
}

impl<H: Hooks> Egress<'_, H> {
    /// Bytes of the frame, at most the interface's MTU and its link header.
    #[expect(clippy::len_without_is_empty, reason = "a frame is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Writes the frame to the start of `buffer` and counts it as sent; gives its length.
    ///
    /// A buffer shorter than [`len`](Self::len) gets nothing, and the frame stays ready.
    pub fn emit(self, buffer: &mut [u8]) -> usize {
        let Self { stack, now, len, source, netif, mac } = self;
        let Some(frame) = buffer.get_mut(..len) else { return 0 };
        #[cfg(any(feature = "arp", feature = "nd6"))]
        if let Source::Frame = source {
            stack.queue_take(netif, frame);
            return stack.sent(len);
        }
        let Some((link, packet)) = frame.split_at_mut_checked(LINK_HEADER) else { return 0 };
        match source {
            #[cfg(any(feature = "arp", feature = "nd6"))]
            Source::Frame => {}
            Source::Packet => stack.queue_take(netif, packet),
            #[cfg(feature = "tcp")]
            Source::Segment(outgoing) => stack.tcp_emit(outgoing, packet, now),
        }
        #[cfg(feature = "ethernet")]
        if let Some(link) = link.first_chunk_mut() {
            let src = crate::netif::at(&stack.netifs, netif).map_or([0; 6], |entry| entry.mac);
            ethernet::Header { dst: mac, src, ethertype: ethertype(packet) }.emit(link);
        }
        let _ = (now, link, mac);
        stack.sent(len)
    }
}

/// The EtherType of an IP packet.
#[cfg(feature = "ethernet")]
fn ethertype(packet: &[u8]) -> u16 {
    match packet.first().map(|byte| byte >> 4) {
        #[cfg(feature = "ipv6")]
        Some(6) => ethernet::TYPE_IPV6,
        #[cfg(feature = "ipv4")]
        _ => ethernet::TYPE_IPV4,
        #[cfg(not(feature = "ipv4"))]
        _ => 0,
    }
}

impl<H: Hooks> Stack<H> {
    /// Counts a frame of `len` bytes as sent; gives its length.
    fn sent(&mut self, len: usize) -> usize {
        #[cfg(feature = "stats")]
        {
            self.stats.sent = self.stats.sent.wrapping_add(1);
        }
        len
    }
}

#[cfg(all(
    test,
    feature = "ethernet",
    feature = "ipv4",
    feature = "udp",
    not(any(feature = "arp", feature = "nd6"))
))]
mod tests {
    use crate::addr::{ANY, socket, v4};
    use crate::testing::{PEER_IP, drain, host};
    use crate::wire::ethernet::BROADCAST;
    use crate::{Instant, Stack};

    /// Without ARP nobody's address is known, so every station takes the frame.
    #[test]
    fn a_link_without_addresses_is_sent_to_all() {
        let (mut stack, netif) = host();
        let handle = stack.udp_bind(ANY, 1000).unwrap();
        stack.udp_send_to(handle, b"x", socket(v4(PEER_IP), 9)).unwrap();
        let frames = drain(&mut stack, netif, Instant::from_millis(0));
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0][..6], BROADCAST);
    }
}
