//! DNS servers from routers (RFC 8106).

use super::learned::{Fact, Kind};
use crate::addr::Ip6;
use crate::stats::Drop;
use crate::{Instant, Stack};

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
            let server = Fact::about(&Ip6::read(octets));
            if !server.address.is_multicast()
                && !server.address.is_unspecified()
                && self.nd6.learned.learn(Kind::Dns, netif, &server, lifetime_s, now)
            {
                self.ipv6_changed(netif);
            }
        }
    }

    /// DNS servers that routers told of.
    pub fn ipv6_dns_servers(&self) -> impl Iterator<Item = core::net::Ipv6Addr> {
        self.nd6.learned.all(Kind::Dns).map(|(_, server)| server.address.into())
    }
}
