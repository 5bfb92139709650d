//! From the name of a profile to its layers: finding files, following `extends`.

use super::layer::{Layer, read_file};
use super::{names, shipped};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Source, SourceKind};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A profile of this many bytes is a mistake.
const MAX_BYTES: u64 = 1 << 20;

/// Stands for the folder of the shipped profiles in names of sources.
const SHIPPED_FOLDER: &str = "<shipped>";

/// Where a profile is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Location {
    File(PathBuf),
    Shipped(&'static str),
}

/// The layers of the profile called `name`, base first; nothing if the profile itself cannot be read.
pub(crate) fn read(name: &str, errors: &mut Diagnostics) -> Vec<Layer> {
    match Location::find(name, Path::new("")).and_then(Location::open) {
        Ok((location, source)) => follow(location, source, errors),
        Err(message) => {
            errors.push(Diagnostic::new(Place::named(&name.escape_debug().to_string()), message));
            Vec::new()
        }
    }
}

/// The layers of a profile that is already read, base first.
pub(crate) fn read_source(source: Arc<Source>, errors: &mut Diagnostics) -> Vec<Layer> {
    follow(Location::File(PathBuf::from(&source.name)), source, errors)
}

fn follow(mut location: Location, mut source: Arc<Source>, errors: &mut Diagnostics) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    let mut seen: Vec<Location> = Vec::new();
    loop {
        seen.push(location.identity());
        let layer = read_file(&source, errors);
        let extends = layer.extends.clone();
        layers.push(layer);
        let Some((base, place)) = extends else { break };
        let next = Location::find(&base, location.folder()).and_then(|next| {
            if seen.contains(&next.identity()) { Err(circle(&layers, &next)) } else { next.open() }
        });
        match next {
            Ok(next) => (location, source) = next,
            Err(message) => {
                errors.push(Diagnostic::new(place, format!("extends: {message}")));
                break;
            }
        }
    }
    layers.reverse();
    layers
}

fn circle(layers: &[Layer], next: &Location) -> String {
    let names: Vec<&str> = layers.iter().map(|layer| layer.source.name.as_str()).collect();
    format!("the files go round in a circle: {} → {}", names.join(" → "), next.name())
}

impl Location {
    /// A file wins over a shipped profile; inside the shipped profiles, files are shipped ones too.
    fn find(name: &str, folder: &Path) -> Result<Self, String> {
        let path = folder.join(name);
        if path.is_file() {
            return Ok(Self::File(path));
        }
        let bare = name.strip_suffix(".toml").filter(|_| folder == Path::new(SHIPPED_FOLDER)).unwrap_or(name);
        if let Some((name, _)) = shipped::find(bare) {
            return Ok(Self::Shipped(name));
        }
        if path.exists() {
            return Err(format!("{} is not a file", shown(&path)));
        }
        let near = names::nearest_word(
            bare.trim_end_matches(".toml"),
            shipped::SHIPPED.iter().map(|(name, _)| *name),
        );
        let near =
            near.map(|near| format!("; did you mean the shipped profile `{near}`?")).unwrap_or_default();
        Err(format!("there is no file {}{near}", shown(&path)))
    }

    fn open(self) -> Result<(Self, Arc<Source>), String> {
        let text = match &self {
            Self::File(path) => read_text(path)?,
            Self::Shipped(name) => shipped::find(name).map(|(_, text)| text.to_owned()).unwrap_or_default(),
        };
        let source = Source { name: self.name(), text, kind: SourceKind::File };
        Ok((self, Arc::new(source)))
    }

    fn name(&self) -> String {
        match self {
            Self::File(path) => shown(path),
            Self::Shipped(name) => format!("{SHIPPED_FOLDER}/{name}.toml"),
        }
    }

    /// What tells two files apart, however they are written.
    fn identity(&self) -> Self {
        match self {
            Self::File(path) => Self::File(path.canonicalize().unwrap_or_else(|_| path.clone())),
            Self::Shipped(_) => self.clone(),
        }
    }

    fn folder(&self) -> &Path {
        match self {
            Self::File(path) => path.parent().unwrap_or(Path::new("")),
            Self::Shipped(_) => Path::new(SHIPPED_FOLDER),
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| format!("cannot read {}: {error}", shown(path)))?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read {}: {error}", shown(path)))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("{} is larger than {MAX_BYTES} bytes: not a profile", shown(path)));
    }
    String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8 text", shown(path)))
}
