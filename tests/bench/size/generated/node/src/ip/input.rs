//! Received frames and packets: whose they are, and which protocol takes them.

use super::Undelivered;
use super::{Arrival, Received};
use crate::pbuf::Payload;
use crate::stats::Drop;
use crate::wire::protocol;
use crate::{Instant, NetifId, Stack};

impl Stack {
    /// Takes a received frame; its bytes are not needed after the call.
    ///
    /// Bytes that no standard allows are dropped and counted, as is a frame for another station.
    pub fn input(&mut self, netif: NetifId, frame: &[u8], now: Instant) {
        let NetifId(netif) = netif;
        self.set_clock(now);
        if !crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.up) {
            return;
        }
        self.ethernet_input(netif, frame, now);
    }

    fn ethernet_input(&mut self, netif: u8, frame: &[u8], now: Instant) {
        use crate::wire::ethernet;
        let Some((header, payload)) = ethernet::Header::parse(frame) else {
            return self.dropped(Drop::Malformed);
        };
        let own = crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.mac == header.dst);
        if !own && !ethernet::is_group(header.dst) {
            return self.dropped(Drop::Address);
        }
        let arrival = Arrival { netif, group: !own, looped: false };
        match header.ethertype {
            ethernet::TYPE_IPV4 => self.ipv4_input(arrival, payload, now),
            ethernet::TYPE_IPV6 => self.ipv6_input(arrival, payload, now),
            ethernet::TYPE_ARP => self.arp_input(netif, payload, now),
            _ => self.dropped(Drop::Protocol),
        }
    }

    /// A received IPv4 packet (RFC 1122 §3.2.1).
    fn ipv4_input(&mut self, arrival: Arrival, packet: &[u8], now: Instant) {
        use crate::addr::v4;
        use crate::wire::ipv4;
        let Some((ip, header, payload)) = ipv4::Header::parse(packet) else {
            return self.dropped(Drop::Malformed);
        };
        let entry = crate::netif::at(&self.netifs, arrival.netif).map(|entry| &entry.ipv4);
        let group = entry.is_some_and(|entry| entry.is_broadcast(ip.dst));
        if !arrival.looped {
            let from_switch = false;
            let is_source = |e: &crate::netif::ipv4::Ipv4| from_switch || e.is_source(ip.src);
            let heard = entry.is_some_and(|e| is_source(e) && !e.address.is_unspecified());
            // Our own address as a source is forged; a frame for all holds a packet for all (RFC 1122 §3.3.6).
            if !heard || self.is_own_v4(ip.src) || (arrival.group && !group) {
                return self.dropped(Drop::Address);
            }
        }
        // A weak host: any interface's address is ours (RFC 1122 §3.3.4.2).
        let own = self.is_own_v4(ip.dst) || (arrival.looped && ip.dst.is_loopback());
        if !group && !own {
            return self.dropped(Drop::Address);
        }
        let received = Received {
            netif: self.arrived_at(arrival, v4(ip.dst)),
            src: v4(ip.src),
            dst: v4(ip.dst),
            group,
            headers: header,
            payload: Payload::Frame(payload),
        };
        let _ = header;
        if ip.fragment != 0 {
            self.dropped(Drop::Fragment);
            return;
        }
        self.deliver(ip.protocol, &received, None, now);
    }

    /// A received IPv6 packet (RFC 8200 §3, §4).
    fn ipv6_input(&mut self, arrival: Arrival, packet: &[u8], now: Instant) {
        use crate::addr::v6;
        use crate::wire::icmpv6::PARAMETER_PROBLEM;
        use crate::wire::ipv6::{self, HEADER_LEN, Walk};
        let Some((ip, payload)) = ipv6::Header::parse(packet) else { return self.dropped(Drop::Malformed) };
        let entry = crate::netif::at(&self.netifs, arrival.netif).map(|entry| &entry.ipv6);
        let group = ip.dst.is_multicast();
        let zone = (!arrival.looped).then_some(arrival.netif);
        if !arrival.looped {
            let heard = entry.is_some_and(|entry| entry.is_source(&ip.src));
            // Our own address as a source is a packet that the link gave back; a frame for a group holds a packet for one.
            if !heard || self.is_own_v6(&ip.src, zone) || (arrival.group && !group) {
                return self.dropped(Drop::Address);
            }
        }
        let own = self.is_own_v6(&ip.dst, zone) || (arrival.looped && ip.dst.is_loopback());
        let listens = group && entry.is_some_and(|entry| entry.is_member(&ip.dst));
        let listens = listens || (group && self.groups.is_member(arrival.netif, &v6(ip.dst)));
        if !listens && (group || !own) {
            return self.dropped(Drop::Address);
        }
        let netif = self.arrived_at(arrival, v6(ip.dst));
        let received = Received {
            netif,
            src: v6(ip.src),
            dst: v6(ip.dst),
            group,
            headers: packet.get(..HEADER_LEN).unwrap_or_default(),
            payload: Payload::Frame(payload),
        };
        match ipv6::walk(ip.next_header, payload) {
            Walk::Transport(protocol, rest) => {
                let headers = packet.get(..HEADER_LEN + payload.len() - rest.len()).unwrap_or_default();
                let received = Received { headers, payload: Payload::Frame(rest), ..received };
                self.deliver(protocol, &received, Some(ip.hop_limit), now);
            }
            Walk::Fragment(..) => self.dropped(Drop::Fragment),
            Walk::Drop | Walk::Short => self.dropped(Drop::Malformed),
            Walk::Problem { code, pointer, always } => {
                self.dropped(Drop::Malformed);
                self.icmpv6_error(PARAMETER_PROBLEM, code, pointer.to_be_bytes(), &received, always, now);
            }
        }
    }

    /// The interface that a packet for `dst` counts as received on: its address's own for one from this host.
    fn arrived_at(&self, arrival: Arrival, dst: crate::addr::Ip) -> u8 {
        let _ = dst;
        arrival.netif
    }

    /// Hands the payload of a packet of either version to its protocol. Of IPv6, `hop_limit` is the packet's, unless
    /// it came in fragments.
    pub(super) fn deliver(&mut self, protocol: u8, received: &Received, hop_limit: Option<u8>, now: Instant) {
        let _ = (hop_limit, received.netif);
        if let Some(src) = crate::addr::as_v6(&received.src) {
            if protocol == protocol::ICMPV6 {
                return self.icmpv6_input(received, hop_limit.unwrap_or(0), now);
            }
            if src.is_unspecified() {
                return self.dropped(Drop::Malformed);
            }
        }
        match protocol {
            protocol::ICMP if crate::addr::as_v4(&received.src).is_some() => self.icmp_input(received, now),
            protocol::UDP => self.udp_input(received, now),
            protocol::TCP => self.tcp_input(received, now),
            _ => {
                self.dropped(Drop::Protocol);
                self.undelivered(Undelivered::Protocol, received, now);
            }
        }
        let _ = now;
    }

    /// Tells the sender that its packet could not be delivered.
    pub(crate) fn undelivered(&mut self, why: Undelivered, received: &Received, now: Instant) {
        if crate::addr::as_v6(&received.dst).is_some() {
            use crate::wire::icmpv6;
            return match why {
                Undelivered::Port => {
                    let (kind, code) = (icmpv6::UNREACHABLE, icmpv6::UNREACHABLE_PORT);
                    self.icmpv6_error(kind, code, [0; 4], received, false, now);
                }
                Undelivered::Protocol => {
                    // The fixed header names it, or the first byte of the header behind.
                    let more = received.headers.len() > crate::wire::ipv6::HEADER_LEN;
                    let at: u32 = if more { crate::wire::ipv6::HEADER_LEN as u32 } else { 6 };
                    let (kind, code) = (icmpv6::PARAMETER_PROBLEM, icmpv6::UNKNOWN_NEXT_HEADER);
                    self.icmpv6_error(kind, code, at.to_be_bytes(), received, false, now);
                }
            };
        }
        use crate::wire::icmpv4::{Header, UNREACHABLE, UNREACHABLE_PORT, UNREACHABLE_PROTOCOL};
        let code = match why {
            Undelivered::Protocol => UNREACHABLE_PROTOCOL,
            Undelivered::Port => UNREACHABLE_PORT,
        };
        self.icmp_error(Header { kind: UNREACHABLE, code, rest: [0; 4] }, received, now);
    }
}
