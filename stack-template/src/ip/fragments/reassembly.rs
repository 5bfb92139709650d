//! Datagrams that come in fragments: bug class 8, RFC 5722, RFC 6946, RFC 7112.

use super::{Host, Packet, hosts, pattern, split};
#[cfg(feature = "udp")]
use crate::addr::ANY;
use crate::config::REASSEMBLY_SIZE;
#[cfg(feature = "udp")]
use crate::config::{PBUF_BLOCK_SIZE, PBUF_POOL_SIZE, REASSEMBLY_MEMORY, REASSEMBLY_RANGES};
#[cfg(feature = "udp")]
use proptest::prelude::*;
use std::vec::Vec;

const UDP: u8 = 17;
const TIMEOUT_V6: u32 = 600_000;

/// Bytes that a datagram may have wherever it is put.
#[cfg(feature = "udp")]
fn most() -> usize {
    let pool = ((PBUF_POOL_SIZE - 4) / 2 * PBUF_BLOCK_SIZE).min(crate::config::UDP_RX_QUEUE);
    REASSEMBLY_SIZE.min(REASSEMBLY_MEMORY - REASSEMBLY_MEMORY % PBUF_BLOCK_SIZE).min(pool) - 40
}

/// A fragment of UDP.
fn part(id: u32, at: usize, more: bool, bytes: &[u8]) -> Packet {
    Packet { id, at, more, protocol: UDP, len: 0, whole: false, bytes: bytes.to_vec() }
}

impl Host {
    /// The datagrams that a socket has, after all fragments.
    #[cfg(feature = "udp")]
    fn received(&mut self, socket: crate::UdpHandle) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        let mut buffer = std::vec![0; 65_535];
        while let Ok((len, from)) = self.stack.udp_recv_from(socket, &mut buffer) {
            assert_eq!(crate::addr::parts(from).0, self.peer);
            all.push(buffer[..len].to_vec());
        }
        all
    }

    /// Lets so much time pass that no fragment is waited for, and looks that nothing is left.
    fn forget(&mut self) -> Vec<Packet> {
        self.now = self.now.after(TIMEOUT_V6);
        self.stack.poll(self.now);
        let mut sent = self.sent();
        // A neighbour that was forgotten meanwhile is asked for until that is given up.
        for _ in 0..300 {
            self.now = self.now.after(500);
            self.stack.poll(self.now);
            sent.extend(self.sent());
        }
        assert_eq!(self.stack.pool.taken(), 0);
        #[cfg(not(feature = "timers-periodic"))]
        assert_eq!(self.stack.reassembly_deadline(), None);
        sent
    }

    #[cfg(not(feature = "timers-periodic"))]
    fn timeout(&self) -> u32 {
        #[cfg(feature = "ipv6-reassembly")]
        if self.is_v6() {
            return u32::from(crate::config::IPV6_REASSEMBLY_TIMEOUT_S) * 1000;
        }
        #[cfg(feature = "ipv4-reassembly")]
        return u32::from(crate::config::IPV4_REASSEMBLY_TIMEOUT_S) * 1000;
        #[allow(unreachable_code, reason = "IPv6 may be all that is reassembled")]
        0
    }
}

