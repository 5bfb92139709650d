//! `lwipgen generate`: writes specialised crates, or checks those that were written.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lwipgen_core::emit::{self, Emitted, store};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::{Resolved, SHIPPED};
use lwipgen_core::template::Template;

use crate::Refused;
use crate::places::Places;
use crate::profiles::{Overrides, load};

/// Write the crate of a profile
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    profile: Option<String>,
    /// Every shipped profile
    #[arg(long, conflicts_with_all = ["profile", "out"])]
    all: bool,
    /// Directory of the crate [default: generated/PROFILE]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; fail if anything differs
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    overrides: Overrides,
}

/// Writes or checks each crate.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let names: Vec<&str> = match &args.profile {
        Some(name) => vec![name],
        None => SHIPPED.iter().map(|(name, _)| *name).collect(),
    };
    let template = Template::stack();
    let places = Places::find();
    let mut outcome = Ok(ExitCode::SUCCESS);
    for name in names {
        let resolved = load(name, &args.overrides)?;
        let directory = args.out.clone().unwrap_or_else(|| places.generated(&resolved.name));
        let emitted = emit_stack(&template, &resolved)?;
        if !args.check {
            write(&directory, &emitted)?;
        } else if check(&directory, &emitted).is_err() {
            outcome = Err(Refused);
        }
    }
    outcome
}

/// The crate of a profile.
pub fn emit_stack(template: &Template, resolved: &Resolved) -> Result<Emitted, Refused> {
    let budget = crate::budget::compute(resolved, Target::RISCV32)?;
    let description = &resolved.profile.description;
    emit::stack(template, &resolved.selection(), description, &budget).map_err(|error| crate::refuse(&error))
}

/// Writes a crate and says so.
pub fn write(directory: &Path, emitted: &Emitted) -> Result<(), Refused> {
    let changes = store::write(directory, emitted).map_err(|error| crate::refuse(&error))?;
    let place = directory.display();
    match (changes.written, changes.removed) {
        (0, 0) => crate::progress("Unchanged", format_args!("{place}")),
        (written, 0) => crate::progress("Generated", format_args!("{place} ({written} files)")),
        (written, removed) => {
            crate::progress("Generated", format_args!("{place} ({written} files, {removed} removed)"));
        }
    }
    Ok(())
}

fn check(directory: &Path, emitted: &Emitted) -> Result<(), Refused> {
    let differences = store::check(directory, emitted).map_err(|error| crate::refuse(&error))?;
    for difference in &differences {
        anstream::eprintln!("{}/{difference}", directory.display());
    }
    if differences.is_empty() {
        crate::progress("Checked", format_args!("{}", directory.display()));
        return Ok(());
    }
    Err(Refused)
}
