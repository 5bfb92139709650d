//! When a group is reported: after a change, and when a router asks (RFC 3376 §5, RFC 2236 §3, RFC 3810 §6, RFC 2710 §4).

#[cfg(feature = "group-records")]
use super::Version;
use super::{ANSWER, Groups, LAST, LEFT, PLACES, Protocol};
#[cfg(feature = "igmp")]
use super::{Member, START};
use crate::addr::Ip;
use crate::random::Random;
#[cfg(feature = "group-records")]
use crate::wire::group_report::{IS_EXCLUDE, Report, TO_EXCLUDE, TO_INCLUDE};
use crate::{Instant, Stack};

/// Within which time a report of a change is sent again (RFC 3376 §8.11, RFC 3810 §9.11).
#[cfg(feature = "group-records")]
const UNSOLICITED_MS: u32 = 1000;
/// The same in older versions (RFC 2236 §8.10, RFC 2710 §7.10).
const UNSOLICITED_OLDER_MS: u32 = 10_000;
/// No storm of queries makes the host report a group more often.
const SPACING_MS: u32 = 100;

/// A query, as far as both protocols have it in common.
pub(crate) struct Query {
    #[cfg(feature = "group-records")]
    pub version: Version,
    /// The group it asks for, unspecified for all.
    pub group: Ip,
    /// In which time to answer.
    pub response_ms: u32,
    #[cfg(feature = "group-records")]
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

/// A random number from 0 to `most`.
fn within(random: &mut Random, most: u32) -> u32 {
    ((u64::from(random.next()) * (u64::from(most) + 1)) >> 32) as u32
}

impl Groups {
    /// What is to be told of the group at `place`; if it is to be told again, that is at `again`.
    fn take(&mut self, place: usize, again: Instant, now: Instant) -> Option<Said> {
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
        Some(said)
    }

    /// A router asks (RFC 3376 §5.2, RFC 2236 §3, RFC 3810 §6.2, RFC 2710 §4).
    fn ask(&mut self, protocol: Protocol, netif: u8, query: &Query, random: &mut Random, now: Instant) {
        #[cfg(feature = "group-records")]
        self.note(protocol, netif, query, now);
        // What waits for the same moment goes in the same report; in older versions each report goes alone.
        let newest = self.version(protocol, netif, now).is_newest();
        let together = newest.then(|| within(random, query.response_ms));
        // Older versions answer sooner only if what is pending would come too late.
        let in_time = if newest { SPACING_MS } else { query.response_ms.max(SPACING_MS) };
        for place in protocol.places() {
            let asked = query.group.is_unspecified() || self.is_at(place, &query.group);
            if !asked || !self.is_reported(place) {
                continue;
            }
            let Some(member) = self.members.get_mut(place) else { continue };
            if !member.is_held() || !crate::netif::is_same(member.netif, netif) {
                continue;
            }
            let mut at = now.after(together.unwrap_or_else(|| within(random, query.response_ms)));
            let before = Instant::from_millis(member.at);
            // Wrapping, where nothing is pending: a time weeks ago, or of an answer that was given up, may lie ahead.
            if member.is_pending() {
                if at.reached(before) || before.since(now) <= in_time {
                    at = before;
                }
            } else if now.as_millis().wrapping_sub(member.at) < SPACING_MS {
                let soonest = before.after(SPACING_MS);
                at = if at.reached(soonest) { at } else { soonest };
            }
            member.state |= ANSWER;
            member.at = at.as_millis();
        }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// When the next report is due.
    pub(crate) fn group_deadline(&self) -> Option<Instant> {
        let up = |netif| crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.up);
        let pending = self.groups.members.iter().filter(|member| member.is_pending() && up(member.netif));
        pending.map(|member| Some(Instant::from_millis(member.at))).fold(None, Instant::earliest)
    }

