//! Instructions of this machine: this binary runs itself under callgrind.

use std::path::{Path, PathBuf};
use std::process::Command;

use lwipgen_works::{Stack, Work};

use crate::count::{Counter, Counts, Failure};

/// valgrind, which may leave its files in a folder.
pub struct Callgrind {
    keep: Option<PathBuf>,
}

impl Callgrind {
    /// Leaves callgrind's files in the folder `keep`.
    pub fn new(keep: Option<&Path>) -> Result<Self, String> {
        if let Some(directory) = keep {
            std::fs::create_dir_all(directory)
                .map_err(|error| format!("{}: {error}", directory.display()))?;
        }
        Ok(Self { keep: keep.map(Path::to_owned) })
    }
}

impl Counter for Callgrind {
    fn title(&self) -> String {
        "Instructions, both ends, under callgrind".to_owned()
    }

    fn amount(&self, work: Work) -> u64 {
        work.small_amount()
    }

    fn once(&self, stack: Stack, work: Work, amount: u64) -> Result<Result<Counts, Failure>, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let file = match &self.keep {
            Some(directory) => directory.join(format!("{}.{}.{amount}", stack.name(), work.name)),
            None => "/dev/null".into(),
        };
        let mut command = Command::new("valgrind");
        command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", file.display())).arg(program);
        command.args(["once", "--stack", stack.name(), "--work", work.name, "--amount", &amount.to_string()]);
        let output = command.output().map_err(|error| format!("valgrind: {error}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let message = text.lines().find_map(|line| line.strip_prefix("error: "));
            return Ok(Err(message.map_or_else(|| output.status.to_string(), str::to_owned)));
        }
        let instructions = collected(&text).ok_or("callgrind reported no instruction count")?;
        Ok(Ok(Counts { instructions, frames: None }))
    }
}

/// The total that callgrind prints at its end: `==1== Collected : 12345`.
fn collected(text: &str) -> Option<u64> {
    let (_, total) = text.lines().find_map(|line| line.split_once("Collected : "))?;
    total.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        assert_eq!(collected("==7== Events    : Ir\n==7== Collected : 7006187\n==7== \n"), Some(7_006_187));
        assert_eq!(collected("==7== Events    : Ir\n"), None);
    }
}
