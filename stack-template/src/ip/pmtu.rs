//! What paths take where it is less than the link does: routers say so when they cannot pass on a packet (RFC 1191,
//! RFC 8201). What was learned is forgotten after a while; its age is looked at when it is used.

use super::Quote;
use crate::addr::{Ip, NONE};
use crate::config::{PMTU_MAX_AGE_S, PMTU_TABLE_SIZE};
use crate::netif::Way;
use crate::stats::Drop;
use crate::wire::protocol;
use crate::{Instant, Stack};

/// A path that is narrower than its link.
#[derive(Clone, Copy)]
#[repr(C)]
struct Path {
    since: u32,
    dst: Ip,
    /// 0 while the place is free.
    mtu: u16,
}

impl Path {
    fn is_known(&self, now: Instant) -> bool {
        self.mtu != 0 && self.age(now) < u32::from(PMTU_MAX_AGE_S) * 1000
    }

    fn age(&self, now: Instant) -> u32 {
        now.as_millis().wrapping_sub(self.since)
    }
}

/// All narrow paths that are known.
#[repr(C)]
pub struct Paths {
    paths: [Path; PMTU_TABLE_SIZE],
}

impl Paths {
    pub(crate) const fn new() -> Self {
        Self { paths: [Path { since: 0, dst: NONE, mtu: 0 }; PMTU_TABLE_SIZE] }
    }

    /// What the path to `dst` takes, if that is known to be little.
    pub(crate) fn get(&self, dst: &Ip, now: Instant) -> Option<u16> {
        self.paths.iter().find(|path| path.dst == *dst && path.is_known(now)).map(|path| path.mtu)
    }

    /// Notes what the path to `dst` takes, in the place of what was learned longest ago if there is no other.
    fn note(&mut self, dst: &Ip, mtu: u16, now: Instant) {
        let rank = |path: &&mut Path| match path {
            path if path.dst == *dst => (2, 0),
            path if !path.is_known(now) => (1, 0),
            path => (0, path.age(now)),
        };
        if let Some(path) = self.paths.iter_mut().max_by_key(rank) {
            *path = Path { since: now.as_millis(), dst: *dst, mtu };
        }
    }
}

/// The least that a path is believed to take: what every host takes (RFC 1122 §3.3.2, RFC 8200 §5).
fn least(dst: &Ip) -> u16 {
    #[cfg(feature = "ipv6")]
    if crate::addr::as_v6(dst).is_some() {
        return crate::wire::ipv6::LEAST_MTU;
    }
    let _ = dst;
    576
}

impl<H: crate::Hooks> Stack<H> {
    /// A router says that a path takes no more than `mtu` bytes.
    ///
    /// It is believed if it quotes a packet that is on its way now, for a connection or from a socket, and that was
    /// longer than that (RFC 5927 §7, RFC 8201 §6), and never below what every path takes (RFC 8201 §4).
    pub(crate) fn too_big(&mut self, mtu: u32, quote: &Quote, now: Instant) {
        let way = Way { from: quote.src, ..Way::ANY };
        let known = self.route(&quote.dst, &way).map_or(0, |route| route.mtu);
        let plausible = (u32::from(least(&quote.dst))..u32::from(known)).contains(&mtu);
        if !plausible || quote.len <= mtu as usize || !quote.whole || !self.is_on_its_way(quote) {
            return self.dropped(Drop::Malformed);
        }
        self.pmtu.note(&quote.dst, mtu as u16, now);
        #[cfg(feature = "tcp")]
        self.tcp_narrow(quote.dst, mtu as u16);
    }

    fn is_on_its_way(&self, quote: &Quote) -> bool {
        match quote.protocol {
            #[cfg(feature = "tcp")]
            protocol::TCP => self.tcp.has_in_flight(quote),
            // Of IPv4, routers may fragment it.
            #[cfg(all(feature = "udp", feature = "ipv6"))]
            protocol::UDP if crate::addr::as_v6(&quote.dst).is_some() => {
                self.is_own(&quote.src, None) && self.udp.may_have_sent(quote)
            }
            _ => false,
        }
    }
}
