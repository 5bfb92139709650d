//! What hosts learn from routers (RFC 4861 §6.3, RFC 4862 §5.5, RFC 8106).

use crate::addr::v6;
use crate::config::{ND6_DNS_SERVERS, ND6_PREFIXES, ND6_ROUTER_SOLICITATIONS, ND6_ROUTERS, NETIF_COUNT};
use crate::netif::ipv6::Lifetime;
use crate::netif::neighbor::Word;
use crate::stats::Drop;
use crate::wire::icmpv6::{self, Header, Options, mac_option, option};
use crate::{Instant, Stack};
use core::net::Ipv6Addr;

/// All routers of the link.
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
/// Longest random wait before the first router solicitation, and time between them (RFC 4861 §10).
const SOLICITATION_DELAY_MS: u32 = 1000;
const SOLICITATION_INTERVAL_MS: u32 = 4000;

/// A default router.
#[derive(Clone, Copy)]
#[repr(C)]
struct Router {
    valid: Lifetime,
    address: Ipv6Addr,
    netif: u8,
}

/// A prefix whose addresses are on the link.
#[derive(Clone, Copy)]
#[repr(C)]
struct OnLink {
    valid: Lifetime,
    prefix: Ipv6Addr,
    len: u8,
    netif: u8,
}

/// A recursive DNS server.
#[derive(Clone, Copy)]
#[repr(C)]
struct DnsServer {
    valid: Lifetime,
    address: Ipv6Addr,
    netif: u8,
}

/// What was learned from routers. A free place has the unspecified address.
#[repr(C)]
pub struct Nd6 {
    routers: [Router; ND6_ROUTERS],
    prefixes: [OnLink; ND6_PREFIXES],
    dns: [DnsServer; ND6_DNS_SERVERS],
    /// When the next router solicitation of each interface is due.
    solicit_at: [u32; NETIF_COUNT],
    /// Router solicitations that each interface may still send.
    solicit_left: [u8; NETIF_COUNT],
}

impl Nd6 {
    pub(crate) const fn new() -> Self {
        const NEVER: Lifetime = Lifetime::FOREVER;
        let address = Ipv6Addr::UNSPECIFIED;
        Self {
            routers: [Router { valid: NEVER, address, netif: 0 }; ND6_ROUTERS],
            prefixes: [OnLink { valid: NEVER, prefix: address, len: 0, netif: 0 }; ND6_PREFIXES],
            dns: [DnsServer { valid: NEVER, address, netif: 0 }; ND6_DNS_SERVERS],
            solicit_at: [0; NETIF_COUNT],
            solicit_left: [0; NETIF_COUNT],
        }
    }

    fn take_router(&mut self, router: Router, gone: bool, now: Instant) {
        let same = |r: &&mut Router| r.address == router.address && r.netif == router.netif;
        let held = match self.routers.iter_mut().find(same) {
            Some(held) => Some(held),
            None if gone => return,
            None => self.routers.iter_mut().find(|r| r.address.is_unspecified() || r.valid.is_over(now)),
        };
        if let Some(held) = held {
            *held = if gone { Router { address: Ipv6Addr::UNSPECIFIED, ..router } } else { router };
        }
    }

    fn take_prefix(&mut self, prefix: OnLink, gone: bool, now: Instant) {
        let same = |p: &&mut OnLink| (p.prefix, p.len, p.netif) == (prefix.prefix, prefix.len, prefix.netif);
        let held = match self.prefixes.iter_mut().find(same) {
            Some(held) => Some(held),
            None if gone => return,
            None => self.prefixes.iter_mut().find(|p| p.prefix.is_unspecified() || p.valid.is_over(now)),
        };
        if let Some(held) = held {
            *held = if gone { OnLink { prefix: Ipv6Addr::UNSPECIFIED, ..prefix } } else { prefix };
        }
    }

