//! What a socket's choices mean for a packet that it sends.

use super::Pcb;
#[cfg(feature = "udp-sof-broadcast")]
use crate::Stack;
use crate::addr::Ip;
use crate::netif::Way;

impl Pcb {
    /// What a route to `dst` must keep to.
    pub(super) fn way(&self, dst: &Ip, scope: Option<u8>) -> Way {
        let netif = self.binding.netif();
        #[cfg(feature = "udp-multicast-tx")]
        let netif =
            netif.or(self.multicast_netif.checked_sub(1).filter(|_| dst.is_multicast() && scope.is_none()));
        let _ = dst;
        Way { from: self.binding.source(), netif, scope }
    }

    /// Hops that a packet for `dst` may take, 0 for the profile's number, and its traffic class.
    #[cfg(any(feature = "udp-ttl", feature = "udp-multicast-tx"))]
    pub(super) fn marks(&self, dst: &Ip) -> (u8, u8) {
        #[cfg(feature = "udp-ttl")]
        let (ttl, tos) = (self.ttl, self.tos);
        #[cfg(not(feature = "udp-ttl"))]
        let (ttl, tos) = (0, 0);
        #[cfg(feature = "udp-multicast-tx")]
        let ttl = if dst.is_multicast() { self.multicast_ttl } else { ttl };
        let _ = dst;
        (ttl, tos)
    }

    /// Whether a packet for the group `dst` is for this host too.
    #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
    pub(super) fn loops(&self, dst: &Ip) -> bool {
        self.multicast_loop && dst.is_multicast()
    }
}

#[cfg(feature = "udp-sof-broadcast")]
impl<H: crate::Hooks> Stack<H> {
    /// Whether `dst` is a broadcast address on `netif`.
    pub(super) fn is_broadcast(&self, netif: u8, dst: &Ip) -> bool {
        let entry = crate::netif::at(&self.netifs, netif);
        crate::addr::as_v4(dst).is_some_and(|dst| entry.is_some_and(|entry| entry.ipv4.is_broadcast(dst)))
    }
}
