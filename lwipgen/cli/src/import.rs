//! `lwipgen import`: a profile that says what another stack's configuration says, and a report of every name.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use lwipgen_core::foreign::Vocabulary;
use lwipgen_core::import::{self, Imported, Request};

use crate::places::base_from;
use crate::{Refused, refuse};

/// Make a profile of an sdkconfig of ESP-IDF or of an lwipopts.h of lwIP
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// ESP-IDF's sdkconfig or sdkconfig.defaults
    Sdkconfig(File),
    /// lwIP's lwipopts.h
    Lwipopts(File),
}

#[derive(clap::Args)]
struct File {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file of the profile; without it the profile goes to stdout
    #[arg(long, value_name = "PROFILE.toml")]
    out: Option<PathBuf>,
    /// A profile to build on: a shipped one or a file [default: the defaults of the stack]
    #[arg(long, value_name = "PRESET")]
    from: Option<String>,
    /// Form of the report: text goes to stderr, json to stdout
    #[arg(long, value_enum, default_value = "text", requires_if("json", "out"))]
    format: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Text,
    Json,
}

/// Imports the file; a profile that breaks a rule is written all the same, and refused.
pub fn run(args: Args) -> Result<(), Refused> {
    let (vocabulary, args) = match args.what {
        What::Sdkconfig(file) => (Vocabulary::EspIdf, file),
        What::Lwipopts(file) => (Vocabulary::Lwip, file),
    };
    let text = import::read(&args.file).map_err(|error| refuse(&error))?;
    let file = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy();
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", package_name(&file))));
    let extends = args.from.as_deref().map(|from| base_from(from, &out));
    let request = Request {
        vocabulary,
        file: &file,
        text: &text,
        profile: &out.display().to_string(),
        extends: extends.as_deref(),
    };
    let imported = import::import(&request).map_err(|errors| {
        crate::profiles::report(&errors);
        Refused
    })?;
    match &args.out {
        Some(path) => write(path, &imported.text)?,
        None => to_stdout(&imported.text)?,
    }
    say(&imported, args.format)
}

fn write(path: &Path, text: &str) -> Result<(), Refused> {
    lwipgen_core::edit::replace(path, text)
        .map_err(|error| refuse(&format!("cannot write {}: {error}", path.display())))?;
    crate::progress("Imported", format_args!("{}", path.display()));
    Ok(())
}

fn say(imported: &Imported, form: Form) -> Result<(), Refused> {
    match form {
        Form::Text => anstream::eprint!("{}", imported.report),
        Form::Json => {
            let json = serde_json::to_string_pretty(&imported.report).map_err(|error| refuse(&error))?;
            to_stdout(&format!("{json}\n"))?;
        }
    }
    let Err(errors) = &imported.checked else { return Ok(()) };
    crate::profiles::report(errors);
    Err(Refused)
}

/// Writes to stdout.
pub fn to_stdout(text: &str) -> Result<(), Refused> {
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| refuse(&format!("cannot write stdout: {error}")))
}

/// What the package of a profile from this file can be called.
fn package_name(file: &str) -> String {
    let lower = file.trim_end_matches(".h").to_lowercase();
    let name: String = lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = name.trim_matches('-');
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.to_owned()
    } else {
        format!("imported-{name}")
    }
}
