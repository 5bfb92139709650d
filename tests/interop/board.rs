//! The program under test: the Linux board over the crate of one profile.

use lwipgen_core::profile::Resolved;
use lwipgen_core::selection::Selection;
use lwipgen_tests::{Failure, succeed};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Shared with the other tests, for it holds what was compiled.
const BASE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/line");
/// How long the program may take for what it says by itself: twice what duplicate address detection and the
/// solicitation of routers take together.
const SAYS: Duration = Duration::from_secs(15);

/// A member of the line.
#[derive(Clone, Copy)]
pub struct Member {
    /// The name of a shipped profile, or the path of one of the tests' own.
    source: &'static str,
    resolved: &'static (String, Selection),
}

impl Member {
    pub fn of(source: &'static str) -> Result<Self, Failure> {
        let resolved = Resolved::load(source, &[]).map_err(|errors| format!("{source}: {errors:?}"))?;
        let selection = resolved.selection();
        // There are as many as profiles, and they live as long as the tests.
        Ok(Self { source, resolved: Box::leak(Box::new((resolved.name, selection))) })
    }

    /// The profile's name.
    pub fn profile(&self) -> &'static str {
        &self.resolved.0
    }

    /// Whether the profile is one of those that are shipped.
    pub fn is_shipped(&self) -> bool {
        self.source == self.profile()
    }

    /// Whether the profile has a feature of the template.
    pub fn has(&self, feature: &str) -> bool {
        self.resolved.1.features.contains(feature)
    }

    /// A number of the profile, 0 when it does not have it.
    pub fn number(&self, name: &str) -> u64 {
        let constant = self.resolved.1.constants.iter().find(|constant| constant.name == name);
        constant.map_or(0, |constant| constant.value)
    }

    /// The most that an IP packet of its interfaces has.
    pub fn mtu(&self) -> u16 {
        self.number("NETIF_MTU") as u16
    }

    /// Generates and compiles its program.
    pub fn build(&self) -> Result<(), Failure> {
        lwipgen_tests::stack(BASE, self.source)?;
        let board = lwipgen_tests::board(BASE, self.source)?;
        succeed(&mut board.cargo(&["build"])).map(|_| ())
    }

    fn program(&self) -> PathBuf {
        PathBuf::from(BASE).join(format!("target/debug/lwip-{}-linux", self.profile()))
    }

    /// Runs its program, which answers at `address` when this returns unless it was told otherwise.
    pub fn run(&self, address: IpAddr, arguments: &[&str]) -> Result<Board, Failure> {
        let mut command = Command::new(self.program());
        let mut child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = stdout.zip(stderr).ok_or("no output")?;
        let board =
            Board { child, stdout: BufReader::new(stdout), said: Said::of(stderr), address, heard: 0 };
        board.said.wait(0, |line| line.contains("serving"))?;
        Ok(board)
    }
}

/// The running program.
pub struct Board {
    child: Child,
    stdout: BufReader<ChildStdout>,
    said: Said,
    pub address: IpAddr,
    /// How many lines were looked at.
    heard: usize,
}

/// What a report of the program tells, by name.
pub type Counters = HashMap<String, u64>;

impl Board {
    pub fn port(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.address, port)
    }

    /// Waits for a line that has `part` and, as a whole word, one of `words` if there are any, after the last one
    /// that was waited for.
    pub fn hears(&mut self, part: &str, words: &[&str]) -> Result<(), Failure> {
        let is_it = |line: &str| {
            let gone = line.starts_with("gone") && !part.starts_with("gone");
            let named = words.is_empty() || line.split(' ').any(|word| words.contains(&word));
            line.contains(part) && named && !gone
        };
        let heard = self.said.wait(self.heard, is_it);
        self.heard = heard.map_err(|failure| format!("no `{part}` {}: {failure}", words.join("|")))? + 1;
        Ok(())
    }

    /// Waits for the program to say something, unless it has already.
    pub fn says(&self, part: &str) -> Result<(), Failure> {
        self.finds(part, "").map(|_| ())
    }

    /// The same for a line that begins with one thing and ends with another.
    pub fn finds(&self, start: &str, end: &str) -> Result<String, Failure> {
        let is_it = |line: &str| line.contains(start) && line.ends_with(end) && !line.starts_with("gone");
        let found = self.said.wait(0, is_it).map_err(|failure| format!("no `{start}…{end}`: {failure}"))?;
        Ok(self.said.line(found))
    }

    /// Fails if the program has said something.
    pub fn silent_about(&self, part: &str) -> Result<(), Failure> {
        let lines = self.said.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.iter().flatten().find(|line| line.contains(part));
        line.map_or(Ok(()), |line| Err(format!("the program said `{line}`")))
    }

    /// Waits until the program says that it uses an address.
    pub fn uses(&mut self, address: Ipv6Addr) -> Result<(), Failure> {
        self.hears(&format!("{address} "), &["Valid", "Preferred"])
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

/// What the program has said so far.
struct Said(Arc<Transcript>);

#[derive(Default)]
struct Transcript {
    /// Its lines, the last of them `None` when there will be no more.
    lines: Mutex<Vec<Option<String>>>,
    more: Condvar,
}

impl Said {
    fn of(stderr: ChildStderr) -> Self {
        let said = Arc::new(Transcript::default());
        let transcript = Arc::clone(&said);
        thread::spawn(move || {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            for line in lines.map(Some).chain([None]) {
                transcript.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                transcript.more.notify_all();
            }
        });
        Self(said)
    }

    /// The line with this number.
    fn line(&self, number: usize) -> String {
        let lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.get(number).cloned().flatten().unwrap_or_default()
    }

    /// The number of the first line from `from` on that is the one.
    fn wait(&self, from: usize, is_it: impl Fn(&str) -> bool) -> Result<usize, Failure> {
        let until = Instant::now() + SAYS;
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let new = lines.iter().skip(from);
            if let Some(found) = new.map(Option::as_deref).position(|line| line.is_some_and(&is_it)) {
                return Ok(from + found);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || lines.last().is_some_and(Option::is_none) {
                let said: Vec<_> = lines.iter().map(|line| line.as_deref().unwrap_or("and ended")).collect();
                return Err(format!("the program said\n{}", said.join("\n")));
            }
            lines = self.0.more.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
        }
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
