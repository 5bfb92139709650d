//! The module tree of a crate: which file holds a module.

use std::collections::BTreeMap;

/// The directory that a path lies in.
pub(crate) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// `name` in `directory`.
pub(crate) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// The file of `mod name;` where child modules live in `directory`, or both places where it could have been.
pub(crate) fn file_of(
    files: &BTreeMap<String, String>,
    directory: &str,
    name: &str,
) -> Result<String, [String; 2]> {
    let module = join(directory, name);
    let places = [format!("{module}.rs"), join(&module, "mod.rs")];
    match places.iter().find(|place| files.contains_key(*place)) {
        Some(place) => Ok(place.clone()),
        None => Err(places),
    }
}