    /// Sends the reports that are due.
    #[inline(never)]
    pub(crate) fn group_timers(&mut self, now: Instant) {
        #[cfg(feature = "igmp")]
        self.igmp_start(now);
        for place in 0..PLACES {
            let Some(member) = self.groups.members.get(place).filter(|member| member.is_due(now)) else {
                continue;
            };
            let (protocol, netif) = (Protocol::at(place), member.netif);
            if !crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.up) {
                continue;
            }
            let version = self.groups.version(protocol, netif, now);
            #[cfg(feature = "group-records")]
            if version.is_newest() {
                self.report_together(protocol, netif, place, now);
                continue;
            }
            let again = now.after(1 + within(&mut self.random, UNSOLICITED_OLDER_MS - 1));
            let Some(said) = self.groups.take(place, again, now) else { continue };
            match protocol {
                #[cfg(feature = "igmp")]
                Protocol::Igmp => {
                    #[cfg(feature = "igmp-version-v3")]
                    let first = version == Version::First;
                    #[cfg(feature = "igmp-version-v2")]
                    let first = self.groups.v1_is_present(netif, now);
                    if let Some(group) = self.groups.v4.get(place).copied() {
                        self.igmp_report_older(netif, first, said, group);
                    }
                }
                #[cfg(feature = "mld")]
                Protocol::Mld => {
                    if let Some(group) = self.groups.v6_at(place).map(|group| crate::addr::v6(*group)) {
                        self.mld_report_older(netif, said, &group);
                    }
                }
            }
            let _ = version;
        }
    }

    /// Sends one report of what is due from `first` on; what it has no room for is left.
    #[cfg(feature = "group-records")]
    fn report_together(&mut self, protocol: Protocol, netif: u8, first: usize, now: Instant) {
        let again = now.after(1 + within(&mut self.random, UNSOLICITED_MS - 1));
        let mut report = Report::default();
        for place in first..protocol.places().end {
            let due =
                |member: &super::Member| crate::netif::is_same(member.netif, netif) && member.is_due(now);
            if report.is_full() || !self.groups.members.get(place).is_some_and(due) {
                continue;
            }
            let Some(said) = self.groups.take(place, again, now) else { continue };
            let kind = match said {
                Said::Present => IS_EXCLUDE,
                Said::Joined => TO_EXCLUDE,
                Said::Left => TO_INCLUDE,
            };
            match protocol {
                #[cfg(feature = "igmp-version-v3")]
                Protocol::Igmp => self.groups.v4.get(place).map(|group| report.push(kind, &group.octets())),
                #[cfg(feature = "mld-version-v2")]
                Protocol::Mld => self.groups.v6_at(place).map(|group| report.push(kind, &group.octets())),
                #[cfg(any(feature = "igmp-version-v2", feature = "mld-version-v1"))]
                _ => None,
            };
        }
        match protocol {
            #[cfg(feature = "igmp-version-v3")]
            Protocol::Igmp => self.igmp_report(netif, &mut report),
            #[cfg(feature = "mld-version-v2")]
            Protocol::Mld => self.mld_report(netif, &mut report),
            #[cfg(any(feature = "igmp-version-v2", feature = "mld-version-v1"))]
            _ => {}
        }
    }

    /// A router asks for groups.
    pub(crate) fn group_query(&mut self, protocol: Protocol, netif: u8, query: &Query, now: Instant) {
        let Stack { groups, random, .. } = self;
        groups.ask(protocol, netif, query, random, now);
    }

    /// Another host reported `group`: in older versions that is enough for the router (RFC 2236 §3, RFC 2710 §4).
    pub(crate) fn group_heard(&mut self, protocol: Protocol, netif: u8, group: &Ip, now: Instant) {
        if self.groups.version(protocol, netif, now).is_newest() {
            return;
        }
        let place = self.groups.find(netif, group);
        if let Some(member) = place.and_then(|place| self.groups.members.get_mut(place)) {
            member.forget();
            member.state &= !LAST;
        }
    }

    /// Tells the routers again which groups of IPv4 the interface is in, once the clock is known: its link came up, or its
    /// address changed. What was left before is forgotten.
    #[cfg(feature = "igmp")]
    pub(crate) fn igmp_restart(&mut self, netif: u8) {
        let at = self.clock().as_millis();
        for member in self.groups.members.get_mut(Protocol::Igmp.places()).unwrap_or_default() {
            if crate::netif::is_same(member.netif, netif) {
                member.state = if member.is_held() { member.state | START } else { 0 };
                member.at = at;
            }
        }
    }

    /// Whether groups wait for the time to be known.
    #[cfg(feature = "igmp")]
    pub(crate) fn igmp_is_starting(&self) -> bool {
        let up = |netif| crate::netif::at(&self.netifs, netif).is_some_and(|entry| entry.up);
        let starting = |member: &Member| member.state & START != 0 && up(member.netif);
        self.groups.members(Protocol::Igmp).iter().any(starting)
    }

    /// The time is known.
    #[cfg(feature = "igmp")]
    fn igmp_start(&mut self, now: Instant) {
        for place in Protocol::Igmp.places() {
            if self.groups.members.get(place).is_some_and(|member| member.state & START != 0) {
                self.groups.change(place, now, now);
            }
        }
    }
}
