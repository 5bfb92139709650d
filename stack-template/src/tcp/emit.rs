//! Writing a connection's next segment into the frame that the driver lends.

use super::output::Segment;
use super::pcb::Pcb;
use super::timers::Timer;
use crate::addr::Ip;
use crate::config::{TCP_MSS, TCP_PCBS};
use crate::wire::tcp::{CHECKSUM_AT, HEADER_LEN, Header, Options, flags};
use crate::wire::{checksum, protocol};
use crate::{Instant, Stack};

/// A segment that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing {
    index: usize,
    segment: Segment,
    /// Bytes of the IP header.
    ip_header: usize,
}

impl Outgoing {
    fn options_len(&self) -> usize {
        if self.segment.flags & flags::SYN == 0 { 0 } else { Options::LEN }
    }

    /// Bytes of the IP packet.
    pub(crate) fn packet_len(&self) -> usize {
        self.ip_header + HEADER_LEN + self.options_len() + self.segment.len
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The next segment for the interface, and the neighbour that takes it.
    pub(crate) fn tcp_next(&mut self, netif: u8, now: Instant) -> Option<(Outgoing, Ip)> {
        for _ in 0..TCP_PCBS {
            let index = self.tcp.first_ready()?;
            let pcb = self.tcp.pcbs.get(index)?;
            if pcb.netif != netif {
                self.tcp.pop_ready();
                self.tcp.make_ready(index);
                continue;
            }
            match pcb.next_segment() {
                Some(segment) => {
                    let ip_header = crate::addr::header_len(&pcb.remote_ip);
                    let outgoing = Outgoing { index, segment, ip_header };
                    match self.next_hop(netif, &pcb.remote_ip) {
                        Some(next_hop) => return Some((outgoing, next_hop)),
                        None => self.tcp_park(&outgoing, now),
                    }
                }
                None => {
                    self.tcp.pop_ready();
                    if let Some(pcb) = self.tcp.pcbs.get_mut(index) {
                        pcb.blocked(now);
                    }
                }
            }
        }
        None
    }

    /// The segment cannot go now: the connection waits, and its timer counts this as a try.
    pub(crate) fn tcp_park(&mut self, outgoing: &Outgoing, now: Instant) {
        self.tcp.pop_ready();
        let Some(pcb) = self.tcp.pcbs.get_mut(outgoing.index) else { return };
        pcb.flags.set(super::Flags::PARKED);
        let pure_ack = outgoing.segment.len == 0 && outgoing.segment.flags & (flags::SYN | flags::FIN) == 0;
        if !pure_ack && !matches!(pcb.timer, Timer::Rexmit | Timer::Persist) {
            pcb.arm_backed_off(Timer::Rexmit, now);
        }
    }

    /// Writes the segment's IP packet and takes note of it.
    pub(crate) fn tcp_emit(&mut self, outgoing: Outgoing, packet: &mut [u8], now: Instant) {
        let Outgoing { index, segment, ip_header } = outgoing;
        let options_len = outgoing.options_len();
        let mtu = match (options_len, self.tcp.pcbs.get(index)) {
            (1.., Some(pcb)) => self.link_mtu(pcb.netif, &pcb.remote_ip),
            _ => 0,
        };
        let Stack { tcp, pool, .. } = self;
        let Some(pcb) = tcp.pcbs.get_mut(index) else { return };
        let (src, dst) = (pcb.local_ip, pcb.remote_ip);
        let window = pcb.advertise(pool);
        let header = Header {
            src: pcb.local_port,
            dst: pcb.remote_port,
            seq: segment.seq.0,
            ack: if segment.flags & flags::ACK == 0 { 0 } else { pcb.rcv_nxt.0 },
            flags: segment.flags,
            window: pcb.wire_window(window, segment.flags),
        };
        let options = pcb.syn_options(mtu);
        let Some((ip_place, tcp_segment)) = packet.split_at_mut_checked(ip_header) else { return };
        let len = tcp_segment.len();
        let Some((head, payload)) = tcp_segment.split_at_mut_checked(HEADER_LEN + options_len) else {
            return;
        };
        let Some((tcp_header, options_place)) = head.split_first_chunk_mut() else { return };
        header.emit(options_len, tcp_header);
        if options_place.len() == Options::LEN {
            options_place.copy_from_slice(&options.to_bytes());
        }
        pcb.tx.copy_at(pool, segment.at, payload);
        if cfg!(feature = "checksum-gen-tcp") {
            let sum = checksum::pseudo(src.words(), dst.words(), protocol::TCP, len as u16).with(tcp_segment);
            if let Some(place) = tcp_segment.get_mut(CHECKSUM_AT) {
                place.copy_from_slice(&sum.checksum());
            }
        }
        pcb.sent(&segment, now);
        #[cfg(feature = "tcp-ttl")]
        let marks = (pcb.ttl, pcb.tos);
        tcp.pop_ready();
        tcp.make_ready(index);
        let header = self.ip_header(&src, &dst, protocol::TCP, len);
        #[cfg(feature = "tcp-ttl")]
        let header = header.marked(marks);
        if ip_place.len() == header.len() {
            ip_place.copy_from_slice(&header);
        }
    }
}

impl Pcb {
    /// The window as it stands in a segment; that of a SYN is never scaled (RFC 7323 §2.2).
    fn wire_window(&self, window: usize, bits: u8) -> u16 {
        #[cfg(feature = "tcp-wnd-scale")]
        let window = if bits & flags::SYN == 0 { window >> self.rcv_shift } else { window };
        let _ = bits;
        window.min(0xffff) as u16
    }

    /// The largest payload that fits in a packet of `mtu` bytes (RFC 6691 §2), and no larger than the profile's.
    #[inline(never)]
    pub(super) fn largest_payload(&self, mtu: u16) -> u16 {
        let headers = crate::addr::header_len(&self.remote_ip) + HEADER_LEN;
        TCP_MSS.min(mtu.saturating_sub(headers as u16))
    }

    fn syn_options(&self, mtu: u16) -> Options {
        Options {
            mss: Some(self.largest_payload(mtu)),
            #[cfg(feature = "tcp-wnd-scale")]
            wnd_scale: self.offers_scale().then_some(crate::config::TCP_WND_SHIFT),
        }
    }

    /// A SYN offers window scaling; a SYN that answers one does so only if the peer did (RFC 7323 §2.2).
    #[cfg(feature = "tcp-wnd-scale")]
    fn offers_scale(&self) -> bool {
        self.state == super::TcpState::SynSent || self.rcv_shift != 0 || self.snd_shift != 0
    }
}
