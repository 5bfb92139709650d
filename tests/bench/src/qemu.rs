//! Instructions of RV32IMAC: `rv32/` in QEMU, whose counter of instructions is exact and the same in each run.

use std::path::PathBuf;
use std::process::Command;

use lwipgen_works::{Stack, Work};

use crate::count::{Counter, Counts, Failure};

/// QEMU's `virt` machine with the ESP32-C6's instruction set, one instruction for each nanosecond of its clock.
const MACHINE: [&str; 16] = [
    "-M",
    "virt",
    "-cpu",
    "rv32,f=off,d=off,v=off,zba=off,zbb=off,zbc=off,zbs=off",
    "-m",
    "16M",
    "-icount",
    "shift=0",
    "-nographic",
    "-monitor",
    "none",
    "-serial",
    "stdio",
    "-bios",
    "none",
    "-nodefaults",
];

/// The program in QEMU.
pub struct Qemu {
    /// What the program was optimised for, in words.
    pub optimised: &'static str,
    pub image: PathBuf,
}

impl Counter for Qemu {
    fn title(&self) -> String {
        format!("Instructions, both ends, RV32IMAC, {}", self.optimised)
    }

    fn amount(&self, work: Work) -> u64 {
        // It is exact, so less is enough.
        work.small_amount() / 4
    }

    fn once(&self, stack: Stack, work: Work, amount: u64) -> Result<Result<Counts, Failure>, String> {
        let mut command = Command::new("qemu-system-riscv32");
        command.args(MACHINE).arg("-kernel").arg(&self.image);
        command.arg("-append").arg(format!("{} {} {amount}", stack.name(), work.name));
        let output = command.output().map_err(|error| format!("qemu-system-riscv32: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if let Some(failure) = said.lines().find_map(|line| line.strip_prefix("error: ")) {
            return Ok(Err(failure.trim_end().to_owned()));
        }
        let counts = said.lines().find_map(counts).filter(|_| output.status.success());
        counts.map(Ok).ok_or_else(|| {
            format!(
                "{} tells nothing: {said}{}",
                self.image.display(),
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }
}

/// What the program tells: instructions, frames from A and from B.
fn counts(line: &str) -> Option<Counts> {
    let mut numbers = line.split_ascii_whitespace().map(str::parse::<u64>);
    let (instructions, a, b) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(Counts { instructions, frames: Some(a + b) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_tells_is_read() {
        assert_eq!(counts("12345 7 3\r"), Some(Counts { instructions: 12345, frames: Some(10) }));
        assert_eq!(counts("12345"), None);
    }
}
