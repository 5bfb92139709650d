//! Multicast groups: which interface is in which, and what is still to be told of it.
//!
//! One table for both versions of IP, keyed by interface and address; IGMP and MLD only differ on the wire
//! (`ip::igmp`, `ip::mld`). No group has source filters: to be in one is to exclude no source.

#[cfg(feature = "group-records")]
mod querier;
mod report;
#[cfg(feature = "igmp-version-v2")]
mod v1_router;

use super::NetifId;
use crate::addr::Ip;
#[cfg(feature = "igmp")]
use crate::addr::Ip4;
#[cfg(feature = "mld")]
use crate::addr::Ip6;
#[cfg(feature = "igmp")]
use crate::addr::{as_v4, known_v4, v4};
#[cfg(feature = "mld")]
use crate::addr::{as_v6, known_v6, v6};
use crate::config::NETIF_COUNT;
use crate::{Error, Instant, IpAddr, Stack};
use core::ops::Range;
#[cfg(feature = "group-records")]
use querier::Querier;
pub(crate) use report::{Query, Said};
#[cfg(feature = "igmp-version-v2")]
use v1_router::V1Router;

/// Places for groups with short addresses, those of IPv4.
#[cfg(feature = "igmp")]
const SHORT: usize = crate::config::IGMP_GROUPS;
#[cfg(not(feature = "igmp"))]
const SHORT: usize = 0;
/// Places for groups with long addresses, those of IPv6: those that applications join, and the solicited-node groups of the host's addresses.
#[cfg(feature = "mld")]
const LONG: usize = crate::config::MLD_GROUPS + NETIF_COUNT * crate::config::IPV6_ADDRESSES;
#[cfg(not(feature = "mld"))]
const LONG: usize = 0;

/// Places for groups.
const PLACES: usize = SHORT + LONG;

/// Every host is in it, and no host reports it (RFC 1112 §4, RFC 3376 §5).
#[cfg(feature = "igmp")]
pub(crate) const ALL_HOSTS: Ip4 = Ip4::new(224, 0, 0, 1);

/// What reports a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    #[cfg(feature = "igmp")]
    Igmp,
    #[cfg(feature = "mld")]
    Mld,
}

impl Protocol {
    /// The one for `group`, `None` when that is no group that can be joined.
    fn of(group: &Ip) -> Option<Self> {
        #[cfg(feature = "igmp")]
        if let Some(group) = as_v4(group) {
            // The first address is of no group at all (RFC 1112 §4).
            let none = group == ALL_HOSTS || group == Ip4::new(224, 0, 0, 0);
            return (group.is_multicast() && !none).then_some(Protocol::Igmp);
        }
        #[cfg(feature = "mld")]
        if let Some(group) = as_v6(group) {
            return (group.is_multicast() && !super::ipv6::is_all_nodes(group)).then_some(Protocol::Mld);
        }
        None
    }

    /// The one of the groups at a place of the table.
    const fn at(place: usize) -> Self {
        #[cfg(feature = "mld")]
        if place >= SHORT {
            return Protocol::Mld;
        }
        let _ = place;
        #[cfg(feature = "igmp")]
        return Protocol::Igmp;
        #[cfg(not(feature = "igmp"))]
        Protocol::Mld
    }

    /// Where its groups stand in the table.
    const fn places(self) -> Range<usize> {
        match self {
            #[cfg(feature = "igmp")]
            Protocol::Igmp => 0..SHORT,
            #[cfg(feature = "mld")]
            Protocol::Mld => SHORT..SHORT + LONG,
        }
    }

    /// How many groups applications may join.
    const fn capacity(self) -> usize {
        match self {
            #[cfg(feature = "igmp")]
            Protocol::Igmp => crate::config::IGMP_GROUPS,
            #[cfg(feature = "mld")]
            Protocol::Mld => crate::config::MLD_GROUPS,
        }
    }
}

