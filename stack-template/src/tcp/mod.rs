//! TCP (RFC 9293): connections, their queues in the shared pool, and the raw API.
//!
//! # A whole application on the raw API
//!
//! A TCP echo server over any [`Device`]:
//!
//! ```
//! # use lwip::{Device, Error, Event, Instant, NetifConfig, Stack, TcpHandle};
#![cfg_attr(feature = "ipv4", doc = "# use core::net::Ipv4Addr;")]
//! # #[allow(dead_code)]
//! fn serve(
//!     stack: &mut Stack, // Stack::new(seed), with a seed from the board's entropy source
//!     device: &mut impl Device,
//!     now: fn() -> Instant,
//!     sleep: fn(Option<Instant>),
//! ) -> Result<(), Error> {
//!     let eth = stack.add_netif(NetifConfig { mac: [2, 0, 0, 0, 0, 1], mtu: 1500 })?;
#![cfg_attr(feature = "ipv4", doc = "    stack.set_ipv4(eth, Ipv4Addr::new(192, 168, 77, 2), 24, None)?;")]
//!     stack.set_link(eth, true);
//!     let listener = stack.tcp_listen(lwip::addr::ANY, 7)?;
//!     loop {
//!         let next = stack.service(eth, device, now());
//!         while let Some(event) = stack.poll_event() {
//!             match event {
//!                 Event::Accept(_) => while stack.tcp_accept(listener).is_ok() {},
//!                 Event::Tcp(conn, _) => echo(stack, conn, now()),
//!                 _ => {}
//!             }
//!         }
//!         sleep(next); // until then, or until a frame arrives
//!     }
//! }
//!
//! /// Sends back what has come, as far as the send buffer takes it.
//! # #[allow(dead_code)]
//! fn echo(stack: &mut Stack, conn: TcpHandle, now: Instant) {
//!     let mut bytes = [0; 256];
//!     while let Ok(room) = stack.tcp_send_room(conn).map(|room| room.min(bytes.len())) {
//!         match stack.tcp_recv(conn, &mut bytes[..room]) {
//!             Ok(0) if room > 0 => {
//!                 let _ = stack.tcp_close(conn, now); // the peer has closed
//!                 return;
//!             }
//!             Ok(n) if n > 0 => drop(stack.tcp_send(conn, &bytes[..n])),
//!             _ => return, // nothing more now: an event will follow
//!         }
//!     }
//! }
//! ```

mod accept;
mod api;
mod congestion;
mod emit;
mod end;
mod input;
mod isn;
mod listen;
mod output;
mod pcb;
mod receive;
mod rtt;
mod seq;
mod timers;
#[cfg(any(feature = "icmp", feature = "ipv6"))]
mod unreachable;
mod window;

#[cfg(test)]
mod tests;

pub(crate) use emit::Outgoing;
use pcb::Flags;
pub(crate) use pcb::Pcb;

use crate::addr::Ip;
use crate::config::{TCP_LISTEN_PCBS, TCP_PCBS};
use crate::ip::RateLimit;
use crate::{Event, Stack};
use listen::Listener;

/// A connection; stale once it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpHandle {
    index: u8,
    generation: u16,
}

/// A listening socket; stale once it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpListener {
    index: u8,
    generation: u16,
}

/// States of a connection (RFC 9293 §3.3.2); a listener is not a connection here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum TcpState {
    /// No connection, or none any more.
    Closed,
    /// A SYN was sent.
    SynSent,
    /// A SYN was received and answered.
    SynReceived,
    /// Both sides may send.
    Established,
    /// This side has finished; its FIN is not yet acknowledged.
    FinWait1,
    /// This side has finished, the peer has not.
    FinWait2,
    /// The peer has finished, this side has not.
    CloseWait,
    /// Both have finished at once; this side's FIN is not yet acknowledged.
    Closing,
    /// Both have finished; this side's FIN is not yet acknowledged.
    LastAck,
    /// Both have finished; old segments die out.
    TimeWait,
}

/// What happened to a connection since it was last told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct TcpEvents(u8);

impl TcpEvents {
    const CONNECTED: u8 = 1;
    const READABLE: u8 = 2;
    const WRITABLE: u8 = 4;
    const CLOSED: u8 = 8;

    /// The connection is established.
    pub fn connected(self) -> bool {
        self.0 & Self::CONNECTED != 0
    }

    /// Data has come, or the peer has finished.
    pub fn readable(self) -> bool {
        self.0 & Self::READABLE != 0
    }

