//! UDP (RFC 768): sockets, received datagrams in one queue each, and sending.

mod api;
mod input;
mod record;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_options;
mod way;

use crate::addr::{Ip, NONE};
use crate::config::UDP_PCBS;
use crate::pbuf::Records;
use crate::{Binding, Event, Stack};

/// A UDP socket; stale once it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct UdpHandle {
    generation: u16,
    index: u8,
}

/// A protocol control block.
#[repr(C)]
struct Pcb {
    received: Records,
    binding: Binding,
    remote_ip: Ip,
    /// 0 while the pcb is free.
    local_port: u16,
    /// 0 while the socket is not connected.
    remote_port: u16,
    generation: u16,
    event: bool,
}

const _: () = assert!(size_of::<Pcb>() == 56);

impl Pcb {
    const fn new() -> Self {
        Self {
            received: Records::new(),
            binding: Binding::NONE,
            remote_ip: NONE,
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

const _: () = assert!(size_of::<Udp>() == 228);

impl Udp {
    pub(crate) const fn new() -> Self {
        Self { pcbs: [const { Pcb::new() }; UDP_PCBS], events: false }
    }

    fn port_used(&self, binding: &Binding, port: u16) -> bool {
        self.pcbs.iter().any(|pcb| pcb.local_port == port && pcb.binding.conflicts(binding))
    }
}

impl Stack {
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
