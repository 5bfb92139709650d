//! IP: what comes in, what goes out, and the errors that are reported.

#[cfg(feature = "icmp")]
pub(crate) mod icmp;
mod input;
mod output;
#[cfg(any(feature = "icmp", feature = "tcp"))]
mod rate_limit;

#[cfg(all(test, feature = "arp"))]
mod tests;

use crate::IpAddr;
#[cfg(any(feature = "icmp", feature = "tcp"))]
pub(crate) use rate_limit::RateLimit;

/// What the transports need to know of a received packet.
#[derive(Clone, Copy)]
pub(crate) struct Received<'a> {
    #[cfg(feature = "tcp")]
    pub netif: u8,
    pub src: IpAddr,
    pub dst: IpAddr,
    /// Not addressed to this host alone.
    pub group: bool,
    /// The IP header with its options, for quoting in an ICMP error.
    pub header: &'a [u8],
    /// The packet behind the IP header.
    pub payload: &'a [u8],
}
