//! What every member with TCP is put through.

use super::{PATIENCE, noise, text};
use crate::board::Board;
use crate::setting::Setting;
use lwipgen_tests::Failure;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const MEGABYTE: usize = 1_000_000;

pub fn connect(board: &Board, port: u16) -> Result<TcpStream, Failure> {
    connect_to(board.port(port))
}

fn connect_to(address: SocketAddr) -> Result<TcpStream, Failure> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(20)).map_err(text)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(text)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(text)?;
    Ok(stream)
}

/// Sends random bytes to the board's echo, finishes, and expects the same bytes and the end.
pub fn round_trip(board: &Board, seed: u64, len: usize) -> Result<(), Failure> {
    round_trip_to(board.port(7), seed, len)
}

/// The same with any echo.
pub fn round_trip_to(address: SocketAddr, seed: u64, len: usize) -> Result<(), Failure> {
    let sent = noise(seed, len);
    let mut stream = connect_to(address)?;
    let mut sending = stream.try_clone().map_err(text)?;
    let mut received = Vec::with_capacity(len);
    let (wrote, read) = thread::scope(|scope| {
        let writer =
            scope.spawn(|| sending.write_all(&sent).and_then(|()| sending.shutdown(Shutdown::Write)));
        let read = stream.read_to_end(&mut received);
        (writer.join(), read)
    });
    wrote.map_err(|_| "the writer panicked")?.map_err(|error| format!("sending: {error}"))?;
    read.map_err(|error| format!("after {} of {len} bytes: {error}", received.len()))?;
    if received != sent {
        let same = received.iter().zip(&sent).take_while(|(a, b)| a == b).count();
        return Err(format!("{} of {len} bytes came back, the first {same} of them right", received.len()));
    }
    Ok(())
}

pub fn echo(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    round_trip(&board, 5, 5 * MEGABYTE)?;
    let counters = board.stop()?;
    let lost = counters["frames_lost"];
    if lost == 0 { Ok(()) } else { Err(format!("the kernel refused {lost} frames")) }
}

pub fn echo_through_faults(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&["--faults", "drop=5,dup=2,reorder=5,seed=1"])?;
    round_trip(&board, 5, 2 * MEGABYTE)?;
    let counters = board.stop()?;
    for fault in ["dropped", "doubled", "overtaken"] {
        for direction in ["in", "out"] {
            let name = format!("fault_{direction}_{fault}");
            if counters[&name] < 10 {
                return Err(format!("{name} {}", counters[&name]));
            }
        }
    }
    Ok(())
}

pub fn closed_port(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    match TcpStream::connect_timeout(&board.port(4), Duration::from_secs(5)) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => board.stop().map(|_| ()),
        other => Err(format!("{other:?}")),
    }
}

/// As many as the profile has room for, up to four.
pub fn connections_at_once(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let results: Vec<_> = thread::scope(|scope| {
        let start = |seed| {
            let board = &board;
            scope.spawn(move || round_trip(board, seed, MEGABYTE / 4))
        };
        let running: Vec<_> = (0..setting.member.number("TCP_PCBS").min(4)).map(start).collect();
        running.into_iter().map(|thread| thread.join()).collect()
    });
    for result in results {
        result.map_err(|_| "a connection's thread panicked")??;
    }
    board.stop().map(|_| ())
}

/// Far more than there are control blocks: each is given back.
pub fn connections_in_turn(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    for seed in 0..50 {
        round_trip(&board, seed, 100).map_err(|failure| format!("connection {seed}: {failure}"))?;
    }
    board.stop().map(|_| ())
}

/// Connections that the peer throws away with bytes unread become resets, and their control blocks are given back.
pub fn reset_by_peer(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    for _ in 0..20 {
        let mut stream = connect(&board, 7)?;
        stream.write_all(&noise(1, 1000)).map_err(text)?;
        // What came back is there and not read when the stream is dropped.
        stream.peek(&mut [0]).map_err(text)?;
    }
    round_trip(&board, 2, 10_000)?;
    board.stop().map(|_| ())
}

pub fn discard(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let mut stream = connect(&board, 9)?;
    stream.write_all(&noise(1, MEGABYTE)).map_err(text)?;
    stream.shutdown(Shutdown::Write).map_err(text)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(text)?;
    let counters = board.stop()?;
    if !answer.is_empty() || counters["bytes_in"] < MEGABYTE as u64 {
        return Err(format!("{} bytes came back, {} went", answer.len(), counters["bytes_in"]));
    }
    Ok(())
}

pub fn chargen(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let mut stream = connect(&board, 19)?;
    let mut text_of = vec![0; MEGABYTE];
    stream.read_exact(&mut text_of).map_err(text)?;
    drop(stream);
    is_chargen(&text_of)?;
    board.stop().map(|_| ())
}

/// RFC 864: lines of 72 printable characters, each of which starts one character later.
pub fn is_chargen(received: &[u8]) -> Result<(), Failure> {
    let ring: Vec<u8> = (b' '..=b'~').collect();
    for (number, line) in received.chunks(74).enumerate() {
        let expected = (0..72).map(|column| ring[(number + column) % 95]).chain(*b"\r\n");
        if !line.iter().copied().eq(expected.take(line.len())) {
            return Err(format!("line {number} is {:?}", String::from_utf8_lossy(line)));
        }
    }
    Ok(())
}
