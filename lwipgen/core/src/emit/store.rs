//! Emitted crates on disk: writing them, and telling what differs.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Emitted, manifest};

/// What writing a crate changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files whose text is new.
    pub written: usize,
    /// Files that an earlier run wrote and that are no longer part of the crate.
    pub removed: usize,
}

/// A file that is not as it was emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Its text is another.
    Changed(String),
    /// It is not there.
    Missing(String),
    /// It is no part of the crate.
    Extra(String),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Difference::Changed(path) => write!(f, "{path}: differs"),
            Difference::Missing(path) => write!(f, "{path}: missing"),
            Difference::Extra(path) => write!(f, "{path}: not part of the crate"),
        }
    }
}

/// Why a crate was not written.
#[derive(Debug)]
pub enum StoreError {
    /// The directory holds something that no run of ours wrote.
    Foreign {
        /// The directory.
        directory: PathBuf,
        /// A file in it.
        file: String,
    },
    /// Reading or writing failed.
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StoreError::Foreign { directory, file } => write!(
                f,
                "{}: {file} was not written by lwipgen; choose another directory or remove it",
                directory.display()
            ),
            StoreError::Io { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for StoreError {}

/// First line of the report, the one emitted file that may be kept without the others.
const REPORT: (&str, &str) = ("BUDGET.md", "# RAM of lwip-");

/// Writes a crate into `directory`. A file whose text stays keeps its time, so that cargo does not build again;
/// files that an earlier run wrote and this one did not go; nothing else is touched.
pub fn write(directory: &Path, emitted: &Emitted) -> Result<Changes, StoreError> {
    let ours = owned(directory)?;
    for path in emitted.files.keys().filter(|path| !ours.contains(*path)) {
        let text = read(&directory.join(path))?;
        let report = path == REPORT.0 && text.as_deref().is_some_and(|text| text.starts_with(REPORT.1));
        if text.is_some_and(|text| text != emitted.files[path]) && !report {
            return Err(StoreError::Foreign { directory: directory.to_owned(), file: path.clone() });
        }
    }
    let mut changes = Changes::default();
    // The manifest comes last: what it lists is there.
    let manifest_last = |path: &&String| *path == manifest::PATH;
    let (last, first): (Vec<_>, Vec<_>) = emitted.files.keys().partition(manifest_last);
    for path in first {
        changes.written += usize::from(write_file(directory, path, &emitted.files[path])?);
    }
    for path in ours.iter().filter(|path| !emitted.files.contains_key(*path)) {
        changes.removed += usize::from(remove_file(directory, path)?);
    }
    for path in last {
        changes.written += usize::from(write_file(directory, path, &emitted.files[path])?);
    }
    Ok(changes)
}

/// What differs between `directory` and a crate; build products do not count.
pub fn check(directory: &Path, emitted: &Emitted) -> Result<Vec<Difference>, StoreError> {
    let mut differences = Vec::new();
    for (path, text) in &emitted.files {
        match read(&directory.join(path))? {
            None => differences.push(Difference::Missing(path.clone())),
            Some(found) if found != *text => differences.push(Difference::Changed(path.clone())),
            Some(_) => {}
        }
    }
    for path in files(directory)? {
        if !emitted.files.contains_key(&path) {
            differences.push(Difference::Extra(path));
        }
    }
    Ok(differences)
}

/// The files in `directory` that an earlier run wrote. A directory with other files and no manifest is refused.
fn owned(directory: &Path) -> Result<BTreeSet<String>, StoreError> {
    let manifest = read(&directory.join(manifest::PATH))?;
    if let Some(listed) = manifest.as_deref().and_then(manifest::listed) {
        let inside = |path: &String| Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
        return Ok(listed.into_iter().filter(inside).chain([manifest::PATH.to_owned()]).collect());
    }
    match files(directory)?.into_iter().find(|path| path != REPORT.0) {
        Some(file) => Err(StoreError::Foreign { directory: directory.to_owned(), file }),
        None => Ok(BTreeSet::new()),
    }
}

/// All files below `directory` but build products and hidden files.
fn files(directory: &Path) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(prefix) = open.pop() {
        let here = directory.join(&prefix);
        let entries = match fs::read_dir(&here) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(StoreError::Io { path: here, error }),
        };
        for entry in entries {
            let entry = entry.map_err(|error| StoreError::Io { path: here.clone(), error })?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let is_product = matches!(path.as_str(), "target" | "Cargo.lock");
            if name.starts_with('.') || is_product {
                continue;
            }
            let kind = entry.file_type().map_err(|error| StoreError::Io { path: entry.path(), error })?;
            if kind.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text of a file, `None` if there is none. One that is not UTF-8 is read as well as can be.
fn read(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(StoreError::Io { path: path.to_owned(), error }),
    }
}

/// Writes a file through a temporary one; `false` if its text is the same already.
fn write_file(directory: &Path, name: &str, text: &str) -> Result<bool, StoreError> {
    let path = directory.join(name);
    if read(&path)?.as_deref() == Some(text) {
        return Ok(false);
    }
    let parent = path.parent().unwrap_or(directory);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = parent.join(format!(".{file}.{}", std::process::id()));
    let written = fs::create_dir_all(parent)
        .and_then(|()| fs::write(&temporary, text))
        .and_then(|()| fs::rename(&temporary, &path));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        StoreError::Io { path, error }
    })?;
    Ok(true)
}

/// Removes a file and the directories that it leaves empty; `false` if there was none.
fn remove_file(directory: &Path, name: &str) -> Result<bool, StoreError> {
    let path = directory.join(name);
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::Io { path, error }),
    }
    let mut parent = path.parent();
    while let Some(directory_of_it) = parent.filter(|parent| *parent != directory) {
        // Fails where something else is left, which is as it should be.
        if fs::remove_dir(directory_of_it).is_err() {
            break;
        }
        parent = directory_of_it.parent();
    }
    Ok(true)
}
