//! `lwipgen schema`: the JSON schema of profile files.

use crate::Refused;
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
    let text = format!("{:#}\n", profile_schema());
    let (written, target) = match &args.out {
        Some(path) => (replace(path, &text), path.display().to_string()),
        None => (std::io::stdout().write_all(text.as_bytes()), "stdout".to_owned()),
    };
    written.map_err(|error| {
        anstream::eprintln!("cannot write {target}: {error}");
        Refused
    })
}

/// Writes beside the file and renames, so that nobody sees half of it.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("json.tmp");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}
