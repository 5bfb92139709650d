//! The machine under test: QEMU with the program of one profile.

use lwipgen_core::selection::Selection;
use lwipgen_tests::{Failure, ROOT, lwipgen, succeed};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// What `lwipgen` builds here, left to the next run.
const BASE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/qemu");
/// How long the program may take for what it says: more than duplicate address detection takes.
const SAYS: Duration = Duration::from_secs(20);

/// A machine of QEMU, and the board that is its program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Board {
    pub name: &'static str,
    /// QEMU for its instruction set.
    pub qemu: &'static str,
    /// The most that a call into the stack may take of the call stack, with the driver below it; in bytes.
    pub depth: u64,
}

impl Board {
    pub const ALL: [Self; 2] = [
        Self { name: "qemu-rv32", qemu: "qemu-system-riscv32", depth: 2560 },
        // Each frame has 32 bytes more, for the windows of its neighbours.
        Self { name: "qemu-xtensa", qemu: "qemu-system-xtensa", depth: 3072 },
    ];
}

/// A member of the line on a board.
#[derive(Clone, Copy)]
pub struct Member {
    pub board: Board,
    pub profile: &'static str,
    selection: &'static Selection,
}

/// What a report of the program tells, by name.
pub type Counters = HashMap<String, u64>;

impl Member {
    pub fn new(board: Board, profile: &'static str, selection: Selection) -> Self {
        // There are as many as profiles and boards, and they live as long as the tests.
        Self { board, profile, selection: Box::leak(Box::new(selection)) }
    }

    /// Whether the profile has a feature of the template.
    pub fn has(&self, feature: &str) -> bool {
        self.selection.features.contains(feature)
    }

    /// A number of the profile, 0 when it does not have it.
    pub fn number(&self, name: &str) -> u64 {
        let constant = self.selection.constants.iter().find(|constant| constant.name == name);
        constant.map_or(0, |constant| constant.value)
    }

    /// Builds its program, whose static RAM must be that of the budget, and notes where it is.
    pub fn build(&self) -> Result<(), Failure> {
        let arguments = ["footprint", self.profile, "--board", self.board.name, "--format", "json"];
        let mut command = lwipgen()?;
        command
            .args(arguments)
            .current_dir(ROOT)
            .env("CARGO_TARGET_DIR", BASE)
            .env("RUSTFLAGS", "-D warnings");
        let said = succeed(&mut command)?;
        let footprint: serde_json::Value = serde_json::from_str(&said).map_err(|error| error.to_string())?;
        let measured = &footprint["measured"];
        if measured["difference"] != 0 {
            return Err(format!("{} on {}: {measured:#}", self.profile, self.board.name));
        }
        let program = measured["program"].as_str().ok_or("the footprint names no program")?;
        std::fs::write(self.note(), program).map_err(|error| error.to_string())
    }

    /// Whether its program was built, here or in an earlier run.
    pub fn is_built(&self) -> bool {
        self.note().exists()
    }

    /// Takes its program for not built.
    pub fn forget(&self) {
        // Without a note there is nothing to forget.
        let _ = std::fs::remove_file(self.note());
    }

    /// Where the place of its program is noted.
    fn note(&self) -> PathBuf {
        Path::new(BASE).join(format!("{}-{}.program", self.profile, self.board.name))
    }

    /// Starts the machine; what it is told is about the program's own addresses.
    pub fn start(&self, arguments: &[&str]) -> Result<Machine, Failure> {
        let program = std::fs::read_to_string(self.note()).map_err(|error| error.to_string())?;
        let script = Path::new(ROOT).join("boards").join(self.board.name).join("qemu.sh");
        let mut command = Command::new("sh");
        command.arg(script).arg(program).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let (keys, output) = child.stdin.take().zip(child.stdout.take()).ok_or("no pipes")?;
        let (sender, said) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Nobody reads any more when the test is over.
                let _ = sender.send(line.trim_end().to_owned());
            }
        });
        Ok(Machine { child, keys, said })
    }
}

/// The running machine.
pub struct Machine {
    child: Child,
    keys: ChildStdin,
    said: Receiver<String>,
}

impl Machine {
    /// Waits until the program says this.
    pub fn says(&self, expected: &str) -> Result<(), Failure> {
        let mut before = Vec::new();
        loop {
            let line = self.said.recv_timeout(SAYS);
            let line = line.map_err(|_| format!("`{expected}` is not said, only {before:?}"))?;
            if line.contains(expected) {
                return Ok(());
            }
            before.push(line);
        }
    }

    /// Asks for the counters.
    pub fn counters(&mut self) -> Result<Counters, Failure> {
        self.press(b"c")?;
        self.report()
    }

    /// Lets the program measure how deep the call stack gets.
    pub fn measure_depth(&mut self) -> Result<(), Failure> {
        self.press(b"d")
    }

    /// Ends the program; gives its last counters.
    pub fn stop(mut self) -> Result<Counters, Failure> {
        self.press(b"q")?;
        let counters = self.report()?;
        match self.status()?.code() {
            Some(0) => Ok(counters),
            code => Err(format!("the program ended with {code:?}")),
        }
    }

    /// How the machine ended.
    pub fn status(&mut self) -> Result<ExitStatus, Failure> {
        for _ in 0..1000 {
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err("the program does not end".to_owned())
    }

    fn press(&mut self, key: &[u8]) -> Result<(), Failure> {
        self.keys.write_all(key).and_then(|()| self.keys.flush()).map_err(|error| error.to_string())
    }

    /// The counters that come next, up to an empty line.
    fn report(&self) -> Result<Counters, Failure> {
        let mut counters = Counters::new();
        loop {
            let line = self.said.recv_timeout(SAYS).map_err(|_| format!("no report, only {counters:?}"))?;
            if line.is_empty() {
                return Ok(counters);
            }
            let counter =
                line.split_once(' ').and_then(|(name, value)| Some((name, value.trim().parse().ok()?)));
            counters.extend(counter.map(|(name, value)| (name.to_owned(), value)));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the kernel gets all answers to `count` pings.
pub fn ping(address: &str, count: u32) -> Result<(), Failure> {
    let count = count.to_string();
    let said = succeed(Command::new("ping").args(["-q", "-i", "0.002", "-c", &count, address]))?;
    let all = format!("{count} received, 0% packet loss");
    if said.contains(&all) && !said.contains("duplicates") { Ok(()) } else { Err(said) }
}
