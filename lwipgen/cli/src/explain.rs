//! `lwipgen explain`: all that is known of an option.

use lwipgen_core::budget::Pricer;
use lwipgen_core::edit;
use lwipgen_core::explain::{declared, in_profile};
use lwipgen_core::layout::Target;

use crate::profiles::{Overrides, load};
use crate::{Refused, refuse};

/// Explain an option: what it does, what it may be, what it costs
#[derive(clap::Args)]
pub struct Args {
    /// The option
    #[arg(value_name = "KEY")]
    key: String,
    /// The profile in which its cost is told
    #[arg(long, default_value = "minimal-v4")]
    profile: String,
    #[command(flatten)]
    overrides: Overrides,
}

/// Writes what is known.
pub fn run(args: Args) -> Result<(), Refused> {
    let option = edit::find(&args.key).map_err(|message| refuse(&message))?;
    let resolved = load(&args.profile, &args.overrides)?;
    let priced = in_profile(&Pricer::new(Target::RISCV32), &resolved, option);
    let bold = anstyle::Style::new().bold();
    anstream::println!("{bold}{}{bold:#}", option.key);
    anstream::println!("  {}", option.help);
    for (title, text) in declared(option).into_iter().chain(priced.map_err(|error| refuse(&error))?) {
        anstream::println!("  {title:14} {text}");
    }
    Ok(())
}
