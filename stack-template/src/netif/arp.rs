//! ARP for IPv4 over Ethernet (RFC 826): what is received, and what is asked.

use super::neighbor::Word;
use crate::addr::{Ip4, v4};
use crate::stats::Drop;
use crate::wire::arp::{self, Packet};
use crate::wire::ethernet;
use crate::{Instant, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// A received ARP packet (RFC 826 "Packet Reception").
    pub(crate) fn arp_input(&mut self, netif: u8, payload: &[u8], now: Instant) {
        let Some(packet) = Packet::parse(payload) else { return self.dropped(Drop::Malformed) };
        let Some(entry) = crate::netif::at_mut(&mut self.netifs, netif) else { return };
        let (own_mac, own_ip) = (entry.mac, entry.ipv4.address);
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
            if !crate::netif::at(&self.netifs, netif).is_some_and(|n| n.ipv4.is_source(packet.sender_ip)) {
                return self.dropped(Drop::Address);
            }
            self.neighbor_learn(
                netif,
                &v4(packet.sender_ip),
                &packet.sender_mac,
                Word::Confirmed,
                asked,
                now,
            );
        }
        if asked {
            self.arp_send(netif, &packet.sender_mac, &arp::REPLY_START, &packet.sender_mac, packet.sender_ip);
        }
    }

    /// Tells all neighbours our address (RFC 5227 §2.3 "ARP Announcement").
    #[cfg(feature = "arp-gratuitous")]
    pub(crate) fn arp_announce(&mut self, netif: u8) {
        let Some(entry) = crate::netif::at(&self.netifs, netif) else { return };
        if entry.up && !entry.ipv4.address.is_unspecified() {
            let address = entry.ipv4.address;
            self.arp_request(netif, &ethernet::BROADCAST, address);
        }
    }

    /// Asks `to`, a station or everybody, for `ip`.
    pub(super) fn arp_request(&mut self, netif: u8, to: &[u8; 6], ip: Ip4) {
        self.arp_send(netif, to, &arp::REQUEST_START, &[0; 6], ip);
    }

    fn arp_send(&mut self, netif: u8, to: &[u8; 6], start: &[u8; 8], target_mac: &[u8; 6], target: Ip4) {
        let Some(entry) = crate::netif::at(&self.netifs, netif) else { return };
        let (mac, ip) = (entry.mac, entry.ipv4.address.octets());
        let ethertype = ethernet::TYPE_ARP.to_be_bytes();
        self.queue_frame(netif, &[to, &mac, &ethertype, start, &mac, &ip, target_mac, &target.octets()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ARP_QUEUE_SIZE;
    #[cfg(not(feature = "timers-periodic"))]
    use crate::config::{ARP_MAX_AGE_S, ARP_RETRANS_MS, ARP_RETRIES};
    use crate::pbuf::Claim;
    use crate::testing::{OWN_IP, OWN_MAC, PEER_IP, PEER_MAC, arp_frame, drain, frame, host, parse_arp};
    use crate::{Event, NetifId};
    use std::boxed::Box;

    const NOW: Instant = Instant::from_millis(u32::MAX - 2000);

    fn packet(stack: &mut Stack, netif: NetifId, packet: Packet) {
        stack.input(netif, &frame(ethernet::TYPE_ARP, &packet.to_bytes()), NOW);
    }

    fn from_peer(operation: u16, sender_ip: Ip4, target_ip: Ip4) -> Packet {
        Packet { operation, sender_mac: PEER_MAC, sender_ip, target_mac: [0; 6], target_ip }
    }

    fn asks(stack: &mut Stack, netif: NetifId, now: Instant) -> std::vec::Vec<([u8; 6], Packet)> {
        drain(stack, netif, now).iter().filter_map(|frame| parse_arp(frame)).collect()
    }

    /// A packet for the peer into the interface's queue.
    fn queue(stack: &mut Stack, netif: NetifId, bytes: &[u8]) {
        assert!(stack.queue_packet(netif.0, &v4(PEER_IP), &[bytes], Claim::Control));
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
        packet(&mut stack, netif, from_peer(arp::REQUEST, PEER_IP, Ip4::new(10, 0, 0, 9)));
        assert_eq!(asks(&mut stack, netif, NOW), [], "not for us");
    }

    /// RFC 5227 §2.1.1: a probe has no sender address; it is answered and nothing is learned from it.
    #[test]
    fn probes_are_answered_and_teach_nothing() {
        let (mut stack, netif) = fresh();
        packet(&mut stack, netif, from_peer(arp::REQUEST, Ip4::UNSPECIFIED, OWN_IP));
        assert_eq!(asks(&mut stack, netif, NOW).len(), 1);
        assert!(stack.neighbor_count() == 0);
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
        assert!(stack.neighbor_count() == 0);
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
        assert_eq!((stack.pool.taken(), stack.neighbor_deadline()), (0, None));
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
        let silent = Ip4::new(10, 0, 0, 77);
        stack.input(netif, &arp_frame(arp::REQUEST), NOW);
        drain(&mut stack, netif, NOW);
        for _ in 0..3 * ARP_QUEUE_SIZE / 200 {
            assert!(stack.queue_packet(netif.0, &v4(silent), &[&[1; 200]], Claim::Control));
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
        let mut later = NOW.after(ARP_MAX_AGE_S as u32 * 750);
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
            let mut flood = from_peer(arp::REQUEST, Ip4::from_bits(0x0a00_0003 + i % 200), OWN_IP);
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
        stack.set_ipv4(netif, Ip4::new(10, 0, 0, 8).into(), 24, None).unwrap();
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
