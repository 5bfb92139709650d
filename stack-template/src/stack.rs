//! The stack: one value that holds everything, driven by its owner.

use crate::config::NETIF_COUNT;
use crate::netif::Netif;
use crate::pbuf::{Blocks, Pool};
use crate::random::Random;
use crate::stats::Drop;
use crate::{Event, Hooks, Instant};

/// A TCP/IP stack. All that it ever keeps lies in this value, whose size `lwipgen budget` tells to the byte.
#[repr(C)]
pub struct Stack<H: Hooks = crate::NoHooks> {
    pub(crate) random: Random,
    #[cfg(feature = "icmp-unreachable")]
    pub(crate) icmp_limit: crate::ip::RateLimit,
    #[cfg(feature = "ipv6")]
    pub(crate) icmpv6_limit: crate::ip::RateLimit,
    /// The last time that the caller told.
    #[cfg(any(feature = "ipv6", feature = "igmp", feature = "netif-loopback", feature = "pmtu"))]
    clock: u32,
    #[cfg(feature = "timers-periodic")]
    tick: u32,
    #[cfg(feature = "stats")]
    pub(crate) stats: crate::stats::Stats,
    pub(crate) netifs: [Netif; NETIF_COUNT],
    #[cfg(feature = "ipv6-autoconf")]
    pub(crate) nd6: crate::ip::nd6::Nd6,
    #[cfg(any(feature = "igmp", feature = "mld"))]
    pub(crate) groups: crate::netif::groups::Groups,
    #[cfg(feature = "udp")]
    pub(crate) udp: crate::udp::Udp,
    #[cfg(feature = "dhcp6")]
    pub(crate) dhcp6: crate::services::dhcp6::Dhcp6,
    #[cfg(any(feature = "arp", feature = "nd6"))]
    pub(crate) neighbors: crate::netif::neighbor::Neighbors,
    #[cfg(feature = "netif-loopback")]
    pub(crate) loopback: crate::pbuf::Records,
    #[cfg(feature = "pmtu")]
    pub(crate) pmtu: crate::ip::pmtu::Paths,
    #[cfg(feature = "reassembly")]
    pub(crate) reassembly: crate::ip::reassembly::Reassembly,
    #[cfg(feature = "tcp")]
    pub(crate) tcp: crate::tcp::Tcp,
    /// What interface identifiers are made from; zeros until one is set.
    #[cfg(feature = "ipv6-interface-id-opaque")]
    pub(crate) ipv6_secret: [u8; 16],
    #[cfg(feature = "ipv4")]
    pub(crate) ip_id: u16,
    #[cfg(feature = "hooks")]
    pub(crate) hooks: H,
    /// The last, by far the largest: all else is near the start, where one instruction reaches it.
    pub(crate) pool: Pool,
}

/// Period of lwIP's shortest timer, in milliseconds: that of IGMP and MLD, or the fast one of TCP.
#[cfg(feature = "timers-periodic")]
const TICK_MS: u32 = if cfg!(any(feature = "igmp", feature = "mld")) { 100 } else { 250 };

impl Stack {
    /// A stack without interfaces, all bytes zero but for `seed`.
    ///
    /// The seed must be secret and new at each start: initial sequence numbers (RFC 6528) and ports (RFC 6056) are
    /// drawn from it.
    #[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
    pub const fn new(seed: [u8; 16]) -> Self {
        #[cfg(feature = "hooks")]
        return Self::with_hooks(seed, crate::NoHooks);
        #[cfg(not(feature = "hooks"))]
        Self::with_blocks(seed, Blocks::new())
    }

    /// A stack without interfaces whose blocks lie in `arena`.
    ///
    /// The seed must be secret and new at each start: initial sequence numbers (RFC 6528) and ports (RFC 6056) are
    /// drawn from it.
    #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
    pub const fn new(seed: [u8; 16], arena: &'static mut crate::pbuf::Arena) -> Self {
        #[cfg(feature = "hooks")]
        return Self::with_hooks(seed, arena, crate::NoHooks);
        #[cfg(not(feature = "hooks"))]
        Self::with_blocks(seed, Blocks::new(arena))
    }
}

#[cfg(feature = "hooks")]
impl<H: Hooks> Stack<H> {
    /// A stack as [`new`](Stack::new) makes it, which asks `hooks` on its way.
    #[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
    pub const fn with_hooks(seed: [u8; 16], hooks: H) -> Self {
        Self::with_blocks(seed, Blocks::new(), hooks)
    }

