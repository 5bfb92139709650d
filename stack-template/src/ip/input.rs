//! Received frames and packets: whose they are, and which protocol takes them.

use super::Received;
use crate::stats::Drop;
use crate::wire::{ipv4, protocol};
use crate::{Instant, NetifId, Stack};

impl Stack {
    /// Takes a received frame; its bytes are not needed after the call.
    ///
    /// Bytes that no standard allows are dropped and counted, as is a frame for another station.
    pub fn input(&mut self, netif: NetifId, frame: &[u8], now: Instant) {
        let NetifId(netif) = netif;
        let Some(_entry) = self.netifs.get(usize::from(netif)).filter(|entry| entry.up) else { return };
        #[cfg(feature = "stats")]
        {
            self.stats.received = self.stats.received.wrapping_add(1);
        }
        #[cfg(feature = "ethernet")]
        self.ethernet_input(netif, frame, now);
        #[cfg(not(feature = "ethernet"))]
        self.ipv4_input(netif, frame, now);
    }

    #[cfg(feature = "ethernet")]
    fn ethernet_input(&mut self, netif: u8, frame: &[u8], now: Instant) {
        use crate::wire::ethernet;
        let Some((header, payload)) = ethernet::Header::parse(frame) else {
            return self.dropped(Drop::Malformed);
        };
        let own = self.netifs.get(usize::from(netif)).is_some_and(|entry| entry.mac == header.dst);
        if !own && !ethernet::is_group(header.dst) {
            return self.dropped(Drop::Address);
        }
        match header.ethertype {
            ethernet::TYPE_IPV4 => self.ipv4_input(netif, payload, now),
            #[cfg(feature = "arp")]
            ethernet::TYPE_ARP => self.arp_input(netif, payload, now),
            _ => self.dropped(Drop::Protocol),
        }
    }

    /// A received IPv4 packet (RFC 1122 §3.2.1).
    fn ipv4_input(&mut self, netif: u8, packet: &[u8], now: Instant) {
        let Some((ip, header, payload)) = ipv4::Header::parse(packet) else {
            return self.dropped(Drop::Malformed);
        };
        let Some(entry) = self.netifs.get(usize::from(netif)) else { return };
        if !entry.is_source(ip.src) || entry.address.is_unspecified() {
            return self.dropped(Drop::Address);
        }
        let group = entry.is_broadcast(ip.dst);
        // A weak host: any interface's address is ours (RFC 1122 §3.3.4.2).
        if !group && !self.netifs.iter().any(|n| n.up && n.address == ip.dst && !ip.dst.is_unspecified()) {
            return self.dropped(Drop::Address);
        }
        if ip.fragment {
            return self.dropped(Drop::Fragment);
        }
        let received = Received {
            #[cfg(feature = "tcp")]
            netif,
            src: ip.src,
            dst: ip.dst,
            group,
            header,
            payload,
        };
        match ip.protocol {
            #[cfg(feature = "udp")]
            protocol::UDP => self.udp_input(&received, now),
            #[cfg(feature = "tcp")]
            protocol::TCP => self.tcp_input(&received, now),
            #[cfg(feature = "icmp")]
            protocol::ICMP => self.icmp_input(&received),
            _ => {
                self.dropped(Drop::Protocol);
                #[cfg(feature = "icmp-unreachable")]
                self.icmp_unreachable(crate::wire::icmpv4::UNREACHABLE_PROTOCOL, &received, now);
            }
        }
    }
}
