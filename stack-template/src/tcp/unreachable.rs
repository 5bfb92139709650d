//! ICMP errors about a connection's own segments (RFC 5927, RFC 9293 §3.9.2.2).

use super::TcpState;
#[cfg(feature = "pmtu")]
use super::pcb::Flags;
use super::pcb::{Ended, Pcb};
use super::seq::Seq;
use crate::Stack;
use crate::ip::Quote;
use crate::wire::protocol;

impl<H: crate::Hooks> Stack<H> {
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

    /// The path to `dst` takes no more than `mtu` bytes: what did not fit is sent again at once, in smaller segments,
    /// which is no sign of congestion (RFC 8201 §5.4).
    #[cfg(feature = "pmtu")]
    pub(crate) fn tcp_narrow(&mut self, dst: crate::addr::Ip, mtu: u16) {
        for index in 0..crate::config::TCP_PCBS {
            if let Some(pcb) = self.tcp.pcbs.get_mut(index)
                && pcb.remote_ip == dst
                && pcb.state != TcpState::Closed
                && pcb.narrow(mtu)
            {
                self.tcp.make_ready(index);
            }
        }
    }
}

#[cfg(feature = "pmtu")]
impl super::Tcp {
    /// Whether the packet is of a connection and was not acknowledged yet.
    pub(crate) fn has_in_flight(&self, quote: &Quote) -> bool {
        let seq = Seq(quote.seq);
        let mut of_it = self.pcbs.iter().filter(|pcb| pcb.state != TcpState::Closed && pcb.is_of(quote));
        of_it.any(|pcb| !seq.before(pcb.snd_una) && seq.before(pcb.snd_max))
    }
}

impl Pcb {
    fn is_of(&self, quote: &Quote) -> bool {
        quote.protocol == protocol::TCP
            && self.local_port == quote.src_port
            && self.remote_port == quote.dst_port
            && self.local_ip == quote.src
            && self.remote_ip == quote.dst
    }

    /// Makes segments fit `mtu`; gives whether something must be sent again for that.
    #[cfg(feature = "pmtu")]
    fn narrow(&mut self, mtu: u16) -> bool {
        let most = self.largest_payload(mtu);
        if most >= self.mss {
            return false;
        }
        self.mss = most;
        if !self.is_synchronized() {
            return false;
        }
        self.snd_nxt = self.snd_una;
        self.recover = self.snd_max;
        self.dupacks = 0;
        // What is sent twice is not timed (RFC 6298 §3).
        self.flags.clear(Flags::TIMING);
        true
    }
}
