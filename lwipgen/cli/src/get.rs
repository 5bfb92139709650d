//! `lwipgen get`: the values of a profile.

use lwipgen_core::edit;
use lwipgen_core::profile::Limits;

use crate::profiles::{Overrides, load};
use crate::{Refused, refuse};

/// Tell the values of a profile
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// One option; without it all
    #[arg(value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    overrides: Overrides,
}

/// Writes one value alone, or all as lines of `key = value`.
pub fn run(args: Args) -> Result<(), Refused> {
    let resolved = load(&args.profile, &args.overrides)?;
    if let Some(name) = args.key.as_deref().and_then(|key| key.strip_prefix("budget.")) {
        return limit(&resolved.limits(), name);
    }
    let option = args.key.as_deref().map(edit::find).transpose().map_err(|message| refuse(&message))?;
    for setting in &resolved.settings {
        match option {
            None => println!("{} = {}", setting.option.key, setting.value),
            Some(option) if option.key == setting.option.key => println!("{}", setting.value.bare()),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Writes a key of the table `[budget]`; nothing if it is not set.
fn limit(limits: &Limits, name: &str) -> Result<(), Refused> {
    let value = match name {
        "warn" => limits.warn.as_ref().map(|limit| limit.bytes.to_string()),
        "max" => limits.max.as_ref().map(|limit| limit.bytes.to_string()),
        "chip" => limits.chip.as_ref().map(|(chip, _)| chip.key()),
        _ => return Err(refuse(&format!("there is no key `budget.{name}`"))),
    };
    value.into_iter().for_each(|value| println!("{value}"));
    Ok(())
}
