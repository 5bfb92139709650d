//! The stack: one value that holds everything, driven by its owner.

use crate::config::NETIF_COUNT;
use crate::netif::Netif;
use crate::pbuf::{Blocks, Pool};
use crate::random::Random;
use crate::stats::Drop;
use crate::{Event, Instant};

/// A TCP/IP stack. All that it ever keeps lies in this value, whose size `lwipgen budget` tells to the byte.
#[repr(C)]
pub struct Stack {
    pub(crate) random: Random,
    pub(crate) icmp_limit: crate::ip::RateLimit,
    pub(crate) icmpv6_limit: crate::ip::RateLimit,
    /// The last time that the caller told.
    clock: u32,
    pub(crate) netifs: [Netif; NETIF_COUNT],
    pub(crate) nd6: crate::ip::nd6::Nd6,
    pub(crate) groups: crate::netif::groups::Groups,
    pub(crate) udp: crate::udp::Udp,
    pub(crate) neighbors: crate::netif::neighbor::Neighbors,
    pub(crate) tcp: crate::tcp::Tcp,
    pub(crate) ip_id: u16,
    /// The last, by far the largest: all else is near the start, where one instruction reaches it.
    pub(crate) pool: Pool,
}

// The compiler proves the budget: see BUDGET.md.
const _: () = assert!(size_of::<Stack>() == 25688);

impl Stack {
    /// A stack without interfaces, all bytes zero but for `seed`.
    ///
    /// The seed must be secret and new at each start: initial sequence numbers (RFC 6528) and ports (RFC 6056) are
    /// drawn from it.
    pub const fn new(seed: [u8; 16]) -> Self {
        Self::with_blocks(seed, Blocks::new())
    }
}

impl Stack {
    const fn with_blocks(seed: [u8; 16], blocks: Blocks) -> Self {
        Self {
            random: Random::new(seed),
            icmp_limit: crate::ip::RateLimit::new(),
            icmpv6_limit: crate::ip::RateLimit::new(),
            clock: 0,
            netifs: [const { Netif::new() }; NETIF_COUNT],
            nd6: crate::ip::nd6::Nd6::new(),
            groups: crate::netif::groups::Groups::new(),
            udp: crate::udp::Udp::new(),
            neighbors: crate::netif::neighbor::Neighbors::new(),
            tcp: crate::tcp::Tcp::new(),
            ip_id: 0,
            pool: Pool::new(blocks),
        }
    }

    /// Replaces the seed, for a stack that was placed in a `static` before entropy could be had.
    pub fn set_seed(&mut self, seed: [u8; 16]) {
        self.random = Random::new(seed);
    }

    /// Runs the timers that are due; gives when this must be called next, `None` for never unless something happens.
    pub fn poll(&mut self, now: Instant) -> Option<Instant> {
        self.set_clock(now);
        if self.is_starting() || self.next_deadline().is_some_and(|deadline| now.reached(deadline)) {
            self.run_timers(now);
        }
        self.next_deadline()
    }

    /// When [`poll`](Self::poll) must be called next.
    pub fn next_deadline(&self) -> Option<Instant> {
        let next = None;
        let next = Instant::earliest(next, self.neighbor_deadline());
        let next = Instant::earliest(next, self.ipv6_deadline());
        let next = Instant::earliest(next, self.nd6_deadline());
        let next = Instant::earliest(next, self.group_deadline());
        Instant::earliest(next, self.tcp_deadline())
    }

    /// Each kind has a function of its own that is not inlined: so the call stack is as deep as the deepest, and not as
    /// their sum.
    fn run_timers(&mut self, now: Instant) {
        self.neighbor_timers(now);
        // Before a new address is checked: its group comes first (RFC 4862 §5.4.2).
        self.group_timers(now);
        self.ipv6_timers(now);
        self.nd6_timers(now);
        // Again for the addresses that came into use or ended.
        self.group_timers(now);
        self.tcp_timers(now);
        let _ = now;
    }

    /// The next event, `None` when the application knows all.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.tcp_event() {
            return Some(event);
        }
        while let Some(event) = self.udp_event() {
            return Some(event);
        }
        for (index, netif) in self.netifs.iter_mut().enumerate() {
            let id = crate::NetifId(index as u8);
            if core::mem::take(&mut netif.conflict) {
                return Some(Event::AddressConflict(id));
            }
            if core::mem::take(&mut netif.ipv6.event) {
                return Some(Event::Ipv6(id));
            }
        }
        None
    }

    /// Takes note of the time.
    pub(crate) fn set_clock(&mut self, now: Instant) {
        self.clock = now.as_millis();
    }

    /// The last time that the caller told.
    pub(crate) fn clock(&self) -> Instant {
        Instant::from_millis(self.clock)
    }

    /// Whether something waits for the time to be known.
    fn is_starting(&self) -> bool {
        let starting = false;
        starting || self.ipv6_is_starting()
    }

    /// The profile keeps no counters.
    pub(crate) fn dropped(&mut self, _why: Drop) {}
}
