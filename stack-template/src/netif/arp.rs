//! Neighbours of an IPv4 link (RFC 826), with the queue of packets that wait for each.
//!
//! An entry that is in use is confirmed anew by a request to its own address before it grows too old; one that is
//! not used costs nothing: its age is looked at when somebody asks for it.

use crate::config::{ARP_MAX_AGE_S, ARP_QUEUE_SIZE, ARP_RETRANS_MS, ARP_RETRIES, ARP_TABLE_SIZE};
use crate::netif::queue::{HEADER, packet_header};
use crate::pbuf::{Claim, Records};
use crate::stats::Drop;
use crate::wire::arp::{self, Packet};
use crate::wire::ethernet;
use crate::{Instant, Stack};
use core::net::Ipv4Addr;

const MAX_AGE_MS: u32 = ARP_MAX_AGE_S as u32 * 1000;
/// Age at which a use asks for a confirmation.
const CONFIRM_AGE_MS: u32 = MAX_AGE_MS / 4 * 3;

/// What is known of a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum State {
    Free,
    /// Asked for by broadcast; packets wait.
    Incomplete,
    /// The hardware address is known.
    Reachable,
    /// Known and in use, being confirmed.
    Probe,
}

/// A neighbour.
#[repr(C)]
struct Entry {
    ip: Ipv4Addr,
    /// Of the last request, or of the last confirmation.
    at: u32,
    waiting: Records,
    mac: [u8; 6],
    netif: u8,
    state: State,
    requests: u8,
}

impl Entry {
    const fn new() -> Self {
        Self {
            ip: Ipv4Addr::UNSPECIFIED,
            at: 0,
            waiting: Records::new(),
            mac: [0; 6],
            netif: 0,
            state: State::Free,
            requests: 0,
        }
    }

    fn is_asking(&self) -> bool {
        matches!(self.state, State::Incomplete | State::Probe)
    }

    fn deadline(&self) -> Instant {
        Instant::from_millis(self.at).after(ARP_RETRANS_MS)
    }
}

/// The neighbour cache.
#[repr(C)]
pub struct Arp {
    entries: [Entry; ARP_TABLE_SIZE],
    /// The entry that was used last.
    recent: u8,
    /// Entries that wait for an answer.
    asking: u8,
}

/// What can be done with a packet for a neighbour.
pub(crate) enum Resolution {
    /// Send it to this hardware address.
    Known([u8; 6]),
    /// Let it wait in this entry.
    Asked(usize),
    /// The table is full of neighbours that are being asked for.
    Full,
}

impl Arp {
    pub(crate) const fn new() -> Self {
        Self { entries: [const { Entry::new() }; ARP_TABLE_SIZE], recent: 0, asking: 0 }
    }

    fn find(&mut self, netif: u8, ip: Ipv4Addr) -> Option<usize> {
        let is = |e: &Entry| e.ip == ip && e.netif == netif && e.state != State::Free;
        if self.entries.get(usize::from(self.recent)).is_some_and(is) {
            return Some(usize::from(self.recent));
        }
        let index = self.entries.iter().position(is)?;
        self.recent = index as u8;
        Some(index)
    }

    /// A free entry, or the one confirmed longest ago that is not being asked for.
    fn allocate(&mut self, now: Instant) -> Option<usize> {
        let age = |e: &Entry| match e.state {
            State::Free => Some(u32::MAX),
            State::Reachable => Some(now.as_millis().wrapping_sub(e.at)),
            State::Incomplete | State::Probe => None,
        };
        let candidates = self.entries.iter().enumerate().filter_map(|(i, e)| Some((i, age(e)?)));
        candidates.max_by_key(|(_, age)| *age).map(|(i, _)| i)
    }

    fn count_asking(&mut self) {
        self.asking = self.entries.iter().filter(|e| e.is_asking()).count() as u8;
    }
}

