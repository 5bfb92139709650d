//! The calls into the stack, each in a function of its own that is never inlined, so that its depth can be measured here and
//! bounded by `lwipgen depth`.

use crate::link::Port;
use lwip::{Error, Event, Instant, NetifConfig, NetifId, Stack};
#[cfg(any(feature = "udp", feature = "tcp"))]
use lwip::{SocketAddr, addr};

/// `entry! { call(arguments) -> result }`: a function that makes this call.
macro_rules! entry {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        #[inline(never)]
        pub fn $name(stack: &mut Stack, $($argument: $type),*) -> $result {
            stack.$name($($argument),*)
        }
    )*};
}

entry! {
    add_netif(config: NetifConfig) -> Result<NetifId, Error>;
    set_link(netif: NetifId, up: bool) -> ();
    input(netif: NetifId, frame: &[u8], now: Instant) -> ();
    poll(now: Instant) -> Option<Instant>;
    service(netif: NetifId, device: &mut Port<'_>, now: Instant) -> Option<Instant>;
    next_deadline() -> Option<Instant>;
    poll_event() -> Option<Event>;
}

/// The next frame, in a buffer.
#[inline(never)]
pub fn egress(stack: &mut Stack, netif: NetifId, now: Instant, buffer: &mut [u8]) -> Option<usize> {
    stack.egress(netif, now).map(|egress| egress.emit(buffer))
}

#[cfg(feature = "ipv4")]
entry! {
    set_ipv4(netif: NetifId, address: core::net::Ipv4Addr, prefix_len: u8, gateway: Option<core::net::Ipv4Addr>) -> Result<(), Error>;
}

#[cfg(feature = "ipv6")]
entry! {
    add_ipv6(netif: NetifId, address: core::net::Ipv6Addr, prefix_len: u8, now: Instant) -> Result<(), Error>;
}

#[cfg(feature = "udp")]
entry! {
    udp_connect(handle: lwip::UdpHandle, remote: SocketAddr) -> Result<(), Error>;
    udp_send(handle: lwip::UdpHandle, payload: &[u8]) -> Result<(), Error>;
    udp_send_to(handle: lwip::UdpHandle, payload: &[u8], remote: SocketAddr) -> Result<(), Error>;
    udp_recv_from(handle: lwip::UdpHandle, out: &mut [u8]) -> Result<(usize, SocketAddr), Error>;
    udp_close(handle: lwip::UdpHandle) -> Result<(), Error>;
}

#[cfg(feature = "udp")]
#[inline(never)]
pub fn udp_bind(stack: &mut Stack, port: u16) -> Result<lwip::UdpHandle, Error> {
    stack.udp_bind(addr::ANY, port)
}

#[cfg(feature = "udp")]
#[inline(never)]
pub fn udp_send_with(
    stack: &mut Stack,
    handle: lwip::UdpHandle,
    len: usize,
    remote: SocketAddr,
) -> Result<(), Error> {
    stack.udp_send_with(handle, len, remote, |piece| piece.fill(7))
}

#[cfg(feature = "tcp")]
entry! {
    tcp_accept(listener: lwip::TcpListener) -> Result<lwip::TcpHandle, Error>;
    tcp_close_listener(listener: lwip::TcpListener) -> Result<(), Error>;
    tcp_connect(remote: SocketAddr, now: Instant) -> Result<lwip::TcpHandle, Error>;
    tcp_send(handle: lwip::TcpHandle, bytes: &[u8]) -> Result<usize, Error>;
    tcp_recv(handle: lwip::TcpHandle, out: &mut [u8]) -> Result<usize, Error>;
    tcp_consume(handle: lwip::TcpHandle, len: usize) -> Result<(), Error>;
    tcp_shutdown(handle: lwip::TcpHandle) -> Result<(), Error>;
    tcp_close(handle: lwip::TcpHandle, now: Instant) -> Result<(), Error>;
    tcp_abort(handle: lwip::TcpHandle) -> Result<(), Error>;
    tcp_state(handle: lwip::TcpHandle) -> Result<lwip::TcpState, Error>;
}

#[cfg(feature = "tcp")]
#[inline(never)]
pub fn tcp_listen(stack: &mut Stack, port: u16) -> Result<lwip::TcpListener, Error> {
    stack.tcp_listen(addr::ANY, port)
}

#[cfg(feature = "tcp")]
#[inline(never)]
pub fn tcp_peek(stack: &mut Stack, handle: lwip::TcpHandle) -> Result<usize, Error> {
    stack.tcp_peek(handle).map(<[u8]>::len)
}

#[cfg(feature = "tcp")]
#[inline(never)]
pub fn tcp_send_with(stack: &mut Stack, handle: lwip::TcpHandle) -> Result<usize, Error> {
    stack.tcp_send_with(handle, |piece| {
        piece.fill(7);
        piece.len()
    })
}