    /// A stack as [`new`](Stack::new) makes it, which asks `hooks` on its way.
    #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
    pub const fn with_hooks(seed: [u8; 16], arena: &'static mut crate::pbuf::Arena, hooks: H) -> Self {
        Self::with_blocks(seed, Blocks::new(arena), hooks)
    }

    /// The application's hooks.
    pub fn hooks(&self) -> &H {
        &self.hooks
    }

    /// The application's hooks, to change what they know.
    pub fn hooks_mut(&mut self) -> &mut H {
        &mut self.hooks
    }
}

impl<H: Hooks> Stack<H> {
    const fn with_blocks(seed: [u8; 16], blocks: Blocks, #[cfg(feature = "hooks")] hooks: H) -> Self {
        Self {
            random: Random::new(seed),
            #[cfg(feature = "icmp-unreachable")]
            icmp_limit: crate::ip::RateLimit::new(),
            #[cfg(feature = "ipv6")]
            icmpv6_limit: crate::ip::RateLimit::new(),
            #[cfg(any(feature = "ipv6", feature = "igmp", feature = "netif-loopback", feature = "pmtu"))]
            clock: 0,
            #[cfg(feature = "timers-periodic")]
            tick: 0,
            #[cfg(feature = "stats")]
            stats: crate::stats::Stats::new(),
            netifs: [const { Netif::new() }; NETIF_COUNT],
            #[cfg(feature = "ipv6-autoconf")]
            nd6: crate::ip::nd6::Nd6::new(),
            #[cfg(any(feature = "igmp", feature = "mld"))]
            groups: crate::netif::groups::Groups::new(),
            #[cfg(feature = "udp")]
            udp: crate::udp::Udp::new(),
            #[cfg(feature = "dhcp6")]
            dhcp6: crate::services::dhcp6::Dhcp6::new(),
            #[cfg(any(feature = "arp", feature = "nd6"))]
            neighbors: crate::netif::neighbor::Neighbors::new(),
            #[cfg(feature = "netif-loopback")]
            loopback: crate::pbuf::Records::new(),
            #[cfg(feature = "pmtu")]
            pmtu: crate::ip::pmtu::Paths::new(),
            #[cfg(feature = "reassembly")]
            reassembly: crate::ip::reassembly::Reassembly::new(),
            #[cfg(feature = "tcp")]
            tcp: crate::tcp::Tcp::new(),
            #[cfg(feature = "ipv6-interface-id-opaque")]
            ipv6_secret: [0; 16],
            #[cfg(feature = "ipv4")]
            ip_id: 0,
            #[cfg(feature = "hooks")]
            hooks,
            pool: Pool::new(blocks),
        }
    }

    /// Replaces the seed, for a stack that was placed in a `static` before entropy could be had.
    pub fn set_seed(&mut self, seed: [u8; 16]) {
        self.random = Random::new(seed);
    }

    /// Runs the timers that are due; gives when this must be called next, `None` for never unless something happens.
    #[cfg(not(feature = "timers-periodic"))]
    pub fn poll(&mut self, now: Instant) -> Option<Instant> {
        self.run(now);
        self.next_deadline()
    }

    /// Runs the timers that are due at each tick, as lwIP does; gives the next tick.
    #[cfg(feature = "timers-periodic")]
    pub fn poll(&mut self, now: Instant) -> Option<Instant> {
        self.run(now);
        self.next_deadline()
    }

    /// Runs the timers that are due, and what this host sends to itself.
    pub(crate) fn run(&mut self, now: Instant) {
        self.set_clock(now);
        #[cfg(not(feature = "timers-periodic"))]
        if self.is_starting() || self.next_deadline().is_some_and(|deadline| now.reached(deadline)) {
            self.run_timers(now);
        }
        #[cfg(feature = "timers-periodic")]
        if self.is_starting() || now.reached(Instant::from_millis(self.tick)) {
            self.run_timers(now);
            self.tick = now.after(TICK_MS).as_millis();
        }
        #[cfg(feature = "netif-loopback")]
        self.loopback_run(now);
    }

    /// When [`poll`](Self::poll) must be called next.
    #[cfg(not(feature = "timers-periodic"))]
    pub fn next_deadline(&self) -> Option<Instant> {
        let next = None;
        #[cfg(any(feature = "arp", feature = "nd6"))]
        let next = Instant::earliest(next, self.neighbor_deadline());
        #[cfg(feature = "ipv6")]
        let next = Instant::earliest(next, self.ipv6_deadline());
        #[cfg(feature = "ipv6-autoconf")]
        let next = Instant::earliest(next, self.nd6_deadline());
        #[cfg(feature = "dhcp6")]
        let next = Instant::earliest(next, self.dhcp6_deadline());
        #[cfg(feature = "reassembly")]
        let next = Instant::earliest(next, self.reassembly_deadline());
        #[cfg(any(feature = "igmp", feature = "mld"))]
        let next = Instant::earliest(next, self.group_deadline());
        #[cfg(feature = "tcp")]
        let next = Instant::earliest(next, self.tcp_deadline());
        #[cfg(feature = "netif-loopback")]
        let next = Instant::earliest(next, self.loopback_deadline());
        next
    }

