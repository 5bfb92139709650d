//! A TCP/IP stack for microcontrollers, cut to a profile by `lwipgen`.
//!
//! The core does no I/O and knows no operating system: frames in, frames out, time as an argument, one owner.
//! A driver calls [`Stack::input`] for each received frame, [`Stack::egress`] for each frame it can send, and
//! [`Stack::poll`] when a deadline has come; [`Stack::service`] does all three over a [`Device`].
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "memory-heap")]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
#[cfg(any(feature = "udp", feature = "tcp"))]
mod binding;
pub mod config;
mod device;
mod egress;
#[cfg(feature = "driver-embassy")]
mod embassy;
mod error;
mod event;
pub mod hooks;
pub(crate) mod ip;
pub(crate) mod netif;
pub mod pbuf;
pub(crate) mod random;
#[cfg(feature = "dhcp6")]
mod services;
mod stack;
pub mod stats;
#[cfg(feature = "tcp")]
pub mod tcp;
#[cfg(test)]
mod testing;
mod time;
#[cfg(feature = "udp")]
pub mod udp;
pub mod wire;

pub use addr::{IpAddr, SocketAddr};
#[cfg(any(feature = "udp", feature = "tcp"))]
pub use binding::Binding;
pub use device::Device;
pub use egress::Egress;
#[cfg(feature = "driver-embassy")]
pub use embassy::{Clock, EmbassyNetif};
pub use error::Error;
pub use event::Event;
#[cfg(feature = "hooks")]
pub use hooks::{Hooks, NoHooks};
#[cfg(feature = "ipv6-autoconf")]
pub use ip::nd6::RouterFlags;
#[cfg(feature = "ipv6")]
pub use netif::ipv6::Ipv6State;
pub use netif::{NetifConfig, NetifId};
pub use stack::Stack;
#[cfg(feature = "tcp")]
pub use tcp::{TcpHandle, TcpListener, TcpState};
pub use time::Instant;
#[cfg(feature = "udp")]
pub use udp::UdpHandle;
#[cfg(feature = "udp-recv-info")]
pub use udp::UdpInfo;