    /// Sent data was acknowledged, so the send buffer has room again.
    pub fn writable(self) -> bool {
        self.0 & Self::WRITABLE != 0
    }

    /// The connection is over; [`Stack::tcp_recv`] tells why.
    pub fn closed(self) -> bool {
        self.0 & Self::CLOSED != 0
    }
}

/// What a connection is between.
struct Ends {
    netif: u8,
    local: (Ip, u16),
    remote: (Ip, u16),
}

/// All connections and listeners.
#[repr(C)]
pub struct Tcp {
    pcbs: [Pcb; TCP_PCBS],
    listeners: [Listener; TCP_LISTEN_PCBS],
    challenges: RateLimit,
    /// First and last of the connections that may have something to send, 0 for none.
    ready: u8,
    ready_last: u8,
    /// The connection that a segment came for last.
    recent: u8,
    /// Some connection has an event to tell.
    events: bool,
}

impl Tcp {
    pub(crate) const fn new() -> Self {
        Self {
            pcbs: [const { Pcb::new() }; TCP_PCBS],
            listeners: [const { Listener::new() }; TCP_LISTEN_PCBS],
            challenges: RateLimit::new(),
            ready: 0,
            ready_last: 0,
            recent: 0,
            events: false,
        }
    }

    /// Puts a connection at the end of those that may have something to send.
    fn make_ready(&mut self, index: usize) {
        let Some(pcb) = self.pcbs.get_mut(index) else { return };
        if pcb.flags.has(Flags::READY) {
            return;
        }
        pcb.flags.set(Flags::READY);
        pcb.flags.clear(Flags::PARKED);
        pcb.ready_next = 0;
        let link = index as u8 + 1;
        let last = usize::from(self.ready_last).wrapping_sub(1);
        match self.pcbs.get_mut(last) {
            Some(last) => last.ready_next = link,
            None => self.ready = link,
        }
        self.ready_last = link;
    }

    /// Whether a connection on `netif` may have something to send.
    #[cfg(feature = "netif-loopback")]
    pub(crate) fn is_ready_on(&self, netif: u8) -> bool {
        self.ready != 0
            && self
                .pcbs
                .iter()
                .any(|pcb| crate::netif::is_same(pcb.netif, netif) && pcb.flags.has(Flags::READY))
    }

    /// The first connection that may have something to send.
    fn first_ready(&self) -> Option<usize> {
        usize::from(self.ready).checked_sub(1)
    }

    /// Takes the first connection off the list.
    #[inline(never)]
    fn pop_ready(&mut self) {
        let Some(pcb) = self.first_ready().and_then(|index| self.pcbs.get_mut(index)) else { return };
        pcb.flags.clear(Flags::READY);
        self.ready = pcb.ready_next;
        if self.ready == 0 {
            self.ready_last = 0;
        }
    }

    /// Notes an event of a connection that the application holds.
    fn tell(&mut self, index: usize, event: u8) {
        if let Some(pcb) = self.pcbs.get_mut(index)
            && !pcb.flags.has(Flags::ORPHAN)
        {
            pcb.events |= event;
            self.events = true;
        }
    }

    fn handle(&self, index: usize) -> TcpHandle {
        let generation = self.pcbs.get(index).map_or(0, |pcb| pcb.generation);
        TcpHandle { index: index as u8, generation }
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The next event of a connection or listener.
    pub(crate) fn tcp_event(&mut self) -> Option<Event> {
        if !self.tcp.events {
            return None;
        }
        for (index, listener) in self.tcp.listeners.iter_mut().enumerate() {
            if listener.take_event() {
                let generation = listener.generation();
                return Some(Event::Accept(TcpListener { index: index as u8, generation }));
            }
        }
        for (index, pcb) in self.tcp.pcbs.iter_mut().enumerate() {
            // A connection that is not yet accepted keeps its events until it is.
            if pcb.events != 0 && !pcb.flags.has(Flags::UNACCEPTED) {
                let events = TcpEvents(core::mem::take(&mut pcb.events));
                return Some(Event::Tcp(self.tcp.handle(index), events));
            }
        }
        self.tcp.events = false;
        None
    }

    /// Lets all connections that wait for a neighbour or a link try again.
    #[inline(never)]
    pub(crate) fn tcp_wake_all(&mut self) {
        for index in 0..TCP_PCBS {
            if self.tcp.pcbs.get(index).is_some_and(|pcb| pcb.flags.has(Flags::PARKED)) {
                self.tcp.make_ready(index);
            }
        }
    }
}