impl Stack {
    /// The hardware address of `ip`, or a place to wait for it.
    pub(crate) fn arp_resolve(&mut self, netif: u8, ip: Ipv4Addr, now: Instant) -> Resolution {
        if let Some(index) = self.arp.find(netif, ip)
            && let Some(entry) = self.arp.entries.get_mut(index)
        {
            // Wrapping: an entry that seems to be of the future is 24.8 days old and more.
            let age = now.as_millis().wrapping_sub(entry.at);
            match entry.state {
                State::Probe => return Resolution::Known(entry.mac),
                State::Reachable if age < CONFIRM_AGE_MS => return Resolution::Known(entry.mac),
                State::Reachable if age < MAX_AGE_MS => {
                    let mac = entry.mac;
                    self.arp_ask(index, netif, ip, State::Probe, now);
                    return Resolution::Known(mac);
                }
                State::Incomplete => return Resolution::Asked(index),
                State::Reachable | State::Free => {
                    self.arp_ask(index, netif, ip, State::Incomplete, now);
                    return Resolution::Asked(index);
                }
            }
        }
        let Some(index) = self.arp.allocate(now) else { return Resolution::Full };
        self.arp_ask(index, netif, ip, State::Incomplete, now);
        Resolution::Asked(index)
    }

    /// Moves the first packet of the interface's queue to those that wait for entry `index`.
    pub(crate) fn arp_wait(&mut self, netif: u8, index: usize) {
        let Stack { arp, pool, netifs, .. } = self;
        let moved = match (arp.entries.get_mut(index), netifs.get_mut(usize::from(netif))) {
            (Some(entry), Some(from)) => {
                move_front(&mut from.out, &mut entry.waiting, pool, packet_header(entry.ip), ARP_QUEUE_SIZE)
            }
            _ => false,
        };
        if !moved {
            self.dropped(Drop::Memory);
        }
    }

    /// A received ARP packet (RFC 826 "Packet Reception").
    pub(crate) fn arp_input(&mut self, netif: u8, payload: &[u8], now: Instant) {
        let Some(packet) = Packet::parse(payload) else { return self.dropped(Drop::Malformed) };
        let Some(entry) = self.netifs.get_mut(usize::from(netif)) else { return };
        let (own_mac, own_ip) = (entry.mac, entry.address);
        if ethernet::is_group(packet.sender_mac) || packet.sender_mac == own_mac {
            return self.dropped(Drop::Address);
        }
        let is_probe = packet.sender_ip.is_unspecified();
        if packet.sender_ip == own_ip && !is_probe {
            entry.conflict = true;
            return self.dropped(Drop::Address);
        }
        let for_us = packet.target_ip == own_ip && !own_ip.is_unspecified();
        let asked = for_us && packet.operation == arp::REQUEST;
        if !is_probe {
            if !self.netifs.get(usize::from(netif)).is_some_and(|n| n.is_source(packet.sender_ip)) {
                return self.dropped(Drop::Address);
            }
            self.arp_learn(netif, packet.sender_ip, packet.sender_mac, asked, now);
        }
        if asked {
            let reply = Packet {
                operation: arp::REPLY,
                sender_mac: own_mac,
                sender_ip: own_ip,
                target_mac: packet.sender_mac,
                target_ip: packet.sender_ip,
            };
            self.arp_send(netif, packet.sender_mac, reply);
        }
    }

    /// Notes the hardware address of a neighbour: one that is known or, with `insert`, a new one.
    fn arp_learn(&mut self, netif: u8, ip: Ipv4Addr, mac: [u8; 6], insert: bool, now: Instant) {
        let known = self.arp.find(netif, ip);
        let Some(index) = known.or_else(|| if insert { self.arp.allocate(now) } else { None }) else {
            return;
        };
        let Stack { arp, pool, netifs, .. } = self;
        let Some(entry) = arp.entries.get_mut(index) else { return };
        let was_incomplete = entry.state == State::Incomplete;
        *entry = Entry {
            ip,
            at: now.as_millis(),
            waiting: core::mem::replace(&mut entry.waiting, Records::new()),
            mac,
            netif,
            state: State::Reachable,
            requests: 0,
        };
        let mut lost = 0;
        while let Some(to) = netifs.get_mut(usize::from(netif))
            && !entry.waiting.is_empty()
        {
            let moved = move_front(
                &mut entry.waiting,
                &mut to.out,
                pool,
                packet_header(ip),
                crate::config::NETIF_TX_QUEUE,
            );
            lost += u32::from(!moved);
        }
        arp.count_asking();
        for _ in 0..lost {
            self.dropped(Drop::Memory);
        }
        #[cfg(feature = "tcp")]
        if was_incomplete {
            self.tcp_wake_all();
        }
        let _ = was_incomplete;
    }

