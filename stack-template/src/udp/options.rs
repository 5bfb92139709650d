//! What a socket can choose for the packets that it sends, and which it takes.

use super::UdpHandle;
#[cfg(feature = "udp-multicast-tx")]
use crate::NetifId;
use crate::{Error, Stack};

impl<H: crate::Hooks> Stack<H> {
    /// Chooses how many hops packets to single hosts may take (`IP_TTL`, `IPV6_UNICAST_HOPS`); `None` is the profile's
    /// number.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::Value`] for 0.
    #[cfg(feature = "udp-ttl")]
    pub fn udp_set_ttl(&mut self, handle: UdpHandle, ttl: Option<u8>) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        pcb.ttl = crate::ip::hops(ttl)?;
        Ok(())
    }

    /// Chooses the type of service or traffic class of packets (`IP_TOS`, `IPV6_TCLASS`, RFC 2474); 0 at first.
    ///
    /// # Errors
    /// [`Error::Handle`].
    #[cfg(feature = "udp-ttl")]
    pub fn udp_set_traffic_class(&mut self, handle: UdpHandle, class: u8) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        pcb.tos = class;
        Ok(())
    }

    /// Allows the socket to send to broadcast addresses, and with `udp.sof_broadcast_recv` to receive what was sent to
    /// them (`SO_BROADCAST`); not allowed at first.
    ///
    /// # Errors
    /// [`Error::Handle`].
    #[cfg(feature = "udp-sof-broadcast")]
    pub fn udp_set_broadcast(&mut self, handle: UdpHandle, allowed: bool) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        pcb.broadcast = allowed;
        Ok(())
    }

    /// Chooses the interface that packets to groups leave by (`IP_MULTICAST_IF`, `IPV6_MULTICAST_IF`); `None` is the
    /// default interface.
    ///
    /// # Errors
    /// [`Error::Handle`].
    #[cfg(feature = "udp-multicast-tx")]
    pub fn udp_set_multicast_netif(
        &mut self,
        handle: UdpHandle,
        netif: Option<NetifId>,
    ) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        pcb.multicast_netif = netif.map_or(0, |netif| netif.0.saturating_add(1));
        Ok(())
    }

    /// Chooses how many hops packets to groups may take (`IP_MULTICAST_TTL`, `IPV6_MULTICAST_HOPS`); `None` is the
    /// profile's number, as in lwIP, not the 1 of RFC 1112 §6.1.
    ///
    /// # Errors
    /// [`Error::Handle`]; [`Error::Value`] for 0.
    #[cfg(feature = "udp-multicast-tx")]
    pub fn udp_set_multicast_ttl(&mut self, handle: UdpHandle, ttl: Option<u8>) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        pcb.multicast_ttl = crate::ip::hops(ttl)?;
        Ok(())
    }

    /// Chooses whether packets to groups that this host is in are for this host too (`IP_MULTICAST_LOOP`); they are not
    /// at first, as in lwIP.
    ///
    /// # Errors
    /// [`Error::Handle`].
    #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
    pub fn udp_set_multicast_loop(&mut self, handle: UdpHandle, looped: bool) -> Result<(), Error> {
        let (pcb, _) = self.udp_pcb(handle)?;
        pcb.multicast_loop = looped;
        Ok(())
    }
}
