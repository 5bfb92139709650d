//! `lwipgen diff`: two profiles side by side.

use lwipgen_core::budget::Pricer;
use lwipgen_core::compare::{Comparison, compare};
use lwipgen_core::layout::Target;

use crate::profiles::{Overrides, load};
use crate::{Refused, refuse};

/// Compare two profiles: options that differ, bytes for each line of the budget
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    first: String,
    /// The other
    #[arg(value_name = "OTHER")]
    second: String,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// What to compute it for: riscv32, xtensa, host
    #[arg(long, default_value = "riscv32")]
    target: Target,
}

#[derive(Clone, Copy, Default, PartialEq, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Writes what differs.
pub fn run(args: Args) -> Result<(), Refused> {
    let none = Overrides { set: Vec::new() };
    let (first, second) = (load(&args.first, &none)?, load(&args.second, &none)?);
    let pricer = Pricer::new(args.target);
    let budget = |resolved: &lwipgen_core::profile::Resolved| {
        pricer.budget(&resolved.selection()).map_err(|error| refuse(&error))
    };
    let found = compare((&first, &budget(&first)?), (&second, &budget(&second)?));
    write(&found, &first.name, &second.name, args.format == Format::Json)
}

/// Writes a comparison to stdout.
pub fn write(found: &Comparison, first: &str, second: &str, json: bool) -> Result<(), Refused> {
    if json {
        println!("{}", serde_json::to_string_pretty(found).map_err(|error| refuse(&error))?);
    } else {
        tell(found, first, second);
    }
    Ok(())
}

fn tell(found: &Comparison, first: &str, second: &str) {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    anstream::println!("{:28} {first:>16} {second:>16}", "");
    for option in found.options.iter().filter(|option| option.name != "description") {
        anstream::println!("{:28} {:>16} {:>16}", option.name, shown(&option.first), shown(&option.second));
    }
    if !found.options.is_empty() {
        anstream::println!();
    }
    anstream::println!("{:28} {:>16} {:>16} {:>12}", "bytes of RAM", first, second, "change");
    for line in found.lines.iter().chain([&found.total]) {
        anstream::println!("{:28} {:>16} {:>16} {:>+12}", line.name, line.first, line.second, line.change());
    }
}
