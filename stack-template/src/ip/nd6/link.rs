//! What routers say of the link itself: hop limit, times, MTU, whether DHCPv6 is there; and asking them for it
//! (RFC 4861 §6.3.2, §6.3.4, §6.3.7).

use crate::addr::{Ip6, v6};
use crate::config::{
    IPV6_HOP_LIMIT, ND6_REACHABLE_MS, ND6_RETRANS_MS, ND6_ROUTER_SOLICITATIONS, NETIF_COUNT,
};
use crate::wire::icmpv6::{self, Header};
use crate::{Instant, NetifId, Stack};

/// All routers of the link.
const ALL_ROUTERS: Ip6 = Ip6::from_words([0xff02_0000, 0, 0, 2]);
/// Longest random wait before the first router solicitation, and time between them (RFC 4861 §10).
const SOLICITATION_DELAY_MS: u32 = 1000;
const SOLICITATION_INTERVAL_MS: u32 = 4000;
/// No router may say that neighbours stay reachable for longer (RFC 4861 §6.2.1).
const MOST_REACHABLE_MS: u32 = 3_600_000;
/// What a router may say of the time between solicitations.
const RETRANS_MS: core::ops::RangeInclusive<u32> = 50..=60_000;
/// Least MTU of a link (RFC 8200 §5).
const LEAST_MTU: u16 = 1280;
/// Flags of a router advertisement.
const MANAGED: u8 = 0x80;
const OTHER: u8 = 0x40;

/// What routers said of a link; 0 where none did.
#[repr(C)]
pub(super) struct Link {
    /// When the next router solicitation is due.
    solicit_at: u32,
    reachable_ms: u32,
    retrans_ms: u16,
    mtu: u16,
    hop_limit: u8,
    flags: u8,
    /// Router solicitations that may still be sent.
    solicit_left: u8,
}

/// What routers say of DHCPv6 (RFC 4861 §4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouterFlags {
    /// Addresses are given by DHCPv6 (M).
    pub managed: bool,
    /// Other settings, such as DNS servers, are given by DHCPv6 (O).
    pub other: bool,
}

impl Link {
    pub const NEW: Self = Self {
        solicit_at: 0,
        reachable_ms: 0,
        retrans_ms: 0,
        mtu: 0,
        hop_limit: 0,
        flags: 0,
        solicit_left: 0,
    };

    /// Takes the fixed part of an advertisement; tells whether its flags are new. A router that knows a value not leaves
    /// it 0, and then it stays as it is.
    pub fn advertised(&mut self, header: &Header, timers: &[u8], chance: u32) -> bool {
        let [hop_limit, flags, lifetime @ ..] = header.rest;
        let ([reachable, retrans], _) = timers.as_chunks::<4>() else { return false };
        if hop_limit != 0 {
            self.hop_limit = hop_limit;
        }
        let reachable = u32::from_be_bytes(*reachable);
        if reachable != 0 && reachable <= MOST_REACHABLE_MS {
            self.reachable_ms = around(reachable, chance);
        }
        let retrans = u32::from_be_bytes(*retrans);
        if retrans != 0 {
            self.retrans_ms = retrans.clamp(*RETRANS_MS.start(), *RETRANS_MS.end()) as u16;
        }
        if lifetime != [0; 2] {
            self.solicit_left = 0;
        }
        core::mem::replace(&mut self.flags, flags & (MANAGED | OTHER)) != self.flags
    }

    /// Takes the MTU option: no less than any link has, no more than this one has (RFC 4861 §6.3.4).
    pub fn advertised_mtu(&mut self, body: &[u8], most: u16) {
        let Some(([_, _, mtu @ ..], _)) = body.split_first_chunk::<6>() else { return };
        let mtu = u32::from_be_bytes(*mtu);
        if (u32::from(LEAST_MTU)..=u32::from(most)).contains(&mtu) {
            self.mtu = mtu as u16;
        }
    }
}

/// Half to one and a half of `ms`, by chance (RFC 4861 §6.3.2).
fn around(ms: u32, chance: u32) -> u32 {
    ms / 2 + chance % ms.max(1)
}

impl<H: crate::Hooks> Stack<H> {
    fn nd6_link(&self, netif: u8) -> Option<&Link> {
        crate::netif::at(&self.nd6.links, netif)
    }

    /// What routers of the interface said of DHCPv6.
    pub fn ipv6_router_flags(&self, netif: NetifId) -> RouterFlags {
        let flags = self.nd6_link(netif.0).map_or(0, |link| link.flags);
        RouterFlags { managed: flags & MANAGED != 0, other: flags & OTHER != 0 }
    }

