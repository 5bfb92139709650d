//! ICMP errors about a connection's own segments (RFC 5927, RFC 9293 §3.9.2.2).

use super::TcpState;
use super::pcb::Ended;
use super::seq::Seq;
use crate::{IpAddr, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// "Destination unreachable" of IPv4 with the quoted packet.
    #[cfg(feature = "icmp")]
    pub(crate) fn tcp_unreachable(&mut self, code: u8, quoted: &[u8]) {
        use crate::wire::{icmpv4, ipv4, protocol};
        if !matches!(code, icmpv4::UNREACHABLE_PROTOCOL | icmpv4::UNREACHABLE_PORT) {
            return;
        }
        let header_len = quoted.first().map_or(0, |byte| usize::from(byte & 0x0f) * 4);
        let Some((ip, segment)) = quoted.split_at_checked(header_len) else { return };
        let Some(ip) = ip.first_chunk::<{ ipv4::HEADER_LEN }>().filter(|ip| ip[9] == protocol::TCP) else {
            return;
        };
        let dst = core::net::Ipv4Addr::new(ip[16], ip[17], ip[18], ip[19]);
        self.tcp_refused(crate::addr::v4(dst), segment);
    }

    /// "Destination unreachable" of IPv6 with the quoted packet.
    #[cfg(feature = "ipv6")]
    pub(crate) fn tcp_unreachable_v6(&mut self, quoted: &[u8]) {
        use crate::wire::{ipv6, protocol};
        let Some((ip, segment)) = quoted.split_first_chunk::<{ ipv6::HEADER_LEN }>() else { return };
        let Some(dst) = ip.last_chunk::<16>().filter(|_| ip[6] == protocol::TCP) else { return };
        self.tcp_refused(crate::addr::v6((*dst).into()), segment);
    }

    /// Only a connection that is being opened takes an error as an end, and only if the quoted sequence number is the
    /// one of its SYN; all else is left to the timers.
    fn tcp_refused(&mut self, dst: IpAddr, segment: &[u8]) {
        let Some([s0, s1, d0, d1, q0, q1, q2, q3]) = segment.first_chunk() else { return };
        let (local, remote) = (u16::from_be_bytes([*s0, *s1]), u16::from_be_bytes([*d0, *d1]));
        let seq = Seq(u32::from_be_bytes([*q0, *q1, *q2, *q3]));
        let opening = self.tcp.pcbs.iter().position(|pcb| {
            pcb.state == TcpState::SynSent
                && (pcb.local_port, pcb.remote_port, pcb.remote_ip, pcb.snd_una) == (local, remote, dst, seq)
        });
        if let Some(index) = opening {
            self.tcp_end(index, Ended::Refused);
        }
    }
}
