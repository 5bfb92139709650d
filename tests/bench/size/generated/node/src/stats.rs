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
    Tcp,
    /// A SYN that found no pcb or a full backlog.
    Backlog,
    /// Nobody answered for the next hop.
    Unreachable,
}
