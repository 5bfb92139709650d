//! `lwipgen set` and `lwipgen unset`: changing the file of a profile.

use lwipgen_core::budget::Pricer;
use lwipgen_core::edit::{Change, ProfileFile, difference};
use lwipgen_core::layout::Target;

use crate::profiles::report;
use crate::{Refused, refuse};

/// Set options of a profile: what is the same as inherited is not written
#[derive(clap::Args)]
pub struct SetArgs {
    /// Path of a profile
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Options and their values: tcp.pcbs=2 "tcp.wnd=8 * mss" udp=false
    #[arg(required = true, value_name = "KEY=VALUE")]
    values: Vec<String>,
}

/// Let options of a profile be what they inherit
#[derive(clap::Args)]
pub struct UnsetArgs {
    /// Path of a profile
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Options
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
}

/// Sets options.
pub fn set(args: SetArgs) -> Result<(), Refused> {
    let changes: Vec<_> = args.values.iter().map(|written| Change::set(written)).collect();
    let errors: Vec<_> =
        changes.iter().filter_map(|change| change.as_ref().err()).flatten().cloned().collect();
    if !errors.is_empty() {
        report(&errors);
        return Err(Refused);
    }
    apply(&args.profile, &changes.into_iter().flatten().collect::<Vec<_>>())
}

/// Unsets options.
pub fn unset(args: UnsetArgs) -> Result<(), Refused> {
    let changes = args.keys.iter().map(|key| Change::unset(key)).collect::<Result<Vec<_>, _>>();
    apply(&args.profile, &changes.map_err(|message| refuse(&message))?)
}

/// Writes a change if the profile is then fit, and says what changed.
pub fn apply(name: &str, changes: &[Change]) -> Result<(), Refused> {
    let file = ProfileFile::open(name).map_err(|message| refuse(&message))?;
    let refused = |errors: Vec<_>| {
        report(&errors);
        Refused
    };
    let text = file.changed(changes).map_err(refused)?;
    save(file, text)
}

/// Writes the new text of a profile if it is fit, and says what changed.
pub fn save(mut file: ProfileFile, text: String) -> Result<(), Refused> {
    let resolved = file.with_text(&text).map_err(|errors| {
        report(&errors);
        Refused
    })?;
    if text == file.text {
        crate::progress("Unchanged", format_args!("{}", file.path));
        return Ok(());
    }
    let pricer = Pricer::new(Target::RISCV32);
    let total = |profile: &lwipgen_core::profile::Resolved| pricer.total(&profile.selection());
    let after = total(&resolved).map_err(|error| refuse(&error))?;
    let before = file.with_text(&file.text).ok().and_then(|before| total(&before).ok());
    for line in difference(&file.text, &text) {
        anstream::println!("{line}");
    }
    file.write(text).map_err(|message| refuse(&message))?;
    match before.map(|before| i128::from(after) - i128::from(before)) {
        Some(change) => {
            crate::progress("Changed", format_args!("{}: {after} bytes of RAM ({change:+})", file.path))
        }
        None => crate::progress("Changed", format_args!("{}: {after} bytes of RAM", file.path)),
    }
    Ok(())
}
