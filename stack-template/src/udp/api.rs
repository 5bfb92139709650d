//! The raw API of UDP.

use super::record::{self, HEADER};
use super::{Pcb, Udp, UdpHandle};
#[cfg(feature = "udp-recv-info")]
use crate::IpAddr;
use crate::addr::{self, Ip, NONE};
use crate::ip::Packet;
#[cfg(feature = "udp-recv-info")]
use crate::netif::Way;
use crate::pbuf::{Claim, Records, Slices};
use crate::wire::udp::{self, Header};
use crate::wire::{checksum, protocol};
use crate::{Binding, Error, SocketAddr, Stack};

/// First of the ports that are given to sockets that ask for none in particular (RFC 6335 §6).
const EPHEMERAL: u16 = 49152;

impl<H: crate::Hooks> Stack<H> {
    /// Opens a socket on an address ([`ANY`](crate::addr::ANY) for all of this host) and `port` (0 for a random free
    /// one); a [`Binding`] says more.
    ///
    /// # Errors
    /// [`Error::InUse`], or [`Error::Memory`] when all pcbs of the profile are open.
    pub fn udp_bind(&mut self, binding: impl Into<Binding>, port: u16) -> Result<UdpHandle, Error> {
        self.udp_open(binding.into(), port)
    }

    fn udp_open(&mut self, binding: Binding, port: u16) -> Result<UdpHandle, Error> {
        let port = match port {
            0 => self.udp_ephemeral()?,
            port if self.udp.port_used(&binding, port) => return Err(Error::InUse),
            port => port,
        };
        let free = self.udp.pcbs.iter_mut().enumerate().find(|(_, pcb)| pcb.local_port == 0);
        let (index, pcb) = free.ok_or(Error::Memory)?;
        *pcb = Pcb { binding, local_port: port, generation: pcb.generation, ..Pcb::new() };
        Ok(UdpHandle { index: index as u8, generation: pcb.generation })
    }

    /// A random free port (RFC 6056 §3.3.1).
    fn udp_ephemeral(&mut self) -> Result<u16, Error> {
        let start = self.random.next() as u16;
        let mut ports = (0..1 << 14).map(|i| EPHEMERAL | start.wrapping_add(i));
        ports.find(|port| !self.udp.port_used(&Binding::ANY, *port)).ok_or(Error::InUse)
    }

    /// Lets the socket receive from `remote` alone and send there by [`udp_send`](Self::udp_send).
    ///
    /// # Errors
    /// [`Error::Handle`], or [`Error::Value`] for port 0 or an address of a version that the socket is not bound to.
    pub fn udp_connect(&mut self, handle: UdpHandle, remote: SocketAddr) -> Result<(), Error> {
        let (ip, port) = addr::parts(remote);
        let (pcb, _) = self.udp_pcb(handle)?;
        if port == 0 || !pcb.binding.reaches(&ip) {
            return Err(Error::Value);
        }
        (pcb.remote_ip, pcb.remote_port) = (ip, port);
        Ok(())
    }

