//! The program of boards/esp32c6-w5500, its chips apart: driver, adaptor, clock and services as there, on the same
//! executor, against a stack at the other end of the wire.

mod chip;
#[path = "../../boards/shared/esp/clock.rs"]
mod clock;
#[path = "../../boards/shared/services/mod.rs"]
mod services;

use chip::{Interrupt, Reset, W5500};
use clock::EmbassyClock;
use embassy_executor::{Executor, Spawner};
use embassy_net_wiznet::{Device, Runner, State};
use lwip::{Clock, EmbassyNetif, Error, Ipv6State, NetifConfig, NetifId, Stack, TcpHandle};
use services::Services;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const NODE_MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
const PEER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
const NODE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
const PEER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the node tells.
#[derive(Default)]
struct Node {
    /// Rounds of its loop.
    rounds: AtomicU32,
    /// Its link-local address, once it is in use.
    address: Mutex<Option<Ipv6Addr>>,
}

#[embassy_executor::task(pool_size = 2)]
async fn run(chip: W5500, node: Arc<Node>, spawner: Spawner) {
    let state = Box::leak(Box::new(State::<2, 2>::new()));
    let pins = (Interrupt(chip.clone()), Reset(chip.clone()));
    let (device, runner) = embassy_net_wiznet::new(NODE_MAC, state, chip, pins.0, pins.1)
        .await
        .unwrap_or_else(|_| panic!("no chip"));
    spawner.spawn(carry(runner).unwrap());
    serve(device, node).await
}

#[embassy_executor::task(pool_size = 2)]
async fn carry(runner: Runner<'static, embassy_net_wiznet::chip::W5500, W5500, Interrupt, Reset>) -> ! {
    runner.run().await
}

async fn serve(device: Device<'static>, node: Arc<Node>) {
    let mut stack = Box::new(Stack::new([1; 16]));
    let mut services = Services::new();
    let mut netif = EmbassyNetif::new(&mut stack, device).unwrap();
    let id = netif.netif();
    stack.set_ipv4(id, NODE, 24, None).unwrap();
    services.open(&mut stack);
    netif
        .run(&mut stack, &EmbassyClock, |stack, now, _| {
            node.rounds.fetch_add(1, Ordering::Relaxed);
            let preferred = stack.ipv6(id).find(|(_, state)| *state == Ipv6State::Preferred);
            *node.address.lock().unwrap() = preferred.map(|(address, _)| address);
            services.run(stack, now, |_, _| {})
        })
        .await
}

/// The other end of the wire: a stack that is asked all the time.
struct Peer {
    stack: Box<Stack>,
    netif: NetifId,
    chip: W5500,
    started: Instant,
}

impl lwip::Device for W5500 {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        self.sent().map(|frame| read(&frame)).is_some()
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        let mut frame = vec![0; len];
        write(&mut frame);
        // What the chip has no room for is lost.
        self.deliver(&frame);
        true
    }
}

impl Peer {
    fn new(chip: W5500) -> Self {
        let mut stack = Box::new(Stack::new([2; 16]));
        let netif = stack.add_netif(NetifConfig { mac: PEER_MAC, mtu: 1500 }).unwrap();
        stack.set_ipv4(netif, PEER, 24, None).unwrap();
        stack.set_link(netif, true);
        Self { stack, netif, chip, started: Instant::now() }
    }

