//! The neighbour cache: hardware addresses of the stations on a link, learned by ARP (RFC 826) or by neighbour
//! discovery (RFC 4861 §7.3), with the queue of packets that wait for each.
//!
//! An entry that is in use is confirmed anew before it grows too old; one that is not used costs nothing: its age is
//! looked at when somebody asks for it.

use crate::addr::{Ip, NONE};
#[cfg(feature = "arp")]
use crate::config::{ARP_MAX_AGE_S, ARP_QUEUE_SIZE, ARP_RETRANS_MS, ARP_RETRIES, ARP_TABLE_SIZE};
#[cfg(feature = "nd6")]
use crate::config::{ND6_QUEUE_SIZE, ND6_TABLE_SIZE};
use crate::netif::queue::{HEADER, packet_header};
use crate::pbuf::{Claim, Records};
use crate::stats::Drop;
use crate::{Instant, Stack};

/// Neighbours of both IP versions together.
#[cfg(all(feature = "arp", feature = "nd6"))]
const ENTRIES: usize = ARP_TABLE_SIZE + ND6_TABLE_SIZE;
/// Neighbours.
#[cfg(all(feature = "arp", not(feature = "nd6")))]
const ENTRIES: usize = ARP_TABLE_SIZE;
/// Neighbours.
#[cfg(all(feature = "nd6", not(feature = "arp")))]
const ENTRIES: usize = ND6_TABLE_SIZE;

/// Time between a first use of an entry that may be outdated and the first probe (RFC 4861 §10).
#[cfg(feature = "nd6")]
const DELAY_FIRST_PROBE_MS: u32 = 5000;
/// Solicitations before a neighbour counts as unreachable (RFC 4861 §10).
#[cfg(feature = "nd6")]
const MAX_SOLICITATIONS: u8 = 3;

/// What is known of a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum State {
    Free,
    /// The hardware address is known.
    Reachable,
    /// Known by hearsay: to be confirmed when it is used.
    #[cfg(feature = "nd6")]
    Stale,
    /// Asked for by all stations; packets wait. For this and all below a timer runs.
    Incomplete,
    /// In use and unconfirmed; word from a transport may spare the probe.
    #[cfg(feature = "nd6")]
    Delay,
    /// Known and in use, being confirmed.
    Probe,
}

/// A neighbour.
#[repr(C)]
struct Entry {
    /// Of the last request, or of the last confirmation.
    at: u32,
    waiting: Records,
    ip: Ip,
    mac: [u8; 6],
    netif: u8,
    state: State,
    requests: u8,
}

/// How entries of an IP version live.
struct Lives {
    /// Milliseconds after which a use asks for a confirmation.
    confirm: u32,
    /// Milliseconds after which an entry that was not used says nothing any more.
    expire: u32,
    retrans: u32,
    requests: u8,
    /// Bytes of packets that wait for one neighbour.
    queue: usize,
}

impl Entry {
    const fn new() -> Self {
        Self {
            at: 0,
            waiting: Records::new(),
            ip: NONE,
            mac: [0; 6],
            netif: 0,
            state: State::Free,
            requests: 0,
        }
    }

    /// Whether a timer runs for it.
    fn is_timed(&self) -> bool {
        self.state >= State::Incomplete
    }
}

/// The neighbour cache.
#[repr(C)]
pub struct Neighbors {
    entries: [Entry; ENTRIES],
    /// The entry that was used last.
    recent: u8,
    /// Entries for which a timer runs.
    timed: u8,
}

/// What can be done with a packet for a neighbour.
pub(crate) enum Resolution {
    /// Send it to the hardware address that was given.
    Known,
    /// Let it wait in this entry.
    Asked(usize),
    /// The table is full of neighbours that are being asked for.
    Full,
}

/// How a hardware address was learned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// The neighbour answered: it is there.
    Confirmed,
    /// It was mentioned; whether it hears us is not known.
    #[cfg(feature = "nd6")]
    Hearsay,
}

impl Neighbors {
    pub(crate) const fn new() -> Self {
        Self { entries: [const { Entry::new() }; ENTRIES], recent: 0, timed: 0 }
    }

    fn find(&mut self, netif: u8, ip: &Ip) -> Option<usize> {
        let is = |e: &Entry| e.ip == *ip && super::is_same(e.netif, netif) && e.state != State::Free;
        if self.entries.get(usize::from(self.recent)).is_some_and(is) {
            return Some(usize::from(self.recent));
        }
        let index = self.entries.iter().position(is)?;
        self.recent = index as u8;
        Some(index)
    }

