//! Redirects: routers that name a better first hop for a single destination (RFC 4861 §8).
//!
//! Entries need no timer: a new one takes the place of the oldest, and one through a neighbour that does not answer, or
//! is no router any more, is dropped.

use super::Received;
use crate::addr::{Ip, Ip6, as_v6, known_v6};
use crate::config::ND6_REDIRECTS;
use crate::netif::is_same;
use crate::netif::neighbor::Word;
use crate::stats::Drop;
use crate::wire::icmpv6::{Options, option};
use crate::{Instant, Stack};
use core::borrow::Borrow;

/// A destination and who takes its packets.
#[derive(Clone, Copy)]
#[repr(C)]
struct Redirect {
    dst: Ip6,
    /// The router, or the destination itself when it is on the link.
    via: Ip6,
    /// The interface, counted from 1; 0 for a free place.
    on: u8,
}

/// The redirects that are in force.
#[repr(C)]
pub struct Redirects {
    entries: [Redirect; ND6_REDIRECTS],
    /// The place that is taken next.
    next: u8,
}

impl Redirect {
    const FREE: Self = Self { dst: Ip6::UNSPECIFIED, via: Ip6::UNSPECIFIED, on: 0 };

    fn is_on(&self, netif: u8) -> bool {
        self.on > 0 && is_same(self.on - 1, netif)
    }
}

impl Redirects {
    pub(super) const fn new() -> Self {
        Self { entries: [Redirect::FREE; ND6_REDIRECTS], next: 0 }
    }

    /// The neighbour that `dst` was redirected to.
    pub(super) fn target(&self, netif: u8, dst: &Ip6) -> Option<&Ip6> {
        self.entries.iter().find(|e| e.is_on(netif) && e.dst == *dst).map(|e| &e.via)
    }

    fn note(&mut self, netif: u8, dst: &Ip6, via: &Ip6) {
        let known = self.entries.iter().position(|e| e.is_on(netif) && e.dst == *dst);
        let place = known.unwrap_or_else(|| {
            let next = usize::from(self.next);
            self.next = ((next + 1) % ND6_REDIRECTS) as u8;
            next
        });
        if let Some(entry) = self.entries.get_mut(place) {
            *entry = Redirect { dst: *dst, via: *via, on: netif + 1 };
        }
    }

    /// Drops those of the interface, or only those to `target`.
    pub(super) fn forget(&mut self, netif: u8, target: Option<&Ip6>) {
        for entry in self.entries.iter_mut().filter(|e| e.is_on(netif)) {
            if target.is_none_or(|target| entry.via == *target) {
                entry.on = 0;
            }
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// A router says that `dst` has a better first hop (RFC 4861 §8.1, §8.3).
    pub(super) fn nd6_redirect(
        &mut self,
        received: &Received,
        target: &Ip,
        fixed: &[u8],
        options: Options<'_>,
        now: Instant,
    ) {
        let Some(dst) = fixed.last_chunk().map(Ip::read) else { return };
        let Some(dst) = as_v6(&dst) else { return self.dropped(Drop::Malformed) };
        let (netif, src) = (crate::netif::number(received.netif), known_v6(&received.src));
        let via = known_v6(target);
        // To a router, or to the destination itself.
        let sane = via.is_unicast_link_local() || via == dst;
        if !sane || !src.is_unicast_link_local() || dst.is_multicast() {
            return self.dropped(Drop::Malformed);
        }
        // Only the router that takes these packets now may say so.
        if src == dst || self.next_hop_v6(netif, dst).is_none_or(|hop| hop.borrow() != src) {
            return self.dropped(Drop::Address);
        }
        self.nd6.redirects.note(netif, dst, via);
        if let Some(mac) = options.mac(option::TARGET_MAC) {
            self.neighbor_learn(netif, target, mac, Word::Hearsay, true, now);
        }
        #[cfg(feature = "tcp")]
        self.tcp_wake_all();
    }
}
