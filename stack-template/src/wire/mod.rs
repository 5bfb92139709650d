//! Headers as views and builders: no state, no allocation, total functions over any bytes.
//!
//! Each protocol has a `Header` with `parse`, which takes any bytes and gives the header with what follows it or
//! `None`, and `emit`, which writes into an array of just the header's size. Nothing here can panic.

#[cfg(feature = "arp")]
pub mod arp;
pub mod checksum;
#[cfg(any(feature = "dhcp6", feature = "nd6-search-list"))]
pub mod domain;
#[cfg(feature = "ethernet")]
pub mod ethernet;
#[cfg(feature = "group-records")]
pub mod group_record;
#[cfg(feature = "icmp")]
pub mod icmpv4;
#[cfg(feature = "ipv6")]
pub mod icmpv6;
#[cfg(feature = "igmp")]
pub mod igmp;
#[cfg(feature = "ipv4")]
pub mod ipv4;
#[cfg(feature = "ipv6")]
pub mod ipv6;
#[cfg(feature = "mld")]
pub mod mld;
#[cfg(feature = "tcp")]
pub mod tcp;
#[cfg(feature = "udp")]
pub mod udp;

/// Protocol numbers of IP (IANA).
pub mod protocol {
    /// ICMP for IPv6.
    #[cfg(feature = "ipv6")]
    pub const ICMPV6: u8 = 58;
    /// ICMP for IPv4.
    #[cfg(feature = "icmp")]
    pub const ICMP: u8 = 1;
    /// IGMP.
    #[cfg(feature = "igmp")]
    pub const IGMP: u8 = 2;
    /// TCP.
    #[cfg(feature = "tcp")]
    pub const TCP: u8 = 6;
    /// UDP.
    #[cfg(feature = "udp")]
    pub const UDP: u8 = 17;
}
