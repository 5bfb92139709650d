//! The services that every board runs: echo (RFC 862) over TCP and UDP, discard
//! (RFC 863) and chargen (RFC 864) over TCP. All that they keep is sized by the profile.

#[cfg(feature = "tcp")]
mod tcp;
#[cfg(feature = "udp")]
mod udp;

use core::fmt;
use lwip::{Event, Instant, Stack};

/// All that the profile has room for.
pub struct Services {
    #[cfg(feature = "tcp")]
    tcp: tcp::Servers,
    #[cfg(feature = "udp")]
    udp: udp::Echo,
}

impl Services {
    /// None of them open yet.
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "tcp")]
            tcp: tcp::Servers::new(),
            #[cfg(feature = "udp")]
            udp: udp::Echo::new(),
        }
    }

    /// Opens them, as many as the profile has listeners and sockets for.
    pub fn open(&mut self, stack: &mut Stack) {
        #[cfg(feature = "tcp")]
        self.tcp.open(stack);
        #[cfg(feature = "udp")]
        self.udp.open(stack);
        let _ = stack;
    }

    /// Answers what has come and hands other events to `tell`; says whether something was done, after which there may
    /// be frames to send.
    pub fn run(&mut self, stack: &mut Stack, now: Instant, mut tell: impl FnMut(&Stack, Event)) -> bool {
        let mut busy = false;
        #[cfg(feature = "udp")]
        {
            busy |= self.udp.resume(stack);
        }
        while let Some(event) = stack.poll_event() {
            busy = true;
            match event {
                #[cfg(feature = "tcp")]
                Event::Accept(listener) => self.tcp.accept(stack, listener, now),
                #[cfg(feature = "tcp")]
                Event::Tcp(connection, _) => self.tcp.serve(stack, connection, now),
                #[cfg(feature = "udp")]
                Event::Udp(_) => {
                    self.udp.answer(stack);
                }
                event => tell(stack, event),
            }
        }
        let _ = now;
        busy
    }
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("serving")?;
        #[cfg(feature = "tcp")]
        self.tcp.fmt(f)?;
        #[cfg(feature = "udp")]
        self.udp.fmt(f)?;
        f.write_str(" ping")
    }
}
