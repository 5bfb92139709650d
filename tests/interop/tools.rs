//! Programs that people use, as peers.

use crate::board::Member;
use crate::cases::{noise, tcp, text};
use lwipgen_tests::{Failure, succeed};
use std::fs::{self, File};
use std::process::{Command, Stdio};

/// Fails when a program is not there.
pub fn need(program: &str) -> Result<(), Failure> {
    let search = Command::new("sh").args(["-c", "command -v \"$0\"", program]).stdout(Stdio::null()).status();
    match search {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("`{program}` is not installed")),
    }
}

pub fn socat(member: &Member, number: u8) -> Result<(), Failure> {
    need("socat")?;
    let board = member.start(number, &[])?;
    let path = |kind: &str| format!("{}/{}.socat.{kind}", env!("CARGO_TARGET_TMPDIR"), member.profile);
    let sent = noise(3, 300_000);
    fs::write(path("in"), &sent).map_err(text)?;
    let address = format!("TCP:{}", board.port(7));
    let mut command = Command::new("socat");
    command.args(["-t", "20", "-", &address]).stdin(File::open(path("in")).map_err(text)?);
    let output = command.output().map_err(text)?;
    if !output.status.success() || output.stdout != sent {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {} bytes came back\n{said}", output.status, output.stdout.len()));
    }
    board.stop().map(|_| ())
}

/// Reads from chargen as if it were a server of HTTP/0.9, which sends without a word before.
pub fn curl(member: &Member, number: u8) -> Result<(), Failure> {
    need("curl")?;
    let board = member.start(number, &[])?;
    let command = format!("curl -sN --http0.9 --max-time 20 http://{}/ | head -c 200000", board.port(19));
    let received = succeed(Command::new("sh").args(["-c", &command]))?;
    if received.len() != 200_000 {
        return Err(format!("{} bytes came", received.len()));
    }
    tcp::is_chargen(received.as_bytes())?;
    board.stop().map(|_| ())
}
