//! Counters: what came, what went, and why something was dropped.

/// Why a received frame, packet or request was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Drop {
    /// A header or length that the standards do not allow, or a wrong checksum.
    Malformed,
    /// Not for this host, or from an address that cannot be a sender.
    Address,
    /// A protocol or EtherType that nobody handles.
    Protocol,
    /// No socket for the destination port.
    Port,
    /// The pool or a queue was full.
    Memory,
    /// A fragment that is not reassembled: by the profile's choice, or its datagram is broken or took too long.
    Fragment,
    /// Not acceptable to the TCP connection it belongs to.
    #[cfg(feature = "tcp")]
    Tcp,
    /// A SYN that found no pcb or a full backlog.
    #[cfg(feature = "tcp")]
    Backlog,
    /// Nobody answered for the next hop.
    Unreachable,
}

/// Number of reasons in [`Drop`].
#[cfg(feature = "stats")]
const REASONS: usize = if cfg!(feature = "tcp") { 9 } else { 7 };
#[cfg(feature = "stats")]
const _: () = assert!(Drop::Unreachable as usize + 1 == REASONS);

/// The counters; they wrap.
#[cfg(feature = "stats")]
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Stats {
    /// Frames received.
    pub received: u32,
    /// Frames handed to the driver.
    pub sent: u32,
    /// TCP segments sent again.
    #[cfg(feature = "tcp")]
    pub retransmitted: u32,
    dropped: [u32; REASONS],
}

#[cfg(feature = "stats")]
impl Stats {
    pub(crate) const fn new() -> Self {
        Self {
            received: 0,
            sent: 0,
            #[cfg(feature = "tcp")]
            retransmitted: 0,
            dropped: [0; REASONS],
        }
    }

    /// How often something was dropped because of `why`.
    pub fn dropped(&self, why: Drop) -> u32 {
        self.dropped.get(why as usize).copied().unwrap_or(0)
    }

    pub(crate) fn count(&mut self, why: Drop) {
        if let Some(count) = self.dropped.get_mut(why as usize) {
            *count = count.wrapping_add(1);
        }
    }
}
