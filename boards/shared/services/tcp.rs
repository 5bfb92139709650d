//! TCP servers: echo, discard and chargen, as many of them as the profile has listeners.

use core::cell::Cell;
use core::fmt;
use lwip::config::TCP_PCBS;
use lwip::{Error, Instant, Stack, TcpHandle, TcpListener};

/// Bytes that echo moves at a time.
const PIECE: usize = 512;

/// What a server does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    /// Sends back what comes.
    Echo,
    /// Takes what comes.
    Discard,
    /// Sends characters without end.
    Chargen,
}

/// By importance: a profile may have fewer listeners.
const SERVICES: [(Service, u16); 3] = [(Service::Echo, 7), (Service::Discard, 9), (Service::Chargen, 19)];

/// The servers and their connections.
pub struct Servers {
    listeners: [Option<TcpListener>; SERVICES.len()],
    connections: [Option<Connection>; TCP_PCBS],
}

struct Connection {
    handle: TcpHandle,
    /// In a cell, so that a place without a connection is all zero, and the table takes no flash.
    service: Cell<Service>,
    /// Characters generated, modulo the length of their pattern.
    sent: u16,
}

/// What comes next for a connection.
#[derive(PartialEq, Eq)]
enum Next {
    /// An event.
    Wait,
    /// The end: the peer has finished, or the connection is over.
    Close,
}

impl Servers {
    pub const fn new() -> Self {
        Self { listeners: [None; SERVICES.len()], connections: [const { None }; TCP_PCBS] }
    }

    /// Listens on the ports of the services.
    pub fn open(&mut self, stack: &mut Stack) {
        for (listener, (_, port)) in self.listeners.iter_mut().zip(SERVICES) {
            *listener = stack.tcp_listen(lwip::addr::ANY, port).ok();
        }
    }

    /// Takes the connections that wait at a listener.
    pub fn accept(&mut self, stack: &mut Stack, listener: TcpListener, now: Instant) {
        let known = self.listeners.iter().zip(SERVICES).find(|(known, _)| **known == Some(listener));
        let Some((_, (service, _))) = known else { return };
        while let Ok(handle) = stack.tcp_accept(listener) {
            // What comes back should not wait for the peer's delayed acknowledgement.
            let _ = stack.tcp_set_nodelay(handle, service == Service::Echo);
            match self.connections.iter_mut().find(|place| place.is_none()) {
                Some(place) => *place = Some(Connection { handle, service: Cell::new(service), sent: 0 }),
                None => drop(stack.tcp_abort(handle)),
            }
            self.serve(stack, handle, now);
        }
    }

    /// Goes on with a connection.
    pub fn serve(&mut self, stack: &mut Stack, handle: TcpHandle, now: Instant) {
        for place in &mut self.connections {
            let Some(connection) = place.as_mut().filter(|known| known.handle == handle) else { continue };
            let next = match connection.service.get() {
                Service::Echo => echo(stack, handle),
                Service::Discard => discard(stack, handle),
                Service::Chargen => connection.generate(stack),
            };
            if next == Next::Close {
                // A handle that is stale by now needs no closing.
                let _ = stack.tcp_close(handle, now);
                *place = None;
            }
        }
    }
}

fn echo(stack: &mut Stack, handle: TcpHandle) -> Next {
    let mut bytes = [0; PIECE];
    loop {
        let room = match stack.tcp_send_room(handle) {
            Ok(0) => return Next::Wait,
            Ok(room) => room.min(bytes.len()),
            Err(_) => return Next::Close,
        };
        let sent = match stack.tcp_recv(handle, bytes.get_mut(..room).unwrap_or_default()) {
            Ok(0) => return Next::Close,
            Ok(len) => stack.tcp_send(handle, bytes.get(..len).unwrap_or_default()),
            Err(error) => Err(error),
        };
        match sent {
            Ok(_) => {}
            Err(Error::WouldBlock) => return Next::Wait,
            Err(_) => return Next::Close,
        }
    }
}

fn discard(stack: &mut Stack, handle: TcpHandle) -> Next {
    loop {
        let len = stack.tcp_peek(handle).map(<[u8]>::len);
        match len.and_then(|len| stack.tcp_consume(handle, len).map(|()| len)) {
            Ok(0) => return Next::Close,
            Ok(_) => {}
            Err(Error::WouldBlock) => return Next::Wait,
            Err(_) => return Next::Close,
        }
    }
}

impl Connection {
    fn generate(&mut self, stack: &mut Stack) -> Next {
        // What comes is of no interest, but that nothing comes any more is.
        if discard(stack, self.handle) == Next::Close {
            return Next::Close;
        }
        loop {
            let mut at = self.sent;
            let write = |piece: &mut [u8]| {
                for byte in &mut *piece {
                    *byte = character(at);
                    at = (at + 1) % PATTERN;
                }
                piece.len()
            };
            match stack.tcp_send_with(self.handle, write) {
                Ok(_) => self.sent = at,
                Err(Error::WouldBlock) => return Next::Wait,
                Err(_) => return Next::Close,
            }
        }
    }
}

/// Bytes of a line with its end, and of all lines until they begin anew.
const LINE: u16 = 74;
const PATTERN: u16 = LINE * 95;

/// The character at `index` of lines of 72, each of which starts one later in the ring of printable ones (RFC 864).
fn character(index: u16) -> u8 {
    let (line, column) = (index / LINE, index % LINE);
    match column {
        72 => b'\r',
        73 => b'\n',
        _ => b' ' + ((line + column) % 95) as u8,
    }
}

impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.listeners.iter().zip(SERVICES).filter(|(listener, _)| listener.is_some());
        open.into_iter().try_for_each(|(_, (_, port))| write!(f, " tcp/{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{PATTERN, character};

    #[test]
    fn the_characters_are_those_of_rfc_864() {
        let text: String = (0..PATTERN).chain(0..74).map(|index| char::from(character(index))).collect();
        let lines: Vec<&str> = text.split_inclusive("\r\n").collect();
        assert_eq!(
            lines[0],
            " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n"
        );
        assert!(lines[1].starts_with("!\"#") && lines[1].ends_with("abcdefgh\r\n"));
        assert!(lines[94].starts_with("~ !") && lines.len() == 96 && lines[95] == lines[0]);
    }
}
