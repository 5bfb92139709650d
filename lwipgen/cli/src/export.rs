//! `lwipgen export`: a profile in the words of another stack.

use std::path::PathBuf;

use clap::Subcommand;
use lwipgen_core::export;

use crate::profiles::{Overrides, load};
use crate::{Refused, refuse};

/// Write a profile as an lwipopts.h for lwIP in C
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// lwIP's lwipopts.h
    Lwipopts(Header),
}

#[derive(clap::Args)]
struct Header {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Write it to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

/// Writes the header.
pub fn run(args: Args) -> Result<(), Refused> {
    let What::Lwipopts(args) = args.what;
    let text = export::lwipopts(&load(&args.profile, &args.overrides)?);
    let Some(path) = args.out else { return crate::import::to_stdout(&text) };
    lwipgen_core::edit::replace(&path, &text)
        .map_err(|error| refuse(&format!("cannot write {}: {error}", path.display())))?;
    crate::progress("Exported", format_args!("{}", path.display()));
    Ok(())
}
