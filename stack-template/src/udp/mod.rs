//! UDP (RFC 768): sockets, received datagrams in one queue each, and sending.

mod api;
mod input;
#[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx", feature = "udp-sof-broadcast"))]
mod options;
mod record;
#[cfg(all(test, feature = "arp"))]
mod tests;
#[cfg(all(test, feature = "arp"))]
mod tests_options;
mod way;

#[cfg(feature = "udp-recv-info")]
pub use record::UdpInfo;

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

#[cfg(feature = "dhcp6")]
impl UdpHandle {
    /// What stands where a socket is not open.
    pub(crate) const NONE: Self = Self { index: 0, generation: 0 };
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
    /// 0 for the profile's.
    #[cfg(feature = "udp-ttl")]
    ttl: u8,
    #[cfg(feature = "udp-ttl")]
    tos: u8,
    /// Number of the interface for groups, counted from 1; 0 for the default one.
    #[cfg(feature = "udp-multicast-tx")]
    multicast_netif: u8,
    /// 0 for the profile's.
    #[cfg(feature = "udp-multicast-tx")]
    multicast_ttl: u8,
    #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
    multicast_loop: bool,
    /// Broadcasts are allowed.
    #[cfg(feature = "udp-sof-broadcast")]
    broadcast: bool,
}

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
            #[cfg(feature = "udp-ttl")]
            ttl: 0,
            #[cfg(feature = "udp-ttl")]
            tos: 0,
            #[cfg(feature = "udp-multicast-tx")]
            multicast_netif: 0,
            #[cfg(feature = "udp-multicast-tx")]
            multicast_ttl: 0,
            #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
            multicast_loop: false,
            #[cfg(feature = "udp-sof-broadcast")]
            broadcast: false,
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

    /// Whether a socket may have sent what an error quotes.
    #[cfg(all(feature = "pmtu", feature = "ipv6"))]
    pub(crate) fn may_have_sent(&self, quote: &crate::ip::Quote) -> bool {
        let remote = (quote.dst, quote.dst_port);
        self.pcbs.iter().any(|p| {
            p.local_port == quote.src_port
                && p.local_port != 0
                && p.binding.may_send(&quote.src, &quote.dst)
                && (p.remote_port == 0 || (p.remote_ip, p.remote_port) == remote)
        })
    }

    fn port_used(&self, binding: &Binding, port: u16) -> bool {
        self.pcbs.iter().any(|pcb| pcb.local_port == port && pcb.binding.conflicts(binding))
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
