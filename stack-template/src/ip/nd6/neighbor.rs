//! Neighbours: solicitations and advertisements of hardware addresses, and the search for duplicates (RFC 4861 §7.2,
//! RFC 4862 §5.4, RFC 7527).

use super::{ALL_NODES, OVERRIDE, SOLICITED};
use crate::addr::{Ip6, v6};
use crate::netif::ipv6::{Ipv6State, solicited_node};
use crate::netif::neighbor::Word;
use crate::stats::Drop;
use crate::wire::icmpv6::{self, Header, Options, mac_option, option};
use crate::{Instant, Stack};

/// Type of the option that tells one's own solicitations from others' (RFC 7527 §4.1).
const NONCE: u8 = 14;

impl<H: crate::Hooks> Stack<H> {
    /// A neighbour asks for an address (RFC 4861 §7.2.3, RFC 4862 §5.4.3).
    pub(super) fn nd6_solicited(
        &mut self,
        netif: u8,
        src: Ip6,
        dst: Ip6,
        target: Ip6,
        mut options: Options<'_>,
        now: Instant,
    ) {
        let mac = options.mac(option::SOURCE_MAC);
        let detecting = src == Ip6::UNSPECIFIED;
        if target.is_multicast() || (detecting && (mac.is_some() || dst != solicited_node(target))) {
            return self.dropped(Drop::Malformed);
        }
        let Some(entry) = self.netifs.get(usize::from(netif)) else { return };
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
        if let Some(mac) = mac.filter(|mac| !crate::wire::ethernet::is_group(*mac)) {
            self.neighbor_learn(netif, v6(src), mac, Word::Hearsay, true, now);
        }
        let (to, flags) = if detecting { (ALL_NODES, OVERRIDE) } else { (src, SOLICITED | OVERRIDE) };
        // Who passes packets on is a router (RFC 4861 §4.4).
        #[cfg(feature = "ipv6-forward")]
        let flags = flags | super::ROUTER;
        let header = Header { kind: icmpv6::NEIGHBOR_ADVERTISEMENT, code: 0, rest: [flags, 0, 0, 0] };
        self.nd6_send(
            netif,
            target,
            to,
            None,
            header,
            &target.octets(),
            &mac_option(option::TARGET_MAC, own_mac),
        );
    }

    /// A neighbour tells its hardware address (RFC 4861 §7.2.5).
    pub(super) fn nd6_advertised(
        &mut self,
        netif: u8,
        dst: Ip6,
        target: Ip6,
        flags: u8,
        options: Options<'_>,
        now: Instant,
    ) {
        let solicited = flags & SOLICITED != 0;
        if target.is_multicast() || (solicited && dst.is_multicast()) {
            return self.dropped(Drop::Malformed);
        }
        self.ipv6_duplicate(netif, target);
        let told = options.mac(option::TARGET_MAC).filter(|mac| !crate::wire::ethernet::is_group(*mac));
        // One that nobody asked for makes no entry.
        let Some(known) = self.neighbors.known(netif, v6(target)) else { return };
        #[cfg(feature = "ipv6-autoconf")]
        if flags & super::ROUTER == 0 && (known.is_some() || told.is_some()) {
            self.nd6_no_router(netif, target, now);
        }
        let word = if solicited { Word::Confirmed } else { Word::Hearsay };
        match (known, told) {
            (None, None) => {}
            (None, Some(mac)) => self.neighbor_learn(netif, v6(target), mac, word, false, now),
            (Some(mac), Some(new)) if mac != new && flags & OVERRIDE == 0 => {
                self.neighbors.doubt(netif, v6(target))
            }
            (Some(mac), told) => {
                let new = told.unwrap_or(mac);
                if solicited || new != mac {
                    self.neighbor_learn(netif, v6(target), new, word, false, now);
                }
            }
        }
    }

    /// Asks for the hardware address of `target`: the station `to`, or its solicited-node group (RFC 4861 §7.2.2).
    pub(crate) fn nd6_solicit(&mut self, netif: u8, target: Ip6, to: Option<[u8; 6]>) {
        let Some(source) = self.source_v6(netif, target) else { return };
        let Some(mac) = self.netifs.get(usize::from(netif)).map(|entry| entry.mac) else { return };
        let dst = if to.is_some() { target } else { solicited_node(target) };
        let header = Header { kind: icmpv6::NEIGHBOR_SOLICITATION, code: 0, rest: [0; 4] };
        self.nd6_send(netif, source, dst, to, header, &target.octets(), &mac_option(option::SOURCE_MAC, mac));
    }

    /// Asks whether another station has `target` (RFC 4862 §5.4.2), marked as ours (RFC 7527 §4.1).
    pub(crate) fn nd6_detect(&mut self, netif: u8, target: Ip6) {
        let [a, b, c, d, e, f] = self.nd6_nonce(target);
        let header = Header { kind: icmpv6::NEIGHBOR_SOLICITATION, code: 0, rest: [0; 4] };
        let (src, dst) = (Ip6::UNSPECIFIED, solicited_node(target));
        self.nd6_send(netif, src, dst, None, header, &target.octets(), &[NONCE, 1, a, b, c, d, e, f]);
    }

    /// Six bytes that only this stack knows to belong to its check of `target`.
    fn nd6_nonce(&self, target: Ip6) -> [u8; 6] {
        let words = target.words();
        let [a, b, c, d] = self.random.hash(words).to_be_bytes();
        let [e, f, ..] = self.random.hash(&[words[2], words[3], u32::from_le_bytes(*b"dad ")]).to_be_bytes();
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
