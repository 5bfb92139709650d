//! Dependencies: those of a template that its specialised sources use.

use proc_macro2::{TokenStream, TokenTree};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

use crate::specialise::Sources;
use crate::template::{Template, TemplateError};

use super::VERSION;

/// Lines of a manifest.
pub(super) struct Dependencies {
    pub normal: Vec<String>,
    pub dev: Vec<String>,
}

/// The dependencies of `template` that `sources` name.
pub(super) fn used(template: &Template, sources: &Sources) -> Result<Dependencies, TemplateError> {
    let manifest = template.manifest()?;
    let lines = |table: &str| -> Result<Vec<String>, TemplateError> {
        let kept = kept(&manifest, table, sources)?;
        Ok(kept.iter().map(|(name, value)| format!("{name} = {}", value.to_string().trim())).collect())
    };
    Ok(Dependencies { normal: lines("dependencies")?, dev: lines("dev-dependencies")? })
}

/// The manifest of a board's program: the template's, specialised.
pub(super) fn board_manifest(
    template: &Template,
    sources: &Sources,
    package: &str,
    profile: &str,
    stack: &str,
) -> Result<String, TemplateError> {
    let mut manifest = template.manifest()?;
    let mut dependencies = kept(&manifest, "dependencies", sources)?;
    let dev_dependencies = kept(&manifest, "dev-dependencies", sources)?;
    dependencies.retain(|(name, value)| !is_template(name, value));
    let mut over = InlineTable::new();
    over.insert("package", format!("lwip-{profile}").into());
    over.insert("path", stack.into());
    dependencies.push(("lwip".to_owned(), Value::InlineTable(over)));
    dependencies.sort_by(|a, b| a.0.cmp(&b.0));
    for key in ["features", "lints", "dependencies", "dev-dependencies", "workspace", "package"] {
        manifest.remove(key);
    }
    let mut head = Table::new();
    head.insert("name", value(package));
    head.insert("version", value(VERSION));
    head.insert("edition", value("2024"));
    head.insert("publish", value(false));
    head.set_position(Some(0));
    head.decor_mut().set_prefix(format!(
        "# Written by lwipgen {VERSION} from the profile `{profile}`: change that, not this.\n"
    ));
    manifest.insert("package", Item::Table(head));
    for (name, list) in [("dependencies", dependencies), ("dev-dependencies", dev_dependencies)] {
        if !list.is_empty() {
            let table = list.into_iter().map(|(name, value)| (name, Item::Value(value))).collect();
            manifest.insert(name, Item::Table(table));
        }
    }
    // A program of its own, wherever it lies.
    manifest.insert("workspace", Item::Table(Table::new()));
    Ok(manifest.to_string())
}

/// Whether a dependency is the stack's template.
fn is_template(name: &str, value: &Value) -> bool {
    let package = value.as_inline_table().and_then(|table| table.get("package")).and_then(Value::as_str);
    package.unwrap_or(name) == "lwip-stack"
}

/// The entries of a table of dependencies that the sources name, in order, ready for a crate without features.
fn kept(
    manifest: &DocumentMut,
    table: &str,
    sources: &Sources,
) -> Result<Vec<(String, Value)>, TemplateError> {
    let Some(table) = manifest.get(table).and_then(Item::as_table_like) else { return Ok(Vec::new()) };
    let mut kept = Vec::new();
    for (name, item) in table.iter() {
        let Some(mut value) = item.clone().into_value().ok() else { continue };
        if !is_template(name, &value) && !sources.iter().any(|(path, text)| names(path, text, name)) {
            continue;
        }
        if let Value::InlineTable(entry) = &mut value {
            if entry.contains_key("workspace") {
                let message = format!("the dependency `{name}` must not inherit from a workspace");
                return Err(TemplateError::file("Cargo.toml", message));
            }
            entry.remove("optional");
            entry.fmt();
            if let (1, Some(version)) = (entry.len(), entry.get("version")) {
                value = version.clone();
            }
        }
        value.decor_mut().clear();
        kept.push((name.to_owned(), value));
    }
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(kept)
}

/// Whether a source names a crate.
fn names(path: &str, text: &str, package: &str) -> bool {
    fn search(tokens: TokenStream, name: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => search(group.stream(), name),
            TokenTree::Ident(ident) => ident == name,
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    let name = package.replace('-', "_");
    // Parsing costs: most sources do not even have the letters.
    path.ends_with(".rs") && text.contains(&name) && text.parse().is_ok_and(|tokens| search(tokens, &name))
}
