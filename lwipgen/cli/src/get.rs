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
    if let Some(key) = args.key.as_deref().filter(|key| Limits::expected(key).is_some()) {
        // Nothing if it is not set.
        resolved.limits().value(key).into_iter().for_each(|(value, _)| println!("{value}"));
        return Ok(());
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
