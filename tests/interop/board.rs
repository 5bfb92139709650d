//! The program under test: the Linux board over the crate of one profile.

use crate::namespace;
use lwipgen_core::selection::Selection;
use lwipgen_tests::{Failure, succeed};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Shared with the other tests, for it holds what was compiled.
const BASE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/line");

/// A member of the line.
#[derive(Clone, Copy)]
pub struct Member {
    pub profile: &'static str,
    /// TCP listeners, 0 without TCP.
    pub listeners: u64,
    /// TCP connections.
    pub connections: u64,
    pub mtu: u16,
    /// How long it looks for addresses and routers of IPv6.
    pub settles: Duration,
}

impl Member {
    pub fn new(profile: &'static str, selection: &Selection) -> Self {
        let number = |name: &str| {
            let constant = selection.constants.iter().find(|constant| constant.name == name);
            constant.map_or(0, |constant| constant.value)
        };
        Self {
            profile,
            listeners: number("TCP_LISTEN_PCBS"),
            connections: number("TCP_PCBS"),
            mtu: number("NETIF_MTU") as u16,
            // Three solicitations, four seconds apart (RFC 4861 §6.3.7).
            settles: Duration::from_secs(if selection.features.contains("ipv6") { 15 } else { 0 }),
        }
    }

    /// Generates and compiles its program.
    pub fn build(&self) -> Result<(), Failure> {
        lwipgen_tests::stack(BASE, self.profile)?;
        let board = lwipgen_tests::board(BASE, self.profile)?;
        succeed(&mut board.cargo(&["build"])).map(|_| ())
    }

    fn program(&self) -> PathBuf {
        PathBuf::from(BASE).join(format!("target/debug/lwip-{}-linux", self.profile))
    }

    /// Runs its program on an interface of its own.
    pub fn start(&self, number: u8, arguments: &[&str]) -> Result<Board, Failure> {
        let tap = namespace::tap(number, self.mtu)?;
        let address = Ipv4Addr::new(10, 77, number, 2);
        let mut command = Command::new(self.program());
        command.args(["--tap", &tap, "--ip", &format!("{address}/24")]).args(arguments);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = stdout.zip(stderr).ok_or("no output")?;
        let board = Board { child, stdout: BufReader::new(stdout), address };
        let mut said = BufReader::new(stderr);
        let mut line = String::new();
        loop {
            let before = line.len();
            let more = said.read_line(&mut line).map_err(|error| error.to_string())?;
            if more == 0 {
                return Err(format!("{command:?} ended: {line}"));
            }
            if line[before..].contains("serving") {
                // Of what it says later, errors go where the tests' own output goes.
                thread::spawn(move || {
                    let lines = said.lines().map_while(Result::ok);
                    lines.filter(|line| line.contains("error")).for_each(|line| eprintln!("{line}"));
                });
                return Ok(board);
            }
        }
    }
}

/// The running program.
pub struct Board {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub address: Ipv4Addr,
}

/// What a report of the program tells, by name.
pub type Counters = HashMap<String, u64>;

impl Board {
    pub fn port(&self, port: u16) -> SocketAddrV4 {
        SocketAddrV4::new(self.address, port)
    }

    /// Asks for the counters.
    pub fn counters(&mut self) -> Result<Counters, Failure> {
        self.signal(Signal::SIGUSR1)?;
        let mut report = String::new();
        while !report.ends_with("\n\n") {
            let more = self.stdout.read_line(&mut report).map_err(|error| error.to_string())?;
            if more == 0 {
                return Err(format!("the program ended: {report}"));
            }
        }
        parse(&report)
    }

    /// Ends the program as a user does; gives its last counters.
    pub fn stop(self) -> Result<Counters, Failure> {
        self.end(Signal::SIGINT)
    }

    /// Ends the program by a signal.
    pub fn end(mut self, signal: Signal) -> Result<Counters, Failure> {
        self.signal(signal)?;
        let mut report = String::new();
        self.stdout.read_to_string(&mut report).map_err(|error| error.to_string())?;
        let status = self.wait()?;
        if !status.success() {
            return Err(format!("after {signal} the program ended with {status}"));
        }
        parse(&report)
    }

    fn wait(&mut self) -> Result<ExitStatus, Failure> {
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err("the program does not end".to_owned())
    }

    fn signal(&self, signal: Signal) -> Result<(), Failure> {
        kill(Pid::from_raw(self.child.id() as i32), signal).map_err(|error| format!("{signal}: {error}"))
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parse(report: &str) -> Result<Counters, Failure> {
    let line = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        Some((name.to_owned(), value.trim().parse().ok()?))
    };
    let lines = report.lines().filter(|line| !line.is_empty());
    lines.map(|text| line(text).ok_or_else(|| format!("`{text}` is no counter"))).collect()
}
