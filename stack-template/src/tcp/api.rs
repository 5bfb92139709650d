//! The raw API of TCP: connections by handle; what a call cannot do now is told later by an event.

use super::pcb::{Ended, Flags, Pcb};
use super::timers::Timer;
use super::{Ends, Tcp, TcpHandle, TcpState};
use crate::addr;
use crate::config::{TCP_FIN_WAIT_TIMEOUT_MS, TCP_PCBS};
use crate::netif::Way;
use crate::pbuf::{Claim, Pool, Slices};
use crate::{Binding, Error, Instant, SocketAddr, Stack};

/// First of the ports that are given to connections (RFC 6335 §6).
const EPHEMERAL: u16 = 49152;

impl<H: crate::Hooks> Stack<H> {
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
        let Some(route) = self.route(&ip, &way) else { return Err(Error::Route) };
        let local_port = match local_port {
            0 => self.tcp_ephemeral(port)?,
            taken if self.tcp_port_used(taken, port) => return Err(Error::InUse),
            free => free,
        };
        let ends = Ends { netif: route.netif, local: (route.source, local_port), remote: (ip, port) };
        let index = self.tcp.allocate().ok_or(Error::Memory)?;
        let pcb = self.tcp_begin(index, &ends, route.mtu, now).ok_or(Error::Memory)?;
        pcb.state = TcpState::SynSent;
        Ok(self.tcp.handle(index))
    }

    /// A random port that no connection to the port `remote` and no listener has (RFC 6056 §3.3.1). It is not `remote`,
    /// so that no connection of this host is with itself.
    fn tcp_ephemeral(&mut self, remote: u16) -> Result<u16, Error> {
        let start = self.random.next() as u16;
        let mut ports = (0..1 << 14).map(|i| EPHEMERAL | start.wrapping_add(i));
        ports.find(|port| !self.tcp_port_used(*port, remote) && *port != remote).ok_or(Error::InUse)
    }

    /// Whether a connection to the port `remote`, or a listener, has `port`.
    #[inline(never)]
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
        let (pcb, pool) = self.tcp_sender(handle)?;
        let len = pcb.send_reserve(pool, bytes.len());
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
        let (pcb, pool) = self.tcp_sender(handle)?;
        let len = pcb.send_reserve(pool, crate::config::PBUF_BLOCK_SIZE);
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
        let (pcb, pool) = self.tcp_sender(handle)?;
        Ok(pcb.send_room(pool))
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
        if pcb.consume(pool, len) {
            self.tcp.make_ready(usize::from(handle.index));
        }
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
        let (pcb, pool) = self.tcp_pcb(handle)?;
        if len > pcb.rx.len() {
            return Err(Error::Value);
        }
        if pcb.consume(pool, len) {
            self.tcp.make_ready(usize::from(handle.index));
        }
        Ok(())
    }

    /// Finishes this side: what was queued is sent, then a FIN. Receiving goes on.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::State`] when the connection does not stand.
    pub fn tcp_shutdown(&mut self, handle: TcpHandle) -> Result<(), Error> {
        self.tcp_pcb(handle)?;
        self.tcp_finish(usize::from(handle.index))
    }

    fn tcp_finish(&mut self, index: usize) -> Result<(), Error> {
        let pcb = self.tcp.pcbs.get_mut(index).ok_or(Error::Handle)?;
        pcb.state = match pcb.state {
            TcpState::Established => TcpState::FinWait1,
            TcpState::CloseWait => TcpState::LastAck,
            TcpState::Closed | TcpState::SynSent | TcpState::SynReceived => return Err(Error::State),
            _ => return Ok(()),
        };
        pcb.flags.set(Flags::FIN_QUEUED);
        self.tcp.make_ready(index);
        Ok(())
    }

    /// Closes the connection in order and lets go of the handle. Bytes received and not read make it a reset
    /// (RFC 2525 §2.17).
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_close(&mut self, handle: TcpHandle, now: Instant) -> Result<(), Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        let index = usize::from(handle.index);
        if !pcb.rx.is_empty() || pcb.state < TcpState::Established {
            self.tcp_drop(index);
            return Ok(());
        }
        if pcb.state == TcpState::FinWait2 {
            pcb.arm(Timer::FinWait2, now, TCP_FIN_WAIT_TIMEOUT_MS);
        }
        pcb.flags.set(Flags::ORPHAN);
        pcb.events = 0;
        pcb.generation = pcb.generation.wrapping_add(1);
        self.tcp_finish(index)
    }

    /// Ends the connection with a reset and lets go of the handle.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn tcp_abort(&mut self, handle: TcpHandle) -> Result<(), Error> {
        self.tcp_pcb(handle)?;
        self.tcp_drop(usize::from(handle.index));
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
        #[cfg(feature = "ipv6")]
        return Ok(addr::socket_on(pcb.remote_ip, pcb.remote_port, pcb.netif));
        #[cfg(not(feature = "ipv6"))]
        Ok(addr::socket(pcb.remote_ip, pcb.remote_port))
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

    /// Chooses how many hops segments may take (`IP_TTL`, `IPV6_UNICAST_HOPS`); `None` is the profile's number.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::Value`] for 0.
    #[cfg(feature = "tcp-ttl")]
    pub fn tcp_set_ttl(&mut self, handle: TcpHandle, ttl: Option<u8>) -> Result<(), Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        pcb.ttl = crate::ip::hops(ttl)?;
        Ok(())
    }

    /// Chooses the type of service or traffic class of segments (`IP_TOS`, `IPV6_TCLASS`, RFC 2474); 0 at first.
    ///
    /// # Errors
    /// [`Error::Handle`].
    #[cfg(feature = "tcp-ttl")]
    pub fn tcp_set_traffic_class(&mut self, handle: TcpHandle, class: u8) -> Result<(), Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        pcb.tos = class;
        Ok(())
    }

    /// Turns keepalive probes on or off (RFC 9293 §3.8.4); they are off at first.
    ///
    /// # Errors
    /// [`Error::Handle`].
    #[cfg(feature = "tcp-keepalive")]
    pub fn tcp_set_keepalive(
        &mut self,
        handle: TcpHandle,
        keepalive: bool,
        now: Instant,
    ) -> Result<(), Error> {
        let (pcb, _) = self.tcp_pcb(handle)?;
        if keepalive {
            pcb.flags.set(Flags::KEEPALIVE);
        } else {
            pcb.flags.clear(Flags::KEEPALIVE);
        }
        if matches!(pcb.timer, Timer::Off | Timer::Keepalive) {
            pcb.arm_idle(now);
        }
        Ok(())
    }

    fn tcp_pcb(&mut self, handle: TcpHandle) -> Result<(&mut Pcb, &mut Pool), Error> {
        Ok((self.tcp.held(handle).ok_or(Error::Handle)?, &mut self.pool))
    }

    /// A connection whose application may send.
    fn tcp_sender(&mut self, handle: TcpHandle) -> Result<(&mut Pcb, &mut Pool), Error> {
        let (pcb, pool) = self.tcp_pcb(handle)?;
        match pcb.state {
            TcpState::Established | TcpState::CloseWait | TcpState::SynSent | TcpState::SynReceived => {
                Ok((pcb, pool))
            }
            TcpState::Closed => Err(pcb.ended.error().unwrap_or(Error::State)),
            _ => Err(Error::State),
        }
    }
}

impl Tcp {
    /// The connection that the application holds by `handle`.
    // In one place: every call of the application asks.
    #[inline(never)]
    fn held(&mut self, handle: TcpHandle) -> Option<&mut Pcb> {
        self.pcbs.get_mut(usize::from(handle.index)).filter(|pcb| {
            pcb.generation == handle.generation && !pcb.is_free() && !pcb.flags.has(Flags::UNACCEPTED)
        })
    }
}

impl Pcb {
    /// Drops `len` received bytes; gives whether the peer should know of the window that this opens.
    fn consume(&mut self, pool: &mut Pool, len: usize) -> bool {
        self.rx.drop_front(pool, len, Claim::Promised);
        #[cfg(feature = "tcp-ooseq")]
        let ahead = !self.ooseq.is_empty();
        #[cfg(not(feature = "tcp-ooseq"))]
        let ahead = false;
        if !ahead {
            self.rx.reset_if_empty(pool, Claim::Promised);
        }
        if self.flags.has(Flags::FIN_RECEIVED) {
            self.shed(pool);
        }
        let update = self.takes_data() && self.should_update(pool);
        if update {
            self.flags.set(Flags::ACK_NOW);
        }
        update
    }

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
