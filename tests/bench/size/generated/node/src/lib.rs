//! A TCP/IP stack for microcontrollers, cut to a profile by `lwipgen`.
//!
//! The core does no I/O and knows no operating system: frames in, frames out, time as an argument, one owner.
//! A driver calls [`Stack::input`] for each received frame, [`Stack::egress`] for each frame it can send, and
//! [`Stack::poll`] when a deadline has come; [`Stack::service`] does all three over a [`Device`].
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod addr;
mod binding;
pub mod config;
mod device;
mod egress;
mod error;
mod event;
pub(crate) mod ip;
pub(crate) mod netif;
pub mod pbuf;
pub(crate) mod random;
mod stack;
pub mod stats;
pub mod tcp;
#[cfg(test)]
mod testing;
mod time;
pub mod udp;
pub mod wire;

pub use addr::{IpAddr, SocketAddr};
pub use binding::Binding;
pub use device::Device;
pub use egress::Egress;
pub use error::Error;
pub use event::Event;
pub use ip::nd6::RouterFlags;
pub use netif::ipv6::Ipv6State;
pub use netif::{NetifConfig, NetifId};
pub use stack::Stack;
pub use tcp::{TcpHandle, TcpListener, TcpState};
pub use time::Instant;
pub use udp::UdpHandle;
