//! Ends of connections: in order, by a reset, by silence; and what is left of them.

use super::TcpState;
use super::pcb::{Ended, Flags, Pcb};
use super::timers::Timer;
use super::{Tcp, TcpEvents};
use crate::addr::Ip;
use crate::config::TCP_MSL_MS;
use crate::ip::Received;
use crate::pbuf::Payload;
use crate::wire::tcp::{CHECKSUM_AT, HEADER_LEN, Header, flags};
use crate::wire::{checksum, protocol};
use crate::{Instant, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// The connection is over. Its block is free at once when nobody holds a handle to it.
    pub(super) fn tcp_end(&mut self, index: usize, why: Ended) {
        let Some(pcb) = self.tcp.pcbs.get_mut(index) else { return };
        pcb.state = TcpState::Closed;
        pcb.ended = why;
        pcb.timer = Timer::Off;
        pcb.flags.clear(Flags::ACK_DELAYED | Flags::ACK_NOW);
        if pcb.flags.has(Flags::ORPHAN | Flags::UNACCEPTED) {
            return self.tcp_free(index);
        }
        if why != Ended::InOrder {
            self.tcp.unback(index, &mut self.pool);
        }
        self.tcp.tell(index, TcpEvents::CLOSED);
    }

    /// Ends the connection with a reset, and frees its block.
    pub(super) fn tcp_drop(&mut self, index: usize) {
        self.tcp_reset(index);
        self.tcp_free(index);
    }

    /// Frees the block; handles to it are stale from now on.
    pub(super) fn tcp_free(&mut self, index: usize) {
        self.tcp.unback(index, &mut self.pool);
        self.tcp.unlink_ready(index);
        let Some(pcb) = self.tcp.pcbs.get_mut(index) else { return };
        let generation = pcb.generation.wrapping_add(1);
        if pcb.flags.has(Flags::UNACCEPTED)
            && let Some(listener) = self.tcp.listeners.get_mut(usize::from(pcb.listener))
        {
            listener.taken();
        }
        *pcb = Pcb::new();
        pcb.generation = generation;
    }

    /// Sends a reset for the connection (RFC 9293 §3.10.5), if the peer knows of it.
    pub(super) fn tcp_reset(&mut self, index: usize) {
        let Some(pcb) = self.tcp.pcbs.get(index) else { return };
        if !matches!(pcb.state, TcpState::Closed | TcpState::SynSent | TcpState::TimeWait) {
            let header = Header {
                src: pcb.local_port,
                dst: pcb.remote_port,
                seq: pcb.snd_nxt.0,
                ack: pcb.rcv_nxt.0,
                flags: flags::RST | flags::ACK,
                window: 0,
            };
            let (local, remote, netif) = (pcb.local_ip, pcb.remote_ip, pcb.netif);
            self.tcp_send_reset(&local, &remote, netif, &header);
        }
    }

    /// Answers a segment that belongs to no connection (RFC 9293 §3.10.7.1).
    pub(super) fn tcp_refuse(&mut self, received: &Received, header: &Header, len: usize) {
        if header.has(flags::RST) {
            return;
        }
        let (seq, ack, bits) = if header.has(flags::ACK) {
            (header.ack, 0, flags::RST)
        } else {
            (0, header.seq.wrapping_add(len as u32), flags::RST | flags::ACK)
        };
        let reset = Header { src: header.dst, dst: header.src, seq, ack, flags: bits, window: 0 };
        self.tcp_send_reset(&received.dst, &received.src, received.netif, &reset);
    }

    fn tcp_send_reset(&mut self, src: &Ip, dst: &Ip, netif: u8, header: &Header) {
        let mut segment = [0; HEADER_LEN];
        header.emit(0, &mut segment);
        if cfg!(feature = "checksum-gen-tcp") {
            let mut sum = checksum::pseudo(src.words(), dst.words(), protocol::TCP, HEADER_LEN as u16);
            sum.add(&segment);
            segment[CHECKSUM_AT].copy_from_slice(&sum.checksum());
        }
        self.ip_reply(src, dst, netif, protocol::TCP, [&segment, &[]], Payload::Frame(&[]));
    }
}

impl Tcp {
    /// Takes a connection out of the list of those that may have something to send.
    fn unlink_ready(&mut self, index: usize) {
        let count = self.pcbs.len();
        if !self.pcbs.get(index).is_some_and(|pcb| pcb.flags.has(Flags::READY)) {
            return;
        }
        // Once round the list, leaving out the one.
        let last = self.ready_last;
        for _ in 0..count {
            let Some(first) = self.first_ready() else { return };
            self.pop_ready();
            if first != index {
                self.make_ready(first);
            }
            if first + 1 == usize::from(last) {
                return;
            }
        }
    }
}

impl Pcb {
    /// Both sides have finished: wait for old segments to die out (RFC 9293 §3.6.1).
    pub(super) fn enter_time_wait(&mut self, now: Instant) {
        self.state = TcpState::TimeWait;
        self.arm(Timer::TimeWait, now, TCP_MSL_MS.saturating_mul(2));
    }
}
