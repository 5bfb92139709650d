//! Hooks: places where the application is asked before the stack goes on. A profile has those that it names in its
//! table `[hooks]`; a stack without hooks holds nothing of them, neither state nor a branch.
//!
//! The application implements [`Hooks`] and makes its stack by [`Stack::with_hooks`](crate::Stack::with_hooks). Calls
//! are static. A hook must not block, and sees the stack only through its arguments: what it wants done, it notes in
//! its own state, and the application finds it there by [`Stack::hooks_mut`](crate::Stack::hooks_mut).

#[cfg(any(
    feature = "hooks-ip4-input",
    feature = "hooks-ip6-input",
    feature = "hooks-unknown-eth-protocol",
))]
use crate::NetifId;

/// What the stack does with a packet that a hook has seen.
#[cfg(any(feature = "hooks-ip4-input", feature = "hooks-ip6-input"))]
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
