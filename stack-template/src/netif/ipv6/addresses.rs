//! The addresses of an interface: their states and lifetimes, and the search for duplicates (RFC 4862 §5.4, §5.5).

#[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
use super::interface_id::ATTEMPTS;
use super::{Lifetime, source::common_prefix};
use crate::addr::Ip6;
use crate::config::{IPV6_ADDRESSES, IPV6_DAD_ATTEMPTS};
use crate::{Error, Instant, NetifId, Stack};
use core::net::Ipv6Addr;

/// Milliseconds between solicitations of duplicate address detection (RFC 4862 §5.1, RetransTimer).
pub(super) const DAD_RETRANS_MS: u32 = 1000;
/// Prefix of link-local addresses (RFC 4291 §2.5.6).
const LINK_LOCAL: u64 = 0xfe80 << 48;

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
    /// It was given.
    Given,
    /// It is the link-local one that every interface has.
    Local,
    /// It was made from the prefix that a router told.
    #[cfg(feature = "ipv6-autoconf")]
    Made,
    /// The same, for a while only (RFC 8981).
    #[cfg(feature = "ipv6-temporary")]
    Temporary,
}

/// An address of an interface.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Address {
    pub(super) valid: Lifetime,
    pub(super) preferred: Lifetime,
    /// When duplicate address detection goes on.
    pub(super) dad_at: u32,
    pub(super) address: Ip6,
    pub(super) prefix_len: u8,
    pub(super) state: Ipv6State,
    /// Solicitations still to be sent.
    pub(super) dad_left: u8,
    pub(super) origin: Origin,
    /// Addresses that were found to be duplicates before it.
    #[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
    attempt: u8,
    #[cfg(feature = "ipv6-temporary")]
    pub(super) temporary: super::temporary::Temporary,
}

