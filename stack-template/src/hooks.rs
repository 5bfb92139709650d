//! Hooks: places where the application is asked before the stack goes on. A profile has those that it names in its
//! table `[hooks]`; a stack without hooks holds nothing of them, neither state nor a branch.
//!
//! The application implements [`Hooks`] and makes its stack by [`Stack::with_hooks`](crate::Stack::with_hooks). Calls
//! are static. A hook must not block, and sees the stack only through its arguments: what it wants done, it notes in
//! its own state, and the application finds it there by [`Stack::hooks_mut`](crate::Stack::hooks_mut).

use crate::NetifId;
#[cfg(any(feature = "hooks-ip4-route", feature = "hooks-arp-get-gw"))]
use core::net::Ipv4Addr;
#[cfg(any(feature = "hooks-ip6-route", feature = "hooks-nd6-get-gw", feature = "hooks-ip6-select-src"))]
use core::net::Ipv6Addr;

/// What the stack does with a packet that a hook has seen.
#[cfg(any(feature = "hooks-ip4-input", feature = "hooks-ip6-input", feature = "hooks-tcp-inpacket"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// It goes on as if there were no hook.
    Pass,
    /// The hook has taken it, or wants it gone: the stack forgets it and counts no drop.
    Take,
}

/// What an application does at the hooks of its profile. Each method does by itself what a stack without it does.
#[cfg(feature = "hooks")]
pub trait Hooks {
    /// Chooses the initial sequence number of a new connection, active or passive (`LWIP_HOOK_TCP_ISN`).
    ///
    /// `None` for the stack's own, which only the owner of the seed can predict (RFC 6528 §3).
    #[cfg(feature = "hooks-tcp-isn")]
    fn tcp_isn(
        &mut self,
        local: crate::SocketAddr,
        remote: crate::SocketAddr,
        now: crate::Instant,
    ) -> Option<u32> {
        let _ = (local, remote, now);
        None
    }

    /// Sees each IPv4 packet that `netif` received, before anything of it has been checked (`LWIP_HOOK_IP4_INPUT`).
    #[cfg(feature = "hooks-ip4-input")]
    fn ip4_input(&mut self, netif: NetifId, packet: &[u8]) -> Filter {
        let _ = (netif, packet);
        Filter::Pass
    }

    /// Sees each IPv6 packet that `netif` received, before anything of it has been checked (`LWIP_HOOK_IP6_INPUT`).
    #[cfg(feature = "hooks-ip6-input")]
    fn ip6_input(&mut self, netif: NetifId, packet: &[u8]) -> Filter {
        let _ = (netif, packet);
        Filter::Pass
    }

    /// Gets each whole frame for this station whose EtherType no part of the stack handles
    /// (`LWIP_HOOK_UNKNOWN_ETH_PROTOCOL`); `true` when the hook has taken it, else it is counted as dropped.
    #[cfg(feature = "hooks-unknown-eth-protocol")]
    fn unknown_eth_protocol(&mut self, netif: NetifId, frame: &[u8]) -> bool {
        let _ = (netif, frame);
        false
    }

    /// Sees each segment for a connection or a listening port whose checksum is right, before anything else of it has
    /// been checked (`LWIP_HOOK_TCP_INPACKET_PCB`). `header` holds its options too; `payload_len` counts what follows.
    #[cfg(feature = "hooks-tcp-inpacket")]
    fn tcp_inpacket(
        &mut self,
        local: crate::SocketAddr,
        remote: crate::SocketAddr,
        header: &[u8],
        payload_len: usize,
    ) -> Filter {
        let _ = (local, remote, header, payload_len);
        Filter::Pass
    }

    /// Chooses the interface of packets to `dst`, from `src` where the sender has an address already
    /// (`LWIP_HOOK_IP4_ROUTE_SRC`, `LWIP_HOOK_IP4_ROUTE`).
    ///
    /// `None` for the stack's own choice. An interface that has no way to `dst` means that there is none. The stack may
    /// ask more than once for a packet; it does not where the application has named the interface.
    #[cfg(feature = "hooks-ip4-route")]
    fn ip4_route(&self, src: Option<Ipv4Addr>, dst: Ipv4Addr) -> Option<NetifId> {
        let _ = (src, dst);
        None
    }

    /// Chooses the interface of packets to `dst`, from `src` where the sender has an address already
    /// (`LWIP_HOOK_IP6_ROUTE`).
    ///
    /// As for IPv4; also not asked where the zone of a link-local destination says it (RFC 4007 §6).
    #[cfg(feature = "hooks-ip6-route")]
    fn ip6_route(&self, src: Option<Ipv6Addr>, dst: Ipv6Addr) -> Option<NetifId> {
        let _ = (src, dst);
        None
    }

    /// Chooses the neighbour of `netif` that takes packets for `dst`, which is not on its link
    /// (`LWIP_HOOK_ETHARP_GET_GW`); `None` for the interface's own gateway.
    #[cfg(feature = "hooks-arp-get-gw")]
    fn arp_get_gw(&self, netif: NetifId, dst: Ipv4Addr) -> Option<Ipv4Addr> {
        let _ = (netif, dst);
        None
    }

    /// Chooses the neighbour of `netif` that takes packets for `dst`, which is not on its link
    /// (`LWIP_HOOK_ND6_GET_GW`); `None` for a router that the stack knows (RFC 4861 §6.3.6).
    #[cfg(feature = "hooks-nd6-get-gw")]
    fn nd6_get_gw(&self, netif: NetifId, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let _ = (netif, dst);
        None
    }

    /// Chooses the address of `netif` to send from to `dst` (`LWIP_HOOK_IP6_SELECT_SRC_ADDR`).
    ///
    /// `None`, or an address that the interface cannot use now, for the rules of RFC 6724 §5.
    #[cfg(feature = "hooks-ip6-select-src")]
    fn ip6_select_src(&self, netif: NetifId, dst: Ipv6Addr) -> Option<Ipv6Addr> {
        let _ = (netif, dst);
        None
    }

    /// Says to which interface a frame with an ARP or IPv4 packet belongs that came in on `netif`
    /// (`LWIP_ARP_FILTER_NETIF_FN`). One that is not up changes nothing.
    #[cfg(feature = "hooks-arp-filter-netif")]
    fn arp_filter_netif(&mut self, netif: NetifId, frame: &[u8]) -> NetifId {
        let _ = frame;
        netif
    }

    /// Decides whether a packet that `netif` received for another host is passed on (`LWIP_HOOK_IP4_CANFORWARD`).
    ///
    /// `Some(true)` for a packet with addresses that the stack would not pass on; `None` for its own rules
    /// (RFC 1812 §5.3.7). It must still have a way and a hop left.
    #[cfg(feature = "hooks-ip4-canforward")]
    fn ip4_canforward(&mut self, netif: NetifId, header: &[u8], payload: &[u8]) -> Option<bool> {
        let _ = (netif, header, payload);
        None
    }
}

/// The hooks of an application that has none.
#[cfg(feature = "hooks")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct NoHooks;

#[cfg(feature = "hooks")]
impl Hooks for NoHooks {}

#[cfg(all(test, feature = "hooks", feature = "ethernet"))]
mod tests;
