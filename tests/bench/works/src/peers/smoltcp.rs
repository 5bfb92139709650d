//! smoltcp as a node. Frames are parsed and built in the ring's slots; the application acts between the
//! ingress and the egress of one poll, which costs smoltcp fewer polls and frames than acting after it.

use smoltcp::iface::{Config, Interface, PollIngressSingleResult, PollResult, SocketHandle, SocketSet};
use smoltcp::phy::{self, Device, DeviceCapabilities, Medium};
use smoltcp::socket::{tcp, udp};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpAddress, IpCidr, IpEndpoint};

use crate::node::{DATAGRAMS, Failure, MTU, Micros, Node, PREFIX_LEN, Side};
use crate::ring::Ring;
use alloc::vec;
use alloc::vec::Vec;

const ETHERNET_HEADER: usize = 14;
const FIRST_PORT: u16 = 49152;

pub struct SmoltcpNode {
    side: Side,
    window: usize,
    interface: Interface,
    sockets: SocketSet<'static>,
    tcp: Option<SocketHandle>,
    udp: Option<SocketHandle>,
    listens_on: Option<u16>,
    next_port: u16,
}

impl SmoltcpNode {
    fn tcp(&mut self) -> Result<&mut tcp::Socket<'static>, Failure> {
        let handle = self.tcp.ok_or("no connection")?;
        Ok(self.sockets.get_mut(handle))
    }

    fn state(&self) -> tcp::State {
        match self.tcp {
            Some(handle) => self.sockets.get::<tcp::Socket>(handle).state(),
            None => tcp::State::Closed,
        }
    }

    fn udp(&mut self) -> Result<&mut udp::Socket<'static>, Failure> {
        let handle = self.udp.ok_or("no UDP socket")?;
        Ok(self.sockets.get_mut(handle))
    }

    /// The socket that stands for the node's connection, made when it is first needed.
    fn tcp_handle(&mut self) -> SocketHandle {
        let (sockets, window) = (&mut self.sockets, self.window);
        *self.tcp.get_or_insert_with(|| {
            let buffer = || tcp::SocketBuffer::new(vec![0; window]);
            let mut socket = tcp::Socket::new(buffer(), buffer());
            socket.set_congestion_control(tcp::CongestionControl::Reno);
            sockets.add(socket)
        })
    }
}

impl Node for SmoltcpNode {
    const BURST: usize = DATAGRAMS;

    fn new(side: Side, window: usize) -> Result<Self, Failure> {
        let mut config = Config::new(EthernetAddress(side.mac()).into());
        config.random_seed = 0x1234_5678_9abc_def0 + u64::from(side.number());
        let mut interface =
            Interface::new(config, &mut Port { rx: None, tx: &mut Ring::new() }, Instant::ZERO);
        let mut added = Ok(());
        interface.update_ip_addrs(|addresses| {
            added = addresses.push(IpCidr::new(IpAddress::Ipv4(side.ipv4()), PREFIX_LEN));
        });
        added.map_err(|error| Failure::of("no room for an address", error))?;
        Ok(Self {
            side,
            window,
            interface,
            sockets: SocketSet::new(Vec::new()),
            tcp: None,
            udp: None,
            listens_on: None,
            next_port: FIRST_PORT,
        })
    }

    fn receive(&mut self, now: Micros, frames: usize, rx: &mut Ring, tx: &mut Ring) {
        let (now, mut port) = (instant(now), Port { rx: Some(rx), tx });
        self.interface.poll_maintenance(now);
        for _ in 0..frames {
            if self.interface.poll_ingress_single(now, &mut port, &mut self.sockets)
                == PollIngressSingleResult::None
            {
                break;
            }
        }
    }

    fn transmit(&mut self, now: Micros, tx: &mut Ring) {
        let (now, mut port) = (instant(now), Port { rx: None, tx });
        while self.interface.poll_egress(now, &mut port, &mut self.sockets) != PollResult::None {}
    }

    fn deadline(&mut self, now: Micros) -> Option<Micros> {
        let next = self.interface.poll_at(instant(now), &self.sockets)?;
        Some(Micros::try_from(next.total_micros()).unwrap_or(0))
    }

    fn listen(&mut self, port: u16) -> Result<(), Failure> {
        self.listens_on = Some(port);
        self.tcp_handle();
        self.tcp()?.listen(port).map_err(|error| Failure::of("listen", error))
    }

    fn connect(&mut self, _: Micros, port: u16) -> Result<(), Failure> {
        let remote = IpEndpoint::new(IpAddress::Ipv4(self.side.peer().ipv4()), port);
        let local = self.next_port;
        self.next_port = local.checked_add(1).unwrap_or(FIRST_PORT);
        let handle = self.tcp_handle();
        let socket = self.sockets.get_mut::<tcp::Socket>(handle);
        if socket.state() == tcp::State::TimeWait {
            // Recycled without a reset on the wire: `connect` forgets the old connection before the next egress.
            socket.abort();
        }
        socket.connect(self.interface.context(), remote, local).map_err(|error| Failure::of("connect", error))
    }

