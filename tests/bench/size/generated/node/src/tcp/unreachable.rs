//! ICMP errors about a connection's own segments (RFC 5927, RFC 9293 §3.9.2.2).

use super::TcpState;
use super::pcb::{Ended, Pcb};
use super::seq::Seq;
use crate::Stack;
use crate::ip::Quote;
use crate::wire::protocol;

impl Stack {
    /// Only a connection that is being opened takes an error as an end, and only if the quoted sequence number is the
    /// one of its SYN; all else is left to the timers.
    pub(crate) fn tcp_refused(&mut self, quote: &Quote) {
        let opening = self.tcp.pcbs.iter().position(|pcb| {
            pcb.state == TcpState::SynSent && pcb.is_of(quote) && pcb.snd_una == Seq(quote.seq)
        });
        if let Some(index) = opening {
            self.tcp_end(index, Ended::Refused);
        }
    }
}

impl Pcb {
    fn is_of(&self, quote: &Quote) -> bool {
        let (local, remote) = ((self.local_ip, self.local_port), (self.remote_ip, self.remote_port));
        quote.protocol == protocol::TCP
            && local == (quote.src, quote.src_port)
            && remote == (quote.dst, quote.dst_port)
    }
}
