//! What a stack must offer to take part: one end of the link with one TCP connection and one UDP socket.

use crate::ring::Ring;
use alloc::boxed::Box;
use alloc::format;
use core::fmt;
use core::net::Ipv4Addr;

/// The virtual clock.
pub type Micros = u64;

/// Why a work could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<str>);

impl Failure {
    /// The call `what` of a stack failed for the reason `why`.
    pub fn of(what: &str, why: impl fmt::Debug) -> Self {
        Self(format!("{what}: {why:?}").into())
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The two ends of the link. `A` connects and sends, `B` listens and receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    A,
    B,
}

impl Side {
    pub fn peer(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// The last byte of the addresses of this side.
    pub fn number(self) -> u8 {
        match self {
            Self::A => 1,
            Self::B => 2,
        }
    }

    pub fn mac(self) -> [u8; 6] {
        [0x02, 0, 0, 0, 0, self.number()]
    }

    pub fn ipv4(self) -> Ipv4Addr {
        Ipv4Addr::new(192, 168, 69, self.number())
    }
}

pub const PREFIX_LEN: u8 = 24;
pub const MTU: u16 = 1500;
/// Datagrams that a UDP socket may have to hold, if the stack gives the choice.
pub const DATAGRAMS: usize = 16;

/// One stack on one side of the link.
pub trait Node: Sized {
    /// Frames that the node may take before its application must look, so that no datagram of 1400 bytes is lost.
    const BURST: usize;

    /// A node with address, link up, and TCP windows and send buffers of `window` bytes.
    fn new(side: Side, window: usize) -> Result<Self, Failure>;

    /// Takes up to `frames` frames from `rx` and does what is due; may answer into `tx`.
    fn receive(&mut self, now: Micros, frames: usize, rx: &mut Ring, tx: &mut Ring);
    /// Puts what the stack wants to send into `tx`, as far as there is room.
    fn transmit(&mut self, now: Micros, tx: &mut Ring);
    /// When the stack must be called next if no frame comes; `None` is never.
    fn deadline(&mut self, now: Micros) -> Option<Micros>;

    fn listen(&mut self, port: u16) -> Result<(), Failure>;
    fn connect(&mut self, now: Micros, port: u16) -> Result<(), Failure>;
    /// Whether the connection is established; the listening side accepts it here.
    fn connected(&mut self) -> bool;
    /// Turns Nagle's algorithm off for the connection.
    fn no_delay(&mut self) -> Result<(), Failure>;
    /// Queues what fits; 0 if nothing does.
    fn write(&mut self, data: &[u8]) -> Result<usize, Failure>;
    /// Takes what has come; 0 if there is nothing.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure>;
    /// Lets `fill` write into free space of the send queue, all of which is then sent.
    fn write_in_place(&mut self, fill: impl FnOnce(&mut [u8])) -> Result<usize, Failure>;
    /// Lets `look` read received bytes where they lie, all of which are then given back.
    fn read_in_place(&mut self, look: impl FnOnce(&[u8])) -> Result<usize, Failure>;
    /// Whether the peer has closed its direction and everything before has been read.
    fn finished(&mut self) -> bool;
    fn close(&mut self, now: Micros) -> Result<(), Failure>;
    /// Whether the last connection is over (TIME-WAIT counts as over) and the next one may begin.
    fn ready(&mut self) -> Result<bool, Failure>;

    fn bind(&mut self, port: u16) -> Result<(), Failure>;
    /// Queues a datagram for `port` of the peer; false if there is no room.
    fn send_datagram(&mut self, port: u16, data: &[u8]) -> Result<bool, Failure>;
    fn receive_datagram(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, Failure>;
}
