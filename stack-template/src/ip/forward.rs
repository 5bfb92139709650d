//! Packets that are passed on from one interface to another (RFC 1812 §5, RFC 8200 §3, RFC 4443 §3).

use super::Arrival;
#[cfg(any(feature = "icmp-unreachable", feature = "ipv6-forward"))]
use super::Received;
use crate::addr::Ip;
use crate::netif::{Route, Way};
use crate::pbuf::Claim;
#[cfg(any(feature = "icmp-unreachable", feature = "ipv6-forward"))]
use crate::pbuf::Payload;
use crate::stats::Drop;
use crate::{Instant, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// The way on; `None` where a packet would go back to where it came from (as lwIP does without
    /// `IP_FORWARD_ALLOW_TX_ON_RX_NETIF`), an inner `None` where there is none.
    fn way_on(&self, arrival: Arrival, dst: &Ip) -> Option<Option<Route>> {
        let route = self.route(dst, &Way::ANY);
        route.is_none_or(|route| route.netif != arrival.netif).then_some(route)
    }

    /// What an error about a packet from `src` needs: it comes from the address that `src` is reached from.
    #[cfg(any(feature = "icmp-unreachable", feature = "ipv6-forward"))]
    fn refused<'a>(
        &self,
        arrival: Arrival,
        src: &Ip,
        headers: &'a [u8],
        payload: &'a [u8],
    ) -> Option<Received<'a>> {
        let way = Way { scope: Some(arrival.netif), ..Way::ANY };
        let dst = self.route(src, &way)?.source;
        let payload = Payload::Frame(payload);
        Some(Received { netif: arrival.netif, src: *src, dst, group: false, headers, payload })
    }
}

#[cfg(feature = "ipv4-forward")]
mod v4 {
    use super::{Arrival, Claim, Drop, Instant, Stack};
    use crate::addr::{Ip4, v4};
    use crate::wire::ipv4::{self, Header};

    /// Whether packets with this address may pass from link to link: not those of a link alone, of this host alone, of
    /// many hosts or of none (RFC 1812 §4.2.2.11, §5.3.7, RFC 3927 §7).
    fn is_routable(addr: Ip4) -> bool {
        let [first, second, ..] = addr.octets();
        let link = (first, second) == (169, 254);
        !(first == 0 || first >= 240 || addr.is_loopback() || addr.is_multicast() || link)
    }

    impl<H: crate::Hooks> Stack<H> {
        /// Passes on a packet that is not for this host, or tells its sender why not (RFC 1812 §5.2.1).
        pub(in crate::ip) fn ipv4_forward(
            &mut self,
            arrival: Arrival,
            ip: &Header,
            header: &[u8],
            payload: &[u8],
            now: Instant,
        ) {
            // A directed broadcast is not passed on either (RFC 2644).
            let broadcast = self.netifs.iter().any(|netif| netif.up && netif.ipv4.is_broadcast(ip.dst));
            let routable = is_routable(ip.src) && is_routable(ip.dst) && !broadcast;
            #[cfg(feature = "hooks-ip4-canforward")]
            let routable = {
                let decided = self.hooks.ip4_canforward(crate::NetifId(arrival.netif), header, payload);
                decided.unwrap_or(routable)
            };
            if arrival.looped || arrival.group || !routable {
                return self.dropped(Drop::Address);
            }
            let Some(route) = self.way_on(arrival, &v4(ip.dst)) else { return self.dropped(Drop::Address) };
            let Some(route) = route else {
                self.dropped(Drop::Unreachable);
                return self.ipv4_refuse(arrival, ip, header, payload, Refusal::Net, now);
            };
            if ip.ttl <= 1 {
                self.dropped(Drop::Unreachable);
                return self.ipv4_refuse(arrival, ip, header, payload, Refusal::Hops, now);
            }
            let fits = header.len() + payload.len() <= usize::from(route.mtu);
            if !fits && (ip.dont_fragment || cfg!(not(feature = "ipv4-fragmentation"))) {
                self.dropped(Drop::Fragment);
                if ip.dont_fragment {
                    self.ipv4_refuse(arrival, ip, header, payload, Refusal::TooBig(route.mtu), now);
                }
                return;
            }
            // All but the last part carry a multiple of eight bytes (RFC 791 §3.2). Each part has all options, which
            // takes more room than it must and harms nobody.
            let room = usize::from(route.mtu).saturating_sub(header.len());
            let room = if fits { payload.len().max(1) } else { (room & !7).max(8) };
            let (mut rest, mut offset) = (payload, ip.fragment & ipv4::FRAGMENT_OFFSET);
            loop {
                let (part, behind) = rest.split_at_checked(room).unwrap_or((rest, &[]));
                let more = !behind.is_empty() || ip.fragment & ipv4::MORE_FRAGMENTS != 0;
                let fragment = offset | if more { ipv4::MORE_FRAGMENTS } else { 0 };
                let header = ipv4::PassedOn::new(header, ip.ttl - 1, part.len(), fragment, ip.dont_fragment);
                let parts = [&header[..], part];
                if !self.queue_packet(route.netif, &route.next_hop, &parts, Claim::Spare) || behind.is_empty()
                {
                    return;
                }
                offset = offset.wrapping_add((room / 8) as u16);
                rest = behind;
            }
        }

