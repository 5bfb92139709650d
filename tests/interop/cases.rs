//! What every member is put through.

pub mod tcp;

use crate::board::{Board, Counters, Member};
use crate::tools;
use lwipgen_tests::{Failure, succeed};
use nix::sys::signal::Signal;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// A test of a member; the number tells its interface from those of other tests.
pub type Case = fn(&Member, u8) -> Result<(), Failure>;

/// No case waits longer for anything.
pub const PATIENCE: Duration = Duration::from_secs(150);

pub fn text(error: impl std::fmt::Display) -> Failure {
    error.to_string()
}

/// Random bytes, the same for the same seed.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

pub fn ping_loses_none(member: &Member, number: u8) -> Result<(), Failure> {
    tools::need("ping")?;
    let board = member.start(number, &[])?;
    let said = succeed(
        Command::new("ping").args(["-q", "-c", "1000", "-i", "0.002"]).arg(board.address.to_string()),
    )?;
    if !said.contains("1000 received, 0% packet loss") || said.contains("duplicates") {
        return Err(said);
    }
    // One that the interface just carries, of a size that comes in several blocks.
    let size = (member.mtu - 28).to_string();
    let said = succeed(Command::new("ping").args(["-c", "1", "-s", &size]).arg(board.address.to_string()))?;
    let counters = board.stop()?;
    if !said.contains("1 received") || counters["frames_in"] < 1000 { Err(said) } else { Ok(()) }
}

fn udp(board: &Board, port: u16) -> Result<UdpSocket, Failure> {
    let socket = UdpSocket::bind("0.0.0.0:0").map_err(text)?;
    socket.set_read_timeout(Some(Duration::from_secs(5))).map_err(text)?;
    socket.connect(board.port(port)).map_err(text)?;
    Ok(socket)
}

pub fn udp_echo(member: &Member, number: u8) -> Result<(), Failure> {
    let board = member.start(number, &[])?;
    let socket = udp(&board, 7)?;
    for (round, size) in [0, 1, usize::from(member.mtu) - 28].into_iter().cycle().take(30).enumerate() {
        let sent = noise(round as u64, size);
        socket.send(&sent).map_err(text)?;
        let mut received = [0; 2000];
        let len = socket.recv(&mut received).map_err(|error| format!("{size} bytes: {error}"))?;
        if received[..len] != sent {
            return Err(format!("{size} bytes came back as {len} others"));
        }
    }
    board.stop().map(|_| ())
}

pub fn udp_closed_port(member: &Member, number: u8) -> Result<(), Failure> {
    let board = member.start(number, &[])?;
    let socket = udp(&board, 4)?;
    socket.send(b"anybody?").map_err(text)?;
    match socket.recv(&mut [0; 10]) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => board.stop().map(|_| ()),
        other => Err(format!("{other:?}")),
    }
}

pub fn sigterm_ends_it(member: &Member, number: u8) -> Result<(), Failure> {
    let mut board = member.start(number, &[])?;
    let first = board.counters()?;
    let last = board.end(Signal::SIGTERM)?;
    let signals = |counters: &Counters| counters["wakeups_signal"];
    if (signals(&first), signals(&last)) == (1, 2) { Ok(()) } else { Err(format!("{first:?} {last:?}")) }
}

pub fn pcap_holds_what_passed(member: &Member, number: u8) -> Result<(), Failure> {
    let file = format!("{}/{}.pcap", env!("CARGO_TARGET_TMPDIR"), member.profile);
    let board = member.start(number, &["--pcap", &file])?;
    let socket = udp(&board, 7)?;
    socket.send(b"to be captured").map_err(text)?;
    socket.recv(&mut [0; 100]).map_err(text)?;
    let counters = board.stop()?;
    let capture = std::fs::read(&file).map_err(text)?;
    let bytes = counters["bytes_in"] + counters["bytes_out"];
    let frames = counters["frames_in"] + counters["frames_out"];
    let seen = capture.windows(14).filter(|window| window == b"to be captured").count();
    let expected = 24 + 16 * frames + bytes;
    if capture.len() as u64 == expected && seen == 2 {
        Ok(())
    } else {
        Err(format!("{} bytes, not {expected}; seen {seen} times", capture.len()))
    }
}

/// With a connection that stands and is silent, if there is TCP, nothing wakes the program by the clock.
pub fn idle_makes_no_wake_up(member: &Member, number: u8) -> Result<(), Failure> {
    let seconds = match std::env::var("LWIPGEN_IDLE_SECONDS") {
        Ok(seconds) => seconds.parse().map_err(|_| format!("LWIPGEN_IDLE_SECONDS={seconds} is no number"))?,
        Err(_) => 10,
    };
    let mut board = member.start(number, &[])?;
    let connection = if member.listeners > 0 { Some(spoken_with(&board)?) } else { None };
    let socket = udp(&board, 7)?;
    socket.send(b"x").map_err(text)?;
    socket.recv(&mut [0; 10]).map_err(text)?;
    // Delayed acknowledgements and the like are through by then.
    sleep(Duration::from_secs(1) + member.settles);
    let before = board.counters()?;
    sleep(Duration::from_secs(seconds));
    let after = board.counters()?;
    for kind in ["wakeups_timer", "wakeups_fault", "wakeups_room"] {
        if after[kind] != before[kind] {
            return Err(format!("{kind} in {seconds} s: {}", after[kind] - before[kind]));
        }
    }
    if after["wakeups_signal"] != before["wakeups_signal"] + 1 {
        return Err(format!("wake-ups are not counted: {before:?} {after:?}"));
    }
    if let Some(mut connection) = connection {
        exchange(&mut connection)?;
    }
    board.stop().map(|_| ())
}

fn spoken_with(board: &Board) -> Result<TcpStream, Failure> {
    let mut connection = tcp::connect(board, 7)?;
    exchange(&mut connection)?;
    Ok(connection)
}

fn exchange(connection: &mut TcpStream) -> Result<(), Failure> {
    let mut answer = [0; 5];
    connection.write_all(b"hello").map_err(text)?;
    connection.read_exact(&mut answer).map_err(text)?;
    if answer == *b"hello" { Ok(()) } else { Err(format!("{answer:?}")) }
}
