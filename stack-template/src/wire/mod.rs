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
pub mod group_report;
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

/// The words that `bytes` start with, as they are sent; 0 for what is not there.
#[cfg(any(feature = "ipv4", feature = "tcp", feature = "udp"))]
pub(crate) fn words<const N: usize>(bytes: &[u8]) -> [u32; N] {
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    words
}

/// Writes `words` to the start of `bytes`, as they are sent.
// In one place: a processor that stores no word anywhere takes ten instructions for each.
#[cfg(any(feature = "ipv4", feature = "tcp", feature = "udp"))]
#[inline(never)]
pub(crate) fn write_words(words: &[u32], bytes: &mut [u8]) {
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_be_bytes();
    }
}

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
