//! IP: what comes in, what goes out, and the errors that are reported.

pub(crate) mod icmp;
pub(crate) mod icmpv6;
mod input;
mod mld;
pub(crate) mod nd6;
mod output;
mod quote;
mod rate_limit;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_idle;
#[cfg(test)]
mod tests_mld;
#[cfg(test)]
mod tests_v6;

use crate::addr::Ip;
use crate::pbuf::Payload;
pub(crate) use output::Packet;
pub(crate) use quote::Quote;
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
    pub headers: &'a [u8],
    /// The packet behind them.
    pub payload: Payload<'a>,
}

/// Why a packet could not be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// Nobody takes the protocol.
    Protocol,
    /// Nobody listens on the port.
    Port,
}
