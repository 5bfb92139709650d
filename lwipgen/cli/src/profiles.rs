//! Profiles on the command line: naming them, loading them, saying what is wrong with them.

use lwipgen_core::diagnostic::Diagnostic;
use lwipgen_core::profile::Resolved;

/// Options that change a profile.
#[derive(clap::Args)]
pub struct Overrides {
    /// Set an option, as the last word: --set tcp.pcbs=2 --set "tcp.wnd=8 * mss"
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = assignment)]
    pub set: Vec<String>,
}

fn assignment(written: &str) -> Result<String, String> {
    match written.split_once('=') {
        Some((key, _)) if !key.trim().is_empty() => Ok(written.to_owned()),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

/// Loads a profile by path or by name; what is wrong with it goes to stderr.
pub fn load(name: &str, overrides: &Overrides) -> Result<Resolved, crate::Refused> {
    Resolved::load(name, &overrides.set).map_err(|errors| {
        report(&errors);
        crate::Refused
    })
}

/// Says on stderr what is wrong with a profile.
pub fn report(errors: &[Diagnostic]) {
    errors.iter().for_each(|error| tell(error, anstyle::AnsiColor::Red));
}

/// Says something about a line of a profile.
pub fn tell(error: &Diagnostic, color: anstyle::AnsiColor) {
    let bold = anstyle::Style::new().bold();
    let red = color.on_default().bold();
    let place = &error.place;
    anstream::eprintln!("{bold}{place}:{bold:#} {red}{message}{red:#}", message = error.message);
    anstream::eprint!("{}", error.excerpt());
}