    /// When [`poll`](Self::poll) must be called next: at the next tick.
    #[cfg(feature = "timers-periodic")]
    pub fn next_deadline(&self) -> Option<Instant> {
        #[cfg(feature = "netif-loopback")]
        if let Some(now) = self.loopback_deadline() {
            return Some(now);
        }
        Some(Instant::from_millis(self.tick))
    }

    /// Each kind has a function of its own that is not inlined: so the call stack is as deep as the deepest, and not as
    /// their sum.
    fn run_timers(&mut self, now: Instant) {
        #[cfg(any(feature = "arp", feature = "nd6"))]
        self.neighbor_timers(now);
        // Before a new address is checked: its group comes first (RFC 4862 §5.4.2).
        #[cfg(any(feature = "igmp", feature = "mld"))]
        self.group_timers(now);
        #[cfg(feature = "ipv6")]
        self.ipv6_timers(now);
        #[cfg(feature = "ipv6-autoconf")]
        self.nd6_timers(now);
        #[cfg(feature = "dhcp6")]
        self.dhcp6_timers(now);
        #[cfg(feature = "reassembly")]
        self.reassembly_timers(now);
        // Again for the addresses that came into use or ended.
        #[cfg(feature = "mld")]
        self.group_timers(now);
        #[cfg(feature = "tcp")]
        self.tcp_timers(now);
        let _ = now;
    }

    /// The next event, `None` when the application knows all.
    pub fn poll_event(&mut self) -> Option<Event> {
        #[cfg(feature = "tcp")]
        if let Some(event) = self.tcp_event() {
            return Some(event);
        }
        #[cfg(feature = "udp")]
        while let Some(event) = self.udp_event() {
            #[cfg(feature = "dhcp6")]
            if self.dhcp6_owns(&event) {
                continue;
            }
            return Some(event);
        }
        #[cfg(any(feature = "arp", feature = "ipv6"))]
        for (index, netif) in self.netifs.iter_mut().enumerate() {
            let id = crate::NetifId(index as u8);
            #[cfg(feature = "arp")]
            if core::mem::take(&mut netif.conflict) {
                return Some(Event::AddressConflict(id));
            }
            #[cfg(feature = "ipv6")]
            if core::mem::take(&mut netif.ipv6.event) {
                return Some(Event::Ipv6(id));
            }
        }
        None
    }

    /// Takes note of the time.
    #[cfg(any(feature = "ipv6", feature = "igmp", feature = "netif-loopback", feature = "pmtu"))]
    pub(crate) fn set_clock(&mut self, now: Instant) {
        self.clock = now.as_millis();
    }

    /// The last time that the caller told.
    #[cfg(any(feature = "ipv6", feature = "igmp", feature = "netif-loopback", feature = "pmtu"))]
    pub(crate) fn clock(&self) -> Instant {
        Instant::from_millis(self.clock)
    }

    /// Nothing needs the time.
    #[cfg(not(any(feature = "ipv6", feature = "igmp", feature = "netif-loopback", feature = "pmtu")))]
    pub(crate) fn set_clock(&mut self, _now: Instant) {}

    /// Whether something waits for the time to be known.
    fn is_starting(&self) -> bool {
        let starting = false;
        #[cfg(feature = "ipv6")]
        let starting = starting || self.ipv6_is_starting();
        #[cfg(feature = "igmp")]
        let starting = starting || self.igmp_is_starting();
        starting
    }

    /// The counters.
    #[cfg(feature = "stats")]
    pub fn stats(&self) -> &crate::stats::Stats {
        &self.stats
    }

    /// Blocks of the pool in use now, and the most that ever were.
    #[cfg(feature = "stats")]
    pub fn pool_use(&self) -> (usize, usize) {
        (self.pool.taken(), self.pool.peak())
    }

    /// Counts a drop.
    #[cfg(feature = "stats")]
    pub(crate) fn dropped(&mut self, why: Drop) {
        self.stats.count(why);
    }

    /// The profile keeps no counters.
    #[cfg(not(feature = "stats"))]
    pub(crate) fn dropped(&mut self, _why: Drop) {}
}
