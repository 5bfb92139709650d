//! `lwipgen audit`: choices that weaken a profile.

use std::process::ExitCode;

use lwipgen_core::audit::audit;

use crate::Refused;
use crate::profiles::{Overrides, load};

/// Name choices that weaken security or robustness, each with its reason
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Exit with 1 if there is any
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    overrides: Overrides,
}

/// Writes a line for each choice.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let resolved = load(&args.profile, &args.overrides)?;
    let findings = audit(&resolved);
    for finding in &findings {
        let setting = finding.setting;
        anstream::println!("{} = {} ({})", setting.option.key, setting.value, setting.origin);
        anstream::println!("  {}", finding.reason);
    }
    if findings.is_empty() {
        anstream::println!("nothing weakens {}", resolved.name);
    }
    Ok(if args.strict && !findings.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
