//! Changing the file of a profile: only what differs from what is inherited is written, order and comments stay.

mod text;

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::options::{Opt, Value, options};
use crate::profile::{self, Resolved, SHIPPED};
use similar::{ChangeTag, TextDiff};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file of a profile, as it is on disk.
#[derive(Clone, Debug)]
pub struct ProfileFile {
    /// Where it is, as the user wrote it.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// One change of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The option gets a value: a number, a word, or an expression.
    Set(&'static Opt, Value),
    /// The option goes back to what is inherited.
    Unset(&'static Opt),
    /// A key of the table `[budget]` gets a value, or goes back to what is inherited.
    Limit(&'static str, Option<Value>),
}

impl Change {
    /// Reads a `key=value`.
    ///
    /// # Errors
    /// The key does not exist, or the value is of another type.
    pub fn set(written: &str) -> Result<Self, Diagnostics> {
        if let Some((key, value)) = written.split_once('=')
            && let Some(name) = limit(key.trim())
        {
            let value = value.trim();
            let value = value.parse().map_or_else(|_| Value::Text(value.to_owned()), Value::Number);
            return Ok(Self::Limit(name, Some(value)));
        }
        profile::read_assignment(written).map(|(option, value)| Self::Set(&options().all[option], value))
    }

    /// Reads a key that is to be unset.
    ///
    /// # Errors
    /// The key does not exist.
    pub fn unset(key: &str) -> Result<Self, String> {
        if let Some(name) = limit(key) {
            return Ok(Self::Limit(name, None));
        }
        find(key).map(Self::Unset)
    }
}

/// The key of the table `[budget]` that is meant.
fn limit(key: &str) -> Option<&'static str> {
    let name = key.strip_prefix(profile::LIMITS_TABLE)?.strip_prefix('.')?;
    profile::LIMITS_KEYS.into_iter().find(|known| *known == name)
}

/// The option with this key; the key of a group stands for its switch.
///
/// # Errors
/// There is none; the message names the nearest.
pub fn find(key: &str) -> Result<&'static Opt, String> {
    profile::read_key(key).map(|position| &options().all[position])
}

impl ProfileFile {
    /// Reads the file of a profile.
    ///
    /// # Errors
    /// It is no file that can be written: a shipped profile, for instance.
    pub fn open(name: &str) -> Result<Self, String> {
        if SHIPPED.iter().any(|(shipped, _)| *shipped == name) && !Path::new(name).is_file() {
            return Err(format!(
                "`{name}` is a shipped profile and cannot be changed: `lwipgen new NAME --from {name}` makes one of your own"
            ));
        }
        match fs::read_to_string(name) {
            Ok(text) => Ok(Self { path: name.to_owned(), text }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!("there is no file {name}")),
            Err(error) => Err(format!("cannot read {name}: {error}")),
        }
    }

    /// The file's text after some changes. Nothing is checked but that it is TOML.
    ///
    /// # Errors
    /// The text that is there is not TOML.
    pub fn changed(&self, changes: &[Change]) -> Result<String, Diagnostics> {
        let inherited = profile::inherited(&self.path, &self.text);
        let inherited = |option: &'static Opt| {
            options().position(&option.key).and_then(|index| inherited.get(index)).unwrap_or(&option.default)
        };
        let mut document = text::parse(&self.text).map_err(|message| {
            vec![Diagnostic::new(Place::named(&self.path), format!("this is not TOML: {message}"))]
        })?;
        for change in changes {
            match change {
                Change::Set(option, value) if value != inherited(option) => {
                    text::set(&mut document, (*option).into(), value);
                }
                Change::Set(option, _) | Change::Unset(option) => {
                    text::remove(&mut document, (*option).into());
                }
                Change::Limit(name, value) => {
                    let slot = text::Slot { group: Some(profile::LIMITS_TABLE), name, is_switch: false };
                    match value {
                        Some(value) => text::set(&mut document, slot, value),
                        None => text::remove(&mut document, slot),
                    }
                }
            }
        }
        let text = document.to_string();
        // Line ends are those of Unix by now, whatever they were.
        Ok(if self.text.contains("\r\n") { text.replace('\n', "\r\n") } else { text })
    }

    /// The profile that the file would be with another text.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn with_text(&self, text: &str) -> Result<Resolved, Diagnostics> {
        Resolved::from_file_text(&self.path, text)
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// The file cannot be written, or somebody else has changed it since it was read.
    pub fn write(&mut self, text: String) -> Result<(), String> {
        if fs::read_to_string(&self.path).is_ok_and(|now| now != self.text) {
            return Err(format!("{} has changed since it was read: nothing is written", self.path));
        }
        replace(Path::new(&self.path), &text)
            .map_err(|error| format!("cannot write {}: {error}", self.path))?;
        self.text = text;
        Ok(())
    }
}

/// Writes beside a file and renames, so that nobody ever sees half of it.
///
/// # Errors
/// The file cannot be written.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut beside = path.clone().into_os_string();
    beside.push(".tmp");
    let beside = PathBuf::from(beside);
    let written = fs::write(&beside, text).and_then(|()| {
        if let Ok(old) = fs::metadata(&path) {
            fs::set_permissions(&beside, old.permissions())?;
        }
        fs::rename(&beside, &path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Lines that differ, `-` before the old ones and `+` before the new ones.
#[must_use]
pub fn difference(old: &str, new: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(old, new);
    let line = |change: similar::Change<&str>| match change.tag() {
        ChangeTag::Equal => None,
        ChangeTag::Delete => Some(format!("-{}", change.value().trim_end_matches('\n'))),
        ChangeTag::Insert => Some(format!("+{}", change.value().trim_end_matches('\n'))),
    };
    diff.iter_all_changes().filter_map(line).collect()
}

#[cfg(test)]
mod tests;
