//! The emitted crate as a set of files.

mod dependencies;
mod manifest;
mod proofs;
pub mod store;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::budget::{self, Budget, Format};
use crate::layout::{Program, Target};
use crate::selection::Selection;
use crate::specialise;
use crate::template::{Template, TemplateError};
use crate::text;
use crate::{config, inline};

/// Version of this library, which the emitted crates bear.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A crate to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// Name of the package.
    pub package: String,
    /// Text of each file by its path, `/`-separated and relative to the crate; the manifest is among them.
    pub files: BTreeMap<String, String>,
}

/// Why a crate cannot be emitted.
#[derive(Debug)]
pub enum EmitError {
    /// The template is at fault.
    Template(TemplateError),
    /// A text template of this library is at fault.
    Text(minijinja::Error),
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmitError::Template(error) => error.fmt(f),
            EmitError::Text(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EmitError {}

impl From<TemplateError> for EmitError {
    fn from(error: TemplateError) -> Self {
        EmitError::Template(error)
    }
}

impl From<minijinja::Error> for EmitError {
    fn from(error: minijinja::Error) -> Self {
        EmitError::Text(error)
    }
}

/// What the text templates of a stack's files speak of.
#[derive(Serialize)]
struct Context<'a> {
    profile: &'a str,
    description: &'a str,
    version: &'static str,
    rust_version: &'static str,
    features: Vec<&'a str>,
    dependencies: Vec<String>,
    dev_dependencies: Vec<String>,
    stack_bytes: u64,
    total_bytes: u64,
    stack_bytes_64: u64,
    report: String,
}

/// The crate `lwip-<profile>`. `description` is the profile's; `budget` is what BUDGET.md tells.
pub fn stack(
    template: &Template,
    selection: &Selection,
    description: &str,
    budget: &Budget,
) -> Result<Emitted, EmitError> {
    let (program, mut sources) = specialised(template, selection)?;
    let wide = budget::of_program(&program, selection, Target::BITS_64)?;
    let dependencies = dependencies::used(template, &sources)?;
    let context = Context {
        profile: &selection.name,
        description,
        version: VERSION,
        rust_version: env!("CARGO_PKG_RUST_VERSION"),
        features: selection.features.iter().map(String::as_str).collect(),
        dependencies: dependencies.normal,
        dev_dependencies: dependencies.dev,
        stack_bytes: budget.stack_bytes,
        total_bytes: budget.total_bytes,
        stack_bytes_64: wide.stack_bytes,
        report: budget::render(budget, Format::Markdown)?,
    };
    proofs::insert(&program, &mut sources)?;
    for (path, template) in [
        ("Cargo.toml", include_str!("../templates/Cargo.toml.txt")),
        ("README.md", include_str!("../templates/README.md")),
        ("BUDGET.md", include_str!("../templates/BUDGET.md")),
    ] {
        sources.insert(path.to_owned(), text::render(template, &context)?);
    }
    let package = format!("lwip-{}", selection.name);
    Ok(manifest::seal(package, sources, template, selection))
}

/// The library of a profile as the items of one module, its budget proven in it.
pub fn inline(template: &Template, selection: &Selection) -> Result<String, TemplateError> {
    let (program, mut sources) = specialised(template, selection)?;
    proofs::insert(&program, &mut sources)?;
    inline::inline(&sources)
}

fn specialised(
    template: &Template,
    selection: &Selection,
) -> Result<(Program, specialise::Sources), TemplateError> {
    let sources = specialise::specialise(template, selection, &config::source(selection))?;
    Ok((Program::parse(&sources)?, sources))
}

/// The program of a board over the crate `lwip-<profile>` at `stack`, a path relative to the program's own.
pub fn board(
    template: &Template,
    board: &str,
    selection: &Selection,
    stack: &str,
) -> Result<Emitted, EmitError> {
    // What a program does not speak of makes no difference to it.
    let known = template.features()?;
    let features = selection.features.intersection(&known).cloned().collect();
    let spoken_of = Selection { features, ..selection.clone() };
    let mut sources = specialise::specialise(template, &spoken_of, &config::source(selection))?;
    let package = format!("lwip-{}-{board}", selection.name);
    let manifest = dependencies::board_manifest(template, &sources, &package, &selection.name, stack)?;
    for (path, text) in template.files.iter().filter(|(path, _)| is_as_it_is(path)) {
        sources.insert(path.clone(), text.clone());
    }
    sources.insert("Cargo.toml".to_owned(), manifest);
    Ok(manifest::seal(package, sources, template, selection))
}

/// Whether a file of a program's template belongs to it whatever the profile: linker scripts, settings of cargo, …
fn is_as_it_is(path: &str) -> bool {
    let folder = path.split_once('/').map_or("", |(folder, _)| folder);
    !matches!(folder, "src" | "tests" | "examples" | "benches") && !matches!(path, "Cargo.toml" | "README.md")
}