#[cfg(feature = "udp")]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// RFC 791 §3.2, RFC 8200 §4.5: any split, order and duplication of a datagram's fragments gives the datagram.
    #[test]
    fn any_fragments_of_a_datagram_give_the_datagram(
        len in 0usize..6000,
        cuts in proptest::collection::vec(1usize..700, 0..2 * REASSEMBLY_RANGES - 1),
        keys in proptest::collection::vec(any::<u32>(), 2 * REASSEMBLY_RANGES),
        doubles in proptest::collection::vec(0usize..100, 0..4),
    ) {
        for mut h in hosts(Host::reassembles) {
            let socket = h.stack.udp_bind(ANY, 7).unwrap();
            let payload = pattern(len.min(most() - 8));
            let bytes = h.datagram(9, 7, &payload);
            let mut parts = split(5, UDP, &bytes, &cuts);
            if parts.len() == 1 && !h.is_v6() {
                continue;
            }
            for double in &doubles {
                // Not the last to come: it would be the first of another datagram.
                parts.push(parts[double % parts.len()].clone());
            }
            let mut order: Vec<usize> = (0..parts.len()).collect();
            order.sort_by_key(|i| (keys[i % keys.len()], *i));
            let mut missing: Vec<usize> = parts.iter().map(|part| part.at).collect();
            missing.sort_unstable();
            missing.dedup();
            for i in order {
                missing.retain(|at| *at != parts[i].at);
                h.fragment(&parts[i]);
                let got = h.received(socket);
                if missing.is_empty() {
                    prop_assert_eq!(got, [&payload[..]]);
                    break;
                }
                prop_assert!(got.is_empty());
            }
            prop_assert_eq!(h.sent(), []);
            prop_assert_eq!(h.stack.pool.taken(), 0);
        }
    }

    /// Any fragments at all leave nothing behind, hold no more than the profile allows, and panic nowhere.
    #[test]
    fn any_fragments_leave_the_pool_as_it_was(
        parts in proptest::collection::vec(
            (0u32..4, 0usize..8192, any::<bool>(), any::<u8>(), 0usize..1480, 0u32..40_000),
            0..60,
        ),
        plain: bool,
    ) {
        for mut h in hosts(Host::reassembles) {
            for (id, at, more, protocol, len, wait) in &parts {
                let mut bytes = pattern(*len);
                bytes.truncate(if *more { len & !7 } else { *len });
                let protocol = if plain { UDP } else { *protocol };
                let at = if plain { at % 1000 } else { *at } * 8;
                h.fragment(&Packet { protocol, ..part(*id, at.min(65_528), *more, &bytes) });
                let bound = REASSEMBLY_MEMORY / PBUF_BLOCK_SIZE + 8;
                prop_assert!(h.stack.pool.taken() <= bound);
                h.sent();
                h.now = h.now.after(*wait);
                h.stack.poll(h.now);
            }
            h.sent();
            h.forget();
        }
    }
}

/// RFC 5722 §4, RFC 8200 §4.5: bytes that overlap end the datagram, silently, with all fragments still to come.
#[cfg(feature = "udp")]
#[test]
fn overlaps_drop_the_datagram() {
    for mut h in hosts(Host::reassembles) {
        let socket = h.stack.udp_bind(ANY, 7).unwrap();
        let bytes = h.datagram(9, 7, &pattern(292));
        let mut forged = bytes.clone();
        forged[100] ^= 1;
        let tries = [
            part(1, 96, true, &forged[96..200]),
            part(1, 96, true, &bytes[96..208]),
            part(1, 192, true, &bytes[192..208]),
        ];
        for overlap in tries {
            h.fragment(&part(1, 0, true, &bytes[..200]));
            h.fragment(&overlap);
            h.fragment(&part(1, 200, false, &bytes[200..]));
            h.fragment(&part(1, 0, true, &bytes[..200]));
            assert_eq!((h.received(socket).len(), h.stack.pool.taken()), (0, 0), "{overlap:?}");
            assert_eq!(h.forget(), [], "no word about it");
        }
        h.fragment(&part(1, 0, true, &bytes[..200]));
        h.fragment(&part(1, 200, false, &bytes[200..]));
        assert_eq!(h.received(socket).len(), 1, "the identification is free again");
    }
}

/// Bug class 8: ends that disagree, and bytes behind the end.
#[cfg(feature = "udp")]
#[test]
fn a_datagram_has_one_end() {
    for mut h in hosts(Host::reassembles) {
        let socket = h.stack.udp_bind(ANY, 7).unwrap();
        let bytes = h.datagram(9, 7, &pattern(292));
        for second in [part(1, 200, false, &bytes[200..240]), part(1, 304, true, &bytes[..8])] {
            h.fragment(&part(1, 240, false, &bytes[240..]));
            h.fragment(&second);
            h.fragment(&part(1, 0, true, &bytes[..240]));
            assert_eq!((h.received(socket).len(), h.stack.pool.taken()), (0, 0));
            h.forget();
        }
        h.fragment(&part(1, 304, true, &bytes[..8]));
        h.fragment(&part(1, 240, false, &bytes[240..]));
        h.fragment(&part(1, 0, true, &bytes[..240]));
        assert_eq!((h.received(socket).len(), h.stack.pool.taken()), (0, 0));
        h.forget();
    }
}

/// Bug class 8: more than a packet can have, or than the profile puts together.
#[test]
fn what_is_too_long_is_refused() {
    for mut h in hosts(Host::reassembles) {
        h.fragment(&part(1, 65_528, false, &pattern(100)));
        let sent = h.sent();
        assert_eq!(h.stack.pool.taken(), 0);
        if h.is_v6() {
            // RFC 8200 §4.5: the problem is the offset.
            assert_eq!(&sent[0].bytes[..8], [&[4, 0], &sent[0].bytes[2..4], &[0, 0, 0, 42]].concat());
        } else {
            assert_eq!(sent, []);
        }
        let beyond = REASSEMBLY_SIZE.next_multiple_of(8);
        if beyond < 65_000 {
            h.fragment(&part(2, beyond, true, &pattern(8)));
            assert_eq!(h.stack.pool.taken(), 0);
        }
        h.forget();
    }
}

