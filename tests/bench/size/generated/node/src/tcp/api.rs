//! The raw API of TCP: connections by handle; what a call cannot do now is told later by an event.

use super::pcb::{Ended, Flags, Pcb};
use super::timers::Timer;
use super::{TcpHandle, TcpState};
use crate::addr;
use crate::config::{TCP_FIN_WAIT_TIMEOUT_MS, TCP_PCBS};
use crate::netif::Way;
use crate::pbuf::{Claim, Pool, Slices};
use crate::{Binding, Error, Instant, SocketAddr, Stack};

/// First of the ports that are given to connections (RFC 6335 §6).
const EPHEMERAL: u16 = 49152;

impl Stack {
    /// Opens a connection to `remote` from a random free port; an event tells when it stands.
    ///
    /// # Errors
    /// [`Error::Value`] for port 0 or a group address; [`Error::Route`]; [`Error::InUse`] when all ports to `remote`
    /// are taken; [`Error::Memory`] when all pcbs of the profile are, or the pool cannot promise the minimum.
    pub fn tcp_connect(&mut self, remote: SocketAddr, now: Instant) -> Result<TcpHandle, Error> {
        self.tcp_connect_from(Binding::ANY, 0, remote, now)
    }

    /// Opens a connection to `remote` from an address, or what else a [`Binding`] says, and `port` (0 for a random free
    /// one).
    ///
    /// # Errors
    /// As [`tcp_connect`](Self::tcp_connect); [`Error::Value`] too for an address of a version that the binding is not of.
    pub fn tcp_connect_from(
        &mut self,
        binding: impl Into<Binding>,
        port: u16,
        remote: SocketAddr,
        now: Instant,
    ) -> Result<TcpHandle, Error> {
        self.tcp_start(binding.into(), port, remote, now)
    }

    fn tcp_start(
        &mut self,
        binding: Binding,
        local_port: u16,
        remote: SocketAddr,
        now: Instant,
    ) -> Result<TcpHandle, Error> {
        let (ip, port) = addr::parts(remote);
        if port == 0 || addr::is_group(&ip) || !binding.reaches(&ip) {
            return Err(Error::Value);
        }
        let way = Way { from: binding.source(), netif: binding.netif(), scope: addr::scope(remote) };
        let route = self.route(&ip, &way).ok_or(Error::Route)?;
        let local_port = match local_port {
            0 => self.tcp_ephemeral(port)?,
            taken if self.tcp_port_used(taken, port) => return Err(Error::InUse),
            free => free,
        };
        let index = self.tcp.allocate().ok_or(Error::Memory)?;
        self.tcp_free(index);
        if !self.tcp.back(index, &mut self.pool) {
            return Err(Error::Memory);
        }
        let isn = self.tcp_isn((route.source, local_port), (ip, port), now);
        let pcb = self.tcp.pcbs.get_mut(index).ok_or(Error::Memory)?;
        pcb.netif = route.netif;
        pcb.local_ip = route.source;
        pcb.local_port = local_port;
        pcb.remote_ip = ip;
        pcb.remote_port = port;
        pcb.state = TcpState::SynSent;
        pcb.start(isn, route.mtu);
        self.tcp.make_ready(index);
        Ok(self.tcp.handle(index))
    }

    /// A random port that no connection to the port `remote` and no listener has (RFC 6056 §3.3.1). It is not `remote`,
    /// so that no connection of this host is with itself.
    fn tcp_ephemeral(&mut self, remote: u16) -> Result<u16, Error> {
        let start = self.random.next() as u16;
        let mut ports = (0..=u16::MAX - EPHEMERAL).map(|i| EPHEMERAL | start.wrapping_add(i));
        ports.find(|port| !self.tcp_port_used(*port, remote) && *port != remote).ok_or(Error::InUse)
    }

    /// Whether a connection to the port `remote`, or a listener, has `port`.
    fn tcp_port_used(&self, port: u16, remote: u16) -> bool {
        let same = |pcb: &Pcb| pcb.local_port == port && pcb.remote_port == remote;
        let listens = self.tcp.listeners.iter().any(|l| l.conflicts(&Binding::ANY, port));
        self.tcp.pcbs.iter().any(same) || listens
    }

