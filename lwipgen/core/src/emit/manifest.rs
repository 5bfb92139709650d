//! The manifest of an emitted crate: what it was made from, and a hash of each file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use toml_edit::DocumentMut;

use crate::selection::Selection;
use crate::template::{Template, sha256};

use super::{Emitted, VERSION};

/// Path of the manifest.
pub(super) const PATH: &str = "lwipgen.toml";

/// Adds the manifest to the files of a crate.
pub(super) fn seal(
    package: String,
    mut files: BTreeMap<String, String>,
    template: &Template,
    selection: &Selection,
) -> Emitted {
    let mut text = format!(
        "# Written by lwipgen: what this crate was made from. `lwipgen generate --check` compares.\n\
         version = \"{VERSION}\"\n\
         profile = \"{}\"\n\
         profile-hash = \"{}\"\n\
         template-hash = \"{}\"\n\n[files]\n",
        selection.name,
        profile_hash(selection),
        template.hash(),
    );
    for (path, file) in &files {
        let _ = writeln!(text, "\"{path}\" = \"{}\"", sha256(file.as_bytes()));
    }
    files.insert(PATH.to_owned(), text);
    Emitted { package, files }
}

/// A hash over what a profile selects: two profiles that select the same have the same.
fn profile_hash(selection: &Selection) -> String {
    let mut text = String::new();
    for feature in &selection.features {
        let _ = writeln!(text, "{feature}");
    }
    for constant in &selection.constants {
        let _ = writeln!(text, "{}: {} = {}", constant.name, constant.ty, constant.value);
    }
    for alias in &selection.aliases {
        let _ = writeln!(text, "{} = {}", alias.name, alias.ty);
    }
    sha256(text.as_bytes())
}

/// The paths that a manifest lists; `None` if the text is no manifest of ours.
pub(super) fn listed(text: &str) -> Option<Vec<String>> {
    let manifest: DocumentMut = text.parse().ok()?;
    manifest.get("template-hash")?;
    Some(manifest.get("files")?.as_table()?.iter().map(|(path, _)| path.to_owned()).collect())
}
