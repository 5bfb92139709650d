//! `lwipgen list`: the shipped profiles.

use crate::Refused;
use crate::profiles::{Overrides, load};
use lwipgen_core::profile::SHIPPED;

/// List the shipped profiles
#[derive(clap::Args)]
pub struct Args {
    /// How to write the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Writes the list to stdout.
pub fn run(args: Args) -> Result<(), Refused> {
    let mut profiles = Vec::new();
    for (name, _) in SHIPPED {
        profiles.push(load(name, &Overrides { set: Vec::new() })?);
    }
    match args.format {
        Format::Text => {
            let width = profiles.iter().map(|profile| profile.name.len()).max().unwrap_or(0);
            for profile in &profiles {
                anstream::println!("{:width$}  {}", profile.name, profile.profile.description);
            }
        }
        Format::Json => {
            let entry = |profile: &lwipgen_core::profile::Resolved| {
                serde_json::json!({
                    "name": profile.name,
                    "description": profile.profile.description,
                    "features": profile.selection().features,
                })
            };
            let list: Vec<serde_json::Value> = profiles.iter().map(entry).collect();
            println!("{:#}", serde_json::Value::from(list));
        }
    }
    Ok(())
}