    /// Asks for `ip` in entry `index`: everybody when it is unknown, itself when it is to be confirmed.
    fn arp_ask(&mut self, index: usize, netif: u8, ip: Ipv4Addr, state: State, now: Instant) {
        let Some(entry) = self.arp.entries.get_mut(index) else { return };
        let repeated = entry.state == state && entry.ip == ip && entry.netif == netif;
        entry.ip = ip;
        entry.netif = netif;
        entry.at = now.as_millis();
        entry.state = state;
        entry.requests = if repeated { entry.requests.saturating_add(1) } else { 1 };
        let to = if state == State::Probe { entry.mac } else { ethernet::BROADCAST };
        self.arp.recent = index as u8;
        self.arp.count_asking();
        self.arp_request(netif, to, ip);
    }

    /// Tells all neighbours our address (RFC 5227 §2.3 "ARP Announcement").
    #[cfg(feature = "arp-gratuitous")]
    pub(crate) fn arp_announce(&mut self, netif: u8) {
        let Some(entry) = self.netifs.get(usize::from(netif)) else { return };
        if entry.up && !entry.address.is_unspecified() {
            let address = entry.address;
            self.arp_request(netif, ethernet::BROADCAST, address);
        }
    }

    fn arp_request(&mut self, netif: u8, to: [u8; 6], ip: Ipv4Addr) {
        let Some(entry) = self.netifs.get(usize::from(netif)) else { return };
        let packet = Packet {
            operation: arp::REQUEST,
            sender_mac: entry.mac,
            sender_ip: entry.address,
            target_mac: [0; 6],
            target_ip: ip,
        };
        self.arp_send(netif, to, packet);
    }

    fn arp_send(&mut self, netif: u8, to: [u8; 6], packet: Packet) {
        let mut header = [0; ethernet::HEADER_LEN];
        ethernet::Header { dst: to, src: packet.sender_mac, ethertype: ethernet::TYPE_ARP }.emit(&mut header);
        self.queue_frame(netif, &[&header, &packet.to_bytes()]);
    }

    /// When the cache has something to do next.
    pub(crate) fn arp_deadline(&self) -> Option<Instant> {
        if self.arp.asking == 0 {
            return None;
        }
        self.arp
            .entries
            .iter()
            .filter(|e| e.is_asking())
            .fold(None, |next, e| Instant::earliest(next, Some(e.deadline())))
    }

    /// Repeats requests that are due and gives up after [`ARP_RETRIES`] of them.
    pub(crate) fn arp_timers(&mut self, now: Instant) {
        if self.arp.asking == 0 {
            return;
        }
        for index in 0..ARP_TABLE_SIZE {
            let Some(entry) = self.arp.entries.get_mut(index) else { continue };
            if !entry.is_asking() || !now.reached(entry.deadline()) {
                continue;
            }
            let (netif, ip, state) = (entry.netif, entry.ip, entry.state);
            if entry.requests < ARP_RETRIES {
                self.arp_ask(index, netif, ip, state, now);
                continue;
            }
            let lost = !entry.waiting.is_empty();
            entry.waiting.clear(&mut self.pool, Claim::Control);
            entry.state = State::Free;
            self.arp.count_asking();
            if lost {
                self.dropped(Drop::Unreachable);
            }
        }
    }
}

