//! The addresses of an interface: their states and lifetimes, and the search for duplicates (RFC 4862 §5.4, §5.5).

use super::{Lifetime, interface_id::eui64, source::common_prefix};
use crate::config::{IPV6_ADDRESSES, IPV6_DAD_ATTEMPTS};
use crate::{Error, Instant, NetifId, Stack};
use core::net::Ipv6Addr;

/// Milliseconds between solicitations of duplicate address detection (RFC 4862 §5.1, RetransTimer).
const DAD_RETRANS_MS: u32 = 1000;
/// Prefix of link-local addresses (RFC 4291 §2.5.6).
const LINK_LOCAL: u128 = 0xfe80 << 112;

/// State of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Ipv6State {
    /// No address.
    #[default]
    Free,
    /// Being checked for duplicates; not used for anything else.
    Tentative,
    /// In use.
    Preferred,
    /// In use, but not for what begins now if there is another (RFC 4862 §5.5.4).
    Deprecated,
    /// Another station has it.
    Duplicate,
}

/// How an interface came to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Origin {
    /// It was given, or is the link-local one.
    Given,
    /// It was made from the prefix that a router told.
    #[cfg(feature = "ipv6-autoconf")]
    Made,
}

/// An address of an interface.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Address {
    pub(super) valid: Lifetime,
    pub(super) preferred: Lifetime,
    /// When duplicate address detection goes on.
    pub(super) dad_at: u32,
    pub(super) address: Ipv6Addr,
    pub(super) prefix_len: u8,
    pub(super) state: Ipv6State,
    /// Solicitations still to be sent.
    pub(super) dad_left: u8,
    pub(super) origin: Origin,
}

impl Address {
    pub(super) const NONE: Self = Self {
        valid: Lifetime::FOREVER,
        preferred: Lifetime::FOREVER,
        dad_at: 0,
        address: Ipv6Addr::UNSPECIFIED,
        prefix_len: 0,
        state: Ipv6State::Free,
        dad_left: 0,
        origin: Origin::Given,
    };

    pub(super) fn is_used(&self) -> bool {
        matches!(self.state, Ipv6State::Preferred | Ipv6State::Deprecated)
    }

    /// Begins the search for duplicates, which starts after `delay` milliseconds.
    fn check(&mut self, delay: u32, now: Instant) {
        self.state = Ipv6State::Tentative;
        self.dad_left = IPV6_DAD_ATTEMPTS;
        self.dad_at = now.after(if IPV6_DAD_ATTEMPTS == 0 { 0 } else { delay }).as_millis();
    }

    /// The state of one that is in use.
    fn used_state(&self, now: Instant) -> Ipv6State {
        if self.preferred.is_over(now) { Ipv6State::Deprecated } else { Ipv6State::Preferred }
    }

    pub(super) fn prefix_matches(&self, addr: Ipv6Addr) -> bool {
        common_prefix(self.address, addr) >= u32::from(self.prefix_len)
    }

    /// Whether its place can be given to another address, 0 the best: it is free, or was made and is not to be used
    /// for anything new.
    fn spare(&self) -> Option<u8> {
        match (self.state, self.origin) {
            (Ipv6State::Free, _) => Some(0),
            (_, Origin::Given) => None,
            #[cfg(feature = "ipv6-autoconf")]
            (Ipv6State::Duplicate, _) => Some(1),
            #[cfg(feature = "ipv6-autoconf")]
            (Ipv6State::Deprecated, _) => Some(2),
            #[cfg(feature = "ipv6-autoconf")]
            _ => None,
        }
    }

