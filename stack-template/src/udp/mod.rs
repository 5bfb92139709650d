//! UDP (RFC 768): sockets, received datagrams in one queue each, and sending.

mod api;
mod input;
#[cfg(all(test, feature = "arp"))]
mod tests;

use crate::addr::{ADDR_LEN, ANY, IpAddr, covers};
use crate::config::UDP_PCBS;
use crate::pbuf::Records;
use crate::{Event, Stack};

/// A UDP socket; stale once it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UdpHandle {
    index: u8,
    generation: u16,
}

/// Record header of a received datagram: the sender's address and port, and the length.
const HEADER: usize = ADDR_LEN + 4;

/// A protocol control block.
#[repr(C)]
struct Pcb {
    received: Records,
    local_ip: IpAddr,
    remote_ip: IpAddr,
    /// 0 while the pcb is free.
    local_port: u16,
    /// 0 while the socket is not connected.
    remote_port: u16,
    generation: u16,
    event: bool,
}

impl Pcb {
    const fn new() -> Self {
        Self {
            received: Records::new(),
            local_ip: ANY,
            remote_ip: ANY,
            local_port: 0,
            remote_port: 0,
            generation: 0,
            event: false,
        }
    }
}

/// All UDP sockets.
#[repr(C)]
pub struct Udp {
    pcbs: [Pcb; UDP_PCBS],
    /// Some pcb has an event to tell.
    events: bool,
}

impl Udp {
    pub(crate) const fn new() -> Self {
        Self { pcbs: [const { Pcb::new() }; UDP_PCBS], events: false }
    }

    fn port_used(&self, ip: IpAddr, port: u16) -> bool {
        self.pcbs.iter().any(|p| p.local_port == port && (covers(p.local_ip, ip) || covers(ip, p.local_ip)))
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// The next event of a UDP socket.
    pub(crate) fn udp_event(&mut self) -> Option<Event> {
        if !self.udp.events {
            return None;
        }
        for (index, pcb) in self.udp.pcbs.iter_mut().enumerate() {
            if core::mem::take(&mut pcb.event) && pcb.local_port != 0 {
                return Some(Event::Udp(UdpHandle { index: index as u8, generation: pcb.generation }));
            }
        }
        self.udp.events = false;
        None
    }
}
