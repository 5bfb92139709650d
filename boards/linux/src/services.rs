//! The services: echo (RFC 862) over TCP and UDP, discard (RFC 863) and chargen (RFC 864) over TCP.

#[cfg(feature = "ipv6")]
mod ipv6;
#[cfg(feature = "tcp")]
mod tcp;
#[cfg(feature = "udp")]
mod udp;

use lwip::{Instant, Stack};
use std::fmt;

/// All that the profile has room for.
pub struct Services {
    #[cfg(feature = "tcp")]
    tcp: tcp::Servers,
    #[cfg(feature = "udp")]
    udp: udp::Echo,
    #[cfg(feature = "ipv6")]
    ipv6: ipv6::Told,
}

impl Services {
    /// Opens them.
    pub fn open(stack: &mut Stack) -> Self {
        let _ = &stack;
        Self {
            #[cfg(feature = "tcp")]
            tcp: tcp::Servers::open(stack),
            #[cfg(feature = "udp")]
            udp: udp::Echo::open(stack),
            #[cfg(feature = "ipv6")]
            ipv6: ipv6::Told::default(),
        }
    }

    /// Answers what has come; says whether something was done, after which there may be frames to send.
    pub fn run(&mut self, stack: &mut Stack, now: Instant) -> bool {
        let mut busy = false;
        #[cfg(feature = "udp")]
        {
            busy |= self.udp.resume(stack);
        }
        while let Some(event) = stack.poll_event() {
            busy = true;
            match event {
                #[cfg(feature = "tcp")]
                lwip::Event::Accept(listener) => self.tcp.accept(stack, listener, now),
                #[cfg(feature = "tcp")]
                lwip::Event::Tcp(connection, _) => self.tcp.serve(stack, connection, now),
                #[cfg(feature = "udp")]
                lwip::Event::Udp(_) => {
                    self.udp.answer(stack);
                }
                #[cfg(feature = "ipv6")]
                lwip::Event::Ipv6(netif) => self.ipv6.tell(stack, netif),
                event => eprintln!("{event:?}"),
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
