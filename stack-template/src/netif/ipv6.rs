//! The IPv6 side of an interface: its addresses with their states and lifetimes (RFC 4862), source selection
//! (RFC 6724), and the way to a destination.

use super::{NetifId, Route};
use crate::addr::v6;
use crate::config::{IPV6_ADDRESSES, IPV6_DAD_ATTEMPTS};
use crate::{Error, Instant, Stack};
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
    Valid,
    /// Another station has it.
    Duplicate,
}

/// How long something lasts, from the stack's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Lifetime {
    until: u32,
    /// Never ends.
    forever: bool,
}

impl Lifetime {
    pub const FOREVER: Self = Self { until: 0, forever: true };

    /// A lifetime of `seconds` from now; all ones is for ever (RFC 4861 §4.6.2). More than 24 days, which the clock
    /// cannot tell from the past, are taken as 24 and renewed by the next advertisement.
    pub fn from_seconds(seconds: u32, now: Instant) -> Self {
        const MOST_S: u32 = 24 * 86_400;
        if seconds == u32::MAX {
            return Self::FOREVER;
        }
        Self { until: now.after(seconds.min(MOST_S) * 1000).as_millis(), forever: false }
    }

    pub fn is_over(self, now: Instant) -> bool {
        !self.forever && now.reached(Instant::from_millis(self.until))
    }

    /// Milliseconds left, the most there is when it never ends.
    pub fn left(self, now: Instant) -> u32 {
        if self.forever { u32::MAX } else { Instant::from_millis(self.until).since(now) }
    }

    pub fn deadline(self) -> Option<Instant> {
        (!self.forever).then_some(Instant::from_millis(self.until))
    }
}

/// An address of an interface.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Address {
    valid: Lifetime,
    preferred: Lifetime,
    /// When duplicate address detection goes on.
    dad_at: u32,
    address: Ipv6Addr,
    prefix_len: u8,
    state: Ipv6State,
    /// Solicitations still to be sent.
    dad_left: u8,
    /// Made from an advertised prefix.
    autonomous: bool,
}

impl Address {
    const NONE: Self = Self {
        valid: Lifetime { until: 0, forever: false },
        preferred: Lifetime { until: 0, forever: false },
        dad_at: 0,
        address: Ipv6Addr::UNSPECIFIED,
        prefix_len: 0,
        state: Ipv6State::Free,
        dad_left: 0,
        autonomous: false,
    };

    fn is_used(&self) -> bool {
        self.state == Ipv6State::Valid
    }

    fn prefix_matches(&self, addr: Ipv6Addr) -> bool {
        common_prefix(self.address, addr) >= u32::from(self.prefix_len)
    }

    /// When a timer runs for it next.
    fn deadline(&self) -> Option<Instant> {
        match self.state {
            Ipv6State::Free | Ipv6State::Duplicate => None,
            Ipv6State::Tentative => Some(Instant::from_millis(self.dad_at)),
            Ipv6State::Valid => self.valid.deadline(),
        }
    }
}

/// The addresses of an interface; the first is its link-local one.
#[repr(C)]
pub struct Ipv6 {
    addresses: [Address; IPV6_ADDRESSES],
    /// Something about the addresses is to be told.
    pub(crate) event: bool,
    /// Addresses are to be made, or solicited for, when the clock is next known.
    starting: bool,
}

impl Ipv6 {
    pub(crate) const fn new() -> Self {
        Self { addresses: [Address::NONE; IPV6_ADDRESSES], event: false, starting: false }
    }

    fn get(&self, addr: Ipv6Addr) -> Option<&Address> {
        self.addresses.iter().find(|a| a.state != Ipv6State::Free && a.address == addr)
    }

    /// State of `addr` here, `Free` when it is none of this interface's.
    pub(crate) fn state(&self, addr: Ipv6Addr) -> Ipv6State {
        self.get(addr).map_or(Ipv6State::Free, |a| a.state)
    }

