//! Importing the configuration of another stack: a profile that says the same, and what became of every name.

mod adjust;
mod definitions;
mod lwipopts;
mod minimal;
mod report;
mod sdkconfig;
mod wanted;

pub use report::{Entry, Report, Verdict};

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::foreign::Vocabulary;
use crate::profile::{self, Resolved, Setting};

/// What to import.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What kind of file it is.
    pub vocabulary: Vocabulary,
    /// Name of the file, for the report.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Path that the profile is to have.
    pub profile: &'a str,
    /// A profile to build on: a shipped one, or a path from the folder of the new one.
    pub extends: Option<&'a str>,
}

/// What came of it.
#[derive(Debug)]
pub struct Imported {
    /// The profile's text.
    pub text: String,
    /// What became of every name.
    pub report: Report,
    /// The profile, or what is wrong with it.
    pub checked: Result<Resolved, Diagnostics>,
}

/// Imports a file.
///
/// # Errors
/// The file is of another kind, or what is wrong with the profile to build on.
pub fn import(request: &Request<'_>) -> Result<Imported, Diagnostics> {
    let base = Base::new(request)?;
    let definitions = match request.vocabulary {
        Vocabulary::EspIdf => sdkconfig::read(request.text),
        Vocabulary::Lwip => lwipopts::read(request.text),
    };
    if definitions.all.is_empty() {
        let expected = match request.vocabulary {
            Vocabulary::EspIdf => "a setting of ESP-IDF, such as CONFIG_LWIP_TCP_MSS=1440",
            Vocabulary::Lwip => "a definition, such as #define TCP_MSS 1460",
        };
        let message = format!("nothing in it is {expected}");
        return Err(vec![Diagnostic::new(Place::named(&request.file.escape_debug().to_string()), message)]);
    }
    let mut wanted = wanted::collect(&definitions, request.extends.is_none());
    minimal::reduce(&base, &mut wanted);
    adjust::keep_rules(&base, &mut wanted);
    let text = minimal::render(request, &wanted);
    let checked = Resolved::from_file_text(request.profile, &text);
    Ok(Imported { text, report: report::of(request, &definitions, &wanted), checked })
}

/// What the new profile builds on.
struct Base {
    path: String,
    text: String,
    resolved: Resolved,
}

impl Base {
    fn new(request: &Request<'_>) -> Result<Self, Diagnostics> {
        let extends = request.extends.map(toml_edit::Value::from);
        let text = extends.map(|extends| format!("extends = {extends}\n")).unwrap_or_default();
        let path = request.profile.to_owned();
        Ok(Self { resolved: Resolved::from_file_text(&path, &text)?, path, text })
    }

    /// The settings with overrides, whatever is wrong with them.
    fn settings(&self, overrides: &[String]) -> Vec<Setting> {
        profile::settings(&self.path, &self.text, overrides)
    }

    fn resolve(&self, overrides: &[String]) -> Result<Resolved, Diagnostics> {
        self.resolved.with(overrides)
    }
}

/// Reads a file to import.
///
/// # Errors
/// Why it cannot be read.
pub fn read(path: &std::path::Path) -> Result<String, String> {
    profile::read_text(path)
}

#[cfg(test)]
mod tests;
