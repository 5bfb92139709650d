//! Received frames and packets: whose they are, and which protocol takes them.

#[cfg(any(feature = "icmp-unreachable", feature = "ipv6"))]
use super::Undelivered;
use super::{Arrival, Received};
use crate::pbuf::Payload;
use crate::stats::Drop;
use crate::wire::protocol;
use crate::{Instant, NetifId, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// Takes a received frame; its bytes are not needed after the call.
    ///
    /// Bytes that no standard allows are dropped and counted, as is a frame for another station.
    pub fn input(&mut self, netif: NetifId, frame: &[u8], now: Instant) {
        let NetifId(netif) = netif;
        self.set_clock(now);
        if !crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.up) {
            return;
        }
        #[cfg(feature = "stats")]
        {
            self.stats.received = self.stats.received.wrapping_add(1);
        }
        #[cfg(feature = "ethernet")]
        self.ethernet_input(netif, frame, now);
        #[cfg(not(feature = "ethernet"))]
        self.ip_input(Arrival { netif, group: false, looped: false }, frame, now);
        #[cfg(feature = "dhcp6")]
        self.dhcp6_input(now);
    }

    /// A packet of either version.
    #[cfg(any(not(feature = "ethernet"), feature = "netif-loopback"))]
    pub(crate) fn ip_input(&mut self, arrival: Arrival, packet: &[u8], now: Instant) {
        match packet.first().map(|byte| byte >> 4) {
            #[cfg(feature = "ipv4")]
            Some(4) => self.ipv4_input(arrival, packet, now),
            #[cfg(feature = "ipv6")]
            Some(6) => self.ipv6_input(arrival, packet, now),
            _ => self.dropped(Drop::Malformed),
        }
    }

    #[cfg(feature = "ethernet")]
    fn ethernet_input(&mut self, netif: u8, frame: &[u8], now: Instant) {
        use crate::wire::ethernet;
        let Some((header, payload)) = ethernet::Header::parse(frame) else {
            return self.dropped(Drop::Malformed);
        };
        let own = crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.mac == header.dst);
        if !own && !ethernet::is_group(header.dst) {
            return self.dropped(Drop::Address);
        }
        #[cfg(feature = "hooks-arp-filter-netif")]
        let netif = match header.ethertype {
            ethernet::TYPE_IPV4 | ethernet::TYPE_ARP => {
                let NetifId(chosen) = self.hooks.arp_filter_netif(NetifId(netif), frame);
                let up = crate::netif::at(&self.netifs, chosen).is_some_and(|entry| entry.up);
                if up { chosen } else { netif }
            }
            _ => netif,
        };
        let arrival = Arrival { netif, group: !own, looped: false };
        match header.ethertype {
            #[cfg(feature = "ipv4")]
            ethernet::TYPE_IPV4 => self.ipv4_input(arrival, payload, now),
            #[cfg(feature = "ipv6")]
            ethernet::TYPE_IPV6 => self.ipv6_input(arrival, payload, now),
            #[cfg(feature = "arp")]
            ethernet::TYPE_ARP => self.arp_input(netif, payload, now),
            #[cfg(feature = "hooks-unknown-eth-protocol")]
            _ if self.hooks.unknown_eth_protocol(NetifId(netif), frame) => {}
            _ => self.dropped(Drop::Protocol),
        }
    }

    /// A received IPv4 packet (RFC 1122 §3.2.1).
    #[cfg(feature = "ipv4")]
    fn ipv4_input(&mut self, arrival: Arrival, packet: &[u8], now: Instant) {
        #[cfg(feature = "hooks-ip4-input")]
        if self.hooks.ip4_input(NetifId(arrival.netif), packet) == crate::hooks::Filter::Take {
            return;
        }
        use crate::addr::v4;
        use crate::wire::ipv4;
        let Some((ip, header, payload)) = ipv4::Header::parse(packet) else {
            return self.dropped(Drop::Malformed);
        };
        let entry = crate::netif::at(&self.netifs, arrival.netif).map(|entry| &entry.ipv4);
        let group = entry.is_some_and(|entry| entry.is_broadcast(ip.dst));
        #[cfg(feature = "igmp")]
        let group = group
            || ip.dst == crate::netif::groups::ALL_HOSTS
            || (ip.dst.is_multicast() && self.groups.is_member(arrival.netif, &v4(ip.dst)));
        if !arrival.looped {
            // A switch that asks for groups has no address (RFC 4541 §2.1.1).
            #[cfg(feature = "igmp")]
            let from_switch = ip.src.is_unspecified() && ip.protocol == protocol::IGMP;
            #[cfg(not(feature = "igmp"))]
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
            #[cfg(feature = "ipv4-forward")]
            return self.ipv4_forward(arrival, &ip, header, payload, now);
            #[cfg(not(feature = "ipv4-forward"))]
            return self.dropped(Drop::Address);
        }
        let received = Received {
            netif: self.arrived_at(arrival, v4(ip.dst)),
            src: v4(ip.src),
            dst: v4(ip.dst),
            group,
            #[cfg(any(
                feature = "icmp-unreachable",
                feature = "ipv6",
                feature = "igmp",
                feature = "reassembly"
            ))]
            headers: header,
            payload: Payload::Frame(payload),
        };
        let _ = header;
        if ip.fragment != 0 {
            #[cfg(feature = "ipv4-reassembly")]
            self.ipv4_fragment(&received, &ip, payload, now);
            #[cfg(not(feature = "ipv4-reassembly"))]
            self.dropped(Drop::Fragment);
            return;
        }
        self.deliver(ip.protocol, &received, None, now);
    }

    /// A received IPv6 packet (RFC 8200 §3, §4).
    #[cfg(feature = "ipv6")]
    fn ipv6_input(&mut self, arrival: Arrival, packet: &[u8], now: Instant) {
        #[cfg(feature = "hooks-ip6-input")]
        if self.hooks.ip6_input(NetifId(arrival.netif), packet) == crate::hooks::Filter::Take {
            return;
        }
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
        #[cfg(feature = "mld")]
        let listens = listens || (group && self.groups.is_member(arrival.netif, &v6(ip.dst)));
        if !listens && (group || !own) {
            #[cfg(feature = "ipv6-forward")]
            if !group {
                let header = packet.get(..HEADER_LEN).unwrap_or_default();
                return self.ipv6_forward(arrival, &ip, header, payload, now);
            }
            return self.dropped(Drop::Address);
        }
        let netif = self.arrived_at(arrival, v6(ip.dst));
        let mut received = Received {
            netif,
            src: v6(ip.src),
            dst: v6(ip.dst),
            group,
            headers: packet.get(..HEADER_LEN).unwrap_or_default(),
            payload: Payload::Frame(payload),
        };
        match ipv6::walk(ip.next_header, payload) {
            Walk::Transport(protocol, rest) => {
                let len = HEADER_LEN + payload.len() - rest.len();
                received.headers = packet.get(..len).unwrap_or_default();
                received.payload = Payload::Frame(rest);
                self.deliver(protocol, &received, Some(ip.hop_limit), now);
            }
            #[cfg(feature = "ipv6-reassembly")]
            Walk::Fragment(bytes) if !ip.src.is_unspecified() => self.ipv6_fragment(&received, bytes, now),
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
        #[cfg(feature = "netif-loopback")]
        if arrival.looped && crate::netif::at(&self.netifs, arrival.netif).is_none() {
            return self.owner(dst);
        }
        let _ = dst;
        arrival.netif
    }

    /// Hands the payload of a packet of either version to its protocol. Of IPv6, `hop_limit` is the packet's, unless
    /// it came in fragments.
    pub(super) fn deliver(&mut self, protocol: u8, received: &Received, hop_limit: Option<u8>, now: Instant) {
        let _ = (hop_limit, received.netif);
        #[cfg(feature = "ipv6")]
        if let Some(src) = crate::addr::as_v6(&received.src) {
            if protocol == protocol::ICMPV6 {
                return self.icmpv6_input(received, hop_limit.unwrap_or(0), now);
            }
            if src.is_unspecified() {
                return self.dropped(Drop::Malformed);
            }
        }
        match protocol {
            #[cfg(feature = "icmp")]
            protocol::ICMP if crate::addr::as_v4(&received.src).is_some() => self.icmp_input(received, now),
            #[cfg(feature = "igmp")]
            protocol::IGMP if crate::addr::as_v4(&received.src).is_some() => self.igmp_input(received, now),
            #[cfg(feature = "udp")]
            protocol::UDP => self.udp_input(received, now),
            #[cfg(feature = "tcp")]
            protocol::TCP => self.tcp_input(received, now),
            _ => {
                self.dropped(Drop::Protocol);
                #[cfg(any(feature = "icmp-unreachable", feature = "ipv6"))]
                self.undelivered(Undelivered::Protocol, received, now);
            }
        }
        let _ = now;
    }

    /// Tells the sender that its packet could not be delivered.
    #[cfg(any(feature = "icmp-unreachable", feature = "ipv6"))]
    pub(crate) fn undelivered(&mut self, why: Undelivered, received: &Received, now: Instant) {
        #[cfg(feature = "ipv6")]
        if crate::addr::as_v6(&received.dst).is_some() {
            use crate::wire::icmpv6;
            return match why {
                #[cfg(feature = "udp")]
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
        #[cfg(feature = "icmp-unreachable")]
        {
            use crate::wire::icmpv4;
            let code = match why {
                Undelivered::Protocol => icmpv4::UNREACHABLE_PROTOCOL,
                #[cfg(feature = "udp")]
                Undelivered::Port => icmpv4::UNREACHABLE_PORT,
            };
            self.icmp_error(icmpv4::Header { kind: icmpv4::UNREACHABLE, code, rest: [0; 4] }, received, now);
        }
    }
}
