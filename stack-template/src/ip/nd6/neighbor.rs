//! Neighbours: solicitations and advertisements of hardware addresses, and the search for duplicates (RFC 4861 §7.2,
//! RFC 4862 §5.4, RFC 7527).

use super::{OVERRIDE, Received, SOLICITED};
use crate::addr::{Ip, Ip6, known_v6, v6};
use crate::netif::ipv6::{Ipv6State, solicited_node};
use crate::netif::neighbor::Word;
use crate::stats::Drop;
use crate::wire::ethernet;
use crate::wire::icmpv6::{self, Options, option};
use crate::{Instant, Stack};

/// Type of the option that tells one's own solicitations from others' (RFC 7527 §4.1).
pub(super) const NONCE: u8 = 14;

/// All nodes of the link.
const ALL_NODES: Ip = v6(Ip6::ALL_NODES);

impl<H: crate::Hooks> Stack<H> {
    /// A neighbour asks for an address (RFC 4861 §7.2.3, RFC 4862 §5.4.3).
    pub(super) fn nd6_solicited(
        &mut self,
        received: &Received,
        target: &Ip,
        options: Options<'_>,
        now: Instant,
    ) {
        let (netif, station) = (crate::netif::number(received.netif), known_v6(target));
        let mac = options.mac(option::SOURCE_MAC);
        let detecting = received.src.is_unspecified();
        if station.is_multicast()
            || (detecting && (mac.is_some() || *known_v6(&received.dst) != solicited_node(station)))
        {
            return self.dropped(Drop::Malformed);
        }
        let Some(entry) = crate::netif::at(&self.netifs, netif) else { return };
        match entry.ipv6.state(station) {
            Ipv6State::Tentative if detecting => {
                // Our own solicitation that the link gave back is not a duplicate (RFC 7527 §4.2).
                let own = self.nd6_nonce(station);
                if options.mac(NONCE) != Some(&own) {
                    self.ipv6_duplicate(netif, station);
                }
                return;
            }
            Ipv6State::Preferred | Ipv6State::Deprecated => {}
            Ipv6State::Free | Ipv6State::Tentative | Ipv6State::Duplicate => {
                return self.dropped(Drop::Address);
            }
        }
        if let Some(mac) = mac {
            self.neighbor_learn(netif, &received.src, mac, Word::Hearsay, true, now);
        }
        let to = if detecting { &ALL_NODES } else { &received.src };
        // A group of stations did not ask.
        let mac = mac.filter(|mac| !ethernet::is_group(**mac));
        self.nd6_send(netif, icmpv6::NEIGHBOR_ADVERTISEMENT, [target, to], Some(station), mac);
    }

    /// A neighbour tells its hardware address (RFC 4861 §7.2.5).
    pub(super) fn nd6_advertised(
        &mut self,
        received: &Received,
        target: &Ip,
        flags: u8,
        options: Options<'_>,
        now: Instant,
    ) {
        let solicited = flags & SOLICITED != 0;
        let netif = crate::netif::number(received.netif);
        let station = known_v6(target);
        if station.is_multicast() || (solicited && known_v6(&received.dst).is_multicast()) {
            return self.dropped(Drop::Malformed);
        }
        self.ipv6_duplicate(netif, station);
        let told = options.mac(option::TARGET_MAC);
        let how = [solicited, flags & OVERRIDE != 0];
        // One that nobody asked for makes no entry.
        let known = self.neighbor_advertised(netif, target, told, how, now);
        #[cfg(feature = "ipv6-autoconf")]
        if known && flags & super::ROUTER == 0 {
            self.nd6_no_router(netif, station, now);
        }
        let _ = known;
    }

    /// Asks for the hardware address of `target`: the station `to`, or its solicited-node group (RFC 4861 §7.2.2).
    pub(crate) fn nd6_solicit(&mut self, netif: u8, target: &Ip6, to: Option<&[u8; 6]>) {
        let Some(source) = self.source_v6(netif, target) else { return };
        let (source, dst) = (v6(*source), v6(if to.is_some() { *target } else { solicited_node(target) }));
        self.nd6_send(netif, icmpv6::NEIGHBOR_SOLICITATION, [&source, &dst], Some(target), to);
    }

    /// Asks whether another station has `target` (RFC 4862 §5.4.2), marked as ours (RFC 7527 §4.1).
    pub(crate) fn nd6_detect(&mut self, netif: u8, target: &Ip6) {
        let ends = [&v6(Ip6::UNSPECIFIED), &v6(solicited_node(target))];
        self.nd6_send(netif, icmpv6::NEIGHBOR_SOLICITATION, ends, Some(target), None);
    }

    /// Six bytes that only this stack knows to belong to its check of `target`.
    pub(super) fn nd6_nonce(&self, target: &Ip6) -> [u8; 6] {
        let [a, b, c, d] = self.random.hash(target.words()).to_be_bytes();
        let [e, f, ..] = self.random.hash(&[target.words()[3], u32::from_le_bytes(*b"dad ")]).to_be_bytes();
        [a, b, c, d, e, f]
    }
}

#[cfg(not(feature = "ipv6-autoconf"))]
impl<H: crate::Hooks> Stack<H> {
    /// Milliseconds that a confirmed neighbour counts as reachable, and between solicitations of one.
    pub(crate) fn nd6_times(&self, _netif: u8) -> (u32, u32) {
        (crate::config::ND6_REACHABLE_MS, crate::config::ND6_RETRANS_MS)
    }
}
