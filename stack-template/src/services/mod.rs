//! Services: clients of other hosts, written on the public API of the transports.

pub mod dhcp6;
