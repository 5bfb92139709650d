//! `lwipgen docs`: the reference of options.

use std::path::PathBuf;

use lwipgen_core::reference::reference;

use crate::{Refused, refuse, schema};

/// Write the reference of all options, as Markdown
#[derive(clap::Args)]
pub struct Args {
    /// Write it to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes it.
pub fn run(args: Args) -> Result<(), Refused> {
    let text = reference().map_err(|error| refuse(&error))?;
    schema::write(args.out.as_deref(), &text)
}
