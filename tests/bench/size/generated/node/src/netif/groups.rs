//! Multicast groups: who is in which, and when a report of it is due (RFC 3376 §5, RFC 3810 §6).
//!
//! One table for both versions of IP, keyed by interface and address; IGMP and MLD only differ on the wire
//! (`ip::igmp`, `ip::mld`). No group has source filters: to be in one is to exclude no source.

use super::NetifId;
use crate::addr::Ip;
use crate::addr::Ip6;
use crate::addr::{as_v6, v6};
use crate::config::NETIF_COUNT;
use crate::random::Random;
use crate::{Error, Instant, IpAddr, Stack};
use core::ops::Range;

const SHORT: usize = 0;
/// Places for groups with long addresses, those of IPv6: those that applications join, and the solicited-node groups of the host's addresses.
const LONG: usize = crate::config::MLD_GROUPS + NETIF_COUNT * crate::config::IPV6_ADDRESSES;

/// Versions of a protocol that are older than the newest.
const OLDER: usize = 1;
/// Reports of a change unless a querier tells otherwise (RFC 3376 §8.1, RFC 3810 §9.1).
const ROBUSTNESS: u8 = 2;
/// Within which time a report of a change is sent again (RFC 3376 §8.11, RFC 3810 §9.11).
const UNSOLICITED_MS: u32 = 1000;
/// The same in older versions (RFC 2236 §8.10, RFC 2710 §7.10).
const UNSOLICITED_OLDER_MS: u32 = 10_000;
/// How long an older querier is remembered: two query intervals and a response interval (RFC 3376 §8.12).
const OLDER_QUERIER_MS: u32 = 260_000;
/// No storm of queries makes the host report a group more often.
const SPACING_MS: u32 = 100;

/// What reports a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Mld,
}

impl Protocol {
    /// The one for `group`, `None` when that is no group that can be joined.
    fn of(group: &Ip) -> Option<Self> {
        if let Some(group) = as_v6(group) {
            return (group.is_multicast() && !super::ipv6::is_all_nodes(group)).then_some(Protocol::Mld);
        }
        None
    }

    /// Where its groups stand in the table.
    const fn places(self) -> Range<usize> {
        match self {
            Protocol::Mld => SHORT..SHORT + LONG,
        }
    }

    /// How many groups applications may join.
    const fn capacity(self) -> usize {
        match self {
            Protocol::Mld => crate::config::MLD_GROUPS,
        }
    }
}

/// Reports of a change that are still to be sent.
const LEFT: u8 = 0x07;
/// A query is to be answered.
const ANSWER: u8 = 0x20;
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
    own: u8,
    state: u8,
    netif: u8,
}

const _: () = assert!(size_of::<Member>() == 8);

impl Member {
    const NONE: Self = Self {
        at: 0,
        joins: 0,
        own: 0,
        state: 0,
        netif: 0,
    };

    /// Whether the host is in the group; it is not while it only tells that it left.
    fn is_held(&self) -> bool {
        if self.own > 0 {
            return true;
        }
        self.joins > 0
    }

    fn is_pending(&self) -> bool {
        self.state & (LEFT | ANSWER) != 0
    }

    fn is_free(&self) -> bool {
        !self.is_held() && !self.is_pending()
    }

    fn is_due(&self, now: Instant) -> bool {
        self.is_pending() && now.reached(Instant::from_millis(self.at))
    }

    /// Forgets what was pending; a change is told by `reports` from `at` on.
    fn change(&mut self, reports: u8, at: Instant) {
        self.state = self.state & !(LEFT | ANSWER) | reports & LEFT;
        self.at = at.as_millis();
    }
}

/// What is known of the routers that ask on an interface.
#[derive(Clone, Copy)]
#[repr(C)]
struct Querier {
    /// When the queriers of each older version are forgotten, the oldest version first.
    until: [u32; OLDER],
    /// A bit for each older version that was heard.
    heard: u8,
    /// The robustness variable of the last query of the newest version, 0 for none.
    robustness: u8,
}

const _: () = assert!(size_of::<Querier>() == 8);

impl Querier {
    const NONE: Self = Self {
        until: [0; OLDER],
        heard: 0,
        robustness: 0,
    };

    /// The oldest version in use on the link, counted from 0, `None` for the newest (RFC 3376 §7.2.1).
    fn older(&mut self, now: Instant) -> Option<u8> {
        let mut oldest = None;
        for (version, until) in self.until.iter().enumerate().rev() {
            let left = until.wrapping_sub(now.as_millis());
            if left.wrapping_sub(1) >= OLDER_QUERIER_MS {
                self.heard &= !(1 << version);
            }
            if self.heard & 1 << version != 0 {
                oldest = Some(version as u8);
            }
        }
        oldest
    }

