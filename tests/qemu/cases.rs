//! What every member is put through.

use crate::machine::{Machine, Member, ping};
use lwipgen_tests::Failure;
use lwipgen_tests::namespace;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

/// The board's addresses, and the kernel's on the same link.
const IPV4: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
const IPV6: Ipv6Addr = Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 2);
const KERNEL: [&str; 2] = ["10.77.0.1/24", "fd77::1/64"];
/// No case waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(60);
const MEGABYTE: usize = 1_000_000;

/// Which members are put through a case.
type Needs = fn(&Member) -> bool;
/// A test of a member.
type Case = fn(&Setting) -> Result<(), Failure>;

/// All cases and who is put through them.
pub const LINES: [(&str, Needs, Case); 8] = [
    ("idle_makes_no_wake_up", is_on_demand, idle_makes_no_wake_up),
    ("tcp_echo", has_listeners::<1>, tcp_echo),
    ("tcp_discard", has_listeners::<2>, tcp_discard),
    ("tcp_chargen", has_listeners::<3>, tcp_chargen),
    ("ping_loses_none", is_any, ping_loses_none),
    ("udp_echo", is_any, udp_echo),
    ("call_stack_is_small", is_any, call_stack_is_small),
    ("nonsense_ends_it", is_any, nonsense_ends_it),
];

fn is_any(_: &Member) -> bool {
    true
}

fn is_on_demand(member: &Member) -> bool {
    member.has("timers-on-demand")
}

fn has_listeners<const COUNT: u64>(member: &Member) -> bool {
    member.number("TCP_LISTEN_PCBS") >= COUNT
}

/// A version of IP.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The feature of the template.
    pub fn feature(self) -> &'static str {
        match self {
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
        }
    }
}

/// What a case is given.
pub struct Setting {
    pub member: Member,
    pub family: Family,
}

impl Setting {
    fn address(&self) -> IpAddr {
        match self.family {
            Family::V4 => IPV4.into(),
            Family::V6 => IPV6.into(),
        }
    }

    /// Starts the member on a link with the kernel; it can be reached when this returns.
    fn start(&self) -> Result<Machine, Failure> {
        let mtu = self.member.number("NETIF_MTU") as u16;
        let (kernel, address) = match self.family {
            Family::V4 => (KERNEL[0], ["--ip".to_owned(), format!("{IPV4}/24")]),
            Family::V6 => (KERNEL[1], ["--ip6".to_owned(), format!("{IPV6}/64")]),
        };
        namespace::tap("tap0", mtu, &[kernel])?;
        let machine = self.member.start(&["--tap", "tap0", &address[0], &address[1]])?;
        machine.says("serving")?;
        namespace::wait_for("tap0")?;
        if self.family == Family::V6 {
            machine.says(&format!("{IPV6} Preferred"))?;
        }
        Ok(machine)
    }

    fn connect(&self, port: u16) -> Result<TcpStream, Failure> {
        let to = SocketAddr::new(self.address(), port);
        let stream = TcpStream::connect_timeout(&to, PATIENCE).map_err(text)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(text)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(text)?;
        Ok(stream)
    }
}

fn text(error: impl std::fmt::Display) -> Failure {
    error.to_string()
}

/// Random bytes, the same for the same seed.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

/// Ends the program; nothing may have been dropped for want of memory.
fn stop(machine: Machine) -> Result<(), Failure> {
    let counters = machine.stop()?;
    match counters.get("stack_dropped_memory").copied().unwrap_or(0) {
        0 => Ok(()),
        dropped => Err(format!("{dropped} drops for want of memory")),
    }
}

fn ping_loses_none(setting: &Setting) -> Result<(), Failure> {
    let machine = setting.start()?;
    ping(&setting.address().to_string(), 100)?;
    stop(machine)
}

fn udp_echo(setting: &Setting) -> Result<(), Failure> {
    let machine = setting.start()?;
    let any: IpAddr = match setting.family {
        Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
        Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).map_err(text)?;
    socket.set_read_timeout(Some(PATIENCE)).map_err(text)?;
    socket.connect((setting.address(), 7)).map_err(text)?;
    let largest = setting.member.number("NETIF_MTU") as usize - 48;
    for (round, size) in [0, 1, largest].into_iter().cycle().take(30).enumerate() {
        let sent = noise(round as u64, size);
        socket.send(&sent).map_err(text)?;
        let mut received = [0; 2000];
        let len = socket.recv(&mut received).map_err(|error| format!("{size} bytes: {error}"))?;
        if received.get(..len) != Some(&sent[..]) {
            return Err(format!("{size} bytes came back as {len} others"));
        }
    }
    stop(machine)
}

