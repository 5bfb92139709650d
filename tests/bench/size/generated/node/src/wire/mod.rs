//! Headers as views and builders: no state, no allocation, total functions over any bytes.
//!
//! Each protocol has a `Header` with `parse`, which takes any bytes and gives the header with what follows it or
//! `None`, and `emit`, which writes into an array of just the header's size. Nothing here can panic.

pub mod arp;
pub mod checksum;
pub mod ethernet;
pub mod group_record;
pub mod icmpv4;
pub mod icmpv6;
pub mod ipv4;
pub mod ipv6;
pub mod mld;
pub mod tcp;
pub mod udp;

/// Protocol numbers of IP (IANA).
pub mod protocol {
    /// ICMP for IPv6.
    pub const ICMPV6: u8 = 58;
    /// ICMP for IPv4.
    pub const ICMP: u8 = 1;
    /// TCP.
    pub const TCP: u8 = 6;
    /// UDP.
    pub const UDP: u8 = 17;
}
