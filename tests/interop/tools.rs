//! Programs that people use, as peers.

use crate::cases::{noise, tcp, text};
use crate::setting::Setting;
use lwipgen_tests::{Failure, succeed};
use std::fs::{self, File};
use std::process::{Command, Stdio};

/// Whether a program is there.
pub fn is_installed(program: &str) -> bool {
    let search = Command::new("sh").args(["-c", "command -v \"$0\"", program]).stdout(Stdio::null()).status();
    search.is_ok_and(|status| status.success())
}

pub fn socat(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let sent = noise(3, 300_000);
    fs::write(setting.file("in"), &sent).map_err(text)?;
    let address = format!("TCP:{}", board.port(7));
    let mut command = Command::new("socat");
    command.args(["-t", "20", "-", &address]).stdin(File::open(setting.file("in")).map_err(text)?);
    let output = command.output().map_err(text)?;
    if !output.status.success() || output.stdout != sent {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {} bytes came back\n{said}", output.status, output.stdout.len()));
    }
    board.stop().map(|_| ())
}

/// Reads from chargen as if it were a server of HTTP/0.9, which sends without a word before.
pub fn curl(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let command = format!("curl -sgN --http0.9 --max-time 20 http://{}/ | head -c 200000", board.port(19));
    let received = succeed(Command::new("sh").args(["-c", &command]))?;
    if received.len() != 200_000 {
        return Err(format!("{} bytes came", received.len()));
    }
    tcp::is_chargen(received.as_bytes())?;
    board.stop().map(|_| ())
}