/// RFC 8200 §4.5: only the last fragment may have a length that is no multiple of eight.
#[test]
fn pieces_of_odd_length_are_refused() {
    for mut h in hosts(Host::reassembles) {
        h.fragment(&part(1, 0, true, &pattern(99)));
        h.fragment(&part(2, 800, false, &[]));
        let sent = h.sent();
        assert_eq!(h.stack.pool.taken(), 0);
        if h.is_v6() {
            assert_eq!(sent.len(), 1);
            assert_eq!(&sent[0].bytes[..8], [&[4, 0], &sent[0].bytes[2..4], &[0, 0, 0, 4]].concat());
        } else {
            assert_eq!(sent, []);
        }
    }
}

/// Fragments belong together by their addresses, their identification and, with IPv4, their protocol.
#[cfg(feature = "udp")]
#[test]
fn datagrams_that_come_at_once_are_kept_apart() {
    if crate::config::REASSEMBLY_DATAGRAMS < 2 {
        return;
    }
    for mut h in hosts(Host::reassembles) {
        let socket = h.stack.udp_bind(ANY, 7).unwrap();
        let (a, b) = (h.datagram(9, 7, &pattern(300)), h.datagram(9, 7, &[7; 300]));
        let stranger = crate::testing::stranger(h.peer);
        h.fragment(&part(1, 0, true, &a[..200]));
        h.receive(stranger, UDP, Some(&part(1, 200, false, &[])), &b[200..]);
        h.fragment(&part(2, 200, false, &b[200..]));
        h.fragment(&part(1, 200, false, &a[200..]));
        assert_eq!(h.received(socket), [pattern(300)]);
        if crate::config::REASSEMBLY_DATAGRAMS > 2 {
            h.fragment(&part(2, 0, true, &b[..200]));
            assert_eq!(h.received(socket), [[7; 300]]);
        }
        h.forget();
    }
}

/// RFC 1122 §3.3.2, RFC 8200 §4.5: who sent the first fragment is told, at the very deadline; nobody else is.
#[cfg(not(feature = "timers-periodic"))]
#[test]
fn fragments_that_are_late_are_given_up() {
    for mut h in hosts(Host::reassembles) {
        let start = h.now;
        h.fragment(&part(1, 200, false, &pattern(40)));
        assert_eq!(h.stack.next_deadline(), Some(start.after(h.timeout())));
        h.now = start.after(h.timeout() - 1);
        h.stack.poll(h.now);
        assert_ne!(h.stack.pool.taken(), 0);
        // Another fragment does not prolong it.
        h.fragment(&part(1, 160, true, &pattern(40)));
        h.now = start.after(h.timeout());
        assert_eq!(h.stack.poll(h.now), None);
        assert_eq!((h.sent(), h.stack.pool.taken()), (Vec::new(), 0));
        let first = pattern(800);
        h.fragment(&part(2, 0, true, &first));
        h.now = h.now.after(h.timeout());
        assert_eq!(h.stack.poll(h.now), None);
        let sent = h.sent();
        assert_eq!(h.stack.pool.taken(), 0);
        if !h.is_v6() && !cfg!(feature = "icmp-unreachable") {
            assert_eq!(sent, []);
            continue;
        }
        let message = &sent[0].bytes;
        assert_eq!(
            (message[0], message[1]),
            (if h.is_v6() { 3 } else { 11 }, 1),
            "time exceeded, of reassembly"
        );
        let headers = if h.is_v6() { 48 } else { 20 };
        let quoted = if h.is_v6() { first.len() } else { 8 };
        let whole = h.packet(h.peer, h.own, UDP, Some(&part(2, 0, true, &[])), &first);
        assert_eq!(message[8 + headers..], first[..quoted]);
        // All that tells the packet from others: lengths, identification, offset, protocol, addresses.
        let told = if h.is_v6() { 40 } else { 12 };
        assert_eq!(message[8 + told..8 + headers], whole[told..headers]);
        assert_eq!(message[8 + 2..8 + 8], whole[2..8]);
    }
}