    fn robustness(&self) -> u8 {
        if self.robustness == 0 { ROBUSTNESS } else { self.robustness }
    }
}

/// A query, as far as both protocols have it in common.
pub(crate) struct Query {
    /// Its version if that is not the newest, counted from 0.
    pub older: Option<u8>,
    /// The group it asks for, unspecified for all.
    pub group: Ip,
    /// In which time to answer.
    pub response_ms: u32,
    pub robustness: u8,
}

/// What a report says of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// The host was asked, and is in it.
    Present,
    Joined,
    Left,
}

/// The groups of all interfaces.
#[repr(C)]
pub struct Groups {
    members: [Member; SHORT + LONG],
    v6: [Ip6; LONG],
    mld: [Querier; NETIF_COUNT],
}

const _: () = assert!(size_of::<Groups>() == 176);

impl Groups {
    pub(crate) const fn new() -> Self {
        Self {
            members: [Member::NONE; SHORT + LONG],
            v6: [Ip6::UNSPECIFIED; LONG],
            mld: [Querier::NONE; NETIF_COUNT],
        }
    }

    /// The group at a place of the table.
    fn address(&self, place: usize) -> Option<Ip> {
        self.v6.get(place.checked_sub(SHORT)?).map(|group| v6(*group))
    }

    fn set_address(&mut self, place: usize, group: &Ip) {
        if let (Some(to), Some(group)) = (self.v6.get_mut(place.wrapping_sub(SHORT)), as_v6(group)) {
            *to = *group;
        }
    }

    fn querier(&mut self, protocol: Protocol, netif: u8) -> Option<&mut Querier> {
        match protocol {
            Protocol::Mld => crate::netif::at_mut(&mut self.mld, netif),
        }
    }

    /// The oldest version in use on the link, counted from 0, `None` for the newest.
    pub(crate) fn older(&mut self, protocol: Protocol, netif: u8, now: Instant) -> Option<u8> {
        self.querier(protocol, netif)?.older(now)
    }

    fn members(&self, protocol: Protocol) -> &[Member] {
        self.members.get(protocol.places()).unwrap_or_default()
    }

    /// Where `group` stands.
    fn find(&self, protocol: Protocol, netif: u8, group: &Ip) -> Option<usize> {
        protocol.places().find(|place| {
            let here = |member: &Member| super::is_same(member.netif, netif) && !member.is_free();
            self.members.get(*place).is_some_and(here) && self.address(*place) == Some(*group)
        })
    }

    /// Whether packets for `group` are taken from the interface.
    pub(crate) fn is_member(&self, netif: u8, group: &Ip) -> bool {
        let place = Protocol::of(group).and_then(|protocol| self.find(protocol, netif, group));
        place.and_then(|place| self.members.get(place)).is_some_and(Member::is_held)
    }

    /// Where `group` stands, or may stand from now on.
    fn place(&mut self, protocol: Protocol, netif: u8, group: &Ip) -> Option<usize> {
        if let Some(place) = self.find(protocol, netif, group) {
            return Some(place);
        }
        let first = |which: fn(&Member) -> bool| self.members(protocol).iter().position(which);
        // A group that was left gives way.
        let offset = first(Member::is_free).or_else(|| first(|member| !member.is_held()))?;
        let place = protocol.places().start + offset;
        *self.members.get_mut(place)? = Member { netif, ..Member::NONE };
        self.set_address(place, group);
        Some(place)
    }

    /// The membership at `place` began or ended: from `at` on that is reported.
    fn change(&mut self, protocol: Protocol, place: usize, at: Instant, now: Instant) {
        let reported = self.address(place).is_some_and(|group| is_reported(&group));
        let Some(Member { netif, .. }) = self.members.get(place).copied() else { return };
        let Some(querier) = self.querier(protocol, netif) else { return };
        let (robustness, older) = (querier.robustness(), querier.older(now).is_some());
        let Some(member) = self.members.get_mut(place) else { return };
        let reports = match (reported, member.is_held() || !older) {
            (false, _) => 0,
            (true, true) => robustness,
            // The leaving is told once, and only by the host that others count on (RFC 2236 §3, RFC 2710 §4).
            (true, false) => u8::from(member.state & LAST != 0),
        };
        member.change(reports, at);
    }