/// Moves the first record of `from` to the end of `to`; it is dropped when `to` has no room.
fn move_front(
    from: &mut Records,
    to: &mut Records,
    pool: &mut crate::pbuf::Pool,
    header: [u8; HEADER],
    limit: usize,
) -> bool {
    let Some(record) = from.front::<HEADER>(pool) else { return false };
    let moved = to.reserve(pool, header, record.len, limit, Claim::Control);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{OWN_IP, OWN_MAC, PEER_IP, PEER_MAC, arp_frame, drain, frame, host, parse_arp};
    use crate::{Event, NetifId};
    use std::boxed::Box;

    const NOW: Instant = Instant::from_millis(u32::MAX - 2000);

    fn packet(stack: &mut Stack, netif: NetifId, packet: Packet) {
        stack.input(netif, &frame(ethernet::TYPE_ARP, &packet.to_bytes()), NOW);
    }

    fn from_peer(operation: u16, sender_ip: Ipv4Addr, target_ip: Ipv4Addr) -> Packet {
        Packet { operation, sender_mac: PEER_MAC, sender_ip, target_mac: [0; 6], target_ip }
    }

    fn asks(stack: &mut Stack, netif: NetifId, now: Instant) -> std::vec::Vec<([u8; 6], Packet)> {
        drain(stack, netif, now).iter().filter_map(|frame| parse_arp(frame)).collect()
    }

    /// A packet for the peer into the interface's queue.
    fn queue(stack: &mut Stack, netif: NetifId, bytes: &[u8]) {
        assert!(stack.queue_packet(netif.0, PEER_IP, &[bytes], Claim::Control));
    }

    fn fresh() -> (Box<Stack>, NetifId) {
        host()
    }

    #[test]
    fn requests_for_our_address_are_answered_to_the_asker() {
        let (mut stack, netif) = fresh();
        stack.input(netif, &arp_frame(arp::REQUEST), NOW);
        let [(to, reply)] = asks(&mut stack, netif, NOW)[..] else { panic!("one reply") };
        assert_eq!((to, reply.operation), (PEER_MAC, arp::REPLY));
        assert_eq!((reply.sender_mac, reply.sender_ip), (OWN_MAC, OWN_IP));
        assert_eq!((reply.target_mac, reply.target_ip), (PEER_MAC, PEER_IP));
        packet(&mut stack, netif, from_peer(arp::REQUEST, PEER_IP, Ipv4Addr::new(10, 0, 0, 9)));
        assert_eq!(asks(&mut stack, netif, NOW), [], "not for us");
    }

    /// RFC 5227 §2.1.1: a probe has no sender address; it is answered and nothing is learned from it.
    #[test]
    fn probes_are_answered_and_teach_nothing() {
        let (mut stack, netif) = fresh();
        packet(&mut stack, netif, from_peer(arp::REQUEST, Ipv4Addr::UNSPECIFIED, OWN_IP));
        assert_eq!(asks(&mut stack, netif, NOW).len(), 1);
        assert!(stack.arp.entries.iter().all(|entry| entry.state == State::Free));
    }

    /// Bug class 20: what nobody asked for makes no entry, impossible senders neither.
    #[test]
    fn unasked_replies_and_impossible_senders_teach_nothing() {
        let (mut stack, netif) = fresh();
        stack.input(netif, &arp_frame(arp::REPLY), NOW);
        for sender in [[224, 0, 0, 1], [255, 255, 255, 255], [10, 0, 0, 255], [127, 0, 0, 1]] {
            packet(&mut stack, netif, from_peer(arp::REQUEST, sender.into(), OWN_IP));
        }
        let mut group = from_peer(arp::REQUEST, PEER_IP, OWN_IP);
        group.sender_mac = [0x01, 0, 0x5e, 0, 0, 1];
        packet(&mut stack, netif, group);
        assert_eq!(asks(&mut stack, netif, NOW), []);
        assert!(stack.arp.entries.iter().all(|entry| entry.state == State::Free));
    }

    #[test]
    fn another_station_with_our_address_is_told() {
        let (mut stack, netif) = fresh();
        packet(&mut stack, netif, from_peer(arp::REPLY, OWN_IP, OWN_IP));
        assert_eq!(stack.poll_event(), Some(Event::AddressConflict(netif)));
        assert_eq!(stack.poll_event(), None);
    }

    #[test]
    fn packets_wait_for_the_answer_in_order() {
        let (mut stack, netif) = fresh();
        queue(&mut stack, netif, b"first");
        queue(&mut stack, netif, b"second");
        let [(to, request)] = asks(&mut stack, netif, NOW)[..] else { panic!("one request") };
        assert_eq!((to, request.operation, request.target_ip), (ethernet::BROADCAST, arp::REQUEST, PEER_IP));
        stack.input(netif, &arp_frame(arp::REPLY), NOW);
        let frames = drain(&mut stack, netif, NOW);
        let sent: std::vec::Vec<_> = frames.iter().map(|frame| (&frame[..6], &frame[14..])).collect();
        assert_eq!(sent, [(&PEER_MAC[..], &b"first"[..]), (&PEER_MAC[..], &b"second"[..])]);
        assert_eq!((stack.pool.taken(), stack.arp.asking), (0, 0));
    }

    #[cfg(not(feature = "timers-periodic"))]
    #[test]
    fn a_silent_neighbour_is_given_up_and_its_packets_with_it() {
        let (mut stack, netif) = fresh();
        queue(&mut stack, netif, b"lost");
        let mut now = NOW;
        for _ in 0..ARP_RETRIES {
            assert_eq!(asks(&mut stack, netif, now).len(), 1);
            let next = stack.next_deadline().unwrap();
            assert_eq!(next.since(now), ARP_RETRANS_MS);
            now = next;
            stack.poll(now);
        }
        assert_eq!(drain(&mut stack, netif, now).len(), 0);
        assert_eq!((stack.next_deadline(), stack.pool.taken()), (None, 0));
    }

    /// What waits for one neighbour is bounded, and others are not held up by it.
    #[test]
    fn one_silent_neighbour_does_not_hold_up_others() {
        let (mut stack, netif) = fresh();
        let silent = Ipv4Addr::new(10, 0, 0, 77);
        stack.input(netif, &arp_frame(arp::REQUEST), NOW);
        drain(&mut stack, netif, NOW);
        for _ in 0..3 * ARP_QUEUE_SIZE / 200 {
            assert!(stack.queue_packet(netif.0, silent, &[&[1; 200]], Claim::Control));
            drain(&mut stack, netif, NOW);
        }
        queue(&mut stack, netif, b"through");
        assert!(drain(&mut stack, netif, NOW).iter().any(|frame| frame.ends_with(b"through")));
        assert!(stack.pool.taken() <= (ARP_QUEUE_SIZE).div_ceil(crate::config::PBUF_BLOCK_SIZE) + 1);
    }

    /// An entry in use is confirmed by a request to itself, and forgotten when that stays unanswered.
    #[cfg(not(feature = "timers-periodic"))]
    #[test]
    fn entries_in_use_are_confirmed() {
        let (mut stack, netif) = fresh();
        stack.input(netif, &arp_frame(arp::REQUEST), NOW);
        drain(&mut stack, netif, NOW);
        assert_eq!(stack.next_deadline(), None, "age costs no timer");
        let mut later = NOW.after(CONFIRM_AGE_MS);
        queue(&mut stack, netif, b"one");
        let frames = drain(&mut stack, netif, later);
        let (to, request) = parse_arp(&frames[1]).expect("a request behind the packet");
        assert!(frames[0].ends_with(b"one"));
        assert_eq!((to, request.target_ip), (PEER_MAC, PEER_IP));
        for _ in 0..ARP_RETRIES {
            later = stack.next_deadline().unwrap();
            stack.poll(later);
            drain(&mut stack, netif, later);
        }
        queue(&mut stack, netif, b"two");
        assert_eq!(asks(&mut stack, netif, later)[0].0, ethernet::BROADCAST);
    }

    /// Bug class 20: a flood of senders turns over the table and no more.
    #[test]
    fn a_flood_of_senders_leaves_room_for_the_peer() {
        let (mut stack, netif) = fresh();
        for i in 0..10_000u32 {
            let mut flood = from_peer(arp::REQUEST, Ipv4Addr::from_bits(0x0a00_0003 + i % 200), OWN_IP);
            flood.sender_mac = [2, 1, 0, 0, (i >> 8) as u8, i as u8];
            packet(&mut stack, netif, flood);
            drain(&mut stack, netif, NOW);
        }
        queue(&mut stack, netif, b"peer");
        drain(&mut stack, netif, NOW);
        stack.input(netif, &arp_frame(arp::REPLY), NOW);
        assert!(drain(&mut stack, netif, NOW).iter().any(|frame| frame.ends_with(b"peer")));
    }

    #[cfg(feature = "arp-gratuitous")]
    #[test]
    fn a_new_address_is_announced() {
        let (mut stack, netif) = fresh();
        stack.set_ipv4(netif, Ipv4Addr::new(10, 0, 0, 8), 24, None).unwrap();
        let [(to, packet)] = asks(&mut stack, netif, NOW)[..] else { panic!("one announcement") };
        assert_eq!(
            (to, packet.sender_ip, packet.target_ip),
            (ethernet::BROADCAST, packet.target_ip, packet.sender_ip)
        );
    }

    #[test]
    fn every_truncation_is_dropped() {
        let (mut stack, netif) = fresh();
        let whole = arp_frame(arp::REQUEST);
        for len in 0..ethernet::HEADER_LEN + arp::PACKET_LEN {
            stack.input(netif, &whole[..len], NOW);
        }
        assert_eq!(drain(&mut stack, netif, NOW).len(), 0);
    }
}