/// Bug classes 8 and 26: fragments that lead to nothing hold no more than was set apart, and do not keep others out.
#[cfg(feature = "udp")]
#[test]
fn fragments_that_lead_to_nothing_keep_nobody_out() {
    for mut h in hosts(Host::reassembles) {
        let socket = h.stack.udp_bind(ANY, 7).unwrap();
        let payload = pattern(1000.min(most() - 8));
        let bytes = h.datagram(9, 7, &payload);
        for id in 100..400 {
            let at = (REASSEMBLY_SIZE - 16) / 8 * 8;
            h.fragment(&part(id, at, true, &[0; 8]));
            let held = h.stack.pool.taken();
            assert!(held * PBUF_BLOCK_SIZE <= REASSEMBLY_MEMORY, "{held} blocks");
            h.now = h.now.after(1);
        }
        h.fragment(&part(1, 0, true, &bytes[..400]));
        h.fragment(&part(1, 400, false, &bytes[400..]));
        assert_eq!(h.received(socket), [payload]);
        h.forget();
    }
}

/// A datagram that nobody takes is reported like any other, with its start quoted (RFC 1122 §3.2.2.1, RFC 4443 §3.1).
#[cfg(all(feature = "udp", any(feature = "icmp-unreachable", feature = "ipv6")))]
#[test]
fn a_datagram_for_a_closed_port_is_reported() {
    for mut h in hosts(Host::reassembles) {
        if !h.is_v6() && !cfg!(feature = "icmp-unreachable") {
            continue;
        }
        let bytes = h.datagram(9, 7, &pattern(1000.min(most() - 8)));
        h.fragment(&part(1, 0, true, &bytes[..400]));
        h.fragment(&part(1, 400, false, &bytes[400..]));
        let sent = h.sent();
        let (kind, headers) = if h.is_v6() { ([1, 4], 48) } else { ([3, 3], 20) };
        assert_eq!(sent[0].bytes[..2], kind);
        let quoted = &sent[0].bytes[8 + headers..];
        assert!(bytes.starts_with(quoted) && quoted.len() >= 8);
        assert_eq!(h.stack.pool.taken(), 0);
    }
}

/// A segment of TCP that came in fragments.
#[cfg(feature = "tcp")]
#[test]
fn a_segment_in_fragments_is_taken() {
    use crate::wire::tcp::{HEADER_LEN, Header, flags};
    use crate::wire::{checksum, protocol};
    for mut h in hosts(Host::reassembles) {
        let listener = h.stack.tcp_listen(crate::addr::ANY, 7).unwrap();
        let send = |h: &mut Host, header: Header, payload: &[u8], cuts: &[usize]| {
            let mut bytes = [&header.to_bytes(0)[..], payload].concat();
            let mut sum = checksum::pseudo(h.peer.words(), h.own.words(), protocol::TCP, bytes.len() as u16);
            sum.add(&bytes);
            bytes[16..18].copy_from_slice(&sum.checksum());
            let parts = split(header.seq, protocol::TCP, &bytes, cuts);
            match &parts[..] {
                [one] => h.receive(h.peer, protocol::TCP, None, &one.bytes),
                parts => parts.iter().rev().for_each(|part| h.fragment(part)),
            }
        };
        let syn = Header { src: 9, dst: 7, seq: 100, ack: 0, flags: flags::SYN, window: 8000 };
        send(&mut h, syn, &[], &[]);
        let answer = Header::parse(&h.sent()[0].bytes).unwrap().0;
        let data = Header { seq: 101, ack: answer.seq.wrapping_add(1), flags: flags::ACK, ..syn };
        let payload = pattern(usize::from(crate::config::TCP_MSS).min(crate::config::TCP_WND_MIN) / 2);
        // The second half before the first, and each in two fragments.
        let half = payload.len() / 2;
        send(&mut h, data, &[], &[]);
        let handle = h.stack.tcp_accept(listener).unwrap();
        let late = Header { seq: data.seq + half as u32, ..data };
        send(&mut h, late, &payload[half..], &[3]);
        send(&mut h, data, &payload[..half], &[HEADER_LEN.div_ceil(8), 9]);
        if !cfg!(feature = "tcp-ooseq") {
            send(&mut h, late, &payload[half..], &[3]);
        }
        let mut got = std::vec![0; payload.len() + 1];
        let len = h.stack.tcp_recv(handle, &mut got).unwrap();
        assert_eq!(got[..len], payload);
        let last = h.sent().pop().unwrap();
        assert_eq!(Header::parse(&last.bytes).unwrap().0.ack, 101 + payload.len() as u32);
    }
}

#[cfg(all(feature = "ipv6-reassembly", feature = "udp"))]
mod v6 {
    use super::*;
    use crate::wire::ipv6::next::{DESTINATION, HOP_BY_HOP};

