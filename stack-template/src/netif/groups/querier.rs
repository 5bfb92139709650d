//! The routers that ask for groups, as far as hosts of the newest versions remember them: which older version they
//! speak, and how often they want to be told (RFC 3376 §7.2, RFC 3810 §8.2).

use super::report::Query;
use super::{Groups, Protocol, ROBUSTNESS, Version};
use crate::Instant;

/// Versions of a protocol that are older than the newest.
const OLDER: usize = if cfg!(feature = "igmp-version-v3") { 2 } else { 1 };
const _: () = assert!(OLDER == Version::Newest as usize, "versions are counted from the oldest");
/// How long an older querier is remembered: two query intervals and a response interval (RFC 3376 §8.12,
/// RFC 3810 §9.12).
const OLDER_QUERIER_MS: u32 = 260_000;

/// What is known of the routers that ask on an interface.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Querier {
    /// When the queriers of each older version are forgotten, the oldest version first.
    until: [u32; OLDER],
    /// A bit for each older version that was heard.
    heard: u8,
    /// The robustness variable of the last query of the newest version, 0 for none.
    robustness: u8,
}

impl Querier {
    pub const NONE: Self = Self { until: [0; OLDER], heard: 0, robustness: 0 };

    /// Whether there is a querier of an older version.
    fn hears(&mut self, version: Version, now: Instant) -> bool {
        let bit = 1 << version as u8;
        let until = self.until.get(version as usize).copied().unwrap_or_default();
        if until.wrapping_sub(now.as_millis()).wrapping_sub(1) >= OLDER_QUERIER_MS {
            self.heard &= !bit;
        }
        self.heard & bit != 0
    }

    /// The oldest version in use on the link (RFC 3376 §7.2.1).
    fn version(&mut self, now: Instant) -> Version {
        let older = self.hears(Version::Older, now);
        #[cfg(feature = "igmp-version-v3")]
        if self.hears(Version::First, now) {
            return Version::First;
        }
        if older { Version::Older } else { Version::Newest }
    }
}

impl Groups {
    /// Those that ask in a protocol, if this host speaks its newest version.
    fn querier(&mut self, protocol: Protocol, netif: u8) -> Option<&mut Querier> {
        match protocol {
            #[cfg(feature = "igmp-version-v3")]
            Protocol::Igmp => crate::netif::at_mut(&mut self.igmp, netif),
            #[cfg(feature = "igmp-version-v2")]
            Protocol::Igmp => None,
            #[cfg(feature = "mld-version-v2")]
            Protocol::Mld => crate::netif::at_mut(&mut self.mld, netif),
            #[cfg(feature = "mld-version-v1")]
            Protocol::Mld => None,
        }
    }

    /// The version that is spoken on the link.
    pub(super) fn version(&mut self, protocol: Protocol, netif: u8, now: Instant) -> Version {
        self.querier(protocol, netif).map_or(Version::Older, |querier| querier.version(now))
    }

    /// How often a change is told.
    pub(super) fn robustness(&mut self, protocol: Protocol, netif: u8) -> u8 {
        let told = self.querier(protocol, netif).map_or(0, |querier| querier.robustness);
        if told == 0 { ROBUSTNESS } else { told }
    }

    /// Takes note of who asks. Where that changes the version, what was pending is not told (RFC 3376 §7.2.1,
    /// RFC 3810 §8.2.1).
    pub(super) fn note(&mut self, protocol: Protocol, netif: u8, query: &Query, now: Instant) {
        let Some(querier) = self.querier(protocol, netif) else { return };
        let before = querier.version(now);
        if let Some(until) = querier.until.get_mut(query.version as usize) {
            *until = now.after(OLDER_QUERIER_MS).as_millis();
            querier.heard |= 1 << query.version as u8;
        } else {
            querier.robustness = query.robustness;
        }
        if querier.version(now) == before {
            return;
        }
        for member in self.members.get_mut(protocol.places()).unwrap_or_default() {
            if crate::netif::is_same(member.netif, netif) {
                member.forget();
            }
        }
    }
}