/// The version of a protocol that is spoken on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// IGMPv1: nobody is told of a leaving.
    #[cfg(feature = "igmp-version-v3")]
    First,
    /// IGMPv2, MLDv1: a report tells of one group, and one host's is enough.
    Older,
    /// IGMPv3, MLDv2: a report tells of all groups, and each host sends its own.
    #[cfg(feature = "group-records")]
    Newest,
}

impl Version {
    fn is_newest(self) -> bool {
        #[cfg(feature = "group-records")]
        return self == Version::Newest;
        #[cfg(not(feature = "group-records"))]
        false
    }
}

/// Reports of a change unless a querier tells otherwise (RFC 3376 §8.1, RFC 3810 §9.1), or in older versions at all
/// (RFC 2236 §8.1, RFC 2710 §7.1).
const ROBUSTNESS: u8 = 2;

/// Reports of a change that are still to be sent.
const LEFT: u8 = 0x07;
/// A query is to be answered.
const ANSWER: u8 = 0x20;
/// The link is new: the group is to be reported when the clock is next known.
const START: u8 = 0x10;
/// Something is to be told of the group.
const PENDING: u8 = LEFT | ANSWER | START;
/// This host was the last to report the group, as far as it heard (the flag of RFC 2236 §6).
const LAST: u8 = 0x40;

/// Membership in a group.
#[derive(Clone, Copy)]
#[repr(C)]
struct Member {
    /// When the next report is due; when none is, when the last one was sent.
    at: u32,
    /// Joins that were not taken back.
    joins: u8,
    /// Addresses of the host's own that have this solicited-node group.
    #[cfg(feature = "mld")]
    own: u8,
    state: u8,
    netif: u8,
}

impl Member {
    const NONE: Self = Self {
        at: 0,
        joins: 0,
        #[cfg(feature = "mld")]
        own: 0,
        state: 0,
        netif: 0,
    };

    /// Whether the host is in the group; it is not while it only tells that it left.
    fn is_held(&self) -> bool {
        #[cfg(feature = "mld")]
        if self.own > 0 {
            return true;
        }
        self.joins > 0
    }

    fn is_pending(&self) -> bool {
        self.state & PENDING != 0
    }

    fn is_free(&self) -> bool {
        !self.is_held() && !self.is_pending()
    }

    fn is_due(&self, now: Instant) -> bool {
        self.is_pending() && now.reached(Instant::from_millis(self.at))
    }

    /// Forgets what was pending; a change is told by `reports` from `at` on.
    fn change(&mut self, reports: u8, at: Instant) {
        self.state = self.state & !PENDING | reports & LEFT;
        self.at = at.as_millis();
    }

    /// Forgets what was pending, but for a new link.
    fn forget(&mut self) {
        self.state &= !(LEFT | ANSWER);
    }
}

/// The groups of all interfaces.
#[repr(C)]
pub struct Groups {
    members: [Member; PLACES],
    #[cfg(feature = "igmp")]
    v4: [Ip4; SHORT],
    #[cfg(feature = "mld")]
    v6: [Ip6; LONG],
    #[cfg(feature = "igmp-version-v3")]
    igmp: [Querier; NETIF_COUNT],
    #[cfg(feature = "igmp-version-v2")]
    v1: [V1Router; NETIF_COUNT],
    #[cfg(feature = "mld-version-v2")]
    mld: [Querier; NETIF_COUNT],
}

impl Groups {
    pub(crate) const fn new() -> Self {
        Self {
            members: [Member::NONE; PLACES],
            #[cfg(feature = "igmp")]
            v4: [Ip4::UNSPECIFIED; SHORT],
            #[cfg(feature = "mld")]
            v6: [Ip6::UNSPECIFIED; LONG],
            #[cfg(feature = "igmp-version-v3")]
            igmp: [Querier::NONE; NETIF_COUNT],
            #[cfg(feature = "igmp-version-v2")]
            v1: [V1Router::NONE; NETIF_COUNT],
            #[cfg(feature = "mld-version-v2")]
            mld: [Querier::NONE; NETIF_COUNT],
        }
    }