    fn host() -> Host {
        hosts(|h| h.is_v6() && h.reassembles()).pop().unwrap()
    }

    /// RFC 6946: a fragment that is all there is is a packet of its own, whatever else is being put together.
    #[test]
    fn atomic_fragments_are_packets() {
        let mut h = host();
        let socket = h.stack.udp_bind(ANY, 7).unwrap();
        let bytes = h.datagram(9, 7, &pattern(300));
        h.fragment(&part(1, 0, true, &bytes[..200]));
        let small = h.datagram(9, 7, b"small");
        h.fragment(&part(1, 0, false, &small));
        assert_eq!(h.received(socket), [b"small"]);
        h.fragment(&part(1, 200, false, &bytes[200..]));
        assert_eq!(h.received(socket), [pattern(300)]);
    }

    /// RFC 7112 §5: the first fragment holds all headers, or the sender is told; bug class 10.
    #[test]
    fn headers_come_with_the_first_fragment() {
        let mut h = host();
        let socket = h.stack.udp_bind(ANY, 7).unwrap();
        let options = [UDP, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let bytes = [&options[..], &h.datagram(9, 7, &pattern(300))].concat();
        let first = |len: usize| Packet { protocol: DESTINATION, ..part(1, 0, true, &bytes[..len]) };
        let segment = Packet { protocol: 6, ..part(1, 0, true, &pattern(16)) };
        for short in [first(8), first(16)].into_iter().chain(cfg!(feature = "tcp").then_some(segment)) {
            h.fragment(&short);
            let sent = h.sent();
            assert_eq!(&sent[0].bytes[..2], [4, 3]);
            assert_eq!(h.stack.pool.taken(), 0);
        }
        h.fragment(&first(24));
        h.fragment(&Packet { protocol: DESTINATION, ..part(1, 24, false, &bytes[24..]) });
        assert_eq!(h.received(socket), [pattern(300)]);
        // A fragment of a fragment is nothing.
        h.fragment(&Packet { protocol: 44, ..part(2, 0, true, &part_header(UDP)) });
        assert_eq!((h.sent(), h.stack.pool.taken()), (Vec::new(), 0));
        // An option that demands a word points behind the fragment header.
        h.fragment(&Packet { protocol: DESTINATION, ..part(3, 0, true, &[UDP, 0, 0x9e, 4, 0, 0, 0, 0]) });
        let sent = h.sent();
        assert_eq!((&sent[0].bytes[..2], &sent[0].bytes[4..8]), (&[4, 2][..], &[0, 0, 0, 50][..]));
    }

    fn part_header(next: u8) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[0] = next;
        bytes[3] = 1;
        bytes
    }

    /// Options for every node stand in front of the fragment header, in each fragment.
    #[test]
    fn headers_before_the_fragment_header_are_walked() {
        let mut h = host();
        let socket = h.stack.udp_bind(ANY, 7).unwrap();
        let bytes = h.datagram(9, 7, &pattern(300));
        for (at, more, range) in [(200u16, 0u8, 200..bytes.len()), (0, 1, 0..200)] {
            let [o0, o1] = at.to_be_bytes();
            let headers = [44, 0, 1, 4, 0, 0, 0, 0, UDP, 0, o0, o1 | more, 0, 0, 0, 5];
            h.receive(h.peer, HOP_BY_HOP, None, &[&headers[..], &bytes[range]].concat());
        }
        assert_eq!(h.received(socket), [pattern(300)]);
    }

    /// RFC 6980 §5: neighbour discovery in fragments is not taken.
    #[test]
    fn neighbour_discovery_does_not_come_in_fragments() {
        let mut h = host();
        let known = h.stack.neighbor_count();
        let own = crate::addr::as_v6(&h.own).unwrap();
        let stranger = crate::testing::stranger(h.peer);
        let mut bytes = [&[135, 0, 0, 0, 0, 0, 0, 0][..], &own.octets(), &[1, 1, 2, 0, 0, 0, 0, 9]].concat();
        let mut sum = crate::wire::checksum::pseudo(stranger.words(), h.own.words(), 58, bytes.len() as u16);
        sum.add(&bytes);
        bytes[2..4].copy_from_slice(&sum.checksum());
        for piece in split(1, 58, &bytes, &[1]) {
            h.receive(stranger, 58, Some(&piece), &piece.bytes);
        }
        assert_eq!((h.sent(), h.stack.neighbor_count()), (Vec::new(), known));
        assert_eq!(h.stack.pool.taken(), 0);
    }
}