    fn join(&mut self, protocol: Protocol, netif: u8, group: &Ip, now: Instant) -> Result<(), Error> {
        let known = self.find(protocol, netif, group).and_then(|place| self.members.get(place));
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
            self.change(protocol, place, now, now);
        }
        Ok(())
    }

    fn leave(&mut self, protocol: Protocol, netif: u8, group: &Ip, now: Instant) -> Result<(), Error> {
        let place = self.find(protocol, netif, group).ok_or(Error::Value)?;
        let member = self.members.get_mut(place).ok_or(Error::Value)?;
        member.joins = member.joins.checked_sub(1).ok_or(Error::Value)?;
        if !member.is_held() {
            self.change(protocol, place, now, now);
        }
        Ok(())
    }

    /// The host has `address` and with it a solicited-node group, which is reported at `at` (RFC 4862 §5.4.2).
    pub(crate) fn hold(&mut self, netif: u8, address: &Ip6, at: u32, now: Instant) {
        let group = v6(super::ipv6::solicited_node(address));
        let Some(place) = self.place(Protocol::Mld, netif, &group) else { return };
        let Some(member) = self.members.get_mut(place) else { return };
        let new = !member.is_held();
        member.own = member.own.saturating_add(1);
        if new {
            self.change(Protocol::Mld, place, Instant::from_millis(at), now);
        }
    }

    /// The host has `address` no more.
    pub(crate) fn release(&mut self, netif: u8, address: &Ip6, now: Instant) {
        let group = v6(super::ipv6::solicited_node(address));
        let Some(place) = self.find(Protocol::Mld, netif, &group) else { return };
        let Some(member) = self.members.get_mut(place) else { return };
        member.own = member.own.saturating_sub(1);
        if !member.is_held() {
            self.change(Protocol::Mld, place, now, now);
        }
    }

    /// Begins to report all groups of the interface but those of its addresses, which come back with them.
    pub(crate) fn start(&mut self, protocol: Protocol, netif: u8, now: Instant) {
        for place in protocol.places() {
            match self.members.get_mut(place) {
                Some(member) if super::is_same(member.netif, netif) && member.joins > 0 => {
                    member.own = 0;
                    self.change(protocol, place, now, now);
                }
                // What was left before is forgotten.
                Some(member) if super::is_same(member.netif, netif) => *member = Member::NONE,
                _ => {}
            }
        }
    }

    /// The next report that is due on the interface; if it is to be sent again, that is at `again`.
    fn take(&mut self, protocol: Protocol, netif: u8, now: Instant, again: Instant) -> Option<(Said, Ip)> {
        let due = |member: &Member| super::is_same(member.netif, netif) && member.is_due(now);
        let place = protocol.places().start + self.members(protocol).iter().position(due)?;
        let group = self.address(place)?;
        let member = self.members.get_mut(place)?;
        let (left, held) = (member.state & LEFT, member.is_held());
        let said = match (held, left) {
            (false, _) => Said::Left,
            (true, 0) => Said::Present,
            (true, _) => Said::Joined,
        };
        let left = left.saturating_sub(1);
        member.change(left, if left > 0 { again } else { now });
        member.state |= LAST;
        Some((said, group))
    }

    /// A router asks (RFC 3376 §5.2, §7.2.1; RFC 3810 §6.2, §8.2.1).
    fn ask(&mut self, protocol: Protocol, netif: u8, query: &Query, random: &mut Random, now: Instant) {
        let Some(querier) = self.querier(protocol, netif) else { return };
        let before = querier.older(now);
        match query.older {
            Some(version) => {
                querier.heard |= 1 << version;
                if let Some(until) = querier.until.get_mut(usize::from(version)) {
                    *until = now.after(OLDER_QUERIER_MS).as_millis();
                }
            }
            None => querier.robustness = query.robustness,
        }
        let older = querier.older(now);
        // What waits for the same moment goes in the same report; in older versions each report goes alone.
        let mut draw = random.next();
        for place in protocol.places() {
            let address = self.address(place);
            let Some(member) =
                self.members.get_mut(place).filter(|member| super::is_same(member.netif, netif))
            else {
                continue;
            };
            if older != before {
                member.change(0, Instant::from_millis(member.at));
            }
            let asked = address
                .is_some_and(|a| is_reported(&a) && (query.group.is_unspecified() || a == query.group));
            if !asked || !member.is_held() {
                continue;
            }
            if older.is_some() {
                draw = random.next();
            }
            let mut at = now.after(within(draw, query.response_ms));
            if member.is_pending() {
                let pending = Instant::from_millis(member.at);
                let keep = at.reached(pending) || pending.since(now) <= SPACING_MS;
                at = if keep { pending } else { at };
            } else if now.as_millis().wrapping_sub(member.at) < SPACING_MS {
                let soonest = Instant::from_millis(member.at).after(SPACING_MS);
                at = if at.reached(soonest) { at } else { soonest };
            }
            member.state |= ANSWER;
            member.at = at.as_millis();
        }
    }
}

