//! TCP servers: echo, discard and chargen, as many of them as the profile has listeners.

use lwip::{Error, Instant, Stack, TcpHandle, TcpListener};
use std::fmt;

/// What a server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    listeners: Vec<(TcpListener, Service, u16)>,
    connections: Vec<Connection>,
}

struct Connection {
    handle: TcpHandle,
    service: Service,
    /// Characters generated.
    sent: u64,
}

/// What comes next for a connection.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// An event.
    Wait,
    /// The end: the peer has finished, or the connection is over.
    Close,
}

impl Servers {
    /// Listens on the ports of the services.
    pub fn open(stack: &mut Stack) -> Self {
        let mut listeners = Vec::new();
        for (service, port) in SERVICES {
            if let Ok(listener) = stack.tcp_listen(lwip::addr::ANY, port) {
                listeners.push((listener, service, port));
            }
        }
        Self { listeners, connections: Vec::new() }
    }

    /// Takes the connections that wait at a listener.
    pub fn accept(&mut self, stack: &mut Stack, listener: TcpListener, now: Instant) {
        let Some((_, service, _)) = self.listeners.iter().find(|(known, ..)| *known == listener) else {
            return;
        };
        let service = *service;
        while let Ok(handle) = stack.tcp_accept(listener) {
            // What comes back should not wait for the peer's delayed acknowledgement.
            let _ = stack.tcp_set_nodelay(handle, service == Service::Echo);
            self.connections.push(Connection { handle, service, sent: 0 });
            self.serve(stack, handle, now);
        }
    }

    /// Goes on with a connection.
    pub fn serve(&mut self, stack: &mut Stack, handle: TcpHandle, now: Instant) {
        let Some(index) = self.connections.iter().position(|known| known.handle == handle) else { return };
        let connection = &mut self.connections[index];
        let next = match connection.service {
            Service::Echo => echo(stack, handle),
            Service::Discard => discard(stack, handle),
            Service::Chargen => connection.generate(stack),
        };
        if next == Next::Close {
            // A handle that is stale by now needs no closing.
            let _ = stack.tcp_close(handle, now);
            self.connections.swap_remove(index);
        }
    }
}

fn echo(stack: &mut Stack, handle: TcpHandle) -> Next {
    let mut bytes = [0; 2048];
    loop {
        let room = match stack.tcp_send_room(handle) {
            Ok(0) => return Next::Wait,
            Ok(room) => room.min(bytes.len()),
            Err(_) => return Next::Close,
        };
        let sent = match stack.tcp_recv(handle, &mut bytes[..room]) {
            Ok(0) => return Next::Close,
            Ok(len) => stack.tcp_send(handle, &bytes[..len]),
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
        match stack
            .tcp_peek(handle)
            .map(<[u8]>::len)
            .and_then(|len| stack.tcp_consume(handle, len).map(|()| len))
        {
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
            let write = |piece: &mut [u8]| {
                piece.iter_mut().zip(self.sent..).for_each(|(byte, at)| *byte = character(at));
                piece.len()
            };
            match stack.tcp_send_with(self.handle, write) {
                Ok(len) => self.sent += len as u64,
                Err(Error::WouldBlock) => return Next::Wait,
                Err(_) => return Next::Close,
            }
        }
    }
}

/// The character at `index` of lines of 72, each of which starts one later in the ring of printable ones (RFC 864).
fn character(index: u64) -> u8 {
    let (line, column) = (index / 74, index % 74);
    match column {
        72 => b'\r',
        73 => b'\n',
        _ => b' ' + ((line + column) % 95) as u8,
    }
}

impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.listeners.iter().try_for_each(|(_, _, port)| write!(f, " tcp/{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::character;

    #[test]
    fn the_characters_are_those_of_rfc_864() {
        let text: String = (0..74 * 96).map(|index| char::from(character(index))).collect();
        let lines: Vec<&str> = text.split_inclusive("\r\n").collect();
        assert_eq!(
            lines[0],
            " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n"
        );
        assert!(lines[1].starts_with("!\"#") && lines[1].ends_with("abcdefgh\r\n"));
        assert!(lines[94].starts_with("~ !") && lines[95] == lines[0]);
    }
}