    /// Whether `group` is the one at a place of the table.
    fn is_at(&self, place: usize, group: &Ip) -> bool {
        #[cfg(feature = "igmp")]
        if let Some(here) = self.v4.get(place) {
            return v4(*here) == *group;
        }
        #[cfg(feature = "mld")]
        return self.v6_at(place).is_some_and(|here| v6(*here) == *group);
        #[cfg(not(feature = "mld"))]
        false
    }

    /// The group at a place of the table, of IPv6.
    #[cfg(feature = "mld")]
    fn v6_at(&self, place: usize) -> Option<&Ip6> {
        self.v6.get(place.checked_sub(SHORT)?)
    }

    /// Whether anybody is told of the group at a place: not of one that never leaves the host (RFC 3810 §6, RFC 2710 §5).
    fn is_reported(&self, place: usize) -> bool {
        #[cfg(feature = "mld")]
        if let Some(group) = self.v6_at(place) {
            return group.words()[0] >> 16 & 0x0f > 1;
        }
        let _ = place;
        true
    }

    fn set_address(&mut self, place: usize, group: &Ip) {
        #[cfg(feature = "igmp")]
        if let Some(to) = self.v4.get_mut(place) {
            *to = known_v4(group);
        }
        #[cfg(feature = "mld")]
        if let Some(to) = self.v6.get_mut(place.wrapping_sub(SHORT)) {
            *to = *known_v6(group);
        }
    }

    /// The version that is spoken on the link.
    #[cfg(not(feature = "group-records"))]
    fn version(&mut self, _: Protocol, _: u8, _: Instant) -> Version {
        Version::Older
    }

    /// How often a change is told.
    #[cfg(not(feature = "group-records"))]
    fn robustness(&mut self, _: Protocol, _: u8) -> u8 {
        ROBUSTNESS
    }

    fn members(&self, protocol: Protocol) -> &[Member] {
        self.members.get(protocol.places()).unwrap_or_default()
    }

    /// Where `group` stands.
    fn find(&self, netif: u8, group: &Ip) -> Option<usize> {
        let here = |member: &Member| super::is_same(member.netif, netif) && !member.is_free();
        (0..PLACES).find(|place| self.members.get(*place).is_some_and(here) && self.is_at(*place, group))
    }

    /// Whether packets for `group` are taken from the interface.
    pub(crate) fn is_member(&self, netif: u8, group: &Ip) -> bool {
        self.find(netif, group).and_then(|place| self.members.get(place)).is_some_and(Member::is_held)
    }

    /// Where `group` stands, or may stand from now on.
    fn place(&mut self, protocol: Protocol, netif: u8, group: &Ip) -> Option<usize> {
        if let Some(place) = self.find(netif, group) {
            return Some(place);
        }
        let mut spare = None;
        for (place, member) in protocol.places().zip(self.members(protocol)).rev() {
            // A group that was left gives way.
            if member.is_free() || (spare.is_none() && !member.is_held()) {
                spare = Some(place);
            }
        }
        let place = spare?;
        *self.members.get_mut(place)? = Member { netif, ..Member::NONE };
        self.set_address(place, group);
        Some(place)
    }

    /// The membership at `place` began or ended: from `at` on that is reported.
    fn change(&mut self, place: usize, at: Instant, now: Instant) {
        let (protocol, reported) = (Protocol::at(place), self.is_reported(place));
        let Some(Member { netif, .. }) = self.members.get(place).copied() else { return };
        let newest = self.version(protocol, netif, now).is_newest();
        let robustness = self.robustness(protocol, netif);
        let Some(member) = self.members.get_mut(place) else { return };
        let reports = match (reported, member.is_held() || newest) {
            (false, _) => 0,
            (true, true) => robustness,
            // The leaving is told once, and only by the host that others count on (RFC 2236 §3, RFC 2710 §4).
            (true, false) => u8::from(member.state & LAST != 0),
        };
        member.change(reports, at);
    }