        /// Tells the sender why its packet was not passed on, unless it is an error itself or not the first fragment
        /// (RFC 1812 §4.3.2.7).
        fn ipv4_refuse(
            &mut self,
            arrival: Arrival,
            ip: &Header,
            header: &[u8],
            payload: &[u8],
            why: Refusal,
            now: Instant,
        ) {
            #[cfg(feature = "icmp-unreachable")]
            {
                use crate::wire::icmpv4;
                let error = ip.protocol == crate::wire::protocol::ICMP
                    && !payload.first().is_some_and(|kind| icmpv4::is_query(*kind));
                if error || ip.fragment & ipv4::FRAGMENT_OFFSET != 0 {
                    return;
                }
                let (kind, code, mtu) = match why {
                    Refusal::Net => (icmpv4::UNREACHABLE, icmpv4::UNREACHABLE_NET, 0),
                    Refusal::Hops => (icmpv4::TIME_EXCEEDED, icmpv4::HOPS_EXCEEDED, 0),
                    // RFC 1191 §4: with the MTU of the next hop.
                    Refusal::TooBig(mtu) => (icmpv4::UNREACHABLE, icmpv4::FRAGMENTATION_NEEDED, mtu),
                };
                let [high, low] = mtu.to_be_bytes();
                if let Some(received) = self.refused(arrival, &v4(ip.src), header, payload) {
                    let header = icmpv4::Header { kind, code, rest: [0, 0, high, low] };
                    self.icmp_error(header, &received, now);
                }
            }
            #[cfg(not(feature = "icmp-unreachable"))]
            let _ = (arrival, ip, header, payload, why, now);
        }
    }

    /// Why a packet is not passed on.
    #[derive(Clone, Copy)]
    enum Refusal {
        Net,
        Hops,
        #[cfg_attr(not(feature = "icmp-unreachable"), expect(dead_code, reason = "nobody is told"))]
        TooBig(u16),
    }
}

#[cfg(feature = "ipv6-forward")]
mod v6 {
    use super::{Arrival, Claim, Drop, Instant, Stack};
    use crate::addr::{Ip6, v6};
    use crate::wire::ipv6::{self, HEADER_LEN, Header, Walk};
    use crate::wire::{icmpv6, protocol};

    /// Whether packets with this address may leave the host (RFC 4291 §2.5.2, §2.5.3, §2.5.5, §2.7).
    fn is_routable(addr: &Ip6) -> bool {
        let mapped = addr.is_mapped();
        !(addr.is_unspecified() || addr.is_loopback() || addr.is_multicast() || mapped)
    }

    impl<H: crate::Hooks> Stack<H> {
        /// Passes on a packet that is not for this host, or tells its sender why not (RFC 8200 §3, RFC 4443 §3).
        pub(in crate::ip) fn ipv6_forward(
            &mut self,
            arrival: Arrival,
            ip: &Header,
            header: &[u8],
            payload: &[u8],
            now: Instant,
        ) {
            // A link-local destination is of another link or nobody's (RFC 4291 §2.5.6).
            let routable = is_routable(&ip.src) && is_routable(&ip.dst) && !ip.dst.is_unicast_link_local();
            if arrival.looped || arrival.group || !routable {
                return self.dropped(Drop::Address);
            }
            let Some(route) = self.way_on(arrival, &v6(ip.dst)) else { return self.dropped(Drop::Address) };
            let (kind, code, rest) = match route {
                _ if ip.src.is_unicast_link_local() => (icmpv6::UNREACHABLE, icmpv6::BEYOND_SCOPE, 0),
                None => (icmpv6::UNREACHABLE, icmpv6::UNREACHABLE_NET, 0),
                Some(_) if ip.hop_limit <= 1 => (icmpv6::TIME_EXCEEDED, icmpv6::HOPS_EXCEEDED, 0),
                // Routers do not fragment (RFC 8200 §5).
                Some(route) if HEADER_LEN + payload.len() > usize::from(route.mtu) => {
                    (icmpv6::PACKET_TOO_BIG, 0, u32::from(route.mtu))
                }
                Some(route) => {
                    let mut bytes = [0; HEADER_LEN];
                    bytes.copy_from_slice(header.first_chunk::<HEADER_LEN>().unwrap_or(&[0; HEADER_LEN]));
                    bytes[ipv6::HOP_LIMIT_AT] = ip.hop_limit - 1;
                    let parts = [&bytes[..], payload];
                    self.queue_packet(route.netif, &route.next_hop, &parts, Claim::Spare);
                    return;
                }
            };
            self.dropped(Drop::Unreachable);
            // An error is not answered by one, nor is a redirect (RFC 4443 §2.4 e).
            let error = match ipv6::walk(ip.next_header, payload) {
                Walk::Transport(protocol::ICMPV6, message) => message
                    .first()
                    .is_none_or(|kind| *kind < icmpv6::ECHO_REQUEST || *kind == icmpv6::REDIRECT),
                _ => false,
            };
            if !error && let Some(received) = self.refused(arrival, &v6(ip.src), header, payload) {
                self.icmpv6_error(kind, code, rest.to_be_bytes(), &received, false, now);
            }
        }
    }
}
