//! What is too large for the link goes out in fragments (RFC 791 §2.3, RFC 8200 §4.5).

#[cfg(feature = "udp")]
use super::Host;
use super::{hosts, join, pattern};
use crate::config::{NETIF_MTU, NETIF_TX_QUEUE, PBUF_BLOCK_SIZE, PBUF_POOL_SIZE};

/// Bytes that the queue and the pool take in fragments.
fn most() -> usize {
    let pool = PBUF_POOL_SIZE.saturating_sub(4) * PBUF_BLOCK_SIZE;
    let bytes = NETIF_TX_QUEUE.min(pool).min(65_000);
    bytes - (bytes / usize::from(NETIF_MTU) + 2) * 80
}

#[cfg(feature = "udp")]
#[test]
fn a_large_datagram_is_sent_in_fragments() {
    use crate::wire::{checksum, protocol, udp};
    for mut h in hosts(Host::fragments) {
        let socket = h.stack.udp_bind(crate::addr::ANY, 700).unwrap();
        let mut ids = std::vec::Vec::new();
        for len in [usize::from(NETIF_MTU) - 20 - 8 + 1, most() - 8] {
            let payload = pattern(len);
            h.stack.udp_send_to(socket, &payload, h.remote(7)).unwrap();
            let parts = h.sent();
            assert!(parts.len() > 1);
            ids.push(parts[0].id);
            let bytes = join(&parts, usize::from(NETIF_MTU));
            let (header, got) = udp::Header::parse(&bytes).unwrap();
            assert_eq!((parts[0].protocol, header.src, header.dst), (protocol::UDP, 700, 7));
            assert_eq!(got, payload);
            if cfg!(feature = "checksum-gen-udp") {
                let mut sum = checksum::pseudo(h.own.words(), h.peer.words(), protocol::UDP, header.len);
                sum.add(&bytes);
                assert!(sum.is_right());
            }
        }
        // RFC 6864 §4.3, RFC 8200 §4.5: packets in fragments are told apart.
        assert_ne!(ids[0], ids[1]);
        assert_eq!(h.stack.pool.taken(), 0);
    }
}

/// All fragments of a packet are queued, or none.
#[cfg(feature = "udp")]
#[test]
fn what_does_not_fit_the_queue_whole_is_refused() {
    use crate::Error;
    for mut h in hosts(Host::fragments) {
        let socket = h.stack.udp_bind(crate::addr::ANY, 700).unwrap();
        let large = std::vec![1; NETIF_TX_QUEUE.min(65_507)];
        assert_eq!(h.stack.udp_send_to(socket, &large, h.remote(7)), Err(Error::Memory));
        assert_eq!((h.sent().len(), h.stack.pool.taken()), (0, 0));
        let most = std::vec![1; most() - 8];
        h.stack.udp_send_to(socket, &most, h.remote(7)).unwrap();
        assert_eq!(h.stack.udp_send_to(socket, &most, h.remote(7)), Err(Error::Memory));
        let parts = h.sent();
        assert_eq!(join(&parts, usize::from(NETIF_MTU)).len(), most.len() + 8);
        assert_eq!(h.stack.udp_send_to(socket, &std::vec![1; 65_528], h.remote(7)), Err(Error::TooLong));
    }
}

/// An echo request of more than the link takes is answered with all of its data.
#[cfg(all(feature = "reassembly", any(feature = "icmp-echo", feature = "ipv6")))]
#[test]
fn a_large_ping_is_answered() {
    use crate::config::{REASSEMBLY_MEMORY, REASSEMBLY_SIZE};
    for mut h in hosts(|h| h.fragments() && h.reassembles()) {
        if !h.is_v6() && !cfg!(feature = "icmp-echo") {
            continue;
        }
        let room = REASSEMBLY_SIZE.min(REASSEMBLY_MEMORY - PBUF_BLOCK_SIZE).min(most());
        let len = 4096.min(room.min((PBUF_POOL_SIZE - 4) / 2 * PBUF_BLOCK_SIZE) - 100);
        let data = pattern(len);
        let (protocol, request) = h.echo_request(&data);
        let cuts: std::vec::Vec<usize> = (1..64).map(|i| i * 181).collect();
        for part in super::split(77, protocol, &request, &cuts).iter().rev() {
            assert_eq!(h.sent(), []);
            h.fragment(part);
        }
        let parts = h.sent();
        let mtu = if h.is_v6() { 1280 } else { usize::from(NETIF_MTU) };
        let reply = join(&parts, mtu);
        assert_eq!((reply[0], &reply[4..8]), (if h.is_v6() { 129 } else { 0 }, &[1, 2, 3, 4][..]));
        assert_eq!(reply[8..], data, "{len} bytes");
        assert_eq!(h.stack.pool.taken(), 0);
    }
}