    fn connected(&mut self) -> bool {
        !matches!(
            self.state(),
            tcp::State::Closed | tcp::State::Listen | tcp::State::SynSent | tcp::State::SynReceived
        )
    }

    fn no_delay(&mut self) -> Result<(), Failure> {
        self.tcp()?.set_nagle_enabled(false);
        Ok(())
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, Failure> {
        self.tcp()?.send_slice(data).map_err(|error| Failure::of("send", error))
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        self.tcp()?.recv_slice(buffer).map_err(|error| Failure::of("receive", error))
    }

    fn write_in_place(&mut self, fill: impl FnOnce(&mut [u8])) -> Result<usize, Failure> {
        let sent = self.tcp()?.send(|space| {
            fill(space);
            (space.len(), space.len())
        });
        sent.map_err(|error| Failure::of("send", error))
    }

    fn read_in_place(&mut self, look: impl FnOnce(&[u8])) -> Result<usize, Failure> {
        let received = self.tcp()?.recv(|bytes| {
            look(bytes);
            (bytes.len(), bytes.len())
        });
        received.map_err(|error| Failure::of("receive", error))
    }

    fn finished(&mut self) -> bool {
        self.tcp().is_ok_and(|socket| !socket.may_recv())
    }

    fn close(&mut self, _: Micros) -> Result<(), Failure> {
        self.tcp()?.close();
        Ok(())
    }

    fn ready(&mut self) -> Result<bool, Failure> {
        let over = matches!(self.state(), tcp::State::Closed | tcp::State::TimeWait);
        if let (true, Some(port)) = (over, self.listens_on) {
            self.listen(port)?;
        }
        Ok(over)
    }

    fn bind(&mut self, port: u16) -> Result<(), Failure> {
        let buffer = || {
            udp::PacketBuffer::new(
                vec![udp::PacketMetadata::EMPTY; DATAGRAMS],
                vec![0; DATAGRAMS * usize::from(MTU)],
            )
        };
        let mut socket = udp::Socket::new(buffer(), buffer());
        socket.bind(port).map_err(|error| Failure::of("bind", error))?;
        self.udp = Some(self.sockets.add(socket));
        Ok(())
    }

    fn send_datagram(&mut self, port: u16, data: &[u8]) -> Result<bool, Failure> {
        let remote = IpEndpoint::new(IpAddress::Ipv4(self.side.peer().ipv4()), port);
        match self.udp()?.send_slice(data, remote) {
            Ok(()) => Ok(true),
            Err(udp::SendError::BufferFull) => Ok(false),
            Err(error) => Err(Failure::of("send", error)),
        }
    }

    fn receive_datagram(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, Failure> {
        match self.udp()?.recv_slice(buffer) {
            Ok((len, _)) => Ok(Some(len)),
            Err(udp::RecvError::Exhausted) => Ok(None),
            Err(error) => Err(Failure::of("receive", error)),
        }
    }
}

fn instant(now: Micros) -> Instant {
    Instant::from_micros(i64::try_from(now).unwrap_or(i64::MAX))
}

/// The link, seen from one node; without `rx` it only sends.
struct Port<'r> {
    rx: Option<&'r mut Ring>,
    tx: &'r mut Ring,
}

impl Device for Port<'_> {
    type RxToken<'t>
        = RxToken<'t>
    where
        Self: 't;
    type TxToken<'t>
        = TxToken<'t>
    where
        Self: 't;

    fn receive(&mut self, _: Instant) -> Option<(RxToken<'_>, TxToken<'_>)> {
        let rx = self.rx.as_deref_mut()?;
        (!rx.is_empty() && !self.tx.is_full()).then_some((RxToken(rx), TxToken(self.tx)))
    }

    fn transmit(&mut self, _: Instant) -> Option<TxToken<'_>> {
        (!self.tx.is_full()).then_some(TxToken(self.tx))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = usize::from(MTU) + ETHERNET_HEADER;
        capabilities
    }
}

struct RxToken<'r>(&'r mut Ring);

impl phy::RxToken for RxToken<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        let result = f(self.0.front().unwrap_or_default());
        self.0.pop();
        result
    }
}

struct TxToken<'r>(&'r mut Ring);

impl phy::TxToken for TxToken<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let slot = self.0.vacant().expect("a token is given only for a vacant slot");
        let result = f(&mut slot[..len]);
        self.0.push(len);
        result
    }
}
