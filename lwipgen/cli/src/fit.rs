//! `lwipgen fit`: the largest values that fit a given RAM.

use lwipgen_core::budget::Pricer;
use lwipgen_core::edit::{Change, ProfileFile, find};
use lwipgen_core::fit::{Goal, fit};
use lwipgen_core::layout::Target;
use lwipgen_core::options::Opt;

use crate::profiles::{Overrides, load, report};
use crate::{Refused, assign, refuse};

/// Find the largest values that fit a given RAM
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// The RAM that there is, such as 40KiB
    #[arg(long, value_name = "SIZE", value_parser = lwipgen_core::budget::parse_size)]
    ram: u64,
    /// The number that is to be as large as possible; several, separated by commas, grow together
    #[arg(long, required = true, value_name = "KEY", value_delimiter = ',')]
    maximize: Vec<String>,
    /// Options that must not change
    #[arg(long, value_name = "KEY", value_delimiter = ',')]
    keep: Vec<String>,
    /// Write what is found to the profile
    #[arg(long, conflicts_with = "set")]
    write: bool,
    #[command(flatten)]
    overrides: Overrides,
}

/// Shows what is found, and writes it if that is wanted.
pub fn run(args: Args) -> Result<(), Refused> {
    let options = |keys: &[String]| {
        let found: Result<Vec<&'static Opt>, String> = keys.iter().map(|key| find(key)).collect();
        found.map_err(|message| refuse(&message))
    };
    let goal = Goal { ram: args.ram, maximize: options(&args.maximize)?, keep: options(&args.keep)? };
    let file = args.write.then(|| ProfileFile::open(&args.profile)).transpose();
    let file = file.map_err(|message| refuse(&message))?;
    let resolved = load(&args.profile, &args.overrides)?;
    let pricer = Pricer::new(Target::RISCV32);
    let found = fit(&pricer, &resolved, &goal).map_err(|error| refuse(&error))?;
    for (option, value) in &found.changes {
        let now = resolved.setting(&option.key).map(|setting| setting.value.to_string()).unwrap_or_default();
        let unit = option.unit.as_deref().unwrap_or_default();
        anstream::println!("{:24} {now:>10} -> {:>10} {unit}", option.key, value.to_string());
    }
    if found.changes.is_empty() {
        anstream::println!("nothing larger fits");
    }
    let free = args.ram.saturating_sub(found.total);
    anstream::println!("{} of {} bytes, {free} free", found.total, args.ram);
    let Some(file) = file else { return Ok(()) };
    let changes: Vec<Change> =
        found.changes.into_iter().map(|(option, value)| Change::Set(option, value)).collect();
    let text = file.changed(&changes).map_err(|errors| {
        report(&errors);
        Refused
    })?;
    assign::save(file, text)
}
