//! A specialised crate as one text of nested modules, to stand inside a module of another crate.
//!
//! Paths from the crate's root become paths upwards, so it does not matter where the text ends up. Tests stay behind:
//! they need the crate's own dev-dependencies. Examples in the documentation are shown and not run.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Item};

use crate::modules::{file_of, join};
use crate::parse;
use crate::specialise::{Edits, Sources, is_test};
use crate::template::TemplateError;

/// The library in `sources` as the items of one module.
///
/// # Errors
/// A file that does not parse or is not there.
pub fn inline(sources: &Sources) -> Result<String, TemplateError> {
    let root = "src/lib.rs";
    let text = text_of(sources, root)?;
    let ast = parse::file(text).map_err(|error| TemplateError::syntax(root, &error))?;
    let outside = ast.items.iter().filter_map(|item| match item {
        Item::ExternCrate(item) if !is_test(&item.attrs) => Some(item.ident.to_string()),
        _ => None,
    });
    Inline { sources, outside: outside.collect() }.file(root, "src", 0)
}

struct Inline<'s> {
    sources: &'s Sources,
    /// Crates that the root brings in, which its modules name like crates of their own.
    outside: Vec<String>,
}

impl Inline<'_> {
    /// The text of a file whose module lies `depth` modules below the root.
    fn file(&self, path: &str, children: &str, depth: usize) -> Result<String, TemplateError> {
        let text = text_of(self.sources, path)?;
        let ast = parse::file(text).map_err(|error| TemplateError::syntax(path, &error))?;
        let mut edits = Edits::new(text);
        for attr in ast.attrs.iter().filter(|attr| attr.path().is_ident("no_std")) {
            edits.cut_attribute(attr.span().byte_range());
        }
        self.attributes(&ast.attrs, depth, &mut edits);
        self.items(path, children, &ast.items, depth, &mut edits)?;
        Ok(shown_only(&edits.apply(&[])))
    }

    fn items(
        &self,
        path: &str,
        children: &str,
        items: &[Item],
        depth: usize,
        edits: &mut Edits<'_>,
    ) -> Result<(), TemplateError> {
        for item in items {
            let range = item.span().byte_range();
            match item {
                item if is_test(attributes(item)) => edits.cut_node(range),
                Item::Mod(module) => {
                    self.attributes(&module.attrs, depth, edits);
                    let name = module.ident.to_string();
                    let below = join(children, &name);
                    if let Some((_, items)) = &module.content {
                        self.items(path, &below, items, depth + 1, edits)?;
                        continue;
                    }
                    let file = file_of(self.sources, children, &name).map_err(|places| {
                        TemplateError::file(path, format!("neither {} nor {} is there", places[0], places[1]))
                    })?;
                    let body = self.file(&file, &below, depth + 1)?;
                    if let Some(semicolon) = &module.semi {
                        edits.replace(semicolon.span.byte_range(), format!(" {{\n{body}}}"));
                    }
                }
                item => self.paths(item.to_token_stream(), depth, edits),
            }
        }
        Ok(())
    }

    fn attributes(&self, attributes: &[Attribute], depth: usize, edits: &mut Edits<'_>) {
        for attr in attributes.iter().filter(|attr| !attr.path().is_ident("doc")) {
            self.paths(attr.to_token_stream(), depth, edits);
        }
    }

    /// Turns `crate::` and the names of crates that the root brings in into the way up to the root.
    fn paths(&self, tokens: TokenStream, depth: usize, edits: &mut Edits<'_>) {
        let up = if depth == 0 { "self".to_owned() } else { vec!["super"; depth].join("::") };
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_colons = |at: usize| {
            let is_colon =
                |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
            is_colon(at) && is_colon(at + 1)
        };
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.paths(group.stream(), depth, edits),
                TokenTree::Ident(name) if is_colons(at + 1) && (at < 2 || !is_colons(at - 2)) => {
                    let place = name.span().byte_range();
                    if name == "crate" {
                        edits.replace(place, up.clone());
                    } else if self.outside.iter().any(|outside| name == outside) {
                        edits.replace(place, format!("{up}::{name}"));
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

fn text_of<'s>(sources: &'s Sources, path: &str) -> Result<&'s String, TemplateError> {
    sources.get(path).ok_or_else(|| TemplateError::file(path, "the crate has no such file"))
}

fn attributes(item: &Item) -> &[Attribute] {
    crate::specialise::attributes_of(item)
}

/// Marks examples in documentation as not to be run: they are written for a crate of their own.
fn shown_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start();
        let fence = ["//!", "///"].iter().find_map(|mark| comment.strip_prefix(mark)).map(str::trim);
        match fence.filter(|fence| fence.starts_with("```")) {
            Some("```" | "```rust") if !inside => {
                inside = true;
                out.push_str(line.trim_end().trim_end_matches("rust"));
                out.push_str("ignore\n");
                continue;
            }
            Some(_) => inside = !inside,
            None => {}
        }
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inlined(files: &[(&str, &str)]) -> String {
        let sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        inline(&sources).expect("inlines")
    }

    #[test]
    fn files_become_modules_and_paths_lead_upwards() {
        let lib = "//! Doc.\n#![no_std]\n#![forbid(unsafe_code)]\nextern crate alloc;\npub mod a;\npub use crate::a::F;\n";
        let a = "mod b;\nuse crate::{a::b::G, X as Y};\npub(crate) struct F(pub(in crate::a) alloc::vec::Vec<u8>);\nmod c {\n    use crate::a::F;\n}\n";
        let b = "use core::alloc::Layout;\nfn g() {\n    crate::x(vec![crate::y]);\n}\n";
        let text = inlined(&[("src/lib.rs", lib), ("src/a.rs", a), ("src/a/b.rs", b)]);
        assert_eq!(
            text,
            "//! Doc.\n#![forbid(unsafe_code)]\nextern crate alloc;\npub mod a {\nmod b {\nuse core::alloc::Layout;\nfn g() {\n    super::super::x(vec![super::super::y]);\n}\n}\nuse super::{a::b::G, X as Y};\npub(crate) struct F(pub(in super::a) super::alloc::vec::Vec<u8>);\nmod c {\n    use super::super::a::F;\n}\n}\npub use self::a::F;\n"
        );
        syn::parse_file(&text).expect("parses");
    }

    #[test]
    fn tests_stay_behind_and_examples_are_not_run() {
        let lib = "/// ```\n/// use lwip::X;\n/// ```\npub fn f() {}\n\n#[cfg(test)]\nmod tests;\n";
        let text = inlined(&[("src/lib.rs", lib), ("src/tests.rs", "use super::*;\n")]);
        assert_eq!(text, "/// ```ignore\n/// use lwip::X;\n/// ```\npub fn f() {}\n");
    }
}