impl Address {
    pub(super) const NONE: Self = Self {
        valid: Lifetime::FOREVER,
        preferred: Lifetime::FOREVER,
        dad_at: 0,
        address: Ip6::UNSPECIFIED,
        prefix_len: 0,
        state: Ipv6State::Free,
        dad_left: 0,
        origin: Origin::Given,
        #[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
        attempt: 0,
        #[cfg(feature = "ipv6-temporary")]
        temporary: super::temporary::Temporary::NONE,
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
    pub(super) fn used_state(&self, now: Instant) -> Ipv6State {
        if self.preferred.is_over(now) { Ipv6State::Deprecated } else { Ipv6State::Preferred }
    }

    pub(super) fn prefix_matches(&self, addr: &Ip6) -> bool {
        common_prefix(&self.address, addr) >= u32::from(self.prefix_len)
    }

    /// How well its place can be given to another address, 0 the best and 3 not at all: it is free, or was made and is
    /// not to be used for anything new.
    fn spare(&self) -> u8 {
        match (self.state, self.origin) {
            (Ipv6State::Free, _) => 0,
            (_, Origin::Given | Origin::Local) => 3,
            #[cfg(feature = "ipv6-autoconf")]
            (Ipv6State::Duplicate, _) => 1,
            #[cfg(feature = "ipv6-autoconf")]
            (Ipv6State::Deprecated, _) => 2,
            #[cfg(feature = "ipv6-autoconf")]
            _ => 3,
        }
    }

    /// When a timer runs for it next.
    fn deadline(&self) -> Option<Instant> {
        match self.state {
            Ipv6State::Free => None,
            Ipv6State::Tentative => Some(Instant::from_millis(self.dad_at)),
            #[cfg(feature = "ipv6-temporary")]
            Ipv6State::Preferred if self.renewal().is_some() => self.renewal(),
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
        let address = Ip6::from(address);
        let entry = self.netif_mut(netif)?;
        if prefix_len > 128 || address == Ip6::UNSPECIFIED || !entry.ipv6.is_source(&address) {
            return Err(Error::Value);
        }
        if entry.ipv6.get(&address).is_some() {
            return Err(Error::InUse);
        }
        let lifetimes = [Lifetime::FOREVER; 2];
        if self.ipv6_insert(netif.0, &address, prefix_len, lifetimes, Origin::Given, now) {
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
        let address = Ip6::from(address);
        let entry = self.netif_mut(netif)?;
        let held =
            entry.ipv6.addresses.iter_mut().find(|a| a.address == address && a.state != Ipv6State::Free);
        *held.ok_or(Error::Value)? = Address::NONE;
        #[cfg(feature = "mld")]
        self.groups.release(netif.0, &address, self.clock());
        Ok(())
    }

    /// The interface's addresses with their states, the link-local one first.
    pub fn ipv6(&self, netif: NetifId) -> impl Iterator<Item = (Ipv6Addr, Ipv6State)> {
        let addresses =
            crate::netif::at(&self.netifs, netif.0).map_or(&[][..], |entry| &entry.ipv6.addresses);
        addresses.iter().filter(|a| a.state != Ipv6State::Free).map(|a| (a.address.into(), a.state))
    }

    /// The link came up: the link-local address is made when the clock is next known (RFC 4862 §5.3).
    pub(crate) fn ipv6_start(&mut self, netif: u8) {
        if let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) {
            entry.ipv6.starting = true;
        }
    }

    /// Finds a place for an address, `false` when there is none.
    pub(super) fn ipv6_insert(
        &mut self,
        netif: u8,
        address: &Ip6,
        prefix_len: u8,
        [valid, preferred]: [Lifetime; 2],
        origin: Origin,
        now: Instant,
    ) -> bool {
        // A little chance keeps stations that start together apart (RFC 4862 §5.4.2).
        let delay = self.random.below(DAD_RETRANS_MS);
        let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) else { return false };
        // The first place is the link-local address's.
        let skip = usize::from(!address.is_unicast_link_local());
        let (mut least, mut best) = (3, None);
        for a in entry.ipv6.addresses.iter_mut().skip(skip) {
            let rank = a.spare();
            if rank < least {
                (least, best) = (rank, Some(a));
            }
        }
        let Some(place) = best else { return false };
        #[cfg(feature = "mld")]
        let gone = (place.state != Ipv6State::Free).then_some(place.address);
        *place = Address { valid, preferred, address: *address, prefix_len, origin, ..Address::NONE };
        place.check(delay, now);
        #[cfg(feature = "mld")]
        {
            let at = place.dad_at;
            if let Some(gone) = gone {
                self.groups.release(netif, &gone, now);
            }
            // Neighbours of a checked address must be heard by then, and no packet goes before.
            self.groups.hold(netif, address, at, now);
        }
        true
    }

    /// Whether `addr` is a usable address of an interface that is up; a link-local one, of interface `on` if that is
    /// known.
    pub(crate) fn is_own_v6(&self, addr: &Ip6, on: Option<u8>) -> bool {
        let zone = on.filter(|_| addr.is_unicast_link_local());
        let here = |index: usize| zone.is_none_or(|zone| usize::from(zone) == index);
        self.netifs.iter().enumerate().any(|(index, netif)| netif.up && here(index) && netif.ipv6.has(addr))
    }

    /// Another station has, or wants, an address that we are checking (RFC 4862 §5.4.5).
    #[inline(never)]
    pub(crate) fn ipv6_duplicate(&mut self, netif: u8, addr: &Ip6) {
        let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) else { return };
        let checked = |a: &&mut Address| a.address == *addr && a.state == Ipv6State::Tentative;
        let Some(held) = entry.ipv6.addresses.iter_mut().find(checked) else { return };
        held.state = Ipv6State::Duplicate;
        entry.ipv6.event = true;
        #[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
        {
            let (origin, attempt) = (held.origin, held.attempt.saturating_add(1));
            self.ipv6_another(netif, addr, origin, attempt);
        }
    }