fn tcp_echo(setting: &Setting) -> Result<(), Failure> {
    let machine = setting.start()?;
    let sent = noise(5, MEGABYTE);
    let mut stream = setting.connect(7)?;
    let mut sending = stream.try_clone().map_err(text)?;
    let mut received = Vec::new();
    let (wrote, read) = thread::scope(|scope| {
        let writer =
            scope.spawn(|| sending.write_all(&sent).and_then(|()| sending.shutdown(Shutdown::Write)));
        let read = stream.read_to_end(&mut received);
        (writer.join(), read)
    });
    wrote.map_err(|_| "the writer panicked")?.map_err(|error| format!("sending: {error}"))?;
    read.map_err(|error| format!("after {} bytes: {error}", received.len()))?;
    if received != sent {
        let same = received.iter().zip(&sent).take_while(|(a, b)| a == b).count();
        return Err(format!(
            "{} of {MEGABYTE} bytes came back, the first {same} of them right",
            received.len()
        ));
    }
    stop(machine)
}

fn tcp_discard(setting: &Setting) -> Result<(), Failure> {
    let machine = setting.start()?;
    let mut stream = setting.connect(9)?;
    stream.write_all(&noise(6, MEGABYTE)).map_err(text)?;
    stream.shutdown(Shutdown::Write).map_err(text)?;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).map_err(text)?;
    if !rest.is_empty() {
        return Err(format!("{} bytes came from discard", rest.len()));
    }
    stop(machine)
}

fn tcp_chargen(setting: &Setting) -> Result<(), Failure> {
    let machine = setting.start()?;
    let mut stream = setting.connect(19)?;
    let mut received = vec![0; MEGABYTE / 4];
    stream.read_exact(&mut received).map_err(text)?;
    // Lines of 72 characters, each of which starts one later in the ring of printable ones (RFC 864).
    let expected =
        (0..).flat_map(|line| (0..72).map(move |at| b' ' + ((line + at) % 95) as u8).chain(*b"\r\n"));
    if let Some(at) = received.iter().zip(expected).position(|(byte, expected)| *byte != expected) {
        return Err(format!("byte {at} is {:#x}", received[at]));
    }
    drop(stream);
    stop(machine)
}

/// After a connection, with nothing pending, the core sleeps until something comes.
fn idle_makes_no_wake_up(setting: &Setting) -> Result<(), Failure> {
    let mut machine = setting.start()?;
    ping(&setting.address().to_string(), 1)?;
    // Neighbours are confirmed, and the own addresses are in use.
    let settles = if setting.member.has("ipv6") { 16 } else { 6 };
    thread::sleep(Duration::from_secs(settles));
    let wakeups = |machine: &mut Machine| machine.counters().map(|counters| counters["wakeups_timer"]);
    let before = wakeups(&mut machine)?;
    thread::sleep(Duration::from_secs(3));
    let after = wakeups(&mut machine)?;
    if after != before {
        return Err(format!("{} wake-ups by the timer in three seconds", after - before));
    }
    stop(machine)
}

fn call_stack_is_small(setting: &Setting) -> Result<(), Failure> {
    let mut machine = setting.start()?;
    machine.measure_depth()?;
    ping(&setting.address().to_string(), 10)?;
    if has_listeners::<1>(&setting.member) {
        let mut stream = setting.connect(7)?;
        let sent = noise(7, 5000);
        stream.write_all(&sent).map_err(text)?;
        let mut received = vec![0; sent.len()];
        stream.read_exact(&mut received).map_err(text)?;
    }
    let counters = machine.stop()?;
    let depth = counters["service_depth_peak"];
    if (100..=setting.member.board.depth).contains(&depth) { Ok(()) } else { Err(format!("{depth} bytes")) }
}

/// Wrong arguments end the machine with the status that stands for them.
fn nonsense_ends_it(setting: &Setting) -> Result<(), Failure> {
    namespace::tap("tap0", 1500, &KERNEL[..1])?;
    let mut machine = setting.member.start(&["--tap", "tap0", "--mac", "nonsense"])?;
    machine.says("error: expected six bytes")?;
    match machine.status()?.code() {
        Some(1) => Ok(()),
        code => Err(format!("the program ended with {code:?}")),
    }
}
