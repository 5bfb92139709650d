//! What the stack tells the application, taken one by one from [`Stack::poll_event`](crate::Stack::poll_event).

use crate::tcp::{TcpEvents, TcpHandle, TcpListener};
use crate::udp::UdpHandle;

/// Something that happened since it was last told; several of a kind for one pcb are told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A connection waits to be accepted.
    Accept(TcpListener),
    /// A connection changed.
    Tcp(TcpHandle, TcpEvents),
    /// A datagram has come.
    Udp(UdpHandle),
    /// What this interface knows of IPv6 changed: an address came into use, is preferred no more, was found to be a
    /// duplicate, or ended; a router, a DNS server or what routers say of DHCPv6 came or went; a server answered.
    Ipv6(crate::NetifId),
    /// Another station uses the address of this interface (RFC 5227 §2.4).
    AddressConflict(crate::NetifId),
}
