//! Instruction counts: this binary runs itself under callgrind, twice, so that set-up cancels out.

use std::path::Path;
use std::process::{Command, Output};

use crate::peers::Stack;
use crate::report::{Better, Cell, Report, Row};
use crate::works::Work;

/// Counts with two amounts; the difference divided by the difference of the amounts.
pub fn count(stacks: &[Stack], works: &[Work], keep: Option<&Path>) -> Result<Report, String> {
    if let Some(directory) = keep {
        std::fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    let mut rows = Vec::new();
    for work in works {
        eprintln!("counting {}", work.name);
        let mut cells = Vec::new();
        for stack in stacks {
            cells.push(if stack.takes(*work) { cell(*stack, *work, keep)? } else { Cell::Absent });
        }
        rows.push(Row::new(work.name, if work.in_bytes() { "Ir/byte" } else { "Ir/op" }, cells));
    }
    Ok(Report::new("Instructions, both ends, under callgrind", Better::Lower, stacks, rows))
}

/// Instructions per unit of work. A stack that fails is a result; valgrind that fails is an error.
fn cell(stack: Stack, work: Work, keep: Option<&Path>) -> Result<Cell, String> {
    let (small, large) = (work.small_amount(), 3 * work.small_amount());
    let mut totals = [0.0; 2];
    for (amount, total) in [small, large].into_iter().zip(&mut totals) {
        let output = callgrind(stack, work, amount, keep)?;
        let text = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let message = text.lines().find_map(|line| line.strip_prefix("error: "));
            let failure = message.map_or_else(|| output.status.to_string(), str::to_owned);
            return Ok(Cell::Failed { failure });
        }
        *total = collected(&text).ok_or("callgrind reported no instruction count")?;
    }
    let value = (totals[1] - totals[0]) / (large - small) as f64;
    Ok(Cell::Measured { value, low: None, high: None, frames: None })
}

fn callgrind(stack: Stack, work: Work, amount: u64, keep: Option<&Path>) -> Result<Output, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let file = match keep {
        Some(directory) => directory.join(format!("{}.{}.{amount}", stack.name(), work.name)),
        None => "/dev/null".into(),
    };
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", file.display())).arg(program);
    command.args(["once", "--stack", stack.name(), "--work", work.name, "--amount", &amount.to_string()]);
    command.output().map_err(|error| format!("valgrind: {error}"))
}

/// The total that callgrind prints at its end: `==1== Collected : 12345`.
fn collected(text: &str) -> Option<f64> {
    let (_, total) = text.lines().find_map(|line| line.split_once("Collected : "))?;
    total.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        assert_eq!(collected("==7== Events    : Ir\n==7== Collected : 7006187\n==7== \n"), Some(7_006_187.0));
        assert_eq!(collected("==7== Events    : Ir\n"), None);
    }
}
