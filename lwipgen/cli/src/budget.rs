//! `lwipgen budget`: what RAM a profile takes.

use std::path::PathBuf;
use std::process::ExitCode;

use lwipgen_core::budget::{self, Budget, Chip, Pricer};
use lwipgen_core::compare::compare;
use lwipgen_core::edit;
use lwipgen_core::layout::Target;
use lwipgen_core::profile::Resolved;

use crate::profiles::{Overrides, load, report};
use crate::{Refused, diff, gate};

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
    #[arg(long, value_name = "SIZE", value_parser = budget::parse_size)]
    max: Option<u64>,
    /// Tell what single changes would save
    #[arg(long)]
    levers: bool,
    /// Tell the share of this chip's RAM alone, and refuse a profile that takes more
    #[arg(long, value_parser = crate::new::chip)]
    chip: Option<&'static Chip>,
    /// Tell what would differ: --what-if tcp.pcbs=2 --what-if udp=false
    #[arg(long, value_name = "KEY=VALUE", num_args = 1.., conflicts_with_all = ["levers", "svg"])]
    what_if: Vec<String>,
    /// Draw it as well, to this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

#[derive(Clone, Copy, Default, PartialEq, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Markdown,
}

/// Writes the budget to stdout.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let refuse = |error: &dyn std::fmt::Display| crate::refuse(error);
    let resolved = load(&args.profile, &args.overrides)?;
    let pricer = Pricer::new(args.target);
    let mut budget = pricer.budget(&resolved.selection()).map_err(|error| refuse(&error))?;
    if let Some(chip) = args.chip {
        budget.chips.retain(|share| share.chip == chip.name);
    }
    if !args.what_if.is_empty() {
        return what_if(&pricer, &resolved, &budget, &args);
    }
    if args.levers {
        budget.levers = budget::levers(&pricer, &resolved, &budget).map_err(|error| refuse(&error))?;
    }
    let format = match args.format {
        Format::Text => budget::Format::Text,
        Format::Json => budget::Format::Json,
        Format::Markdown => budget::Format::Markdown,
    };
    print!("{}", budget::render(&budget, format).map_err(|error| refuse(&error))?);
    if let Some(path) = &args.svg {
        let picture = budget::svg(&budget).map_err(|error| refuse(&error))?;
        let drawn = edit::replace(path, &picture);
        drawn.map_err(|error| refuse(&format!("cannot write {}: {error}", path.display())))?;
    }
    let most = args.chip.map(|chip| chip.ram).into_iter().chain(args.max).min();
    match most {
        // The command line speaks last.
        Some(max) => gate::judge_max(&pricer, &resolved, &budget, max)?,
        None => gate::judge(&pricer, &resolved, &budget)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes what would differ with some values changed.
fn what_if(pricer: &Pricer, resolved: &Resolved, budget: &Budget, args: &Args) -> Result<ExitCode, Refused> {
    let changed = resolved.with(&args.what_if).map_err(|errors| {
        report(&errors);
        Refused
    })?;
    let then = pricer.budget(&changed.selection()).map_err(|error| crate::refuse(&error))?;
    let found = compare((resolved, budget), (&changed, &then));
    diff::write(&found, "now", "then", args.format == Format::Json)?;
    Ok(ExitCode::SUCCESS)
}

/// The budget of a profile with its levers.
pub fn compute(resolved: &Resolved, target: Target) -> Result<Budget, Refused> {
    let refuse = |error| crate::refuse(&error);
    let pricer = Pricer::new(target);
    let mut budget = pricer.budget(&resolved.selection()).map_err(refuse)?;
    budget.levers = budget::levers(&pricer, resolved, &budget).map_err(refuse)?;
    Ok(budget)
}
