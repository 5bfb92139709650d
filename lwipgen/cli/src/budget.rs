//! `lwipgen budget`: what RAM a profile takes.

use std::process::ExitCode;

use lwipgen_core::budget::{self, Budget, Pricer};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::Resolved;

use crate::Refused;
use crate::profiles::{Overrides, load};

/// Tell the RAM that a profile takes, to the byte
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// What to compute it for: riscv32, xtensa, host
    #[arg(long, default_value = "riscv32")]
    target: Target,
    /// Refuse a profile that takes more, such as 40KiB
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max: Option<u64>,
    #[command(flatten)]
    overrides: Overrides,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Markdown,
}

/// Writes the budget to stdout.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let resolved = load(&args.profile, &args.overrides)?;
    let budget = compute(&resolved, args.target)?;
    let format = match args.format {
        Format::Text => budget::Format::Text,
        Format::Json => budget::Format::Json,
        Format::Markdown => budget::Format::Markdown,
    };
    print!("{}", budget::render(&budget, format).map_err(|error| crate::refuse(&error))?);
    match args.max {
        Some(max) if budget.total_bytes > max => Err(too_much(&budget, max)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// The budget of a profile with its levers.
pub fn compute(resolved: &Resolved, target: Target) -> Result<Budget, Refused> {
    let refuse = |error| crate::refuse(&error);
    let pricer = Pricer::new(target);
    let mut budget = pricer.budget(&resolved.selection()).map_err(refuse)?;
    budget.levers = budget::levers(&pricer, resolved, &budget).map_err(refuse)?;
    Ok(budget)
}

/// Says what takes most.
fn too_much(budget: &Budget, max: u64) -> Refused {
    let over = budget.total_bytes - max;
    let mut lines: Vec<_> = budget.lines.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.bytes));
    let refused = crate::refuse(&format!(
        "{} bytes are {over} more than the {max} allowed; most take",
        budget.total_bytes
    ));
    for line in lines.iter().take(3) {
        anstream::eprintln!("  {:18} {:>9} bytes: {} x {}", line.name, line.bytes, line.count, line.size);
    }
    for lever in budget.levers.iter().take(3) {
        anstream::eprintln!("  --set {} would save {}", lever.set, lever.saves);
    }
    refused
}

/// A number of bytes, with or without a unit.
fn size(written: &str) -> Result<u64, String> {
    let expected = || format!("`{written}` is not a size such as 40960 or 40KiB");
    let digits = written.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().map_err(|_| expected())?;
    let unit: u64 = match written[digits.len()..].trim() {
        "" | "B" => 1,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        _ => return Err(expected()),
    };
    number.checked_mul(unit).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(["40KiB", "1536 B", "7", "1 MiB"].map(size), [Ok(40960), Ok(1536), Ok(7), Ok(1 << 20)]);
        for wrong in ["", "KiB", "4 kB", "-1", "1.5KiB", "99999999999999999999", "18446744073709551615KiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
