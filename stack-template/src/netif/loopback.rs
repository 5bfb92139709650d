//! Packets of this host for itself (RFC 1122 §3.2.1.3 (g), RFC 4291 §2.5.3): they wait in a queue of their own and are
//! taken in by the next poll, so that nothing is processed while something else is.

use super::queue::HEADER;
use crate::config::{NETIF_LOOPBACK_QUEUE, NETIF_MTU};
use crate::ip::Arrival;
use crate::pbuf::{Claim, Pool, Records};
use crate::{Instant, Stack};

/// Number of the way back to this host: never that of an interface with a driver.
pub(crate) const LOOPBACK: u8 = u8::MAX;

/// First byte of a record: a copy of what was sent to a group, with the number of the interface.
const FROM_NETIF: u8 = 0x80;
/// Packets that one poll takes in, so that two sockets of this host that talk for ever leave time for the rest.
const BATCH: usize = 32;

impl<H: crate::Hooks> Stack<H> {
    /// The queue of packets for this host, with the bytes that it may hold.
    pub(super) fn loopback_queue(&mut self) -> (&mut Records, &mut Pool, usize) {
        (&mut self.loopback, &mut self.pool, NETIF_LOOPBACK_QUEUE)
    }

    /// Takes in packets and segments for this host.
    pub(crate) fn loopback_run(&mut self, now: Instant) {
        if self.loopback_pending() {
            self.loopback_take_in(now);
        }
    }

    /// Not inlined, so that the call stack holds the buffer only while there is something in it.
    #[inline(never)]
    fn loopback_take_in(&mut self, now: Instant) {
        // The packet is copied out of the pool, because what it brings about changes the pool.
        let mut buffer = [0; NETIF_MTU as usize];
        for _ in 0..BATCH {
            let Some((netif, len)) = self.loopback_next(&mut buffer, now) else { return };
            let packet = buffer.get(..len).unwrap_or_default();
            self.ip_input(Arrival { netif, group: false, looped: true }, packet, now);
        }
    }

    /// Where packets for a group that are queued from now on will stand in the queue of `netif`.
    #[cfg(feature = "udp-multicast-tx")]
    pub(crate) fn loopback_mark(&self, netif: u8) -> (u8, usize) {
        (netif, crate::netif::at(&self.netifs, netif).map_or(0, |entry| entry.out.bytes()))
    }

    /// Queues for this host too what stands behind `mark`, a packet for a group or its fragments.
    #[cfg(feature = "udp-multicast-tx")]
    pub(crate) fn loopback_copy(&mut self, (netif, mut at): (u8, usize)) {
        let Stack { netifs, loopback, pool, .. } = self;
        let Some(from) = crate::netif::at(netifs, netif).map(|entry| &entry.out) else { return };
        let mut lost = 0;
        while let Some(record) = from.at::<HEADER>(pool, at) {
            let kept = loopback.reserve(
                pool,
                [FROM_NETIF | netif; HEADER],
                record.len,
                NETIF_LOOPBACK_QUEUE,
                Claim::Spare,
            );
            lost += u32::from(!kept);
            let (mut start, end) = (at + HEADER, at + HEADER + record.len);
            let mut piece = [0; 64];
            while kept && start < end {
                let room = piece.len().min(end - start);
                let n = from.copy_at(pool, start, piece.get_mut(..room).unwrap_or_default());
                if n == 0 {
                    break;
                }
                loopback.append(pool, piece.get(..n).unwrap_or_default(), Claim::Spare);
                start += n;
            }
            at = end;
        }
        for _ in 0..lost {
            self.dropped(crate::stats::Drop::Memory);
        }
    }

    /// Writes the next packet for this host to `buffer`; gives the interface it counts as received on, and its length.
    fn loopback_next(&mut self, buffer: &mut [u8], now: Instant) -> Option<(u8, usize)> {
        if let Some(record) = self.loopback.front::<HEADER>(&self.pool) {
            let len = self.loopback.copy_front(&self.pool, &record, 0, buffer);
            self.loopback.pop(&mut self.pool, &record, Claim::Control);
            // That of a group came from an interface, that of a single host from none.
            return Some((record.header[0].checked_sub(FROM_NETIF).unwrap_or(LOOPBACK), len));
        }
        #[cfg(feature = "tcp")]
        {
            let (outgoing, _) = self.tcp_next(LOOPBACK, now)?;
            let len = outgoing.packet_len();
            self.tcp_emit(outgoing, buffer.get_mut(..len)?, now);
            Some((LOOPBACK, len))
        }
        #[cfg(not(feature = "tcp"))]
        {
            let _ = now;
            None
        }
    }

    /// Whether something waits to be taken in.
    fn loopback_pending(&self) -> bool {
        #[cfg(feature = "tcp")]
        if self.tcp.is_ready_on(LOOPBACK) {
            return true;
        }
        !self.loopback.is_empty()
    }