    /// When a timer runs for it next.
    fn deadline(&self) -> Option<Instant> {
        match self.state {
            Ipv6State::Free => None,
            Ipv6State::Tentative => Some(Instant::from_millis(self.dad_at)),
            Ipv6State::Preferred => self.preferred.earlier(self.valid).deadline(),
            Ipv6State::Deprecated | Ipv6State::Duplicate => self.valid.deadline(),
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Gives the interface a fixed address, used once no other station is found to have it.
    ///
    /// # Errors
    /// [`Error::Value`] for a prefix above 128 or an address that cannot be a host's, [`Error::InUse`] when the
    /// interface has it, [`Error::Memory`] when it has as many addresses as the profile allows.
    pub fn add_ipv6(
        &mut self,
        netif: NetifId,
        address: Ipv6Addr,
        prefix_len: u8,
        now: Instant,
    ) -> Result<(), Error> {
        let entry = self.netif_mut(netif)?;
        if prefix_len > 128 || address.is_unspecified() || !entry.ipv6.is_source(address) {
            return Err(Error::Value);
        }
        if entry.ipv6.get(address).is_some() {
            return Err(Error::InUse);
        }
        let lifetimes = [Lifetime::FOREVER; 2];
        if self.ipv6_insert(netif.0, address, prefix_len, lifetimes, Origin::Given, now) {
            Ok(())
        } else {
            Err(Error::Memory)
        }
    }

    /// Takes an address from the interface.
    ///
    /// # Errors
    /// [`Error::Value`] when the interface does not have it.
    pub fn remove_ipv6(&mut self, netif: NetifId, address: Ipv6Addr) -> Result<(), Error> {
        let entry = self.netif_mut(netif)?;
        let held =
            entry.ipv6.addresses.iter_mut().find(|a| a.address == address && a.state != Ipv6State::Free);
        *held.ok_or(Error::Value)? = Address::NONE;
        Ok(())
    }

    /// The interface's addresses with their states, the link-local one first.
    pub fn ipv6(&self, netif: NetifId) -> impl Iterator<Item = (Ipv6Addr, Ipv6State)> {
        let addresses = self.netifs.get(usize::from(netif.0)).map_or(&[][..], |entry| &entry.ipv6.addresses);
        addresses.iter().filter(|a| a.state != Ipv6State::Free).map(|a| (a.address, a.state))
    }

    /// The link came up: the link-local address is made when the clock is next known (RFC 4862 §5.3).
    pub(crate) fn ipv6_start(&mut self, netif: u8) {
        if let Some(entry) = self.netifs.get_mut(usize::from(netif)) {
            entry.ipv6.starting = true;
        }
    }

    /// An address that was made from a prefix, or its new lifetimes.
    #[cfg(feature = "ipv6-autoconf")]
    pub(crate) fn ipv6_autoconf(&mut self, netif: u8, prefix: &crate::wire::icmpv6::Prefix, now: Instant) {
        let Some(entry) = self.netifs.get_mut(usize::from(netif)) else { return };
        let address = Ipv6Addr::from_bits(prefix.prefix.to_bits() | u128::from(eui64(entry.mac)));
        let valid = Lifetime::from_seconds(prefix.valid_s, now);
        let preferred = Lifetime::from_seconds(prefix.preferred_s, now);
        let made = |a: &&mut Address| a.origin == Origin::Made && a.address == address;
        let Some(held) = entry.ipv6.addresses.iter_mut().find(made) else {
            if !entry.ipv6.by_hand && prefix.valid_s > 0 && entry.ipv6.get(address).is_none() {
                self.ipv6_insert(netif, address, prefix.len, [valid, preferred], Origin::Made, now);
            }
            return;
        };
        // Nobody may end an address early by an unauthenticated word (RFC 4862 §5.5.3 e).
        const TWO_HOURS_MS: u32 = 7_200_000;
        held.preferred = preferred;
        if valid.left(now) > TWO_HOURS_MS || valid.left(now) > held.valid.left(now) {
            held.valid = valid;
        } else if held.valid.left(now) > TWO_HOURS_MS {
            held.valid = Lifetime::from_seconds(TWO_HOURS_MS / 1000, now);
        }
        if held.is_used() && held.state != held.used_state(now) {
            held.state = held.used_state(now);
            entry.ipv6.event = true;
        }
    }

    /// Whether the interface makes addresses from the prefixes that routers tell (RFC 4862); it does unless told
    /// otherwise. Those that it made stay until they end.
    ///
    /// # Errors
    /// [`Error::Value`] for an interface that does not exist.
    #[cfg(feature = "ipv6-autoconf")]
    pub fn set_ipv6_autoconf(&mut self, netif: NetifId, on: bool) -> Result<(), Error> {
        self.netif_mut(netif)?.ipv6.by_hand = !on;
        Ok(())
    }

    fn ipv6_insert(
        &mut self,
        netif: u8,
        address: Ipv6Addr,
        prefix_len: u8,
        [valid, preferred]: [Lifetime; 2],
        origin: Origin,
        now: Instant,
    ) -> bool {
        // A little chance keeps stations that start together apart (RFC 4862 §5.4.2).
        let delay = self.random.next() % DAD_RETRANS_MS;
        let Some(entry) = self.netifs.get_mut(usize::from(netif)) else { return false };
        // The first place is the link-local address's.
        let skip = usize::from(!address.is_unicast_link_local());
        let places = entry.ipv6.addresses.iter_mut().skip(skip);
        let Some((_, place)) = places.filter_map(|a| Some((a.spare()?, a))).min_by_key(|(rank, _)| *rank)
        else {
            return false;
        };
        *place = Address { valid, preferred, address, prefix_len, origin, ..Address::NONE };
        place.check(delay, now);
        true
    }

    /// Whether `addr` is a usable address of an interface that is up; a link-local one, of interface `on` if that is
    /// known.
    pub(crate) fn is_own_v6(&self, addr: Ipv6Addr, on: Option<u8>) -> bool {
        let zone = on.filter(|_| addr.is_unicast_link_local());
        let here = |index: usize| zone.is_none_or(|zone| usize::from(zone) == index);
        self.netifs.iter().enumerate().any(|(index, netif)| netif.up && here(index) && netif.ipv6.has(addr))
    }

    /// Another station has, or wants, an address that we are checking (RFC 4862 §5.4.5).
    pub(crate) fn ipv6_duplicate(&mut self, netif: u8, addr: Ipv6Addr) {
        if let Some(entry) = self.netifs.get_mut(usize::from(netif)) {
            for held in entry.ipv6.addresses.iter_mut().filter(|a| a.address == addr) {
                if held.state == Ipv6State::Tentative {
                    held.state = Ipv6State::Duplicate;
                    entry.ipv6.event = true;
                }
            }
        }
    }

    /// When the addresses have something to do next.
    pub(crate) fn ipv6_deadline(&self) -> Option<Instant> {
        let up = self.netifs.iter().filter(|netif| netif.up);
        up.fold(None, |next, netif| {
            let start = netif.ipv6.starting.then(|| self.clock());
            let deadlines = netif.ipv6.addresses.iter().map(Address::deadline);
            deadlines.fold(Instant::earliest(next, start), Instant::earliest)
        })
    }

    /// Whether a link came up and its addresses are not yet made.
    pub(crate) fn ipv6_is_starting(&self) -> bool {
        self.netifs.iter().any(|netif| netif.up && netif.ipv6.starting)
    }

    /// Makes link-local addresses, sends solicitations that are due, ends what is over.
    pub(crate) fn ipv6_timers(&mut self, now: Instant) {
        for index in 0..crate::config::NETIF_COUNT {
            let netif = index as u8;
            let Some(entry) = self.netifs.get_mut(index).filter(|entry| entry.up) else { continue };
            if core::mem::take(&mut entry.ipv6.starting) {
                // It may be another link, where others may have these addresses (RFC 4862 §5.4).
                let held = entry.ipv6.addresses.iter_mut().filter(|a| a.state != Ipv6State::Free);
                held.for_each(|a| a.check(self.random.next() % DAD_RETRANS_MS, now));
                let local = Ipv6Addr::from_bits(LINK_LOCAL | u128::from(eui64(entry.mac)));
                if entry.ipv6.get(local).is_none() {
                    self.ipv6_insert(netif, local, 64, [Lifetime::FOREVER; 2], Origin::Given, now);
                }
                #[cfg(feature = "ipv6-autoconf")]
                self.nd6_start(netif, now);
                #[cfg(feature = "mld")]
                self.groups_restart(crate::netif::groups::Protocol::Mld, netif);
            }
            for place in 0..IPV6_ADDRESSES {
                self.ipv6_address_timer(netif, place, now);
            }
        }
    }

    fn ipv6_address_timer(&mut self, netif: u8, place: usize, now: Instant) {
        let Some(entry) = self.netifs.get_mut(usize::from(netif)) else { return };
        let Some(held) = entry.ipv6.addresses.get_mut(place) else { return };
        if !held.deadline().is_some_and(|at| now.reached(at)) {
            return;
        }
        match held.state {
            Ipv6State::Tentative if held.dad_left > 0 => {
                held.dad_left -= 1;
                held.dad_at = now.after(DAD_RETRANS_MS).as_millis();
                let address = held.address;
                #[cfg(feature = "nd6")]
                self.nd6_detect(netif, address);
                let _ = address;
            }
            Ipv6State::Tentative => {
                held.state = held.used_state(now);
                entry.ipv6.event = true;
                #[cfg(feature = "tcp")]
                self.tcp_wake_all();
            }
            Ipv6State::Preferred if !held.valid.is_over(now) => {
                held.state = Ipv6State::Deprecated;
                entry.ipv6.event = true;
            }
            _ => {
                *held = Address::NONE;
                entry.ipv6.event = true;
            }
        }
    }
}
