//! `lwipgen check`: reads profiles and says what is wrong with them.

use crate::Refused;
use crate::profiles::{Overrides, load};

/// Check profiles: keys, types, ranges, rules
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
            Ok(resolved) => anstream::eprintln!("{}: fine", resolved.name),
            Err(Refused) => outcome = Err(Refused),
        }
    }
    outcome
}
