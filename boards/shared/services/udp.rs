//! UDP echo: each datagram goes back to its sender, from the address that it was sent to if the profile keeps that.

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
    /// How it must still go; in a cell, so that nothing is all zero, and the buffer takes no flash.
    answer: Option<Cell<Answer>>,
}

/// The way of an answer.
#[derive(Clone, Copy)]
struct Answer {
    to: SocketAddr,
    /// What was sent to: an address of this host, a group or a broadcast.
    #[cfg(feature = "udp-recv-info")]
    asked: lwip::IpAddr,
}

impl Answer {
    fn send(self, stack: &mut Stack, socket: UdpHandle, datagram: &[u8]) -> Result<(), Error> {
        // A group or a broadcast is no address to answer from.
        #[cfg(feature = "udp-recv-info")]
        match stack.udp_send_from(socket, datagram, self.asked, self.to) {
            Err(Error::Value) => {}
            result => return result,
        }
        stack.udp_send_to(socket, datagram, self.to)
    }
}

impl Echo {
    pub const fn new() -> Self {
        Self { socket: None, datagram: [0; UDP_RX_QUEUE], len: 0, answer: None }
    }

    /// Opens the server's socket.
    pub fn open(&mut self, stack: &mut Stack) {
        self.socket = stack.udp_bind(lwip::addr::ANY, PORT).ok();
    }

    /// Goes on with the datagram that found no room; says whether it went.
    pub fn resume(&mut self, stack: &mut Stack) -> bool {
        self.answer.is_some() && self.answer(stack)
    }

    /// Sends back what has come, as far as there is room; says whether a datagram went.
    pub fn answer(&mut self, stack: &mut Stack) -> bool {
        let Some(socket) = self.socket else { return false };
        let mut went = false;
        loop {
            if let Some(answer) = &self.answer {
                let datagram = self.datagram.get(..self.len).unwrap_or_default();
                // Without room for now it stays in hand; any other error is the sender's loss.
                if answer.get().send(stack, socket, datagram) == Err(Error::Memory) {
                    return went;
                }
                self.answer = None;
                went = true;
            }
            #[cfg(feature = "udp-recv-info")]
            let Ok(info) = stack.udp_recv_info(socket) else { return went };
            let Ok((len, to)) = stack.udp_recv_from(socket, &mut self.datagram) else { return went };
            self.len = len;
            self.answer = Some(Cell::new(Answer {
                to,
                #[cfg(feature = "udp-recv-info")]
                asked: info.dst,
            }));
        }
    }
}

impl fmt::Display for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.socket.is_some() { write!(f, " udp/{PORT}") } else { Ok(()) }
    }
}