    /// Queues as much of `bytes` for sending as the send buffer takes; gives how much.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::State`] when this side has finished; [`Error::WouldBlock`] when the buffer is full;
    /// what ended the connection.
    pub fn tcp_send(&mut self, handle: TcpHandle, bytes: &[u8]) -> Result<usize, Error> {
        let (pcb, pool, aside) = self.tcp_sender(handle)?;
        let len = pcb.send_reserve(pool, bytes.len(), aside);
        let sent = pcb.tx.push(pool, bytes.get(..len).unwrap_or_default(), Claim::Promised);
        if sent == 0 && !bytes.is_empty() {
            return Err(Error::WouldBlock);
        }
        self.tcp.make_ready(usize::from(handle.index));
        Ok(sent)
    }

    /// Lends a contiguous piece of the send buffer to `write`, which gives how much it wrote to its start.
    ///
    /// # Errors
    /// As [`tcp_send`](Self::tcp_send).
    pub fn tcp_send_with(
        &mut self,
        handle: TcpHandle,
        write: impl FnOnce(&mut [u8]) -> usize,
    ) -> Result<usize, Error> {
        let (pcb, pool, aside) = self.tcp_sender(handle)?;
        let len = pcb.send_reserve(pool, crate::config::PBUF_BLOCK_SIZE, aside);
        if len == 0 {
            return Err(Error::WouldBlock);
        }
        let piece = pcb.tx.tail_mut(pool, Claim::Promised);
        let room = piece.len().min(len);
        let written = write(&mut piece[..room]).min(room);
        pcb.tx.advance(written);
        self.tcp.make_ready(usize::from(handle.index));
        Ok(written)
    }

    /// Bytes that [`tcp_send`](Self::tcp_send) would take now.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::State`] when this side has finished; what ended the connection.
    pub fn tcp_send_room(&mut self, handle: TcpHandle) -> Result<usize, Error> {
        let (pcb, pool, aside) = self.tcp_sender(handle)?;
        Ok(pcb.send_room(pool, aside))
    }

