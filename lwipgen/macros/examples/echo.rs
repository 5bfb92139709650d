//! A UDP echo between two stacks in one program, on a wire of memory: `cargo run -p lwipgen-macros --example echo`.
//!
//! The stack is expanded from `echo.toml`, its hook is checked against it, and so is the RAM that it takes.

mod net {
    lwipgen_macros::stack!("examples/echo.toml");
}

use std::net::Ipv4Addr;

use net::hooks::Filter;
use net::{Hooks, Instant, NetifConfig, NetifId, Stack, UdpHandle};

lwipgen_macros::budget!("examples/echo.toml", max = "32 KiB");

/// Counts what comes in.
#[derive(Default)]
struct Counter {
    packets: u32,
}

#[lwipgen_macros::hooks("examples/echo.toml")]
impl Hooks for Counter {
    fn ip4_input(&mut self, _netif: NetifId, _packet: &[u8]) -> Filter {
        self.packets += 1;
        Filter::Pass
    }
}

/// A stack at 10.0.0.`last` with a UDP endpoint.
struct Node {
    stack: Box<Stack<Counter>>,
    netif: NetifId,
    udp: UdpHandle,
}

const PORT: u16 = 7;

impl Node {
    fn new(last: u8) -> Result<Self, net::Error> {
        let mut stack = Box::new(Stack::with_hooks([last; 16], Counter::default()));
        let netif = stack.add_netif(NetifConfig { mac: [2, 0, 0, 0, 0, last], mtu: 1500 })?;
        stack.set_ipv4(netif, Ipv4Addr::new(10, 0, 0, last), 24, None)?;
        stack.set_link(netif, true);
        let udp = stack.udp_bind(net::addr::ANY, PORT)?;
        Ok(Node { stack, netif, udp })
    }

    /// Carries all frames to the other side; whether there were any.
    fn send_to(&mut self, other: &mut Node, now: Instant) -> bool {
        let mut any = false;
        let mut frame = [0; 1514];
        while let Some(egress) = self.stack.egress(self.netif, now) {
            let len = egress.emit(&mut frame);
            other.stack.input(other.netif, &frame[..len], now);
            any = true;
        }
        any
    }
}

fn main() -> Result<(), net::Error> {
    let (mut client, mut server) = (Node::new(1)?, Node::new(2)?);
    let now = Instant::from_millis(0);
    client.stack.udp_send_to(client.udp, b"hello", net::SocketAddr::new(Ipv4Addr::new(10, 0, 0, 2), PORT))?;
    let mut buffer = [0; 64];
    let mut answer = None;
    while client.send_to(&mut server, now) | server.send_to(&mut client, now) {
        if let Ok((len, from)) = server.stack.udp_recv_from(server.udp, &mut buffer) {
            server.stack.udp_send_to(server.udp, &buffer[..len], from)?;
        }
        if let Ok((len, from)) = client.stack.udp_recv_from(client.udp, &mut buffer) {
            answer = Some(format!("{from} answers {:?}", String::from_utf8_lossy(&buffer[..len])));
        }
    }
    println!("{}", answer.expect("an answer"));
    println!("{} packets came in", client.stack.hooks().packets + server.stack.hooks().packets);
    println!("a stack takes {} bytes", size_of::<Stack<Counter>>());
    Ok(())
}
