//! Temporary addresses, which make a host hard to follow (RFC 8981).

use super::Lifetime;
use super::addresses::{Address, DAD_RETRANS_MS, Origin};
use super::interface_id::ATTEMPTS;
use crate::config::{IPV6_DAD_ATTEMPTS, IPV6_TEMPORARY_PREFERRED_S, IPV6_TEMPORARY_VALID_S};
use crate::{Error, Instant, NetifId, Stack};

/// How long before an address is deprecated its successor is made: REGEN_ADVANCE (RFC 8981 §3.8).
const ADVANCE_MS: u32 = 2000 + ATTEMPTS as u32 * IPV6_DAD_ATTEMPTS as u32 * DAD_RETRANS_MS;
/// Most by which the preferred lifetime is shortened: MAX_DESYNC_FACTOR.
const DESYNC_MS: u32 = IPV6_TEMPORARY_PREFERRED_S * 400;

/// What only a temporary address has.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Temporary {
    /// When it ends, whatever routers say.
    most_valid: Lifetime,
    /// When it is deprecated, whatever routers say.
    most_preferred: Lifetime,
    /// It has a successor.
    pub renewed: bool,
}

impl Temporary {
    pub const NONE: Self =
        Self { most_valid: Lifetime::FOREVER, most_preferred: Lifetime::FOREVER, renewed: false };
}

impl Address {
    /// When its successor is to be made.
    pub(super) fn renewal(&self) -> Option<Instant> {
        let awaited = self.origin == Origin::Temporary && !self.temporary.renewed;
        let deprecated = self.preferred.deadline().filter(|_| awaited)?;
        Some(Instant::from_millis(deprecated.as_millis().wrapping_sub(ADVANCE_MS)))
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Whether the interface makes temporary addresses; it does unless told otherwise (RFC 8981 §3.6). Those that it
    /// made stay until they end.
    ///
    /// # Errors
    /// [`Error::Value`] for an interface that does not exist.
    pub fn set_ipv6_temporary(&mut self, netif: NetifId, on: bool) -> Result<(), Error> {
        self.netif_mut(netif)?.ipv6.no_temporary = !on;
        Ok(())
    }

    /// A router told the lifetimes of a prefix: temporary addresses follow them within their own bounds
    /// (RFC 8981 §3.4), and the first is made.
    pub(super) fn ipv6_temporary(
        &mut self,
        netif: u8,
        half: u64,
        [valid, preferred]: [Lifetime; 2],
        now: Instant,
    ) {
        let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) else { return };
        let mut any = entry.ipv6.by_hand || entry.ipv6.no_temporary;
        for held in entry.ipv6.addresses.iter_mut().filter(|a| a.is_made_from(half, Origin::Temporary)) {
            held.valid = valid.earlier(held.temporary.most_valid);
            // Once it is over it stays so: it is not compared with ends that are too far for the clock.
            if !held.temporary.most_preferred.is_over(now) {
                held.preferred = preferred.earlier(held.temporary.most_preferred);
            }
            entry.ipv6.event |= held.update(now);
            any = true;
        }
        if !any {
            self.ipv6_make_temporary(netif, half, [valid, preferred], now);
        }
    }

    /// Makes a temporary address, unless it would have to be replaced at once (RFC 8981 §3.4 step 5).
    fn ipv6_make_temporary(&mut self, netif: u8, half: u64, [valid, preferred]: [Lifetime; 2], now: Instant) {
        let desync = self.random.below(DESYNC_MS);
        let temporary = Temporary {
            most_valid: Lifetime::from_seconds(IPV6_TEMPORARY_VALID_S, now),
            most_preferred: Lifetime::from_millis(IPV6_TEMPORARY_PREFERRED_S * 1000 - desync, now),
            renewed: false,
        };
        let lifetimes = [valid.earlier(temporary.most_valid), preferred.earlier(temporary.most_preferred)];
        if lifetimes[1].left(now) <= ADVANCE_MS {
            return;
        }
        let address = self.ipv6_made(netif, half, Origin::Temporary, 0);
        if self.ipv6_insert(netif, &address, 64, lifetimes, Origin::Temporary, now)
            && let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif)
            && let Some(held) = entry.ipv6.addresses.iter_mut().find(|a| a.address == address)
        {
            held.temporary = temporary;
        }
    }

    /// Makes the successor of a temporary address while its prefix is in use (RFC 8981 §3.5).
    pub(super) fn ipv6_renew(&mut self, netif: u8, half: u64, now: Instant) {
        let entry = crate::netif::at(&self.netifs, netif).filter(|entry| !entry.ipv6.no_temporary);
        let Some(entry) = entry else { return };
        let public = entry.ipv6.addresses.iter().find(|a| a.is_made_from(half, Origin::Made));
        if let Some(lifetimes) = public.map(|a| [a.valid, a.preferred]) {
            self.ipv6_make_temporary(netif, half, lifetimes, now);
        }
    }
}