    fn take_dns(&mut self, server: DnsServer, gone: bool, now: Instant) {
        let same = |s: &&mut DnsServer| s.address == server.address && s.netif == server.netif;
        let held = match self.dns.iter_mut().find(same) {
            Some(held) => Some(held),
            None if gone => return,
            None => self.dns.iter_mut().find(|s| s.address.is_unspecified() || s.valid.is_over(now)),
        };
        if let Some(held) = held {
            *held = if gone { DnsServer { address: Ipv6Addr::UNSPECIFIED, ..server } } else { server };
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// A router tells about itself and the link (RFC 4861 §6.3.4).
    pub(super) fn nd6_router(
        &mut self,
        netif: u8,
        src: Ipv6Addr,
        header: &Header,
        _timers: &[u8],
        options: Options<'_>,
        now: Instant,
    ) {
        if !src.is_unicast_link_local() {
            return self.dropped(Drop::Malformed);
        }
        let lifetime_s = u16::from_be_bytes([header.rest[2], header.rest[3]]);
        let valid = Lifetime::from_seconds(u32::from(lifetime_s), now);
        self.nd6.take_router(Router { valid, address: src, netif }, lifetime_s == 0, now);
        if lifetime_s > 0
            && let Some(left) = self.nd6.solicit_left.get_mut(usize::from(netif))
        {
            *left = 0;
        }
        if let Some(mac) =
            options.mac(option::SOURCE_MAC).filter(|mac| !crate::wire::ethernet::is_group(*mac))
        {
            self.neighbor_learn(netif, v6(src), mac, Word::Hearsay, true, now);
        }
        for (kind, body) in options {
            match kind {
                option::PREFIX => self.nd6_prefix(netif, body, now),
                option::RDNSS => self.nd6_dns(netif, body, now),
                _ => {}
            }
        }
        #[cfg(feature = "tcp")]
        self.tcp_wake_all();
    }

    fn nd6_prefix(&mut self, netif: u8, body: &[u8], now: Instant) {
        let Some(prefix) = icmpv6::Prefix::parse(body) else { return self.dropped(Drop::Malformed) };
        // A link-local prefix is not advertised, and what prefers longer than it lasts is wrong (RFC 4862 §5.5.3).
        let sane = !prefix.prefix.is_unicast_link_local() && !prefix.prefix.is_multicast();
        if !sane || prefix.preferred_s > prefix.valid_s {
            return self.dropped(Drop::Malformed);
        }
        if prefix.on_link {
            let valid = Lifetime::from_seconds(prefix.valid_s, now);
            let on_link = OnLink { valid, prefix: prefix.prefix, len: prefix.len, netif };
            self.nd6.take_prefix(on_link, prefix.valid_s == 0, now);
        }
        // The interface identifier has 64 bits, so must the prefix.
        if prefix.autonomous && prefix.len == 64 {
            self.ipv6_autoconf(netif, &prefix, now);
        }
    }

    /// Recursive DNS servers (RFC 8106 §5.1).
    fn nd6_dns(&mut self, netif: u8, body: &[u8], now: Instant) {
        let Some(([_, _, l0, l1, l2, l3], addresses)) = body.split_first_chunk() else { return };
        let lifetime_s = u32::from_be_bytes([*l0, *l1, *l2, *l3]);
        let valid = Lifetime::from_seconds(lifetime_s, now);
        let (addresses, rest) = addresses.as_chunks::<16>();
        if addresses.is_empty() || !rest.is_empty() {
            return self.dropped(Drop::Malformed);
        }
        for octets in addresses {
            let address = Ipv6Addr::from(*octets);
            if !address.is_multicast() && !address.is_unspecified() {
                self.nd6.take_dns(DnsServer { valid, address, netif }, lifetime_s == 0, now);
            }
        }
    }

    /// DNS servers that routers told of.
    pub fn ipv6_dns_servers(&self) -> impl Iterator<Item = Ipv6Addr> {
        let valid = |s: &&DnsServer| !s.address.is_unspecified() && !s.valid.is_over(self.clock());
        self.nd6.dns.iter().filter(valid).map(|s| s.address)
    }

    /// Default routers that are known.
    pub fn ipv6_routers(&self) -> impl Iterator<Item = Ipv6Addr> {
        let valid = |r: &&Router| !r.address.is_unspecified() && !r.valid.is_over(self.clock());
        self.nd6.routers.iter().filter(valid).map(|r| r.address)
    }

    /// The destination when it is on the link, else a default router.
    pub(crate) fn nd6_next_hop(&self, netif: u8, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let now = self.clock();
        let on_link = |p: &OnLink| {
            let common = (p.prefix.to_bits() ^ dst.to_bits()).leading_zeros();
            p.netif == netif
                && !p.prefix.is_unspecified()
                && !p.valid.is_over(now)
                && common >= u32::from(p.len)
        };
        if self.nd6.prefixes.iter().any(on_link) {
            return Some(dst);
        }
        let default = |r: &&Router| r.netif == netif && !r.address.is_unspecified() && !r.valid.is_over(now);
        self.nd6.routers.iter().find(default).map(|r| r.address)
    }

    /// The link is new: routers are asked (RFC 4861 §6.3.7).
    pub(crate) fn nd6_start(&mut self, netif: u8, now: Instant) {
        let delay = self.random.next() % SOLICITATION_DELAY_MS;
        let index = usize::from(netif);
        if let (Some(at), Some(left)) =
            (self.nd6.solicit_at.get_mut(index), self.nd6.solicit_left.get_mut(index))
        {
            *at = now.after(delay).as_millis();
            *left = ND6_ROUTER_SOLICITATIONS;
        }
    }

    /// When the next router solicitation is due.
    pub(crate) fn nd6_deadline(&self) -> Option<Instant> {
        let pending = self.nd6.solicit_at.iter().zip(&self.nd6.solicit_left).filter(|(_, left)| **left > 0);
        pending.fold(None, |next, (at, _)| Instant::earliest(next, Some(Instant::from_millis(*at))))
    }

    /// Sends router solicitations that are due.
    pub(crate) fn nd6_timers(&mut self, now: Instant) {
        for index in 0..NETIF_COUNT {
            let (Some(at), Some(left)) =
                (self.nd6.solicit_at.get_mut(index), self.nd6.solicit_left.get_mut(index))
            else {
                continue;
            };
            if *left == 0 || !now.reached(Instant::from_millis(*at)) {
                continue;
            }
            *left -= 1;
            *at = now.after(SOLICITATION_INTERVAL_MS).as_millis();
            let netif = index as u8;
            let header = Header { kind: icmpv6::ROUTER_SOLICITATION, code: 0, rest: [0; 4] };
            let Some(mac) = self.netifs.get(index).map(|entry| entry.mac) else { continue };
            // Without an address of one's own there is no hardware address to tell either (RFC 4861 §6.1.1).
            if let Some(src) = self.source_v6(netif, ALL_ROUTERS) {
                self.nd6_send(
                    netif,
                    src,
                    ALL_ROUTERS,
                    None,
                    header,
                    &[],
                    &mac_option(option::SOURCE_MAC, mac),
                );
            }
        }
    }
}
