//! `lwipgen new`: the file of a new profile.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use dialoguer::{Input, Select};
use lwipgen_core::budget::{CHIPS, Chip};
use lwipgen_core::edit::{self, ProfileFile};
use lwipgen_core::profile::SHIPPED;

use crate::places::base_from;
use crate::{Refused, refuse};

/// Start a profile of your own
#[derive(clap::Args)]
pub struct Args {
    /// Its name, or the path of its file
    #[arg(value_name = "NAME")]
    name: String,
    /// The profile that it starts from: a shipped one or a file [default: minimal-v4]
    #[arg(long, value_name = "PRESET")]
    from: Option<String>,
    /// The chip of the product: the RAM it has is the most that the profile may take
    #[arg(long, value_parser = chip)]
    chip: Option<&'static Chip>,
    /// What it is for, in one sentence
    #[arg(long)]
    description: Option<String>,
}

/// The chip of this name.
pub fn chip(name: &str) -> Result<&'static Chip, String> {
    Chip::find(name).ok_or_else(|| {
        let chips: Vec<String> = CHIPS.iter().map(Chip::key).collect();
        format!("expected {}", chips.join(", "))
    })
}

/// Asks for what the command line leaves open if somebody is there to answer, and writes the file.
pub fn run(mut args: Args) -> Result<(), Refused> {
    let path = PathBuf::from(if args.name.ends_with(".toml") {
        args.name.clone()
    } else {
        format!("{}.toml", args.name)
    });
    if path.exists() {
        return Err(refuse(&format!("{} exists", path.display())));
    }
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        ask(&mut args).map_err(|error| refuse(&error))?;
    }
    let text = text(&args, &path)?;
    let file = ProfileFile { path: path.display().to_string(), text: String::new() };
    if let Err(errors) = file.with_text(&text) {
        crate::profiles::report(&errors);
        return Err(Refused);
    }
    edit::replace(&path, &text)
        .map_err(|error| refuse(&format!("cannot write {}: {error}", path.display())))?;
    print!("{text}");
    crate::progress("Created", format_args!("{0}: `lwipgen menuconfig {0}` changes it", path.display()));
    Ok(())
}

fn ask(args: &mut Args) -> dialoguer::Result<()> {
    if args.description.is_none() {
        args.description =
            Some(Input::new().with_prompt("What is it for").allow_empty(true).interact_text()?);
    }
    if args.from.is_none() {
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let chosen = Select::new().with_prompt("Start from").items(&names).default(0).interact()?;
        args.from = Some(names[chosen].to_owned());
    }
    if args.chip.is_none() {
        let names: Vec<&str> = CHIPS.iter().map(|chip| chip.name).chain(["another"]).collect();
        let chosen = Select::new().with_prompt("Chip").items(&names).default(0).interact()?;
        args.chip = CHIPS.get(chosen);
    }
    Ok(())
}

fn text(args: &Args, path: &Path) -> Result<String, Refused> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let from = args.from.as_deref().unwrap_or("minimal-v4");
    let base = base_from(from, path);
    let mut document = toml_edit::DocumentMut::new();
    document["description"] = toml_edit::value(args.description.as_deref().unwrap_or_default());
    document["extends"] = toml_edit::value(base);
    if let Some(chip) = args.chip {
        let mut table = toml_edit::Table::new();
        table["chip"] = toml_edit::value(chip.key());
        document["budget"] = toml_edit::Item::Table(table);
    }
    let schema = folder.join("profile.schema.json");
    let schema = if schema.is_file() { "#:schema ./profile.schema.json\n" } else { "" };
    Ok(format!("{schema}{document}"))
}