    /// The hardware address that is known of a neighbour.
    #[cfg(all(
        test,
        feature = "nd6",
        any(
            all(feature = "arp", feature = "udp"),
            all(
                not(feature = "timers-periodic"),
                any(feature = "nd6-redirect", all(feature = "udp", feature = "ipv6-autoconf"))
            )
        )
    ))]
    pub(crate) fn mac(&mut self, netif: u8, ip: &Ip) -> Option<[u8; 6]> {
        let index = self.find(netif, ip)?;
        let entry = self.entries.get(index)?;
        (entry.state != State::Incomplete).then_some(entry.mac)
    }

    /// What is known of a neighbour.
    #[cfg(all(test, feature = "udp", feature = "ipv6-autoconf", not(feature = "timers-periodic")))]
    pub(crate) fn state(&self, netif: u8, ip: &Ip) -> Option<State> {
        let mut held = self.entries.iter().filter(|e| e.state != State::Free);
        held.find(|e| e.ip == *ip && e.netif == netif).map(|e| e.state)
    }

    /// Whether a timer runs for some entry.
    #[cfg(all(feature = "nd6", feature = "tcp"))]
    pub(crate) fn is_timed(&self) -> bool {
        self.timed > 0
    }

    /// A transport heard from the neighbour: it is reachable (RFC 4861 §7.3.1).
    #[cfg(all(feature = "nd6", feature = "tcp"))]
    pub(crate) fn confirm(&mut self, netif: u8, ip: &Ip, now: Instant) {
        if let Some(index) = self.find(netif, ip)
            && let Some(entry) = self.entries.get_mut(index)
        {
            match entry.state {
                State::Reachable => entry.at = now.as_millis(),
                State::Stale | State::Delay | State::Probe => {
                    entry.at = now.as_millis();
                    entry.state = State::Reachable;
                    self.count_timed();
                }
                State::Free | State::Incomplete => {}
            }
        }
    }

    /// A free entry, or the oldest for which no timer runs: of those known by hearsay, then of those that answered.
    fn allocate(&mut self, now: Instant) -> Option<usize> {
        let mut best = None;
        for (index, e) in self.entries.iter().enumerate() {
            let (rank, age) = match e.state {
                State::Free => return Some(index),
                _ if e.is_timed() => continue,
                State::Reachable => (0, now.as_millis().wrapping_sub(e.at)),
                _ => (1, now.as_millis().wrapping_sub(e.at)),
            };
            if best.is_none_or(|(before, oldest, _)| rank > before || (rank == before && age > oldest)) {
                best = Some((rank, age, index));
            }
        }
        best.map(|(.., index)| index)
    }

    #[inline(never)]
    fn count_timed(&mut self) {
        self.timed = self.entries.iter().filter(|e| e.is_timed()).count() as u8;
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// How neighbours of the version of `ip` live on the interface's link.
    fn neighbor_lives(&self, netif: u8, ip: &Ip) -> Lives {
        #[cfg(feature = "nd6")]
        if crate::addr::as_v6(ip).is_some() {
            let (confirm, retrans) = self.nd6_times(netif);
            let (requests, queue) = (MAX_SOLICITATIONS, ND6_QUEUE_SIZE);
            return Lives { confirm, expire: u32::MAX, retrans, requests, queue };
        }
        let _ = (netif, ip);
        #[cfg(feature = "arp")]
        return Lives {
            confirm: ARP_MAX_AGE_S as u32 * 750,
            expire: ARP_MAX_AGE_S as u32 * 1000,
            retrans: ARP_RETRANS_MS,
            requests: ARP_RETRIES,
            queue: ARP_QUEUE_SIZE,
        };
        #[cfg(not(feature = "arp"))]
        Lives { confirm: 0, expire: 0, retrans: 1000, requests: 0, queue: 0 }
    }

    /// When the timer of an entry that has one runs.
    fn neighbor_due(&self, entry: &Entry) -> Instant {
        let ms = match entry.state {
            #[cfg(feature = "nd6")]
            State::Delay => DELAY_FIRST_PROBE_MS,
            _ => self.neighbor_lives(entry.netif, &entry.ip).retrans,
        };
        Instant::from_millis(entry.at).after(ms)
    }

    /// Puts the hardware address of `ip` into `mac`, or gives a place to wait for it.
    pub(crate) fn neighbor_resolve(
        &mut self,
        netif: u8,
        ip: &Ip,
        mac: &mut [u8; 6],
        now: Instant,
    ) -> Resolution {
        let lives = self.neighbor_lives(netif, ip);
        let found = self.neighbors.find(netif, ip);
        let Some((index, entry)) = found.and_then(|i| Some((i, self.neighbors.entries.get_mut(i)?))) else {
            let Some(index) = self.neighbors.allocate(now) else { return Resolution::Full };
            self.neighbor_ask(index, netif, ip, State::Incomplete, now);
            return Resolution::Asked(index);
        };
        // Wrapping: an entry that seems to be of the future is 24.8 days old and more.
        let age = now.as_millis().wrapping_sub(entry.at);
        *mac = entry.mac;
        match entry.state {
            State::Incomplete => return Resolution::Asked(index),
            State::Reachable if age < lives.confirm => {}
            State::Reachable if age >= lives.expire => {
                self.neighbor_ask(index, netif, ip, State::Incomplete, now);
                return Resolution::Asked(index);
            }
            #[cfg(feature = "nd6")]
            State::Reachable | State::Stale if crate::addr::as_v6(ip).is_some() => {
                entry.state = State::Delay;
                entry.at = now.as_millis();
                self.neighbors.count_timed();
            }
            State::Reachable => self.neighbor_ask(index, netif, ip, State::Probe, now),
            _ => {}
        }
        Resolution::Known
    }

    /// Moves the first packet of the interface's queue to those that wait for entry `index`.
    pub(crate) fn neighbor_wait(&mut self, netif: u8, index: usize) {
        let ip = self.neighbors.entries.get(index).map_or(NONE, |entry| entry.ip);
        let limit = self.neighbor_lives(netif, &ip).queue;
        let Stack { neighbors, pool, netifs, .. } = self;
        let moved = match (neighbors.entries.get_mut(index), crate::netif::at_mut(netifs, netif)) {
            (Some(entry), Some(from)) => {
                move_front(&mut from.out, &mut entry.waiting, pool, &entry.ip, limit)
            }
            _ => false,
        };
        if !moved {
            self.dropped(Drop::Memory);
        }
    }

    /// Notes the hardware address of a neighbour: one that is known or, with `insert`, a new one.
    pub(crate) fn neighbor_learn(
        &mut self,
        netif: u8,
        ip: &Ip,
        mac: &[u8; 6],
        word: Word,
        insert: bool,
        now: Instant,
    ) {
        if crate::wire::ethernet::is_group(*mac) {
            return;
        }
        let known = self.neighbors.find(netif, ip);
        let Some(index) = known.or_else(|| if insert { self.neighbors.allocate(now) } else { None }) else {
            return;
        };
        let Stack { neighbors, pool, netifs, .. } = self;
        let Some(entry) = neighbors.entries.get_mut(index) else { return };
        let was_incomplete = known.is_some() && entry.state == State::Incomplete;
        let state = match word {
            Word::Confirmed => State::Reachable,
            // What is known already is not made worse by being mentioned.
            #[cfg(feature = "nd6")]
            Word::Hearsay if known.is_some() && !was_incomplete && entry.mac == *mac => return,
            #[cfg(feature = "nd6")]
            Word::Hearsay => State::Stale,
        };
        entry.at = now.as_millis();
        entry.ip = *ip;
        entry.mac = *mac;
        entry.netif = netif;
        entry.state = state;
        entry.requests = 0;
        let mut lost = 0;
        while let Some(to) = crate::netif::at_mut(netifs, netif)
            && !entry.waiting.is_empty()
        {
            let limit = crate::config::NETIF_TX_QUEUE;
            let moved = move_front(&mut entry.waiting, &mut to.out, pool, ip, limit);
            lost += u32::from(!moved);
        }
        neighbors.count_timed();
        for _ in 0..lost {
            self.dropped(Drop::Memory);
        }
        #[cfg(feature = "tcp")]
        if was_incomplete {
            self.tcp_wake_all();
        }
        let _ = was_incomplete;
    }

    /// A neighbour says where it is, or only that it is there; `false` when nobody asked for it (RFC 4861 §7.2.5).
    #[cfg(feature = "nd6")]
    pub(crate) fn neighbor_advertised(
        &mut self,
        netif: u8,
        ip: &Ip,
        told: Option<&[u8; 6]>,
        [solicited, overrides]: [bool; 2],
        now: Instant,
    ) -> bool {
        let found = self.neighbors.find(netif, ip);
        let Some(entry) = found.and_then(|index| self.neighbors.entries.get_mut(index)) else { return false };
        let asked = entry.state == State::Incomplete;
        let own = entry.mac;
        let mac = told.unwrap_or(&own);
        if asked && told.is_none() {
            return false;
        }
        let moved = !asked && own != *mac;
        if moved && !overrides {
            // Without authority it is to be confirmed.
            if entry.state == State::Reachable {
                entry.state = State::Stale;
            }
        } else if solicited || moved || asked {
            let word = if solicited { Word::Confirmed } else { Word::Hearsay };
            self.neighbor_learn(netif, ip, mac, word, false, now);
        }
        true
    }

    /// Asks for `ip` in entry `index`: everybody when it is unknown, itself when it is to be confirmed.
    fn neighbor_ask(&mut self, index: usize, netif: u8, ip: &Ip, state: State, now: Instant) {
        let Some(entry) = self.neighbors.entries.get_mut(index) else { return };
        // None is in this state but one that is being asked.
        if entry.state != state {
            entry.requests = 0;
        }
        entry.requests = entry.requests.saturating_add(1);
        entry.ip = *ip;
        entry.netif = netif;
        entry.at = now.as_millis();
        entry.state = state;
        let (mac, known) = (entry.mac, state == State::Probe);
        self.neighbors.recent = index as u8;
        self.neighbors.count_timed();
        #[cfg(feature = "arp")]
        if let Some(ip) = crate::addr::as_v4(ip) {
            self.arp_request(netif, if known { &mac } else { &crate::wire::ethernet::BROADCAST }, ip);
        }
        #[cfg(feature = "nd6")]
        if let Some(ip) = crate::addr::as_v6(ip) {
            self.nd6_solicit(netif, ip, known.then_some(&mac));
        }
        let _ = (mac, known);
    }

    /// When the cache has something to do next.
    pub(crate) fn neighbor_deadline(&self) -> Option<Instant> {
        if self.neighbors.timed == 0 {
            return None;
        }
        let timed = self.neighbors.entries.iter().filter(|e| e.is_timed());
        timed.fold(None, |next, e| Instant::earliest(next, Some(self.neighbor_due(e))))
    }

    /// Repeats requests that are due and gives up neighbours that answer none.
    #[inline(never)]
    pub(crate) fn neighbor_timers(&mut self, now: Instant) {
        if self.neighbors.timed == 0 {
            return;
        }
        for index in 0..ENTRIES {
            let Some(entry) = self.neighbors.entries.get(index) else { continue };
            if !entry.is_timed() || !now.reached(self.neighbor_due(entry)) {
                continue;
            }
            let (netif, ip, state) = (super::number(entry.netif), entry.ip, entry.state);
            let next = match state {
                #[cfg(feature = "nd6")]
                State::Delay => Some(State::Probe),
                state => (entry.requests < self.neighbor_lives(netif, &ip).requests).then_some(state),
            };
            if let Some(state) = next {
                self.neighbor_ask(index, netif, &ip, state, now);
                continue;
            }
            let Some(entry) = self.neighbors.entries.get_mut(index) else { continue };
            let lost = !entry.waiting.is_empty();
            entry.waiting.clear(&mut self.pool, Claim::Control);
            entry.state = State::Free;
            self.neighbors.count_timed();
            #[cfg(feature = "ipv6-autoconf")]
            if let Some(ip) = crate::addr::as_v6(&ip) {
                self.nd6_unreachable(netif, ip);
            }
            if lost {
                self.dropped(Drop::Unreachable);
            }
        }
    }

    /// Entries that hold a neighbour.
    #[cfg(test)]
    pub(crate) fn neighbor_count(&self) -> usize {
        self.neighbors.entries.iter().filter(|entry| entry.state != State::Free).count()
    }
}

/// Moves the first record of `from`, a packet for `next_hop`, to the end of `to`; it is dropped when `to` has no room.
fn move_front(
    from: &mut Records,
    to: &mut Records,
    pool: &mut crate::pbuf::Pool,
    next_hop: &Ip,
    limit: usize,
) -> bool {
    let Some(record) = from.front::<HEADER>(pool) else { return false };
    let moved = to.reserve(pool, packet_header(next_hop), record.len, limit, Claim::Control);
    let mut at = 0;
    let mut piece = [0; 64];
    while moved && at < record.len {
        let n = from.copy_front(pool, &record, at, &mut piece);
        if n == 0 {
            break;
        }
        to.append(pool, piece.get(..n).unwrap_or_default(), Claim::Control);
        at += n;
    }
    from.pop(pool, &record, Claim::Control);
    moved
}
