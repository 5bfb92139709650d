//! Paths that are narrower than the link: RFC 1191, RFC 8201, bug class 12.

use super::{Host, Packet, hosts, pattern};
use crate::addr::Ip;
use crate::config::NETIF_MTU;
use std::vec::Vec;

/// What the narrow path takes.
fn narrow(h: &Host) -> u16 {
    if h.is_v6() { 1280 } else { 600 }
}

/// Hosts whose link is wider than the narrow path.
fn on_wide_links() -> Vec<Host> {
    hosts(|h| NETIF_MTU > narrow(h) && (h.is_v6() || cfg!(feature = "icmp")))
}

impl Host {
    /// A router says that `packet`, sent to `dst`, was larger than `mtu`.
    fn too_big(&mut self, dst: Ip, packet: &Packet, mtu: u32) {
        let part = (packet.more || packet.at > 0).then_some(packet);
        let mut quoted = self.packet(self.own, dst, packet.protocol, part, &packet.bytes);
        if !self.is_v6() {
            quoted[6] |= if packet.whole { 0x40 } else { 0 };
            quoted.truncate(28);
        }
        self.too_big_quoting(&quoted, mtu);
    }

    fn too_big_quoting(&mut self, quoted: &[u8], mtu: u32) {
        let head = if self.is_v6() { [2, 0, 0, 0] } else { [3, 4, 0, 0] };
        let mut bytes = [&head[..], &mtu.to_be_bytes(), quoted].concat();
        let mut sum = crate::wire::checksum::Sum::new();
        if self.is_v6() {
            sum = crate::wire::checksum::pseudo(self.peer.words(), self.own.words(), 58, bytes.len() as u16);
        }
        sum.add(&bytes);
        bytes[2..4].copy_from_slice(&sum.checksum());
        self.receive(self.peer, if self.is_v6() { 58 } else { 1 }, None, &bytes);
    }

    fn path(&self, dst: Ip) -> u16 {
        self.stack.route(&dst, &crate::netif::Way::ANY).unwrap().mtu
    }
}

#[cfg(feature = "tcp")]
mod tcp {
    use super::*;
    use crate::TcpHandle;
    use crate::wire::tcp::{HEADER_LEN, Header, flags};
    use crate::wire::{checksum, protocol};

    /// A connection to the peer that has sent what it can of `data`.
    struct Sender {
        h: Host,
        handle: TcpHandle,
        /// The peer's next.
        header: Header,
    }

    impl Sender {
        fn open(mut h: Host) -> Self {
            let handle = h.stack.tcp_connect(h.remote(7), h.now).unwrap();
            let syn = h.sent().remove(0);
            assert!(h.is_v6() || syn.whole, "RFC 1191 §3: routers must tell");
            let syn = Header::parse(&syn.bytes).unwrap().0;
            let ack = syn.seq.wrapping_add(1);
            let bits = flags::SYN | flags::ACK;
            let mut header = Header { src: 7, dst: syn.src, seq: 500, ack, flags: bits, window: 60_000 };
            receive(&mut h, header, &[2, 4, 0x40, 0]);
            header = Header { seq: 501, flags: flags::ACK, ..header };
            h.sent();
            Self { h, handle, header }
        }

        fn segments(&mut self) -> Vec<(Header, Packet)> {
            let sent = self.h.sent().into_iter();
            sent.map(|packet| (Header::parse(&packet.bytes).unwrap().0, packet)).collect()
        }
    }

    fn receive(h: &mut Host, header: Header, options: &[u8]) {
        let mut bytes = [&header.to_bytes(options.len() as u8)[..], options].concat();
        let mut sum = checksum::pseudo(h.peer.words(), h.own.words(), protocol::TCP, bytes.len() as u16);
        sum.add(&bytes);
        bytes[16..18].copy_from_slice(&sum.checksum());
        h.receive(h.peer, protocol::TCP, None, &bytes);
    }

    /// RFC 1191 §6.5, RFC 8201 §5.4: what was lost on the path is sent again at once, in segments that fit, and that is
    /// no congestion.
    #[test]
    fn segments_that_were_too_big_are_sent_again_smaller() {
        for h in on_wide_links() {
            let mtu = narrow(&h);
            let mut s = Sender::open(h);
            let data = pattern(crate::config::TCP_SND_BUF.min(3 * usize::from(NETIF_MTU)));
            let queued = s.h.stack.tcp_send(s.handle, &data).unwrap();
            let first = s.segments();
            let largest = first.iter().map(|(_, packet)| packet.len).max().unwrap();
            if largest <= usize::from(mtu) {
                continue;
            }
            let total: usize = first.iter().map(|(_, packet)| packet.bytes.len() - HEADER_LEN).sum();
            s.h.too_big(s.h.peer, &first[0].1, mtu.into());
            let again = s.segments();
            assert_eq!(again[0].0.seq, first[0].0.seq);
            assert!(again.iter().all(|(_, packet)| packet.len <= usize::from(mtu)));
            let repeated: Vec<u8> =
                again.iter().flat_map(|(_, packet)| packet.bytes[HEADER_LEN..].to_vec()).collect();
            assert!(repeated.len() + usize::from(mtu) > total, "{} of {total}", repeated.len());
            assert!(data[..queued].starts_with(&repeated));
            // The other segments were too big as well: nothing new.
            s.h.too_big(s.h.peer, &first[0].1, mtu.into());
            assert_eq!(s.segments(), []);
            // A new connection knows the path, until that is forgotten.
            let age = u32::from(crate::config::PMTU_MAX_AGE_S) * 1000;
            s.h.now = s.h.now.after(age - 1);
            s.h.stack.set_clock(s.h.now);
            assert_eq!((s.h.path(s.h.peer), s.h.stack.peer_mtu(0, &s.h.peer)), (mtu, mtu));
            s.h.stack.set_clock(s.h.now.after(1));
            assert_eq!(s.h.path(s.h.peer), NETIF_MTU);
        }
    }

