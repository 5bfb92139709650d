//! Packet-level tests of TCP, with a clock of their own.

#[cfg(all(feature = "arp", not(feature = "timers-periodic")))]
mod choices;
#[cfg(all(feature = "arp", not(feature = "timers-periodic")))]
mod close;
#[cfg(all(feature = "arp", not(feature = "timers-periodic")))]
mod handshake;
#[cfg(all(feature = "arp", not(feature = "timers-periodic")))]
mod recovery;
#[cfg(all(feature = "arp", not(feature = "timers-periodic")))]
mod script;
#[cfg(all(feature = "arp", not(feature = "timers-periodic")))]
mod segments;
mod transfer;
#[cfg(all(feature = "arp", not(feature = "timers-periodic")))]
mod windows;
