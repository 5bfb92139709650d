//! Errors of the API, with the meanings of lwIP's `err_t`.

/// Why a call was refused or a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Error {
    /// A table of the profile is full, or the pool has no block to spare (`ERR_MEM`).
    Memory = 1,
    /// Nothing to do now; an event will follow (`ERR_WOULDBLOCK`).
    WouldBlock,
    /// An argument is out of its domain (`ERR_VAL`).
    Value,
    /// No route to the destination (`ERR_RTE`).
    Route,
    /// The address or port is in use (`ERR_USE`).
    InUse,
    /// The handle is stale or not of an open pcb (`ERR_ARG`).
    Handle,
    /// The connection is not in a state that allows the call (`ERR_CONN`).
    State,
    /// The peer reset the connection (`ERR_RST`).
    Reset,
    /// The peer stopped answering (`ERR_TIMEOUT`).
    TimedOut,
    /// The peer refused the connection (`ECONNREFUSED`).
    Refused,
    /// The datagram does not fit the path's MTU, nor fragments if the profile sends such (`EMSGSIZE`).
    TooLong,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Error::Memory => "out of memory",
            Error::WouldBlock => "operation would block",
            Error::Value => "invalid argument",
            Error::Route => "no route to host",
            Error::InUse => "address in use",
            Error::Handle => "stale handle",
            Error::State => "not connected",
            Error::Reset => "connection reset by peer",
            Error::TimedOut => "connection timed out",
            Error::Refused => "connection refused",
            Error::TooLong => "message too long",
        })
    }
}

impl core::error::Error for Error {}