    /// Now, when something waits to be taken in.
    pub(crate) fn loopback_deadline(&self) -> Option<Instant> {
        self.loopback_pending().then(|| self.clock())
    }

    /// The interface whose address `addr` is, else the way back to this host.
    pub(crate) fn owner(&self, addr: crate::addr::Ip) -> u8 {
        let owns = |netif: &super::Netif| {
            #[cfg(feature = "ipv4")]
            if crate::addr::as_v4(&addr).is_some_and(|addr| netif.ipv4.address == addr) {
                return true;
            }
            #[cfg(feature = "ipv6")]
            if crate::addr::as_v6(&addr).is_some_and(|addr| netif.ipv6.has(addr)) {
                return true;
            }
            false
        };
        self.netifs.iter().position(|netif| netif.up && owns(netif)).map_or(LOOPBACK, |index| index as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "udp")]
    use crate::addr;
    use crate::addr::Ip;
    use crate::config::NETIF_COUNT;
    use crate::testing::{OWN_MAC, drain, settle, stack};
    use crate::{NetifConfig, NetifId};
    use std::boxed::Box;
    use std::vec::Vec;

    const NOW: Instant = Instant::from_millis(u32::MAX - 60_000);

    /// A stack with one interface, without a driver to run it, and all addresses that lead back to it.
    fn alone() -> (Box<Stack>, NetifId, Vec<Ip>) {
        let mut stack = stack([3; 16]);
        let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: NETIF_MTU }).unwrap();
        let mut own: Vec<Ip> = Vec::new();
        #[cfg(feature = "ipv4")]
        {
            stack.set_ipv4(netif, [10, 0, 0, 1].into(), 24, None).unwrap();
            own.extend([[10, 0, 0, 1], [127, 0, 0, 1], [127, 9, 9, 9]].map(|ip| crate::addr::v4(ip.into())));
        }
        stack.set_link(netif, true);
        settle(&mut stack, netif, NOW);
        #[cfg(feature = "ipv6")]
        {
            own.push(crate::addr::v6(crate::addr::Ip6::LOCALHOST));
            own.extend(stack.ipv6(netif).map(|(address, _)| crate::addr::v6(address.into())));
        }
        (stack, netif, own)
    }

    /// RFC 1122 §3.2.1.3 (g), RFC 4291 §2.5.3: what is sent to this host comes back, and nothing of it leaves.
    #[cfg(feature = "udp")]
    #[test]
    fn datagrams_come_back_at_the_next_poll() {
        let (mut stack, netif, own) = alone();
        let socket = stack.udp_bind(addr::ANY, 7).unwrap();
        for ip in own {
            let idle = stack.next_deadline();
            stack.udp_send_to(socket, b"to myself", addr::socket(ip, 7)).unwrap();
            assert_eq!(stack.next_deadline(), Some(stack.clock()), "it is due now");
            assert_eq!(stack.udp_recv_from(socket, &mut [0; 9]).err(), Some(crate::Error::WouldBlock));
            assert_eq!(stack.poll(NOW), idle);
            let mut buffer = [0; 20];
            let (len, from) = stack.udp_recv_from(socket, &mut buffer).unwrap();
            assert_eq!((&buffer[..len], from.port()), (&b"to myself"[..], 7));
            let (from, _) = addr::parts(from);
            assert!(from == ip, "{ip:?}: from {from:?}");
        }
        assert_eq!(drain(&mut stack, netif, NOW), Vec::<Vec<u8>>::new());
        assert_eq!(stack.pool.taken(), 0);
    }

    /// One poll takes in so many; the others wait, and the queue is bounded.
    #[cfg(feature = "udp")]
    #[test]
    fn a_flood_is_bounded() {
        let (mut stack, _, own) = alone();
        let socket = stack.udp_bind(addr::ANY, 7).unwrap();
        for ip in own {
            let to = addr::socket(ip, 7);
            let queued = (0..100_000).take_while(|_| stack.udp_send_to(socket, b"x", to).is_ok()).count();
            assert!(queued * 29 <= NETIF_LOOPBACK_QUEUE, "{queued} packets");
            let mut polls = 0;
            while stack.next_deadline() == Some(stack.clock()) {
                stack.poll(NOW);
                polls += 1;
            }
            assert_eq!(polls, queued.div_ceil(BATCH));
            while stack.udp_recv_from(socket, &mut [0; 9]).is_ok() {}
        }
        assert_eq!(stack.pool.taken(), 0);
    }

    /// A client and a server in one stack: handshake, data both ways, and an end in order.
    #[cfg(feature = "tcp")]
    #[test]
    fn connections_to_this_host_work() {
        use crate::TcpState;
        if crate::config::TCP_PCBS < 2 {
            return;
        }
        let (mut stack, netif, own) = alone();
        let listener = stack.tcp_listen(crate::addr::ANY, 80).unwrap();
        for ip in own {
            let mut now = NOW;
            let client = stack.tcp_connect(crate::addr::socket(ip, 80), now).unwrap();
            stack.poll(now);
            let server = stack.tcp_accept(listener).unwrap();
            let sent: Vec<u8> = (0..20_000u32).map(|i| (i / 7) as u8).collect();
            let (mut rest, mut got, mut buffer) = (&sent[..], Vec::new(), [0; 700]);
            for _ in 0..10_000 {
                rest = &rest[stack.tcp_send(client, rest).unwrap_or(0)..];
                // The next deadline, which is now as long as segments are under way.
                now = stack.poll(now).unwrap_or(now);
                while let Ok(len @ 1..) = stack.tcp_recv(server, &mut buffer) {
                    got.extend_from_slice(&buffer[..len]);
                }
                if got.len() == sent.len() {
                    break;
                }
            }
            assert!(got == sent, "{ip:?}: {} of {} bytes", got.len(), sent.len());
            stack.tcp_close(client, now).unwrap();
            stack.poll(now);
            assert_eq!(stack.tcp_state(server), Ok(TcpState::CloseWait));
            stack.tcp_close(server, now).unwrap();
            assert_eq!(drain(&mut stack, netif, now), Vec::<Vec<u8>>::new());
            while let Some(next) = stack.next_deadline()
                && stack.tcp_state(client) != stack.tcp_state(server)
            {
                stack.poll(next);
            }
        }
    }

    /// RFC 9293 §3.10.7.1: a closed port of this host refuses.
    #[cfg(feature = "tcp")]
    #[test]
    fn a_closed_port_of_this_host_refuses() {
        let (mut stack, _, own) = alone();
        for ip in own {
            let client = stack.tcp_connect(crate::addr::socket(ip, 81), NOW).unwrap();
            stack.poll(NOW);
            assert_eq!(stack.tcp_recv(client, &mut [0; 9]), Err(crate::Error::Refused));
            stack.tcp_close(client, NOW).unwrap();
        }
    }

    /// RFC 792: this host answers its own ping.
    #[cfg(feature = "icmp-echo")]
    #[test]
    fn a_ping_of_oneself_is_answered() {
        use crate::wire::{icmpv4, ipv4, protocol};
        let (mut stack, ..) = alone();
        let ip = crate::addr::v4([127, 0, 0, 1].into());
        let header = icmpv4::Header { kind: icmpv4::ECHO_REQUEST, code: 0, rest: [1, 2, 3, 4] };
        let mut bytes = header.to_bytes(b"ping");
        bytes[2..4].fill(0);
        let mut sum = crate::wire::checksum::of(&bytes);
        sum.add(b"ping");
        bytes[2..4].copy_from_slice(&sum.checksum());
        stack.ip_reply(
            &ip,
            &ip,
            LOOPBACK,
            protocol::ICMP,
            [&bytes, b"ping"],
            crate::pbuf::Payload::Frame(&[]),
        );
        let mut packet = [0; NETIF_MTU as usize];
        let mut kinds = Vec::new();
        while let Some((netif, len)) = stack.loopback_next(&mut packet, NOW) {
            kinds.push(packet[ipv4::HEADER_LEN]);
            stack.ip_input(Arrival { netif, group: false, looped: true }, &packet[..len], NOW);
        }
        assert_eq!(kinds, [icmpv4::ECHO_REQUEST, icmpv4::ECHO_REPLY]);
    }

    /// RFC 4443 §4.2: this host answers its own ping.
    #[cfg(feature = "ipv6")]
    #[test]
    fn a_ping_of_oneself_is_answered_over_ipv6() {
        use crate::wire::{icmpv6, ipv6, protocol};
        let (mut stack, ..) = alone();
        let ip = crate::addr::Ip6::LOCALHOST;
        let header = icmpv6::Header { kind: icmpv6::ECHO_REQUEST, code: 0, rest: [1, 2, 3, 4] };
        let bytes = header.to_bytes(&ip, &ip, b"ping");
        let ip = crate::addr::v6(ip);
        stack.ip_reply(
            &ip,
            &ip,
            LOOPBACK,
            protocol::ICMPV6,
            [&bytes, b"ping"],
            crate::pbuf::Payload::Frame(&[]),
        );
        let mut packet = [0; NETIF_MTU as usize];
        let mut kinds = Vec::new();
        while let Some((netif, len)) = stack.loopback_next(&mut packet, NOW) {
            kinds.push(packet[ipv6::HEADER_LEN]);
            stack.ip_input(Arrival { netif, group: false, looped: true }, &packet[..len], NOW);
        }
        assert_eq!(kinds, [icmpv6::ECHO_REQUEST, icmpv6::ECHO_REPLY]);
    }

    /// What an interface has belongs to it; a loopback address belongs to none.
    #[test]
    fn addresses_have_owners() {
        let (stack, netif, own) = alone();
        for ip in own {
            let owner = if ip.is_loopback() { LOOPBACK } else { netif.0 };
            assert_eq!(stack.owner(ip), owner, "{ip:?}");
        }
        assert!(NETIF_COUNT < usize::from(LOOPBACK));
    }
}
