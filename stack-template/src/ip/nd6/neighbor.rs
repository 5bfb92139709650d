//! Neighbours: solicitations and advertisements of hardware addresses, and the search for duplicates (RFC 4861 §7.2,
//! RFC 4862 §5.4, RFC 7527).

use super::{Message, OVERRIDE, SOLICITED};
use crate::addr::{Ip6, v6};
use crate::netif::ipv6::{Ipv6State, solicited_node};
use crate::netif::neighbor::Word;
use crate::stats::Drop;
use crate::wire::ethernet;
use crate::wire::icmpv6::{self, Options, option};
use crate::{Instant, Stack};

/// Type of the option that tells one's own solicitations from others' (RFC 7527 §4.1).
const NONCE: u8 = 14;

impl<H: crate::Hooks> Stack<H> {
    /// A neighbour asks for an address (RFC 4861 §7.2.3, RFC 4862 §5.4.3).
    pub(super) fn nd6_solicited(
        &mut self,
        netif: u8,
        src: &Ip6,
        dst: &Ip6,
        target: &Ip6,
        mut options: Options<'_>,
        now: Instant,
    ) {
        let mac = options.mac(option::SOURCE_MAC);
        let detecting = src.is_unspecified();
        if target.is_multicast() || (detecting && (mac.is_some() || *dst != solicited_node(target))) {
            return self.dropped(Drop::Malformed);
        }
        let Some(entry) = crate::netif::at(&self.netifs, netif) else { return };
        let own_mac = entry.mac;
        match entry.ipv6.state(target) {
            Ipv6State::Tentative if detecting => {
                // Our own solicitation that the link gave back is not a duplicate (RFC 7527 §4.2).
                let own = self.nd6_nonce(target);
                if !options.any(|(kind, body)| kind == NONCE && body == own) {
                    self.ipv6_duplicate(netif, target);
                }
                return;
            }
            Ipv6State::Preferred | Ipv6State::Deprecated => {}
            Ipv6State::Free | Ipv6State::Tentative | Ipv6State::Duplicate => {
                return self.dropped(Drop::Address);
            }
        }
        if let Some(mac) = mac {
            self.neighbor_learn(netif, &v6(*src), mac, Word::Hearsay, true, now);
        }
        let (to, flags) = if detecting { (&Ip6::ALL_NODES, OVERRIDE) } else { (src, SOLICITED | OVERRIDE) };
        // Who passes packets on is a router (RFC 4861 §4.4).
        #[cfg(feature = "ipv6-forward")]
        let flags = flags | super::ROUTER;
        let message = Message {
            kind: icmpv6::NEIGHBOR_ADVERTISEMENT,
            flags,
            src: target,
            dst: to,
            target: Some(target),
            option: option::TARGET_MAC,
            body: &own_mac,
        };
        // A group of stations did not ask.
        self.nd6_send(netif, &message, mac.filter(|mac| !ethernet::is_group(**mac)));
    }

    /// A neighbour tells its hardware address (RFC 4861 §7.2.5).
    pub(super) fn nd6_advertised(
        &mut self,
        netif: u8,
        dst: &Ip6,
        target: &Ip6,
        flags: u8,
        options: Options<'_>,
        now: Instant,
    ) {
        let solicited = flags & SOLICITED != 0;
        if target.is_multicast() || (solicited && dst.is_multicast()) {
            return self.dropped(Drop::Malformed);
        }
        self.ipv6_duplicate(netif, target);
        let told = options.mac(option::TARGET_MAC);
        let how = [solicited, flags & OVERRIDE != 0];
        // One that nobody asked for makes no entry.
        let known = self.neighbor_advertised(netif, &v6(*target), told, how, now);
        #[cfg(feature = "ipv6-autoconf")]
        if known && flags & super::ROUTER == 0 {
            self.nd6_no_router(netif, target, now);
        }
        let _ = known;
    }

    /// Asks for the hardware address of `target`: the station `to`, or its solicited-node group (RFC 4861 §7.2.2).
    pub(crate) fn nd6_solicit(&mut self, netif: u8, target: &Ip6, to: Option<&[u8; 6]>) {
        let Some(source) = self.source_v6(netif, target) else { return };
        let Some(mac) = crate::netif::at(&self.netifs, netif).map(|entry| entry.mac) else { return };
        let dst = if to.is_some() { *target } else { solicited_node(target) };
        let message = Message {
            kind: icmpv6::NEIGHBOR_SOLICITATION,
            flags: 0,
            src: &source,
            dst: &dst,
            target: Some(target),
            option: option::SOURCE_MAC,
            body: &mac,
        };
        self.nd6_send(netif, &message, to);
    }

    /// Asks whether another station has `target` (RFC 4862 §5.4.2), marked as ours (RFC 7527 §4.1).
    pub(crate) fn nd6_detect(&mut self, netif: u8, target: &Ip6) {
        let message = Message {
            kind: icmpv6::NEIGHBOR_SOLICITATION,
            flags: 0,
            src: &Ip6::UNSPECIFIED,
            dst: &solicited_node(target),
            target: Some(target),
            option: NONCE,
            body: &self.nd6_nonce(target),
        };
        self.nd6_send(netif, &message, None);
    }

    /// Six bytes that only this stack knows to belong to its check of `target`.
    fn nd6_nonce(&self, target: &Ip6) -> [u8; 6] {
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