    fn join(&mut self, protocol: Protocol, netif: u8, group: &Ip, now: Instant) -> Result<(), Error> {
        let known = self.find(netif, group).and_then(|place| self.members.get(place));
        if known.is_none_or(|member| member.joins == 0) {
            let joined = self.members(protocol).iter().filter(|member| member.joins > 0).count();
            if joined >= protocol.capacity() {
                return Err(Error::Memory);
            }
        }
        let place = self.place(protocol, netif, group).ok_or(Error::Memory)?;
        let member = self.members.get_mut(place).ok_or(Error::Memory)?;
        let new = !member.is_held();
        member.joins = member.joins.checked_add(1).ok_or(Error::Memory)?;
        if new {
            self.change(place, now, now);
        }
        Ok(())
    }

    fn leave(&mut self, netif: u8, group: &Ip, now: Instant) -> Result<(), Error> {
        let place = self.find(netif, group).ok_or(Error::Value)?;
        let member = self.members.get_mut(place).ok_or(Error::Value)?;
        member.joins = member.joins.checked_sub(1).ok_or(Error::Value)?;
        if !member.is_held() {
            self.change(place, now, now);
        }
        Ok(())
    }

    /// The host has `address` and with it a solicited-node group, which is reported at `at` (RFC 4862 §5.4.2).
    #[cfg(feature = "mld")]
    pub(crate) fn hold(&mut self, netif: u8, address: &Ip6, at: u32, now: Instant) {
        let group = v6(super::ipv6::solicited_node(address));
        let Some(place) = self.place(Protocol::Mld, netif, &group) else { return };
        let Some(member) = self.members.get_mut(place) else { return };
        let new = !member.is_held();
        member.own = member.own.saturating_add(1);
        if new {
            self.change(place, Instant::from_millis(at), now);
        }
    }

    /// The host has `address` no more.
    #[cfg(feature = "mld")]
    pub(crate) fn release(&mut self, netif: u8, address: &Ip6, now: Instant) {
        let group = v6(super::ipv6::solicited_node(address));
        let Some(place) = self.find(netif, &group) else { return };
        let Some(member) = self.members.get_mut(place) else { return };
        member.own = member.own.saturating_sub(1);
        if !member.is_held() {
            self.change(place, now, now);
        }
    }

    /// Begins to report all groups of IPv6 that the interface is in but those of its addresses, which come back with them.
    #[cfg(feature = "mld")]
    pub(crate) fn mld_start(&mut self, netif: u8, now: Instant) {
        for place in Protocol::Mld.places() {
            match self.members.get_mut(place) {
                Some(member) if super::is_same(member.netif, netif) && member.joins > 0 => {
                    member.own = 0;
                    self.change(place, now, now);
                }
                // What was left before is forgotten.
                Some(member) if super::is_same(member.netif, netif) => *member = Member::NONE,
                _ => {}
            }
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Takes packets for a multicast group from the interface, and tells the routers on its link.
    ///
    /// Joins are counted: the group is left when each was taken back by [`leave_group`](Self::leave_group).
    ///
    /// # Errors
    /// [`Error::Value`] for an address that is no group, or a group that every host is in, or an unknown interface;
    /// [`Error::Memory`] when the host is in as many groups as the profile allows.
    pub fn join_group(&mut self, netif: NetifId, group: IpAddr, now: Instant) -> Result<(), Error> {
        self.netif_mut(netif)?;
        let group = Ip::from(group);
        let protocol = Protocol::of(&group).ok_or(Error::Value)?;
        self.groups.join(protocol, netif.0, &group, now)?;
        self.group_timers(now);
        Ok(())
    }

    /// Takes one [`join_group`](Self::join_group) back.
    ///
    /// # Errors
    /// [`Error::Value`] when the interface did not join the group.
    pub fn leave_group(&mut self, netif: NetifId, group: IpAddr, now: Instant) -> Result<(), Error> {
        self.groups.leave(netif.0, &Ip::from(group), now)?;
        self.group_timers(now);
        Ok(())
    }
}