    /// Turns the stack's loop until `done` gives something.
    fn until<T>(&mut self, mut done: impl FnMut(&mut Stack) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let now = EmbassyClock.now();
            self.stack.service(self.netif, &mut self.chip, now);
            while self.stack.poll_event().is_some() {}
            if let Some(result) = done(&mut self.stack) {
                return result;
            }
            assert!(Instant::now() < end, "the node is silent, {:?} after the start", self.started.elapsed());
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn connect(&mut self, port: u16) -> TcpHandle {
        let remote = (NODE, port).into();
        self.until(|stack| stack.tcp_connect(remote, EmbassyClock.now()).ok())
    }
}

fn start() -> (Peer, Arc<Node>) {
    let chip = W5500::default();
    let node = Arc::<Node>::default();
    let (theirs, told) = (chip.clone(), node.clone());
    thread::spawn(move || {
        Box::leak(Box::new(Executor::new())).run(|spawner| spawner.spawn(run(theirs, told, spawner).unwrap()))
    });
    (Peer::new(chip), node)
}

/// Bytes whose place can be told.
fn pattern(from: usize, len: usize) -> Vec<u8> {
    (from..from + len).map(|at| (at ^ (at >> 8)) as u8).collect()
}

/// TCP echo of `total` bytes.
fn stream(peer: &mut Peer, total: usize) {
    let echo = peer.connect(7);
    let (mut sent, mut got) = (0, 0);
    peer.until(|stack| {
        if sent < total
            && let Ok(len) = stack.tcp_send(echo, &pattern(sent, 1000.min(total - sent)))
        {
            sent += len;
        }
        let mut bytes = [0; 4096];
        match stack.tcp_recv(echo, &mut bytes) {
            Ok(len) => {
                assert_eq!(bytes[..len], pattern(got, len));
                got += len;
            }
            Err(Error::WouldBlock) => {}
            Err(error) => panic!("{error:?} after {got} bytes"),
        }
        (got == total).then_some(())
    });
    peer.stack.tcp_abort(echo).unwrap();
}

/// UDP echo of `rounds` datagrams of `len` bytes, one after the other.
fn datagrams(peer: &mut Peer, to: IpAddr, rounds: usize, len: usize) {
    let to = SocketAddr::new(to, 7);
    let socket = peer.stack.udp_bind(lwip::addr::ANY, 0).unwrap();
    for round in 0..rounds {
        let datagram = pattern(round, len);
        let mut bytes = [0; 1472];
        // The first may find no address to come from yet.
        peer.until(|stack| stack.udp_send_to(socket, &datagram, to).ok());
        let (len, from) = peer.until(|stack| stack.udp_recv_from(socket, &mut bytes).ok());
        assert_eq!((&bytes[..len], from.ip()), (&datagram[..], to.ip()));
    }
    peer.stack.udp_close(socket).unwrap();
}

#[test]
fn streams_and_datagrams_come_back_and_an_idle_node_sleeps() {
    let (mut peer, node) = start();
    peer.chip.set_link(true);
    stream(&mut peer, 100_000);
    // Frames of the greatest length, each way.
    datagrams(&mut peer, NODE.into(), 20, 1472);
    // What neighbour discovery sends goes to groups, which the chip's filter must let pass.
    let address = peer.until(|_| *node.address.lock().unwrap());
    datagrams(&mut peer, address.into(), 2, 1000);

    // The timers of both ends are all that turns its loop now: it would turn thousands of times if it did not sleep.
    let (before, since) = (node.rounds.load(Ordering::Relaxed), Instant::now());
    peer.until(|_| (since.elapsed() > Duration::from_secs(1)).then_some(()));
    let turned = node.rounds.load(Ordering::Relaxed) - before;
    assert!(turned < 20, "the node turned its loop {turned} times");
}

#[test]
fn the_node_comes_back_with_its_cable() {
    let (mut peer, node) = start();
    peer.chip.set_link(true);
    stream(&mut peer, 10_000);
    peer.until(|_| *node.address.lock().unwrap());
    peer.chip.set_link(false);
    // The driver asks the chip twice a second.
    let since = Instant::now();
    peer.until(|_| (since.elapsed() > Duration::from_millis(1200)).then_some(()));
    peer.chip.set_link(true);
    // The address is checked for duplicates again, which begins when a link comes up that was down.
    peer.until(|_| node.address.lock().unwrap().is_none().then_some(()));
    stream(&mut peer, 10_000);
}
