//! DNS servers and search lists from routers (RFC 8106).

use super::learned::{Fact, learn};
use crate::addr::Ip6;
use crate::stats::Drop;
use crate::{Instant, Stack};

/// A recursive DNS server.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct DnsServer(Ip6);

impl Fact for DnsServer {
    const NONE: Self = Self(Ip6::UNSPECIFIED);

    fn is_about(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Recursive DNS servers (RFC 8106 §5.1).
    pub(super) fn nd6_dns(&mut self, netif: u8, body: &[u8], now: Instant) {
        let Some(([_, _, lifetime @ ..], addresses)) = body.split_first_chunk::<6>() else { return };
        let lifetime_s = u32::from_be_bytes(*lifetime);
        let (addresses, rest) = addresses.as_chunks::<16>();
        if addresses.is_empty() || !rest.is_empty() {
            return self.dropped(Drop::Malformed);
        }
        for octets in addresses {
            let address = Ip6::read(octets);
            if !address.is_multicast()
                && address != Ip6::UNSPECIFIED
                && learn(&mut self.nd6.dns, netif, DnsServer(address), lifetime_s, now)
            {
                self.ipv6_changed(netif);
            }
        }
    }

    /// DNS servers that routers told of.
    pub fn ipv6_dns_servers(&self) -> impl Iterator<Item = core::net::Ipv6Addr> {
        self.nd6.dns.iter().filter_map(|held| held.get()).map(|server| server.0.into())
    }
}
