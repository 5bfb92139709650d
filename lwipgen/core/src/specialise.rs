//! The specialiser: evaluates the cfgs of a template, folds what constants decide, and cuts by span, so
//! that what remains reads as it was written.

mod attributes;
mod cfg;
mod cut;
mod erase;
mod fold;
mod names;
mod shake;
mod tidy;
mod visit;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};

use crate::modules::directory;
use crate::parse;
use crate::selection::Selection;
use crate::template::{Template, TemplateError};

pub(crate) use attributes::of_item as attributes_of;
use cfg::Features;
pub(crate) use cut::Edits;
use names::{FileNames, Scope};
pub(crate) use shake::is_test;

/// Sources of a specialised crate by path.
pub type Sources = BTreeMap<String, String>;

/// Where the numbers of a profile stand; the emitted crate gets a file of its own there.
pub const CONFIG: &str = "src/config.rs";

/// The sources of `template` with just what `selection` asks for, and without the private items that nothing
/// reaches any more. The text of [`CONFIG`] is `config`; files that no module names are left out.
pub fn specialise(
    template: &Template,
    selection: &Selection,
    config: &str,
) -> Result<Sources, TemplateError> {
    tidy::tidy(shake::shake(evaluate(template, selection, config)?)?)
}

/// The first pass alone: all that `selection` decides is cut, what nothing reaches is still there. It is enough
/// to compute a budget.
pub(crate) fn evaluate(
    template: &Template,
    selection: &Selection,
    config: &str,
) -> Result<Sources, TemplateError> {
    let known = template.features()?;
    if let Some(missing) = selection.features.difference(&known).next() {
        let message =
            format!("the profile selects the feature `{missing}`, which the template does not have");
        return Err(TemplateError::file("Cargo.toml", message));
    }
    let on = template.implications()?.close(&selection.features);
    let features = Features { known: &known, on: &on };
    let cut_traits = cut_traits(template, &features)?;
    let mut session = Session {
        template,
        scope: Scope {
            features,
            constants: &selection.constants,
            aliases: &selection.aliases,
            cut_traits: &cut_traits,
        },
        config,
        output: Sources::new(),
        included: BTreeSet::new(),
    };
    for root in roots_of(template.files.keys()) {
        session.file(&root, directory(&root))?;
    }
    let Session { mut output, included, .. } = session;
    for path in included {
        if let Some(text) = template.files.get(&path).filter(|_| path.starts_with("src/")) {
            output.insert(path, text.clone());
        }
    }
    Ok(output)
}

/// The traits of a template that a profile cuts.
fn cut_traits(template: &Template, features: &Features<'_>) -> Result<BTreeSet<String>, TemplateError> {
    let mut found = BTreeSet::new();
    for (path, text) in &template.files {
        if path.ends_with(".rs") && text.contains("trait ") {
            let ast = parse::file(text).map_err(|error| TemplateError::syntax(path, &error))?;
            erase::cut_traits(&ast.items, features, &mut found);
        }
    }
    Ok(found)
}

/// Crate roots: the library, the program, and every file directly in `tests`, `examples`, `benches` or `src/bin`.
fn roots_of<'a>(paths: impl Iterator<Item = &'a String>) -> impl Iterator<Item = String> {
    let is_root = |path: &&String| {
        let Some((directory, name)) = path.rsplit_once('/') else { return false };
        match directory {
            "src" => matches!(name, "lib.rs" | "main.rs"),
            "tests" | "examples" | "benches" | "src/bin" => name.ends_with(".rs"),
            _ => false,
        }
    };
    paths.filter(is_root).cloned()
}

/// One run over one template.
struct Session<'a> {
    template: &'a Template,
    scope: Scope<'a>,
    config: &'a str,
    output: Sources,
    /// Files that `include_str!` and `include_bytes!` name.
    included: BTreeSet<String>,
}

/// Whether a module has anything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Empty,
    Some,
}

impl Session<'_> {
    /// Specialises the file at `path`, whose child modules live in `directory`.
    fn file(&mut self, path: &str, directory: &str) -> Result<Content, TemplateError> {
        let template = self.template;
        let Some(text) = template.files.get(path) else {
            return Err(TemplateError::file(path, "the template has no such file"));
        };
        if path == CONFIG {
            self.output.insert(path.to_owned(), self.config.to_owned());
            return Ok(Content::Some);
        }
        if text.starts_with('\u{feff}') || text.starts_with("#!/") || text.contains('\r') {
            let message = "a byte order mark, a #! line or CR line ends are not supported";
            return Err(TemplateError::file(path, message));
        }
        let ast = parse::file(text).map_err(|error| TemplateError::syntax(path, &error))?;
        let scope = self.scope;
        let names = FileNames::new(scope, &ast);
        let mut visitor = visit::Visitor::new(self, names, path, text, directory);
        let content = visitor.file(&ast)?;
        if content == Content::Empty {
            return Ok(Content::Empty);
        }
        let mut edits = visitor.finish();
        erase::erase(&ast, scope.cut_traits, &mut edits)
            .map_err(|(span, message)| TemplateError::at(path, text, span.byte_range().start, message))?;
        check_no_feature_left(path, text, &edits)?;
        let result = if edits.is_empty() {
            text.clone()
        } else {
            let mut verbatim = Vec::new();
            // Only lines that move must tell code from the inside of a literal.
            if edits.dedents() {
                multi_line_literals(quote::ToTokens::to_token_stream(&*ast), text, &mut verbatim);
            }
            edits.apply(&verbatim)
        };
        if let Err(error) = parse::file(&result) {
            let message = format!("specialising this file gave text that does not parse: {error}");
            return Err(TemplateError::file(path, message));
        }
        self.output.insert(path.to_owned(), result);
        Ok(Content::Some)
    }
}

/// Nothing that stays may speak of features: neither code, nor documentation, nor a comment.
fn check_no_feature_left(path: &str, text: &str, edits: &Edits<'_>) -> Result<(), TemplateError> {
    for pattern in ["cfg(feature", "feature = \"", "feature=\""] {
        for (offset, _) in text.match_indices(pattern) {
            if !edits.covers(offset) {
                let message =
                    format!("`{pattern}` here cannot be evaluated; a specialised crate has no features");
                return Err(TemplateError::at(path, text, offset, message));
            }
        }
    }
    Ok(())
}

fn multi_line_literals(tokens: TokenStream, text: &str, found: &mut Vec<Range<usize>>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => multi_line_literals(group.stream(), text, found),
            TokenTree::Literal(literal) => {
                let range = literal.span().byte_range();
                if text.get(range.clone()).is_some_and(|literal| literal.contains('\n')) {
                    found.push(range);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
