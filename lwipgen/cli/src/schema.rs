//! `lwipgen schema`: the JSON schema of profile files.

use crate::{Refused, refuse};
use lwipgen_core::edit;
use lwipgen_core::schema::profile_schema;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write the JSON schema of profiles, for editors that check and complete
#[derive(clap::Args)]
pub struct Args {
    /// Write it to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the schema.
pub fn run(args: Args) -> Result<(), Refused> {
    write(args.out.as_deref(), &format!("{:#}\n", profile_schema()))
}

/// Writes a text to a file, or to stdout if none is named.
pub fn write(out: Option<&Path>, text: &str) -> Result<(), Refused> {
    let (written, target) = match out {
        Some(path) => (edit::replace(path, text), path.display().to_string()),
        None => (std::io::stdout().write_all(text.as_bytes()), "stdout".to_owned()),
    };
    written.map_err(|error| refuse(&format!("cannot write {target}: {error}")))
}