    /// Bug class 12, RFC 5927 §7: what was not sent, is not lost, or cannot be, changes nothing.
    #[test]
    fn forged_errors_are_not_believed() {
        for h in on_wide_links() {
            let mtu = u32::from(narrow(&h));
            let mut s = Sender::open(h);
            let data = pattern(crate::config::TCP_SND_BUF.min(2 * usize::from(NETIF_MTU)));
            s.h.stack.tcp_send(s.handle, &data).unwrap();
            let first = s.segments().remove(0).1;
            if first.len <= mtu as usize {
                continue;
            }
            for wrong in [0, 68, mtu - 100, u32::from(NETIF_MTU), 65_535, u32::MAX] {
                s.h.too_big(s.h.peer, &first, wrong);
            }
            let spoil = |at: usize| {
                let mut packet = first.clone();
                packet.bytes[at] ^= 0x40;
                packet
            };
            // Ports, sequence numbers outside of the window.
            for at in [0, 3, 4] {
                s.h.too_big(s.h.peer, &spoil(at), mtu);
            }
            let stranger = crate::testing::stranger(s.h.peer);
            s.h.too_big(stranger, &first, mtu);
            let short = Packet { bytes: first.bytes[..HEADER_LEN].to_vec(), ..first.clone() };
            s.h.too_big(s.h.peer, &short, mtu);
            s.h.too_big(s.h.peer, &Packet { protocol: 253, ..first.clone() }, mtu);
            if !s.h.is_v6() {
                s.h.too_big(s.h.peer, &Packet { whole: false, ..first.clone() }, mtu);
            }
            let quoted = s.h.packet(s.h.own, s.h.peer, protocol::TCP, None, &first.bytes);
            let headers = quoted.len() - first.bytes.len();
            for len in 0..headers + 8 {
                s.h.too_big_quoting(&quoted[..len], mtu);
            }
            assert_eq!((s.segments(), s.h.path(s.h.peer)), (Vec::new(), NETIF_MTU));
            // What was acknowledged is not on its way any more.
            let acked = (data.len() as u32).min(first.bytes.len() as u32 - HEADER_LEN as u32);
            let ack = Header { ack: s.header.ack.wrapping_add(acked), ..s.header };
            receive(&mut s.h, ack, &[]);
            s.segments();
            s.h.too_big(s.h.peer, &first, mtu);
            assert_eq!(s.h.path(s.h.peer), NETIF_MTU);
        }
    }
}

/// RFC 8201 §5.1: a datagram too big for the path is reported, and the next one goes in fragments or not at all.
#[cfg(all(feature = "udp", feature = "nd6"))]
#[test]
fn datagrams_heed_the_path() {
    use crate::Error;
    for mut h in on_wide_links().into_iter().filter(Host::is_v6) {
        let mtu = narrow(&h);
        let socket = h.stack.udp_bind(crate::addr::ANY, 700).unwrap();
        let payload = pattern(usize::from(NETIF_MTU) - 48);
        h.stack.udp_send_to(socket, &payload, h.remote(7)).unwrap();
        let packet = h.sent().remove(0);
        // Nobody has that port.
        let mut forged = packet.clone();
        forged.bytes[1] ^= 1;
        h.too_big(h.peer, &forged, mtu.into());
        assert_eq!(h.path(h.peer), NETIF_MTU);
        h.too_big(h.peer, &packet, mtu.into());
        assert_eq!(h.path(h.peer), mtu);
        let sent = h.stack.udp_send_to(socket, &payload, h.remote(7));
        if h.fragments() {
            assert_eq!(sent, Ok(()));
            assert_eq!(super::join(&h.sent(), mtu.into())[8..], payload);
        } else {
            assert_eq!((sent, h.sent()), (Err(Error::TooLong), Vec::new()));
        }
    }
}

/// The table is bounded: what was learned last is known.
#[cfg(all(feature = "udp", feature = "nd6"))]
#[test]
fn the_paths_learned_last_are_known() {
    for mut h in on_wide_links().into_iter().filter(Host::is_v6) {
        let socket = h.stack.udp_bind(crate::addr::ANY, 700).unwrap();
        h.stack.udp_send_to(socket, &pattern(usize::from(NETIF_MTU) - 48), h.remote(7)).unwrap();
        let packet = h.sent().remove(0);
        let base: crate::addr::Ip6 = "fe80::100".parse().unwrap();
        let peers: Vec<Ip> = (0..crate::config::PMTU_TABLE_SIZE as u128 + 3)
            .map(|i| crate::addr::v6(crate::addr::Ip6::from_halves(base.upper_half(), 0x100 + i as u64)))
            .collect();
        for peer in &peers {
            h.now = h.now.after(10);
            h.stack.set_clock(h.now);
            h.too_big(*peer, &packet, 1280);
        }
        let known: Vec<bool> = peers.iter().map(|peer| h.path(*peer) == 1280).collect();
        let expected: Vec<bool> = (0..peers.len()).map(|i| i >= 3).collect();
        assert_eq!(known, expected);
    }
}
