//! `lwipgen get`: the values of a profile.

use lwipgen_core::edit;

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
    let option = args.key.as_deref().map(edit::find).transpose().map_err(|message| refuse(&message))?;
    let resolved = load(&args.profile, &args.overrides)?;
    for setting in &resolved.settings {
        match option {
            None => println!("{} = {}", setting.option.key, setting.value),
            Some(option) if option.key == setting.option.key => println!("{}", setting.value.bare()),
            Some(_) => {}
        }
    }
    Ok(())
}