    /// Whether packets to the group `addr` are for this interface: all nodes, or the solicited-node group of an
    /// address (RFC 4291 §2.8).
    pub(crate) fn is_member(&self, addr: Ipv6Addr) -> bool {
        const ALL_NODES: [Ipv6Addr; 2] =
            [Ipv6Addr::new(0xff01, 0, 0, 0, 0, 0, 0, 1), Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1)];
        let held = || self.addresses.iter().filter(|a| a.state != Ipv6State::Free);
        ALL_NODES.contains(&addr) || held().any(|a| solicited_node(a.address) == addr)
    }

    /// Whether `addr` can be the source of a packet from another host.
    pub(crate) fn is_source(&self, addr: Ipv6Addr) -> bool {
        !(addr.is_multicast() || addr.is_loopback() || addr.to_ipv4_mapped().is_some())
    }
}

/// The group that a neighbour with `addr` listens to (RFC 4291 §2.7.1).
pub(crate) fn solicited_node(addr: Ipv6Addr) -> Ipv6Addr {
    let [.., a, b, c] = addr.octets();
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | u16::from(a), u16::from_be_bytes([b, c]))
}

/// The interface identifier made from a hardware address (RFC 4291 appendix A).
fn eui64(mac: [u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = mac;
    u64::from_be_bytes([a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

fn common_prefix(a: Ipv6Addr, b: Ipv6Addr) -> u32 {
    (a.to_bits() ^ b.to_bits()).leading_zeros()
}

/// Rank of an address's scope: link, site, global (RFC 6724 §3.1).
fn scope(addr: Ipv6Addr) -> u8 {
    match addr.segments()[0] {
        group if group & 0xff00 == 0xff00 => (group & 0x0f) as u8,
        unicast if unicast & 0xffc0 == 0xfe80 => 2,
        unicast if unicast & 0xffc0 == 0xfec0 => 5,
        _ => 14,
    }
}

impl Stack {
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
        if self.ipv6_insert(netif.0, address, prefix_len, lifetimes, false, now) {
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
    pub(super) fn ipv6_start(&mut self, netif: u8) {
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
        let Some(held) = entry.ipv6.addresses.iter_mut().find(|a| a.address == address && a.autonomous)
        else {
            if prefix.valid_s > 0 && entry.ipv6.get(address).is_none() {
                self.ipv6_insert(netif, address, prefix.len, [valid, preferred], true, now);
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
    }

    fn ipv6_insert(
        &mut self,
        netif: u8,
        address: Ipv6Addr,
        prefix_len: u8,
        [valid, preferred]: [Lifetime; 2],
        autonomous: bool,
        now: Instant,
    ) -> bool {
        // A little chance keeps stations that start together apart (RFC 4862 §5.4.2).
        let delay = self.random.next() % DAD_RETRANS_MS;
        let Some(entry) = self.netifs.get_mut(usize::from(netif)) else { return false };
        // The first place is the link-local address's.
        let skip = usize::from(!address.is_unicast_link_local());
        let Some(free) = entry.ipv6.addresses.iter_mut().skip(skip).find(|a| a.state == Ipv6State::Free)
        else {
            return false;
        };
        *free = Address {
            valid,
            preferred,
            dad_at: now.after(if IPV6_DAD_ATTEMPTS == 0 { 0 } else { delay }).as_millis(),
            address,
            prefix_len,
            state: Ipv6State::Tentative,
            dad_left: IPV6_DAD_ATTEMPTS,
            autonomous,
        };
        true
    }

    /// Whether `addr` is a usable address of an interface that is up.
    pub(crate) fn is_own_v6(&self, addr: Ipv6Addr) -> bool {
        self.netifs.iter().any(|netif| netif.up && netif.ipv6.state(addr) == Ipv6State::Valid)
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
                let local = Ipv6Addr::from_bits(LINK_LOCAL | u128::from(eui64(entry.mac)));
                if entry.ipv6.get(local).is_none() {
                    self.ipv6_insert(netif, local, 64, [Lifetime::FOREVER; 2], false, now);
                }
                #[cfg(feature = "ipv6-autoconf")]
                self.nd6_start(netif, now);
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
                held.state = Ipv6State::Valid;
                entry.ipv6.event = true;
                #[cfg(feature = "tcp")]
                self.tcp_wake_all();
            }
            _ => {
                *held = Address::NONE;
                entry.ipv6.event = true;
            }
        }
    }

    /// The address to send from on `netif` to `dst` (RFC 6724 §5: rules 1, 2, 3 and 8).
    pub(crate) fn source_v6(&self, netif: u8, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let entry = self.netifs.get(usize::from(netif))?;
        let rank = |a: &Address| {
            let (have, want) = (scope(a.address), scope(dst));
            // A scope that reaches the destination is better, and of those the smallest.
            let reach = if have < want { i16::from(have) - 32 } else { -i16::from(have) };
            let preferred = !a.preferred.is_over(self.clock());
            (a.address == dst, reach, preferred, common_prefix(a.address, dst))
        };
        let usable = entry.ipv6.addresses.iter().filter(|a| a.is_used());
        usable.max_by_key(|a| rank(a)).map(|a| a.address)
    }

    /// The neighbour on `netif` that takes packets for `dst` (RFC 4861 §5.2).
    pub(crate) fn next_hop_v6(&self, netif: u8, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let entry = self.netifs.get(usize::from(netif))?;
        let fixed = |a: &Address| a.is_used() && !a.autonomous && a.prefix_matches(dst);
        let direct =
            dst.is_multicast() || dst.is_unicast_link_local() || entry.ipv6.addresses.iter().any(fixed);
        if direct {
            return Some(dst);
        }
        #[cfg(feature = "nd6")]
        return self.nd6_next_hop(netif, dst);
        // A link of two stations has one neighbour.
        #[cfg(not(feature = "nd6"))]
        Some(dst)
    }

    /// Chooses interface, source and next hop.
    pub(super) fn route_v6(&self, dst: Ipv6Addr, scope: Option<u8>) -> Option<Route> {
        if dst.is_unspecified() || dst.is_loopback() || self.is_own_v6(dst) {
            return None;
        }
        let local = dst.is_multicast() || dst.is_unicast_link_local();
        let candidates = self.netifs.iter().enumerate().filter(|(index, netif)| {
            netif.up && (!local || scope.is_none_or(|scope| usize::from(scope) == *index))
        });
        let way = |index: usize| {
            let netif = index as u8;
            Some((netif, self.next_hop_v6(netif, dst)?, self.source_v6(netif, dst)?))
        };
        // A neighbour before a router.
        let mut ways = candidates.filter_map(|(index, netif)| Some((way(index)?, netif.mtu)));
        let first = ways.next()?;
        let ((netif, next_hop, source), mtu) =
            if first.0.1 == dst { first } else { ways.find(|way| way.0.1 == dst).unwrap_or(first) };
        Some(Route { netif, source: v6(source), next_hop: v6(next_hop), mtu })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_identifiers_are_made_as_rfc_4291_says() {
        let addr: Ipv6Addr = "2001:db8::0102:0304".parse().unwrap();
        assert_eq!(solicited_node(addr), "ff02::1:ff02:304".parse::<Ipv6Addr>().unwrap());
        let id = eui64([0x02, 0, 0, 0x12, 0x34, 0x56]);
        assert_eq!(id, 0x0000_00ff_fe12_3456);
    }

    #[test]
    fn scopes_are_ordered() {
        let of = |text: &str| scope(text.parse().unwrap());
        assert!(of("fe80::1") < of("2001:db8::1"));
        assert_eq!((of("ff02::1"), of("ff05::1"), of("ff0e::1")), (2, 5, 14));
    }

    #[test]
    fn lifetimes_end_across_the_wrap() {
        let now = Instant::from_millis(u32::MAX - 500);
        let life = Lifetime::from_seconds(1, now);
        assert!(!life.is_over(now) && life.is_over(now.after(1000)));
        assert!(!Lifetime::FOREVER.is_over(now.after(1 << 30)));
    }
}
