//! Templates: crates whose features and constants a profile decides. Those of this project are embedded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A crate that can be specialised: its files by path, `/`-separated and relative to its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// Text of each file, `Cargo.toml` among them.
    pub files: BTreeMap<String, String>,
}

/// The features that a feature brings with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Implications(BTreeMap<String, Vec<String>>);

impl Implications {
    /// `features` and what they bring with them.
    pub fn close(&self, features: &BTreeSet<String>) -> BTreeSet<String> {
        let mut all = features.clone();
        let mut open: Vec<&String> = features.iter().collect();
        while let Some(feature) = open.pop() {
            for implied in self.0.get(feature).into_iter().flatten() {
                if all.insert(implied.clone()) {
                    open.push(implied);
                }
            }
        }
        all
    }

    /// Features that come with others; no option selects them by itself.
    #[cfg(test)]
    pub fn implied(&self) -> BTreeSet<String> {
        self.0.values().flatten().cloned().collect()
    }
}

/// What is wrong with a template, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The file, relative to the template's root.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl std::error::Error for TemplateError {}

impl TemplateError {
    /// An error that concerns a whole file.
    pub(crate) fn file(file: &str, message: impl Into<String>) -> Self {
        TemplateError { file: file.to_owned(), line: 1, column: 1, message: message.into() }
    }

    /// An error at a byte offset of `text`.
    pub(crate) fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        TemplateError {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }

    /// An error that the parser reported.
    pub(crate) fn syntax(file: &str, error: &syn::Error) -> Self {
        let start = error.span().start();
        TemplateError {
            file: file.to_owned(),
            line: start.line,
            column: start.column + 1,
            message: error.to_string(),
        }
    }
}

impl Template {
    /// The stack itself, embedded when this library was built.
    #[must_use]
    pub fn stack() -> Self {
        Self::embedded(STACK)
    }

    /// The declarations of the stack: its types and constants, which is all that a budget depends on.
    #[must_use]
    pub fn declarations() -> Self {
        Self::embedded(DECLARATIONS)
    }

    /// The program of `boards/<name>`, if there is one.
    #[must_use]
    pub fn board(name: &str) -> Option<Self> {
        BOARDS.iter().find(|(board, _)| *board == name).map(|(_, files)| Self::embedded(files))
    }

    /// Names of the embedded boards.
    pub fn boards() -> impl Iterator<Item = &'static str> {
        BOARDS.iter().map(|(name, _)| *name)
    }

    fn embedded(files: &[(&str, &str)]) -> Self {
        Template {
            files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        }
    }

    /// The text of `Cargo.toml`, parsed.
    pub fn manifest(&self) -> Result<toml_edit::DocumentMut, TemplateError> {
        let text = self
            .files
            .get("Cargo.toml")
            .ok_or_else(|| TemplateError::file("Cargo.toml", "the template has no manifest"))?;
        text.parse().map_err(|error: toml_edit::TomlError| {
            let offset = error.span().map_or(0, |span| span.start);
            TemplateError::at("Cargo.toml", text, offset, error.message())
        })
    }

    /// Names of the features that the manifest declares, `default` excepted.
    pub fn features(&self) -> Result<BTreeSet<String>, TemplateError> {
        let manifest = self.manifest()?;
        let table = manifest.get("features").and_then(|item| item.as_table_like());
        Ok(table
            .into_iter()
            .flat_map(|table| table.iter())
            .map(|(name, _)| name.to_owned())
            .filter(|name| name != "default")
            .collect())
    }

    /// What features bring with them, as the manifest says.
    pub(crate) fn implications(&self) -> Result<Implications, TemplateError> {
        let manifest = self.manifest()?;
        let table = manifest.get("features").and_then(|item| item.as_table_like());
        let implied = |(name, list): (&str, &toml_edit::Item)| {
            let list = list.as_array().into_iter().flatten().filter_map(|name| name.as_str());
            // Dependencies and features of theirs are not ours.
            let list: Vec<String> =
                list.filter(|name| !name.contains(['/', ':'])).map(str::to_owned).collect();
            (!list.is_empty() && name != "default").then(|| (name.to_owned(), list))
        };
        Ok(Implications(table.into_iter().flat_map(|table| table.iter()).filter_map(implied).collect()))
    }

    /// A hash over all files.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for (path, text) in &self.files {
            for part in [path, text] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hex(&hash.finalize())
    }
}

/// The SHA-256 of `bytes` in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
