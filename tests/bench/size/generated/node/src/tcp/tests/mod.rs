//! Packet-level tests of TCP, with a clock of their own.

mod choices;
mod close;
mod handshake;
mod recovery;
mod script;
mod segments;
mod transfer;
mod windows;