    /// Bytes that were sent or queued and are not yet acknowledged.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_unacknowledged(&mut self, handle: TcpHandle) -> Result<usize, Error> {
        self.tcp_pcb(handle).map(|(pcb, _)| pcb.tx.len())
    }

    /// Copies received bytes to `out` and drops them; gives how many, 0 when the peer has finished.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::WouldBlock`] when none has come; what ended the connection.
    pub fn tcp_recv(&mut self, handle: TcpHandle, out: &mut [u8]) -> Result<usize, Error> {
        let (pcb, pool) = self.tcp_pcb(handle)?;
        if pcb.rx.is_empty() {
            return pcb.nothing_to_read().map(|()| 0);
        }
        let len = pcb.rx.copy_at(pool, 0, out);
        self.tcp_consume(handle, len)?;
        Ok(len)
    }

    /// The first contiguous piece of the received bytes, without a copy; empty when the peer has finished.
    ///
    /// # Errors
    /// As [`tcp_recv`](Self::tcp_recv).
    pub fn tcp_peek(&mut self, handle: TcpHandle) -> Result<&[u8], Error> {
        Ok(self.tcp_peek_all(handle)?.next().unwrap_or_default())
    }

    /// All contiguous pieces of the received bytes, without a copy.
    ///
    /// # Errors
    /// As [`tcp_recv`](Self::tcp_recv).
    pub fn tcp_peek_all(&mut self, handle: TcpHandle) -> Result<Slices<'_>, Error> {
        let (pcb, pool) = self.tcp_pcb(handle)?;
        if pcb.rx.is_empty() {
            pcb.nothing_to_read()?;
        }
        Ok(pcb.rx.slices(pool))
    }

    /// Drops `len` received bytes, which opens the window for as many more.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::Value`] when fewer have come.
    pub fn tcp_consume(&mut self, handle: TcpHandle, len: usize) -> Result<(), Error> {
        let aside = self.tcp.aside();
        let (pcb, pool) = self.tcp_pcb(handle)?;
        if len > pcb.rx.len() {
            return Err(Error::Value);
        }
        pcb.rx.drop_front(pool, len, Claim::Promised);
        let ahead = !pcb.ooseq.is_empty();
        if !ahead {
            pcb.rx.reset_if_empty(pool, Claim::Promised);
        }
        if pcb.flags.has(Flags::FIN_RECEIVED) {
            pcb.shed(pool);
        }
        if pcb.takes_data() && pcb.should_update(pool, aside) {
            pcb.flags.set(Flags::ACK_NOW);
            self.tcp.make_ready(usize::from(handle.index));
        }
        Ok(())
    }

    /// Finishes this side: what was queued is sent, then a FIN. Receiving goes on.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::State`] when the connection does not stand.
    pub fn tcp_shutdown(&mut self, handle: TcpHandle) -> Result<(), Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        pcb.state = match pcb.state {
            TcpState::Established => TcpState::FinWait1,
            TcpState::CloseWait => TcpState::LastAck,
            TcpState::Closed | TcpState::SynSent | TcpState::SynReceived => return Err(Error::State),
            _ => return Ok(()),
        };
        pcb.flags.set(Flags::FIN_QUEUED);
        self.tcp.make_ready(usize::from(handle.index));
        Ok(())
    }

    /// Closes the connection in order and lets go of the handle. Bytes received and not read make it a reset
    /// (RFC 2525 §2.17).
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_close(&mut self, handle: TcpHandle, now: Instant) -> Result<(), Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        if !pcb.rx.is_empty() {
            return self.tcp_abort(handle);
        }
        match pcb.state {
            TcpState::Closed | TcpState::SynSent | TcpState::SynReceived => return self.tcp_abort(handle),
            TcpState::FinWait2 => pcb.arm(Timer::FinWait2, now, TCP_FIN_WAIT_TIMEOUT_MS),
            _ => {}
        }
        pcb.flags.set(Flags::ORPHAN);
        pcb.events = 0;
        let generation = pcb.generation;
        pcb.generation = generation.wrapping_add(1);
        self.tcp_shutdown(TcpHandle { generation: generation.wrapping_add(1), ..handle })
    }

    /// Ends the connection with a reset and lets go of the handle.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_abort(&mut self, handle: TcpHandle) -> Result<(), Error> {
        self.tcp_pcb(handle)?;
        let index = usize::from(handle.index);
        self.tcp_reset(index);
        self.tcp_free(index);
        Ok(())
    }

    /// The connection's state.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_state(&mut self, handle: TcpHandle) -> Result<TcpState, Error> {
        self.tcp_pcb(handle).map(|(pcb, _)| pcb.state)
    }

    /// The peer.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_remote(&mut self, handle: TcpHandle) -> Result<SocketAddr, Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        Ok(addr::socket_on(pcb.remote_ip, pcb.remote_port, pcb.netif))
    }

    /// Turns Nagle's algorithm off or on (RFC 9293 §3.7.4); it is on at first.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_set_nodelay(&mut self, handle: TcpHandle, nodelay: bool) -> Result<(), Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        if nodelay {
            pcb.flags.set(Flags::NODELAY);
        } else {
            pcb.flags.clear(Flags::NODELAY);
        }
        self.tcp.make_ready(usize::from(handle.index));
        Ok(())
    }

    fn tcp_pcb(&mut self, handle: TcpHandle) -> Result<(&mut Pcb, &mut Pool), Error> {
        let pcb = self.tcp.pcbs.get_mut(usize::from(handle.index)).filter(|pcb| {
            pcb.generation == handle.generation && !pcb.is_free() && !pcb.flags.has(Flags::UNACCEPTED)
        });
        Ok((pcb.ok_or(Error::Handle)?, &mut self.pool))
    }

    /// A connection whose application may send.
    fn tcp_sender(&mut self, handle: TcpHandle) -> Result<(&mut Pcb, &mut Pool, usize), Error> {
        let aside = self.tcp.aside();
        let (pcb, pool) = self.tcp_pcb(handle)?;
        match pcb.state {
            TcpState::Established | TcpState::CloseWait | TcpState::SynSent | TcpState::SynReceived => {
                Ok((pcb, pool, aside))
            }
            TcpState::Closed => Err(pcb.ended.error().unwrap_or(Error::State)),
            _ => Err(Error::State),
        }
    }
}

impl Pcb {
    /// Why there is nothing to read: `Ok` when the peer has finished.
    fn nothing_to_read(&self) -> Result<(), Error> {
        match self.state {
            _ if self.flags.has(Flags::FIN_RECEIVED) => Ok(()),
            TcpState::Closed => self.ended.error().map_or(Ok(()), Err),
            _ => Err(Error::WouldBlock),
        }
    }
}

impl Ended {
    fn error(self) -> Option<Error> {
        match self {
            Ended::InOrder => None,
            Ended::Reset => Some(Error::Reset),
            Ended::Refused => Some(Error::Refused),
            Ended::TimedOut => Some(Error::TimedOut),
        }
    }
}

const _: () = assert!(TCP_PCBS <= 253, "a list link is a u8, and 0 is none");
