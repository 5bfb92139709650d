//! UDP echo: each datagram goes back to its sender.

use core::cell::Cell;
use core::fmt;
use lwip::config::UDP_RX_QUEUE;
use lwip::{Error, SocketAddr, Stack, UdpHandle};

const PORT: u16 = 7;

/// The server.
pub struct Echo {
    socket: Option<UdpHandle>,
    /// The datagram in hand, no longer than the queue it came from.
    datagram: [u8; UDP_RX_QUEUE],
    len: usize,
    /// Where it must still go; in a cell, so that nothing is all zero, and the buffer takes no flash.
    to: Option<Cell<SocketAddr>>,
}

impl Echo {
    pub const fn new() -> Self {
        Self { socket: None, datagram: [0; UDP_RX_QUEUE], len: 0, to: None }
    }

    /// Opens the server's socket.
    pub fn open(&mut self, stack: &mut Stack) {
        self.socket = stack.udp_bind(lwip::addr::ANY, PORT).ok();
    }

    /// Goes on with the datagram that found no room; says whether it went.
    pub fn resume(&mut self, stack: &mut Stack) -> bool {
        self.to.is_some() && self.answer(stack)
    }

    /// Sends back what has come, as far as there is room; says whether a datagram went.
    pub fn answer(&mut self, stack: &mut Stack) -> bool {
        let Some(socket) = self.socket else { return false };
        let mut went = false;
        loop {
            if let Some(to) = &self.to {
                let datagram = self.datagram.get(..self.len).unwrap_or_default();
                // Without room for now it stays in hand; any other error is the sender's loss.
                if stack.udp_send_to(socket, datagram, to.get()) == Err(Error::Memory) {
                    return went;
                }
                self.to = None;
                went = true;
            }
            let Ok((len, from)) = stack.udp_recv_from(socket, &mut self.datagram) else { return went };
            self.len = len;
            self.to = Some(Cell::new(from));
        }
    }
}

impl fmt::Display for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.socket.is_some() { write!(f, " udp/{PORT}") } else { Ok(()) }
    }
}
