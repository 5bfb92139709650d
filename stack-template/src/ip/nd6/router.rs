//! What hosts learn from routers (RFC 4861 §6.3.4, RFC 4862 §5.5, RFC 4191, RFC 8106).

use super::Received;
use super::learned::{Fact, Kind, Learned};
use super::link::Link;
use super::routers::{MEDIUM, preference};
#[cfg(feature = "nd6-route-info")]
use crate::addr::Ip6;
use crate::addr::known_v6;
use crate::config::NETIF_COUNT;
use crate::netif::ipv6::Lifetime;
use crate::netif::neighbor::Word;
use crate::stats::Drop;
use crate::wire::icmpv6::{self, Header, Options, option};
use crate::{Instant, Stack};

/// What was learned from routers.
#[repr(C)]
pub struct Nd6 {
    pub(super) learned: Learned,
    pub(super) links: [Link; NETIF_COUNT],
    #[cfg(feature = "nd6-search-list")]
    pub(super) search_list: super::search_list::SearchList,
    #[cfg(feature = "nd6-redirect")]
    pub(super) redirects: super::redirect::Redirects,
    /// When the first of these ends.
    ends: Lifetime,
}

impl Nd6 {
    pub(crate) const fn new() -> Self {
        Self {
            learned: Learned::new(),
            links: [Link::NEW; NETIF_COUNT],
            #[cfg(feature = "nd6-search-list")]
            search_list: super::search_list::SearchList::new(),
            #[cfg(feature = "nd6-redirect")]
            redirects: super::redirect::Redirects::new(),
            ends: Lifetime::FOREVER,
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// A router tells about itself and the link (RFC 4861 §6.3.4).
    pub(super) fn nd6_router(
        &mut self,
        received: &Received,
        header: &Header,
        timers: &[u8],
        options: Options<'_>,
        now: Instant,
    ) {
        let (netif, src) = (crate::netif::number(received.netif), known_v6(&received.src));
        if !src.is_unicast_link_local() {
            return self.dropped(Drop::Malformed);
        }
        let [_, flags, high, low] = header.rest;
        let lifetime_s = u16::from_be_bytes([high, low]);
        let chance = self.random.next();
        let Some(link) = crate::netif::at_mut(&mut self.nd6.links, netif) else { return };
        let flags_changed = link.advertised(header, timers, chance);
        let router = Fact { preference: preference(flags).unwrap_or(MEDIUM), ..Fact::about(src) };
        if self.nd6.learned.learn(Kind::Router, netif, &router, lifetime_s.into(), now) || flags_changed {
            self.ipv6_changed(netif);
        }
        if let Some(mac) = options.mac(option::SOURCE_MAC) {
            self.neighbor_learn(netif, &received.src, mac, Word::Hearsay, true, now);
        }
        for (kind, body) in options {
            match kind {
                option::PREFIX => self.nd6_prefix(netif, body, now),
                option::MTU => {
                    let own = crate::netif::at(&self.netifs, netif).map_or(0, |entry| entry.mtu);
                    if let Some(link) = crate::netif::at_mut(&mut self.nd6.links, netif) {
                        link.advertised_mtu(body, own);
                    }
                }
                #[cfg(feature = "nd6-route-info")]
                option::ROUTE => self.nd6_route(netif, src, body, now),
                #[cfg(feature = "nd6-search-list")]
                option::DNSSL => self.nd6_search_list(netif, body, now),
                option::RDNSS => self.nd6_dns(netif, body, now),
                _ => {}
            }
        }
        self.nd6_ends();
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
            let on_link = Fact { address: prefix.prefix, len: prefix.len, ..Fact::NONE };
            self.nd6.learned.learn(Kind::Prefix, netif, &on_link, prefix.valid_s, now);
        }
        // The interface identifier has 64 bits, so must the prefix.
        if prefix.autonomous && prefix.len == 64 {
            self.ipv6_autoconf(netif, &prefix, now);
        }
    }

    /// A prefix that the router is the way to (RFC 4191 §2.3).
    #[cfg(feature = "nd6-route-info")]
    fn nd6_route(&mut self, netif: u8, via: &Ip6, body: &[u8], now: Instant) {
        let Some(route) = icmpv6::RouteInfo::parse(body) else { return self.dropped(Drop::Malformed) };
        // What is reserved is ignored with its option.
        let Some(preference) = preference(route.flags) else { return };
        let fact = Fact { address: route.prefix, via: *via, len: route.len, preference, failed: false };
        self.nd6.learned.learn(Kind::Route, netif, &fact, route.lifetime_s, now);
    }

    /// Notes when the first thing that was learned ends.
    fn nd6_ends(&mut self) {
        let ends = self.nd6.learned.first_end();
        #[cfg(feature = "nd6-search-list")]
        let ends = ends.earlier(self.nd6.search_list.first_end());
        self.nd6.ends = ends;
    }

    /// Forgets what is over or, with `gone`, all of that interface.
    pub(super) fn nd6_expire(&mut self, gone: Option<u8>, now: Instant) {
        #[cfg(feature = "nd6-redirect")]
        if let Some(netif) = gone {
            self.nd6.redirects.forget(netif, None);
        }
        let told = self.nd6.learned.expire(gone, now);
        #[cfg(feature = "nd6-search-list")]
        let told = told | self.nd6.search_list.expire(gone, now);
        if told {
            for netif in 0..NETIF_COUNT {
                self.ipv6_changed(netif as u8);
            }
        }
        self.nd6_ends();
    }

    /// When routers are to be asked, or something that they told ends.
    pub(crate) fn nd6_deadline(&self) -> Option<Instant> {
        Instant::earliest(self.nd6_solicit_deadline(), self.nd6.ends.deadline())
    }

    /// Asks routers and forgets what is over.
    #[inline(never)]
    pub(crate) fn nd6_timers(&mut self, now: Instant) {
        self.nd6_solicit_routers(now);
        if self.nd6.ends.is_over(now) {
            self.nd6_expire(None, now);
        }
    }
}