    /// Milliseconds that a confirmed neighbour counts as reachable, and between solicitations of one.
    pub(crate) fn nd6_times(&self, netif: u8) -> (u32, u32) {
        let (reachable, retrans) = self.nd6_link(netif).map_or((0, 0), |l| (l.reachable_ms, l.retrans_ms));
        let or = |ms: u32, default: u32| if ms == 0 { default } else { ms };
        (or(reachable, ND6_REACHABLE_MS), or(retrans.into(), ND6_RETRANS_MS))
    }

    /// The MTU that routers said of the interface's link, or `own` while they said none.
    pub(crate) fn nd6_mtu(&self, netif: u8, own: u16) -> u16 {
        self.nd6_link(netif).map_or(own, |link| if link.mtu == 0 { own } else { link.mtu.min(own) })
    }

    /// The hop limit that routers said of the interface's link, or the profile's.
    pub(crate) fn nd6_hop_limit(&self, netif: u8) -> u8 {
        self.nd6_link(netif)
            .map_or(IPV6_HOP_LIMIT, |l| if l.hop_limit == 0 { IPV6_HOP_LIMIT } else { l.hop_limit })
    }

    /// The link is new: all that was known of it is forgotten, and routers are asked (RFC 4861 §6.3.7).
    pub(crate) fn nd6_start(&mut self, netif: u8, now: Instant) {
        self.nd6_expire(Some(netif), now);
        let (delay, chance) = (self.random.below(SOLICITATION_DELAY_MS), self.random.below(ND6_REACHABLE_MS));
        if let Some(link) = crate::netif::at_mut(&mut self.nd6.links, netif) {
            *link = Link {
                solicit_at: now.after(delay).as_millis(),
                solicit_left: ND6_ROUTER_SOLICITATIONS,
                reachable_ms: ND6_REACHABLE_MS / 2 + chance,
                ..Link::NEW
            };
        }
    }

    /// When the next router solicitation is due.
    pub(super) fn nd6_solicit_deadline(&self) -> Option<Instant> {
        let pending = self.nd6.links.iter().filter(|link| link.solicit_left > 0);
        pending.fold(None, |next, link| Instant::earliest(next, Some(Instant::from_millis(link.solicit_at))))
    }

    /// Sends router solicitations that are due.
    pub(super) fn nd6_solicit_routers(&mut self, now: Instant) {
        for index in 0..NETIF_COUNT {
            let Some(link) = self.nd6.links.get_mut(index) else { continue };
            if link.solicit_left == 0 || !now.reached(Instant::from_millis(link.solicit_at)) {
                continue;
            }
            link.solicit_left -= 1;
            link.solicit_at = now.after(SOLICITATION_INTERVAL_MS).as_millis();
            let netif = index as u8;
            // Without an address of one's own there is no hardware address to tell either (RFC 4861 §6.1.1).
            if let Some(src) = self.source_v6(netif, &ALL_ROUTERS).copied() {
                self.nd6_send(netif, icmpv6::ROUTER_SOLICITATION, [&v6(src), &v6(ALL_ROUTERS)], None, None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advertise(link: &mut Link, rest: [u8; 4], reachable: u32, retrans: u32) -> bool {
        let timers = [reachable.to_be_bytes(), retrans.to_be_bytes()].concat();
        link.advertised(&Header { kind: icmpv6::ROUTER_ADVERTISEMENT, code: 0, rest }, &timers, 0)
    }

    /// RFC 4861 §6.3.4: what is 0 is not specified; times beyond reason are not taken.
    #[test]
    fn values_are_taken_within_bounds() {
        let mut link = Link::NEW;
        assert!(advertise(&mut link, [30, 0xc0, 0, 9], 40_000, 2000));
        assert_eq!((link.hop_limit, link.reachable_ms, link.retrans_ms), (30, 20_000, 2000));
        assert!(!advertise(&mut link, [0, 0xc0, 0, 9], 0, 0));
        assert_eq!((link.hop_limit, link.reachable_ms, link.retrans_ms), (30, 20_000, 2000));
        assert!(advertise(&mut link, [0; 4], 3_600_001, u32::MAX), "the flags have gone");
        assert_eq!((link.reachable_ms, link.retrans_ms, link.flags), (20_000, 60_000, 0));
        advertise(&mut link, [0; 4], 1, 1);
        assert_eq!((link.reachable_ms, link.retrans_ms), (0, 50));
    }

    #[test]
    fn an_mtu_is_taken_between_the_least_and_the_links_own() {
        let mut link = Link::NEW;
        let mut mtu = |value: u32| {
            link.advertised_mtu(&[&[0, 0][..], &value.to_be_bytes()].concat(), 1400);
            link.mtu
        };
        assert_eq!([mtu(1279), mtu(1401), mtu(u32::MAX), mtu(0)], [0; 4]);
        assert_eq!([mtu(1280), mtu(1400), mtu(0x0001_0500)], [1280, 1400, 1400]);
    }
}
