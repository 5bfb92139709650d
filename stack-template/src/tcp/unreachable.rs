//! ICMP errors about a connection's own segments (RFC 5927, RFC 9293 §3.9.2.2).

use super::TcpState;
use super::pcb::Ended;
use super::seq::Seq;
use crate::Stack;
use crate::wire::{icmpv4, ipv4, protocol};

impl Stack {
    /// "Destination unreachable" with the quoted packet. Only a connection that is being opened takes it as an end,
    /// and only if the quoted sequence number is the one of its SYN; all else is left to the timers.
    pub(crate) fn tcp_unreachable(&mut self, code: u8, quoted: &[u8]) {
        if !matches!(code, icmpv4::UNREACHABLE_PROTOCOL | icmpv4::UNREACHABLE_PORT) {
            return;
        }
        let header_len = quoted.first().map_or(0, |byte| usize::from(byte & 0x0f) * 4);
        let Some((ip, segment)) = quoted.split_at_checked(header_len) else { return };
        let (Some(ip), Some([s0, s1, d0, d1, q0, q1, q2, q3])) =
            (ip.first_chunk::<{ ipv4::HEADER_LEN }>(), segment.first_chunk())
        else {
            return;
        };
        let (local, remote) = (u16::from_be_bytes([*s0, *s1]), u16::from_be_bytes([*d0, *d1]));
        let seq = Seq(u32::from_be_bytes([*q0, *q1, *q2, *q3]));
        let dst = crate::IpAddr::new(ip[16], ip[17], ip[18], ip[19]);
        let opening = self.tcp.pcbs.iter().position(|pcb| {
            pcb.state == TcpState::SynSent
                && (pcb.local_port, pcb.remote_port, pcb.remote_ip, pcb.snd_una) == (local, remote, dst, seq)
        });
        if let Some(index) = opening.filter(|_| ip[9] == protocol::TCP) {
            self.tcp_end(index, Ended::Refused);
        }
    }
}
