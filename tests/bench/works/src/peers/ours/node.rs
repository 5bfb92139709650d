//! A generated stack as a node. Frames are read and built in the ring's slots.

use super::lwip::{
    Error, Instant, NetifConfig, NetifId, SocketAddr, Stack, TcpHandle, TcpListener, TcpState, UdpHandle,
    addr, config,
};
use crate::node::{Failure, MTU, Micros, Node, PREFIX_LEN, Side};
use crate::ring::Ring;
use alloc::boxed::Box;

pub struct OurNode {
    side: Side,
    stack: Box<Stack>,
    netif: NetifId,
    listener: Option<TcpListener>,
    tcp: Option<TcpHandle>,
    udp: Option<UdpHandle>,
}

impl OurNode {
    fn tcp(&self) -> Result<TcpHandle, Failure> {
        self.tcp.ok_or_else(|| "no connection".into())
    }

    fn udp(&self) -> Result<UdpHandle, Failure> {
        self.udp.ok_or_else(|| "no UDP socket".into())
    }

    fn peer(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.side.peer().ipv4(), port)
    }

    fn state(&mut self) -> TcpState {
        self.tcp.and_then(|handle| self.stack.tcp_state(handle).ok()).unwrap_or(TcpState::Closed)
    }
}

impl Node for OurNode {
    const BURST: usize = match config::UDP_RX_QUEUE / (MTU as usize) {
        0 => 1,
        datagrams => datagrams,
    };

    fn new(side: Side, window: usize) -> Result<Self, Failure> {
        if config::TCP_WND != window || config::TCP_SND_BUF != window {
            return Err(Failure::of("the profile has another window", config::TCP_WND));
        }
        let mut stack = Box::new(Stack::new([side.number(); 16]));
        let config = NetifConfig { mac: side.mac(), mtu: MTU };
        let netif = stack.add_netif(config).map_err(|error| Failure::of("add_netif", error))?;
        stack.set_link(netif, true);
        stack
            .set_ipv4(netif, side.ipv4(), PREFIX_LEN, None)
            .map_err(|error| Failure::of("set_ipv4", error))?;
        Ok(Self { side, stack, netif, listener: None, tcp: None, udp: None })
    }

    fn receive(&mut self, now: Micros, frames: usize, rx: &mut Ring, _: &mut Ring) {
        let now = instant(now);
        for _ in 0..frames {
            let Some(frame) = rx.front() else { break };
            self.stack.input(self.netif, frame, now);
            rx.pop();
        }
        self.stack.poll(now);
    }

    fn transmit(&mut self, now: Micros, tx: &mut Ring) {
        while let Some(slot) = tx.vacant()
            && let Some(frame) = self.stack.egress(self.netif, instant(now))
        {
            let len = frame.emit(slot);
            tx.push(len);
        }
    }

    fn deadline(&mut self, now: Micros) -> Option<Micros> {
        let next = self.stack.next_deadline()?;
        Some(now / 1000 * 1000 + Micros::from(next.since(instant(now))) * 1000)
    }

    fn listen(&mut self, port: u16) -> Result<(), Failure> {
        let listener =
            self.stack.tcp_listen(addr::ANY, port).map_err(|error| Failure::of("tcp_listen", error))?;
        self.listener = Some(listener);
        Ok(())
    }

    fn connect(&mut self, now: Micros, port: u16) -> Result<(), Failure> {
        let remote = self.peer(port);
        let connection = self.stack.tcp_connect(remote, instant(now));
        self.tcp = Some(connection.map_err(|error| Failure::of("tcp_connect", error))?);
        Ok(())
    }

    fn connected(&mut self) -> bool {
        if let (None, Some(listener)) = (self.tcp, self.listener) {
            self.tcp = self.stack.tcp_accept(listener).ok();
        }
        !matches!(self.state(), TcpState::Closed | TcpState::SynSent | TcpState::SynReceived)
    }

    fn no_delay(&mut self) -> Result<(), Failure> {
        let handle = self.tcp()?;
        self.stack.tcp_set_nodelay(handle, true).map_err(|error| Failure::of("tcp_set_nodelay", error))
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, Failure> {
        let handle = self.tcp()?;
        blocked_is_zero("tcp_send", self.stack.tcp_send(handle, data))
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let handle = self.tcp()?;
        blocked_is_zero("tcp_recv", self.stack.tcp_recv(handle, buffer))
    }

    fn write_in_place(&mut self, fill: impl FnOnce(&mut [u8])) -> Result<usize, Failure> {
        let handle = self.tcp()?;
        let sent = self.stack.tcp_send_with(handle, |space| {
            fill(space);
            space.len()
        });
        blocked_is_zero("tcp_send_with", sent)
    }

    fn read_in_place(&mut self, look: impl FnOnce(&[u8])) -> Result<usize, Failure> {
        let handle = self.tcp()?;
        let seen = self.stack.tcp_peek(handle).map(|bytes| {
            look(bytes);
            bytes.len()
        });
        let len = blocked_is_zero("tcp_peek", seen)?;
        if len > 0 {
            self.stack.tcp_consume(handle, len).map_err(|error| Failure::of("tcp_consume", error))?;
        }
        Ok(len)
    }

    fn finished(&mut self) -> bool {
        self.tcp.is_some_and(|handle| self.stack.tcp_recv(handle, &mut [0]) == Ok(0))
    }

    fn close(&mut self, now: Micros) -> Result<(), Failure> {
        let handle = self.tcp()?;
        self.stack.tcp_close(handle, instant(now)).map_err(|error| Failure::of("tcp_close", error))
    }

    fn ready(&mut self) -> Result<bool, Failure> {
        let over = matches!(self.state(), TcpState::Closed | TcpState::TimeWait);
        if over {
            self.tcp = None;
        }
        Ok(over)
    }

    fn bind(&mut self, port: u16) -> Result<(), Failure> {
        let socket = self.stack.udp_bind(addr::ANY, port).map_err(|error| Failure::of("udp_bind", error))?;
        self.udp = Some(socket);
        Ok(())
    }

    fn send_datagram(&mut self, port: u16, data: &[u8]) -> Result<bool, Failure> {
        let (handle, remote) = (self.udp()?, self.peer(port));
        match self.stack.udp_send_to(handle, data, remote) {
            Ok(()) => Ok(true),
            Err(Error::Memory) => Ok(false),
            Err(error) => Err(Failure::of("udp_send_to", error)),
        }
    }

    fn receive_datagram(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, Failure> {
        let handle = self.udp()?;
        match self.stack.udp_recv_from(handle, buffer) {
            Ok((len, _)) => Ok(Some(len)),
            Err(Error::WouldBlock) => Ok(None),
            Err(error) => Err(Failure::of("udp_recv_from", error)),
        }
    }
}

fn instant(now: Micros) -> Instant {
    Instant::from_millis((now / 1000) as u32)
}

fn blocked_is_zero(what: &str, result: Result<usize, Error>) -> Result<usize, Failure> {
    match result {
        Ok(n) => Ok(n),
        Err(Error::WouldBlock) => Ok(0),
        Err(error) => Err(Failure::of(what, error)),
    }
}
