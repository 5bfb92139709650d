//! `lwipgen explain`: all that is known of an option.

use lwipgen_core::budget::Pricer;
use lwipgen_core::edit;
use lwipgen_core::explain::{declared, in_profile};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::Limits;

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
    if let Some((key, help)) = Limits::keys().find(|(key, _)| *key == args.key) {
        return limit(&key, help, &load(&args.profile, &args.overrides)?.limits());
    }
    let option = edit::find(&args.key).map_err(|message| refuse(&message))?;
    let resolved = load(&args.profile, &args.overrides)?;
    let priced = in_profile(&Pricer::new(Target::RISCV32), &resolved, option);
    let lines = declared(option).into_iter().chain(priced.map_err(|error| refuse(&error))?);
    tell(&option.key, &option.help, lines);
    Ok(())
}

/// Writes what is known of a key of the table `[budget]`.
fn limit(key: &str, help: &str, limits: &Limits) -> Result<(), Refused> {
    let set = match limits.value(key) {
        Some((value, place)) => format!("{value}, set by {place}"),
        None => "not set".to_owned(),
    };
    let lines = [("type", Limits::expected(key).unwrap_or_default()), ("here", set)];
    tell(key, help, lines.map(|(title, text)| (title.to_owned(), text)));
    Ok(())
}

fn tell(key: &str, help: &str, lines: impl IntoIterator<Item = (String, String)>) {
    let bold = anstyle::Style::new().bold();
    anstream::println!("{bold}{key}{bold:#}");
    anstream::println!("  {help}");
    for (title, text) in lines {
        anstream::println!("  {title:14} {text}");
    }
}
