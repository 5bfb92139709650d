//! Addresses that are made from the prefixes that routers tell (RFC 4862 §5.5.3).

use super::addresses::{Address, Origin};
use super::{Ipv6State, Lifetime};
use crate::wire::icmpv6::Prefix;
use crate::{Error, Instant, NetifId, Stack};

/// Nobody may end an address earlier by an unauthenticated word (RFC 4862 §5.5.3 e).
const TWO_HOURS_MS: u32 = 7_200_000;

impl Address {
    /// Whether it was made from the prefix with this upper half.
    pub(super) fn is_made_from(&self, half: u64, origin: Origin) -> bool {
        self.state != Ipv6State::Free && self.origin == origin && self.address.upper_half() == half
    }

    /// Changes the state of an address in use to what its lifetimes say; tells whether it did.
    pub(super) fn update(&mut self, now: Instant) -> bool {
        let state = self.used_state(now);
        let changes = self.is_used() && self.state != state;
        if changes {
            self.state = state;
        }
        changes
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// An address that was made from a prefix, or its new lifetimes.
    pub(crate) fn ipv6_autoconf(&mut self, netif: u8, prefix: &Prefix, now: Instant) {
        let half = prefix.prefix.upper_half();
        let valid = Lifetime::from_seconds(prefix.valid_s, now);
        let preferred = Lifetime::from_seconds(prefix.preferred_s, now);
        let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) else { return };
        let by_hand = entry.ipv6.by_hand;
        let mut held = entry.ipv6.addresses.iter_mut();
        if let Some(held) = held.find(|a| a.is_made_from(half, Origin::Made)) {
            held.preferred = preferred;
            let left = held.valid.left(now);
            if valid.left(now) > left.min(TWO_HOURS_MS) {
                held.valid = valid;
            } else if left > TWO_HOURS_MS {
                held.valid = Lifetime::from_millis(TWO_HOURS_MS, now);
            }
            entry.ipv6.event |= held.update(now);
        } else if !by_hand && prefix.valid_s > 0 {
            let address = self.ipv6_made(netif, half, Origin::Made, 0);
            if crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.ipv6.get(&address).is_none()) {
                self.ipv6_insert(netif, &address, prefix.len, [valid, preferred], Origin::Made, now);
            }
        }
        #[cfg(feature = "ipv6-temporary")]
        self.ipv6_temporary(netif, half, [valid, preferred], now);
    }

    /// Whether the interface makes addresses from the prefixes that routers tell (RFC 4862); it does unless told
    /// otherwise. Those that it made stay until they end.
    ///
    /// # Errors
    /// [`Error::Value`] for an interface that does not exist.
    pub fn set_ipv6_autoconf(&mut self, netif: NetifId, on: bool) -> Result<(), Error> {
        self.netif_mut(netif)?.ipv6.by_hand = !on;
        Ok(())
    }
}
