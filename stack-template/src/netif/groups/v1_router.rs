//! Routers of IGMPv1, as far as a host of version 2 remembers them: they know no other reports (RFC 2236 §4).

use super::Groups;
use crate::Instant;

/// How long such a router is remembered (RFC 2236 §8.11).
const PRESENT_MS: u32 = 400_000;

/// Whether such a router asks on an interface.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct V1Router {
    /// When it is forgotten.
    until: u32,
    heard: bool,
}

impl V1Router {
    pub const NONE: Self = Self { until: 0, heard: false };
}

impl Groups {
    /// A router of version 1 asks.
    pub(crate) fn v1_asked(&mut self, netif: u8, now: Instant) {
        if let Some(router) = crate::netif::at_mut(&mut self.v1, netif) {
            *router = V1Router { until: now.after(PRESENT_MS).as_millis(), heard: true };
        }
    }

    /// Whether a router of version 1 asked lately.
    pub(super) fn v1_is_present(&mut self, netif: u8, now: Instant) -> bool {
        let Some(router) = crate::netif::at_mut(&mut self.v1, netif) else { return false };
        let left = router.until.wrapping_sub(now.as_millis());
        router.heard &= left.wrapping_sub(1) < PRESENT_MS;
        router.heard
    }
}