/// A random number of `draw`, from 0 to `most`.
fn within(draw: u32, most: u32) -> u32 {
    ((u64::from(draw) * (u64::from(most) + 1)) >> 32) as u32
}

/// Whether anybody is told of it: not of groups that never leave the host (RFC 3810 §6).
fn is_reported(group: &Ip) -> bool {
    if let Some(group) = as_v6(group) {
        return group.octets()[1] & 0x0f > 1;
    }
    let _ = group;
    true
}

impl Stack {
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
        let group = Ip::from(group);
        let protocol = Protocol::of(&group).ok_or(Error::Value)?;
        self.groups.leave(protocol, netif.0, &group, now)?;
        self.group_timers(now);
        Ok(())
    }

    /// When the next report is due.
    pub(crate) fn group_deadline(&self) -> Option<Instant> {
        let start = None;
        let up =
            |member: &&Member| crate::netif::at(&self.netifs, member.netif).is_some_and(|entry| entry.up);
        let pending = self.groups.members.iter().filter(|member| member.is_pending()).filter(up);
        pending.map(|member| Some(Instant::from_millis(member.at))).fold(start, Instant::earliest)
    }

    /// Sends the reports that are due.
    #[inline(never)]
    pub(crate) fn group_timers(&mut self, now: Instant) {
        for index in 0..NETIF_COUNT {
            if !self.netifs.get(index).is_some_and(|entry| entry.up) {
                continue;
            }
            let netif = index as u8;
            self.report(Protocol::Mld, netif, now);
        }
    }

    fn report(&mut self, protocol: Protocol, netif: u8, now: Instant) {
        use crate::wire::group_record::{IS_EXCLUDE, Records, TO_EXCLUDE, TO_INCLUDE};
        if !self
            .groups
            .members(protocol)
            .iter()
            .any(|member| super::is_same(member.netif, netif) && member.is_due(now))
        {
            return;
        }
        let older = self.groups.older(protocol, netif, now);
        let interval = if older.is_some() { UNSOLICITED_OLDER_MS } else { UNSOLICITED_MS };
        let mut records = Records::default();
        let mut again = now.after(1 + within(self.random.next(), interval - 1));
        while let Some((said, group)) = self.groups.take(protocol, netif, now, again) {
            if let Some(version) = older {
                match protocol {
                    Protocol::Mld => self.mld_report_older(netif, said, &group),
                }
                let _ = version;
                again = now.after(1 + within(self.random.next(), interval - 1));
                continue;
            }
            let kind = match said {
                Said::Present => IS_EXCLUDE,
                Said::Joined => TO_EXCLUDE,
                Said::Left => TO_INCLUDE,
            };
            records.push(kind, &group);
            if records.is_full() {
                self.report_records(protocol, netif, &records);
                records.clear();
            }
        }
        if records.count() > 0 {
            self.report_records(protocol, netif, &records);
        }
    }

    fn report_records(
        &mut self,
        protocol: Protocol,
        netif: u8,
        records: &crate::wire::group_record::Records,
    ) {
        match protocol {
            Protocol::Mld => self.mld_report(netif, records),
        }
    }

    /// A router asks for groups.
    pub(crate) fn group_query(&mut self, protocol: Protocol, netif: u8, query: &Query, now: Instant) {
        let Stack { groups, random, .. } = self;
        groups.ask(protocol, netif, query, random, now);
    }

    /// Another host reported `group`: in older versions that is enough for the router (RFC 2236 §3, RFC 2710 §4).
    pub(crate) fn group_heard(&mut self, protocol: Protocol, netif: u8, group: &Ip, now: Instant) {
        if self.groups.older(protocol, netif, now).is_none() {
            return;
        }
        let place = self.groups.find(protocol, netif, group);
        if let Some(member) = place.and_then(|place| self.groups.members.get_mut(place)) {
            member.state &= !(LEFT | ANSWER | LAST);
        }
    }
}