    /// Tries another identifier for an address that was made and is another station's (RFC 7217 §6, RFC 8981 §3.4).
    #[cfg(any(feature = "ipv6-interface-id-opaque", feature = "ipv6-temporary"))]
    fn ipv6_another(&mut self, netif: u8, duplicate: &Ip6, origin: Origin, attempt: u8) {
        let given = match origin {
            Origin::Given => true,
            #[cfg(feature = "ipv6-temporary")]
            Origin::Temporary => false,
            _ => cfg!(feature = "ipv6-interface-id-eui64"),
        };
        if given || attempt > ATTEMPTS {
            return;
        }
        let half = duplicate.upper_half();
        let address = self.ipv6_made(netif, half, origin, attempt);
        let (delay, now) = (self.random.below(DAD_RETRANS_MS), self.clock());
        let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) else { return };
        if let Some(held) = entry.ipv6.addresses.iter_mut().find(|a| a.address == *duplicate) {
            held.address = address;
            held.attempt = attempt;
            held.check(delay, now);
            #[cfg(feature = "mld")]
            {
                let at = held.dad_at;
                self.groups.release(netif, duplicate, now);
                self.groups.hold(netif, &address, at, now);
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
    #[inline(never)]
    pub(crate) fn ipv6_timers(&mut self, now: Instant) {
        for index in 0..crate::config::NETIF_COUNT {
            let netif = index as u8;
            let Some(entry) = self.netifs.get_mut(index).filter(|entry| entry.up) else { continue };
            if core::mem::take(&mut entry.ipv6.starting) {
                // It may be another link, where others may have these addresses (RFC 4862 §5.4).
                let held = entry.ipv6.addresses.iter_mut().filter(|a| a.state != Ipv6State::Free);
                held.for_each(|a| a.check(self.random.below(DAD_RETRANS_MS), now));
                if !entry.ipv6.addresses.iter().any(|a| a.origin == Origin::Local) {
                    let local = self.ipv6_made(netif, LINK_LOCAL, Origin::Local, 0);
                    self.ipv6_insert(netif, &local, 64, [Lifetime::FOREVER; 2], Origin::Local, now);
                }
                #[cfg(feature = "ipv6-autoconf")]
                self.nd6_start(netif, now);
                #[cfg(feature = "mld")]
                self.ipv6_report(netif, now);
            }
            for place in 0..IPV6_ADDRESSES {
                self.ipv6_address_timer(netif, place, now);
            }
        }
    }

    fn ipv6_address_timer(&mut self, netif: u8, place: usize, now: Instant) {
        let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) else { return };
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
                self.nd6_detect(netif, &address);
                let _ = address;
            }
            Ipv6State::Tentative => {
                held.state = held.used_state(now);
                entry.ipv6.event = true;
                // What was reported without a source address is reported again with one (RFC 3590 §4).
                #[cfg(feature = "mld")]
                if held.origin == Origin::Local {
                    self.ipv6_report(netif, now);
                }
                #[cfg(feature = "tcp")]
                self.tcp_wake_all();
            }
            #[cfg(feature = "ipv6-temporary")]
            Ipv6State::Preferred if held.renewal().is_some() => {
                held.temporary.renewed = true;
                let half = held.address.upper_half();
                self.ipv6_renew(netif, half, now);
            }
            Ipv6State::Preferred if !held.valid.is_over(now) => {
                held.state = Ipv6State::Deprecated;
                entry.ipv6.event = true;
            }
            _ => {
                #[cfg(feature = "mld")]
                self.groups.release(netif, &held.address, now);
                *held = Address::NONE;
                entry.ipv6.event = true;
            }
        }
    }

    /// Reports the groups of the interface from the start: its link is new, or its first address.
    #[cfg(feature = "mld")]
    fn ipv6_report(&mut self, netif: u8, now: Instant) {
        let Stack { netifs, groups, .. } = self;
        groups.mld_start(netif, now);
        let Some(entry) = crate::netif::at(netifs, netif) else { return };
        for a in entry.ipv6.addresses.iter().filter(|a| a.state != Ipv6State::Free) {
            let at = if a.state == Ipv6State::Tentative { a.dad_at } else { now.as_millis() };
            groups.hold(netif, &a.address, at, now);
        }
    }
}