    /// The socket's local port.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn udp_local_port(&mut self, handle: UdpHandle) -> Result<u16, Error> {
        self.udp_pcb(handle).map(|(pcb, _)| pcb.local_port)
    }

    /// Sends `payload` to where the socket is connected.
    ///
    /// # Errors
    /// As [`udp_send_to`](Self::udp_send_to); [`Error::State`] when the socket is not connected.
    pub fn udp_send(&mut self, handle: UdpHandle, payload: &[u8]) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        if pcb.remote_port == 0 {
            return Err(Error::State);
        }
        let remote = addr::socket(pcb.remote_ip, pcb.remote_port);
        self.udp_send_to(handle, payload, remote)
    }

    /// Sends `payload` to `remote`.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::Value`] for port 0, an address of a version that the socket is not bound to, or a
    /// broadcast that the socket is not allowed to send; [`Error::Route`]; [`Error::TooLong`] beyond the MTU, or beyond
    /// what fragments can carry where the profile sends such; [`Error::Memory`] while the interface's queue or the pool is full.
    pub fn udp_send_to(
        &mut self,
        handle: UdpHandle,
        payload: &[u8],
        remote: SocketAddr,
    ) -> Result<(), Error> {
        self.udp_emit(handle, payload.len(), &NONE, remote, pieces(payload))
    }

    /// Sends `payload` to `remote` from the address `source` of this host (`IP_PKTINFO`, lwIP's `udp_sendto_if_src`):
    /// that which a datagram was sent to, by [`udp_recv_info`](Self::udp_recv_info), is where its answer should come
    /// from. An unspecified one leaves the choice to the stack.
    ///
    /// # Errors
    /// As [`udp_send_to`](Self::udp_send_to); [`Error::Value`] for an address that is not this host's on the way to
    /// `remote`, such as a group, or not the one that the socket is bound to.
    #[cfg(feature = "udp-recv-info")]
    pub fn udp_send_from(
        &mut self,
        handle: UdpHandle,
        payload: &[u8],
        source: IpAddr,
        remote: SocketAddr,
    ) -> Result<(), Error> {
        self.udp_emit(handle, payload.len(), &source.into(), remote, pieces(payload))
    }

    /// Sends a datagram of `len` bytes that `fill` writes in place: it gets the payload's pieces in order.
    ///
    /// # Errors
    /// As [`udp_send_to`](Self::udp_send_to).
    pub fn udp_send_with(
        &mut self,
        handle: UdpHandle,
        len: usize,
        remote: SocketAddr,
        fill: impl FnMut(&mut [u8]),
    ) -> Result<(), Error> {
        self.udp_emit(handle, len, &NONE, remote, fill)
    }

    fn udp_emit(
        &mut self,
        handle: UdpHandle,
        len: usize,
        from: &Ip,
        remote: SocketAddr,
        mut fill: impl FnMut(&mut [u8]),
    ) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        let (dst, port) = addr::parts(remote);
        if port == 0 || !pcb.binding.reaches(&dst) {
            return Err(Error::Value);
        }
        let local_port = pcb.local_port;
        let way = pcb.way(&dst, addr::scope(remote));
        #[cfg(feature = "udp-recv-info")]
        let way = match from.is_unspecified() {
            true => way,
            false if addr::same_version(from, &dst) && pcb.binding.sends_from(from) => {
                Way { from: *from, ..way }
            }
            false => return Err(Error::Value),
        };
        let _ = from;
        #[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx"))]
        let marks = pcb.marks(&dst);
        #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
        let looped = pcb.loops(&dst);
        #[cfg(feature = "udp-sof-broadcast")]
        let broadcasts = pcb.broadcast;
        let Some(route) = self.route(&dst, &way) else { return Err(Error::Route) };
        #[cfg(feature = "udp-recv-info")]
        if !from.is_unspecified() && !self.sends_from(from, &route) {
            return Err(Error::Value);
        }
        #[cfg(feature = "udp-sof-broadcast")]
        if !broadcasts && self.is_broadcast(route.netif, &dst) {
            return Err(Error::Value);
        }
        let src = route.source;
        #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
        let copy = looped.then(|| self.loopback_mark(route.netif));
        let datagram_len = u16::try_from(udp::HEADER_LEN.saturating_add(len)).map_err(|_| Error::TooLong)?;
        let header = Header { src: local_port, dst: port, len: datagram_len, checksum: [0; 2] }.to_bytes();
        let mut sum = checksum::pseudo(src.words(), dst.words(), protocol::UDP, datagram_len);
        sum.add(&header);
        let (protocol, claim) = (protocol::UDP, Claim::Spare);
        let packet = Packet {
            route: &route,
            dst: &dst,
            protocol,
            head: &header,
            body: len,
            claim,
            #[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx"))]
            marks,
        };
        let place = self.queue_ip(&packet, &mut |queue, pool, len| {
            queue.extend(pool, len, claim, |piece| {
                fill(piece);
                if cfg!(feature = "checksum-gen-udp") {
                    sum.add(piece);
                }
            });
        })?;
        if cfg!(feature = "checksum-gen-udp") {
            // Zero means "none" (RFC 768), and its one's complement is the same number.
            let checksum = match sum.checksum() {
                [0, 0] => [0xff; 2],
                checksum => checksum,
            };
            place.write(&mut self.pool, 6, &checksum);
        }
        #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
        if let Some(mark) = copy {
            self.loopback_copy(mark);
        }
        Ok(())
    }

    /// Whether `from` is an address that packets on this route can have; a link-local one is of its own link.
    #[cfg(feature = "udp-recv-info")]
    fn sends_from(&self, from: &Ip, route: &crate::netif::Route) -> bool {
        let link = Some(route.netif).filter(|netif| usize::from(*netif) < crate::config::NETIF_COUNT);
        from.is_loopback() || self.is_own(from, link)
    }

    /// Copies the oldest datagram to `out`, as much as fits, and drops it; gives its whole length and its sender.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::WouldBlock`] when none waits.
    pub fn udp_recv_from(&mut self, handle: UdpHandle, out: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        self.udp_recv_with(handle, |payload, sender| {
            let len = payload.len();
            let mut at = 0;
            for slice in payload {
                let to = out.get_mut(at..).unwrap_or_default();
                let n = to.len().min(slice.len());
                to[..n].copy_from_slice(&slice[..n]);
                at += n;
            }
            (len, sender)
        })
    }

    /// Lends the oldest datagram to `read` in contiguous pieces, without a copy, and drops it.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::WouldBlock`] when none waits.
    pub fn udp_recv_with<R>(
        &mut self,
        handle: UdpHandle,
        read: impl FnOnce(Slices<'_>, SocketAddr) -> R,
    ) -> Result<R, Error> {
        let (pcb, pool) = self.udp_pcb(handle)?;
        let record = pcb.received.front::<HEADER>(pool).ok_or(Error::WouldBlock)?;
        let sender = record::sender(&record.header);
        let result = read(pcb.received.front_slices(pool, &record), sender);
        pcb.received.pop(pool, &record, Claim::Spare);
        Ok(result)
    }

    /// Where the oldest datagram came in and what it was sent to; it stays the oldest until it is received.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::WouldBlock`] when none waits.
    #[cfg(feature = "udp-recv-info")]
    pub fn udp_recv_info(&mut self, handle: UdpHandle) -> Result<super::UdpInfo, Error> {
        let (pcb, pool) = self.udp_pcb(handle)?;
        let record = pcb.received.front::<HEADER>(pool).ok_or(Error::WouldBlock)?;
        Ok(record::info(&record.header))
    }

    /// Closes the socket and drops the datagrams that wait.
    ///
    /// # Errors
    /// [`Error::Handle`].
    pub fn udp_close(&mut self, handle: UdpHandle) -> Result<(), Error> {
        let generation = handle.generation.wrapping_add(1);
        let (pcb, pool) = self.udp_pcb(handle)?;
        let mut received = core::mem::replace(&mut pcb.received, Records::new());
        *pcb = Pcb { generation, ..Pcb::new() };
        received.clear(pool, Claim::Spare);
        Ok(())
    }

    pub(super) fn udp_pcb(&mut self, handle: UdpHandle) -> Result<(&mut Pcb, &mut crate::pbuf::Pool), Error> {
        Ok((self.udp.held(handle).ok_or(Error::Handle)?, &mut self.pool))
    }
}

impl Udp {
    /// The socket that the application holds by `handle`.
    #[inline(never)]
    fn held(&mut self, handle: UdpHandle) -> Option<&mut Pcb> {
        let pcb = self.pcbs.get_mut(usize::from(handle.index));
        pcb.filter(|pcb| pcb.local_port != 0 && pcb.generation == handle.generation)
    }
}

/// Writes `payload` piece by piece.
fn pieces(payload: &[u8]) -> impl FnMut(&mut [u8]) {
    let mut rest = payload;
    move |piece| {
        if let Some((now, later)) = rest.split_at_checked(piece.len()) {
            piece.copy_from_slice(now);
            rest = later;
        }
    }
}
