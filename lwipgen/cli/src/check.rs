//! `lwipgen check`: reads profiles and says what is wrong with them.

use lwipgen_core::budget::Pricer;
use lwipgen_core::layout::Target;
use lwipgen_core::profile::Resolved;

use crate::profiles::{Overrides, load};
use crate::{Refused, gate, refuse};

/// Check profiles: keys, types, ranges, rules, and what RAM they allow themselves
#[derive(clap::Args)]
pub struct Args {
    /// Paths of profiles, or names of shipped ones
    #[arg(required = true, value_name = "PROFILE")]
    profiles: Vec<String>,
    #[command(flatten)]
    overrides: Overrides,
}

/// Checks them all, so that all errors are seen at once.
pub fn run(args: Args) -> Result<(), Refused> {
    let mut outcome = Ok(());
    for name in &args.profiles {
        match load(name, &args.overrides) {
            Ok(resolved) => match within_budget(&resolved) {
                Ok(()) => anstream::eprintln!("{}: fine", resolved.name),
                Err(Refused) => outcome = Err(Refused),
            },
            Err(Refused) => outcome = Err(Refused),
        }
    }
    outcome
}

fn within_budget(resolved: &Resolved) -> Result<(), Refused> {
    let pricer = Pricer::new(Target::RISCV32);
    let budget = pricer.budget(&resolved.selection()).map_err(|error| refuse(&error))?;
    gate::judge(&pricer, resolved, &budget)
}
