//! IP: what comes in, what goes out, and the errors that are reported.

#[cfg(any(feature = "ipv4-forward", feature = "ipv6-forward"))]
mod forward;
#[cfg(all(
    test,
    any(feature = "arp", feature = "nd6"),
    any(
        feature = "reassembly",
        feature = "ipv4-fragmentation",
        feature = "ipv6-fragmentation",
        feature = "pmtu",
    ),
))]
mod fragments;
#[cfg(feature = "icmp")]
pub(crate) mod icmp;
#[cfg(feature = "ipv6")]
pub(crate) mod icmpv6;
#[cfg(feature = "igmp")]
mod igmp;
mod input;
#[cfg(feature = "mld")]
mod mld;
#[cfg(feature = "nd6")]
pub(crate) mod nd6;
mod output;
#[cfg(feature = "pmtu")]
pub(crate) mod pmtu;
#[cfg(any(all(feature = "tcp", any(feature = "icmp", feature = "ipv6")), feature = "pmtu"))]
mod quote;
#[cfg(any(feature = "icmp-unreachable", feature = "ipv6", feature = "tcp"))]
mod rate_limit;
#[cfg(feature = "reassembly")]
pub(crate) mod reassembly;
#[cfg(all(test, feature = "arp"))]
mod tests;
#[cfg(all(test, any(feature = "ipv4-forward", feature = "ipv6-forward"), feature = "ethernet"))]
mod tests_forward;
#[cfg(all(test, any(feature = "igmp", feature = "mld")))]
mod tests_idle;
#[cfg(all(test, feature = "arp", feature = "igmp", not(feature = "timers-periodic")))]
mod tests_igmp;
// They name the address that is made from the hardware address.
#[cfg(all(
    test,
    feature = "mld",
    feature = "ethernet",
    feature = "ipv6-interface-id-eui64",
    not(feature = "timers-periodic"),
))]
mod tests_mld;
#[cfg(all(test, feature = "nd6"))]
mod tests_v6;

use crate::addr::Ip;
use crate::pbuf::Payload;
#[cfg(feature = "udp")]
pub(crate) use output::Packet;
#[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx", feature = "tcp-ttl"))]
pub(crate) use output::hops;
#[cfg(any(all(feature = "tcp", any(feature = "icmp", feature = "ipv6")), feature = "pmtu"))]
pub(crate) use quote::Quote;
#[cfg(any(feature = "icmp-unreachable", feature = "ipv6", feature = "tcp"))]
pub(crate) use rate_limit::RateLimit;

/// How a packet came to this host.
#[derive(Clone, Copy)]
pub(crate) struct Arrival {
    pub netif: u8,
    /// In a frame that is not for this station alone.
    pub group: bool,
    /// From this host itself.
    pub looped: bool,
}

/// What the transports need to know of a received packet.
#[derive(Clone, Copy)]
pub(crate) struct Received<'a> {
    pub netif: u8,
    pub src: Ip,
    pub dst: Ip,
    /// Not addressed to this host alone.
    pub group: bool,
    /// The IP headers, for quoting in an error.
    #[cfg(any(feature = "icmp-unreachable", feature = "ipv6", feature = "igmp", feature = "reassembly"))]
    pub headers: &'a [u8],
    /// The packet behind them.
    pub payload: Payload<'a>,
}

/// Why a packet could not be delivered.
#[cfg(any(feature = "icmp-unreachable", feature = "ipv6"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// Nobody takes the protocol.
    Protocol,
    /// Nobody listens on the port.
    #[cfg(feature = "udp")]
    Port,
}
