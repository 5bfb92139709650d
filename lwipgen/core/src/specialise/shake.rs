//! The last pass of the specialiser: cuts private items that nothing reaches any more once the cfgs are decided.
//!
//! Reaching is by name: whatever a live item mentions is alive. That keeps a little too much and never cuts what is
//! used. What only tests reach is kept for them by `#[cfg(test)]`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{ImplItem, Item, UseTree, Visibility};

use super::Sources;
use super::cfg::Predicate;
use super::cut::{Edits, Element};
use super::{CONFIG, roots_of};
use crate::modules::{directory, file_of};
use crate::parse;
use crate::template::TemplateError;

/// Cuts what nothing reaches from `sources`.
pub(super) fn shake(mut sources: Sources) -> Result<Sources, TemplateError> {
    // Each round may empty a module or free an import; sources only shrink, so this ends.
    loop {
        let shaken = round(&sources)?;
        if shaken == sources {
            return Ok(sources);
        }
        sources = shaken;
    }
}

fn round(sources: &Sources) -> Result<Sources, TemplateError> {
    let mut crates = Graph::default();
    for root in roots_of(sources.keys()) {
        let library = root == "src/lib.rs";
        crates.file(sources, &root, directory(&root), Place { public: library, test: false, library })?;
    }
    let (code, tests) = (crates.live(false), crates.live(true));
    let mentioned = crates.mentioned(&tests);
    let mut output = sources.clone();
    for (path, file) in &crates.files {
        let text = &sources[path];
        let mut edits = Edits::new(text);
        for definition in file.definitions.iter().map(|id| &crates.definitions[*id]) {
            match (code.contains(&definition.id), tests.contains(&definition.id)) {
                (true, _) => {}
                (false, true) if definition.test => {}
                (false, true) => {
                    let indent = " ".repeat(edits.indent(definition.range.start));
                    edits.replace(definition.code..definition.code, format!("#[cfg(test)]\n{indent}"));
                }
                (false, false) => edits.cut_node(definition.range.clone()),
            }
        }
        file.cut_imports(&crates, &mentioned, &mut edits);
        if !edits.is_empty() {
            output.insert(path.clone(), edits.apply(&[]));
        }
    }
    cut_empty_modules(&mut output)?;
    Ok(output)
}

/// What holds for all items of a module.
#[derive(Clone, Copy)]
struct Place {
    public: bool,
    test: bool,
    /// Of a library: `pub` items may be used from outside.
    library: bool,
}

#[derive(Default)]
struct Graph {
    definitions: Vec<Definition>,
    files: BTreeMap<String, File>,
    /// Names that some `pub use` of a public module gives away.
    exported: BTreeSet<String>,
    /// Types that the crate defines.
    types: BTreeSet<String>,
    /// Names that are taken from a parent module.
    super_names: BTreeSet<String>,
}

struct Definition {
    id: usize,
    /// What others call it by; `None` for what is alive with its type.
    name: Option<String>,
    /// The type it is implemented for.
    of: Option<String>,
    /// `pub` where the crate's users can see it, if its type or its own name is exported.
    seen: Seen,
    test: bool,
    range: Range<usize>,
    /// Where it starts behind its documentation and attributes.
    code: usize,
    mentions: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Always,
    IfExported,
    Never,
}

#[derive(Default)]
struct File {
    definitions: Vec<usize>,
    imports: Vec<Import>,
    /// Names that stand neither in imports nor in a definition: those around the methods of an `impl`.
    mentions: BTreeSet<String>,
}

struct Import {
    range: Range<usize>,
    tree: UseTree,
    reexport: bool,
    /// Its path starts in this crate.
    own: bool,
}

impl Graph {
    fn file(
        &mut self,
        sources: &Sources,
        path: &str,
        children: &str,
        place: Place,
    ) -> Result<(), TemplateError> {
        if path == CONFIG || self.files.contains_key(path) {
            return Ok(());
        }
        let text = &sources[path];
        let ast = parse::file(text).map_err(|error| TemplateError::syntax(path, &error))?;
        self.files.insert(path.to_owned(), File::default());
        self.items(sources, path, children, &ast.items, place)
    }

    fn items(
        &mut self,
        sources: &Sources,
        path: &str,
        children: &str,
        items: &[Item],
        place: Place,
    ) -> Result<(), TemplateError> {
        for item in items {
            match item {
                Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let place = Place {
                        public: place.public && matches!(module.vis, Visibility::Public(_)),
                        test: place.test || is_test(&module.attrs),
                        ..place
                    };
                    let below = crate::modules::join(children, &name);
                    match &module.content {
                        Some((_, items)) => self.items(sources, path, &below, items, place)?,
                        None => {
                            if let Ok(file) = file_of(sources, children, &name) {
                                self.file(sources, &file, &below, place)?;
                            }
                        }
                    }
                }
                Item::Use(import) => {
                    let exported = place.public && matches!(import.vis, Visibility::Public(_));
                    leaves(&import.tree, &mut |leaf| {
                        if exported && let Some(name) = &leaf.name {
                            self.exported.insert(name.clone());
                        }
                    });
                    collect_super(&import.tree, false, &mut self.super_names);
                    let own = first_segment(&import.tree).is_some_and(|first| {
                        matches!(first.as_str(), "crate" | "super" | "self")
                            || file_of(sources, children, &first).is_ok()
                    });
                    let import = Import {
                        range: import.span().byte_range(),
                        tree: import.tree.clone(),
                        reexport: !matches!(import.vis, Visibility::Inherited),
                        own: own && !exported && !place.test,
                    };
                    self.files.entry(path.to_owned()).or_default().imports.push(import);
                }
                Item::Impl(block) => self.implementation(path, block, place),
                item => self.item(path, item, place),
            }
        }
        Ok(())
    }

    fn item(&mut self, path: &str, item: &Item, place: Place) {
        let (name, vis, attrs) = match item {
            Item::Fn(item) => (Some(&item.sig.ident), Some(&item.vis), &item.attrs[..]),
            Item::Const(item) if item.ident != "_" => (Some(&item.ident), Some(&item.vis), &item.attrs[..]),
            Item::Static(item) => (Some(&item.ident), Some(&item.vis), &item.attrs[..]),
            Item::Struct(item) => (Some(&item.ident), Some(&item.vis), &item.attrs[..]),
            Item::Enum(item) => (Some(&item.ident), Some(&item.vis), &item.attrs[..]),
            Item::Type(item) => (Some(&item.ident), Some(&item.vis), &item.attrs[..]),
            Item::Trait(item) => (Some(&item.ident), Some(&item.vis), &item.attrs[..]),
            _ => (None, None, &[][..]),
        };
        if let (Some(name), Item::Struct(_) | Item::Enum(_) | Item::Trait(_)) = (name, item) {
            self.types.insert(name.to_string());
        }
        let seen = match (name, vis) {
            (None, _) => Seen::Always,
            (Some(name), _) if name == "main" && !place.library => Seen::Always,
            (_, Some(Visibility::Public(_))) if place.public => Seen::Always,
            (_, Some(Visibility::Public(_))) if place.library => Seen::IfExported,
            _ => Seen::Never,
        };
        let test = place.test || is_test(attrs);
        let seen = if attrs.iter().any(is_called_from_elsewhere) { Seen::Always } else { seen };
        self.define(path, name.map(ToString::to_string), None, seen, test, item, attrs);
    }

    fn implementation(&mut self, path: &str, block: &syn::ItemImpl, place: Place) {
        let of = match &*block.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
            _ => None,
        };
        let test = place.test || is_test(&block.attrs);
        if block.trait_.is_some() {
            return self.define(path, None, of, Seen::Always, test, block, &block.attrs);
        }
        let mut header = BTreeSet::new();
        for part in [block.generics.to_token_stream(), block.self_ty.to_token_stream()] {
            names(part, &mut header);
        }
        let mut around = header.clone();
        names(block.generics.where_clause.to_token_stream(), &mut around);
        block.attrs.iter().for_each(|attr| names(attr.to_token_stream(), &mut around));
        for item in &block.items {
            let (name, vis, attrs) = match item {
                ImplItem::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs[..]),
                ImplItem::Const(item) => (&item.ident, &item.vis, &item.attrs[..]),
                item => {
                    names(item.to_token_stream(), &mut around);
                    continue;
                }
            };
            let seen = match vis {
                Visibility::Public(_) if place.library => Seen::IfExported,
                _ => Seen::Never,
            };
            let test = test || is_test(attrs);
            self.define(path, Some(name.to_string()), of.clone(), seen, test, item, attrs);
            if let Some(definition) = self.definitions.last_mut() {
                definition.mentions.extend(header.iter().cloned());
            }
        }
        self.files.entry(path.to_owned()).or_default().mentions.append(&mut around);
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of one definition")]
    fn define(
        &mut self,
        path: &str,
        name: Option<String>,
        of: Option<String>,
        seen: Seen,
        test: bool,
        node: &(impl ToTokens + Spanned),
        attrs: &[syn::Attribute],
    ) {
        let mut mentions = BTreeSet::new();
        let tokens = node.to_token_stream();
        names(tokens.clone(), &mut mentions);
        collect_super_paths(tokens, &mut self.super_names);
        let range = node.span().byte_range();
        let code = attrs.iter().map(|attr| attr.span().byte_range().end).max();
        let code = code.map_or(range.start, |end| end + 1);
        let id = self.definitions.len();
        self.definitions.push(Definition { id, name, of, seen, test, range, code, mentions });
        self.files.entry(path.to_owned()).or_default().definitions.push(id);
    }

    /// Definitions that are reached, by the code alone or by its tests too.
    fn live(&self, with_tests: bool) -> BTreeSet<usize> {
        let mut live = BTreeSet::new();
        let mut mentioned: HashSet<&str> = HashSet::new();
        loop {
            let before = live.len();
            for definition in self.definitions.iter().filter(|d| with_tests || !d.test) {
                if live.contains(&definition.id) || !self.is_live(definition, &mentioned) {
                    continue;
                }
                live.insert(definition.id);
                mentioned.extend(definition.mentions.iter().map(String::as_str));
            }
            if live.len() == before {
                return live;
            }
        }
    }

    fn is_live(&self, definition: &Definition, mentioned: &HashSet<&str>) -> bool {
        let of = definition.of.as_deref();
        let exported = |name: Option<&str>| name.is_some_and(|name| self.exported.contains(name));
        let type_lives = of.is_none_or(|of| {
            !self.types.contains(of) || mentioned.contains(of) || exported(Some(of)) || self.is_root(of)
        });
        let called = definition.name.as_deref().is_some_and(|name| mentioned.contains(name));
        let seen = match definition.seen {
            Seen::Always => true,
            Seen::IfExported if of.is_some() => exported(of) || of.is_some_and(|of| self.is_root(of)),
            Seen::IfExported => exported(definition.name.as_deref()),
            Seen::Never => false,
        };
        type_lives && (called || seen)
    }

    /// Whether a type of this name is public where it stands.
    fn is_root(&self, name: &str) -> bool {
        self.definitions
            .iter()
            .any(|d| d.of.is_none() && d.seen == Seen::Always && d.name.as_deref() == Some(name))
    }

    /// All names that live definitions mention.
    fn mentioned(&self, live: &BTreeSet<usize>) -> HashSet<&str> {
        live.iter().flat_map(|id| self.definitions[*id].mentions.iter().map(String::as_str)).collect()
    }
}

impl File {
    /// Cuts imports from the crate itself whose names the file does not mention.
    fn cut_imports(&self, crates: &Graph, mentioned: &HashSet<&str>, edits: &mut Edits<'_>) {
        let Graph { definitions, super_names, .. } = crates;
        for import in self.imports.iter().filter(|import| import.own) {
            let used = |leaf: &Leaf| {
                leaf.name.as_ref().is_none_or(|name| {
                    let here = if import.reexport {
                        mentioned.contains(name.as_str())
                    } else {
                        self.mentions.contains(name)
                            || self.definitions.iter().any(|id| definitions[*id].mentions.contains(name))
                    };
                    here || super_names.contains(name)
                })
            };
            let mut unused = Vec::new();
            let mut count = 0;
            leaves(&import.tree, &mut |leaf| {
                count += 1;
                if !used(&leaf) {
                    unused.push(leaf.range.clone());
                }
            });
            if unused.is_empty() {
                continue;
            }
            if unused.len() == count {
                edits.cut_node(import.range.clone());
            } else {
                cut_leaves(&import.tree, &unused, edits);
            }
        }
    }
}

/// A name that an import brings.
struct Leaf {
    /// `None` for what cannot be judged: a glob, `self`, `as _`.
    name: Option<String>,
    range: Range<usize>,
}

fn leaves(tree: &UseTree, found: &mut impl FnMut(Leaf)) {
    let range = tree.span().byte_range();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, found),
        UseTree::Group(group) => group.items.iter().for_each(|item| leaves(item, found)),
        UseTree::Name(name) => {
            let name = (name.ident != "self").then(|| name.ident.to_string());
            found(Leaf { name, range });
        }
        UseTree::Rename(rename) => {
            let name = (rename.rename != "_").then(|| rename.rename.to_string());
            found(Leaf { name, range });
        }
        UseTree::Glob(_) => found(Leaf { name: None, range }),
    }
}

/// Cuts the leaves at `unused` out of the innermost groups that hold them; a group that loses all goes as a whole.
fn cut_leaves(tree: &UseTree, unused: &[Range<usize>], edits: &mut Edits<'_>) {
    match tree {
        UseTree::Path(path) => cut_leaves(&path.tree, unused, edits),
        UseTree::Group(group) => {
            let elements: Vec<Element> = group
                .items
                .pairs()
                .map(|pair| {
                    let mut all = true;
                    leaves(pair.value(), &mut |leaf| all &= unused.contains(&leaf.range));
                    Element {
                        range: pair.value().span().byte_range(),
                        comma: pair.punct().map(|comma| comma.span().byte_range()),
                        keep: !all,
                    }
                })
                .collect();
            let mut kept = elements.iter().zip(&group.items).filter(|(element, _)| element.keep);
            match (kept.next(), kept.next()) {
                // A group of one needs no braces; `self` cannot do without.
                (Some((one, item)), None) if !matches!(item, UseTree::Name(name) if name.ident == "self") => {
                    let whole = group.span().byte_range();
                    edits.cut(whole.start..one.range.start);
                    edits.cut(one.range.end..whole.end);
                }
                _ => edits.cut_elements(&elements, false),
            }
            for (item, element) in group.items.iter().zip(&elements) {
                if element.keep {
                    cut_leaves(item, unused, edits);
                }
            }
        }
        _ => {}
    }
}

fn first_segment(tree: &UseTree) -> Option<String> {
    match tree {
        UseTree::Path(path) => Some(path.ident.to_string()),
        _ => None,
    }
}

/// Names that `super::…` imports bring, from any depth.
fn collect_super(tree: &UseTree, below: bool, found: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => collect_super(&path.tree, below || path.ident == "super", found),
        UseTree::Group(group) => group.items.iter().for_each(|item| collect_super(item, below, found)),
        UseTree::Name(name) if below => {
            found.insert(name.ident.to_string());
        }
        UseTree::Rename(rename) if below => {
            found.insert(rename.ident.to_string());
        }
        _ => {}
    }
}

/// Names that stand behind `super::` in code.
fn collect_super_paths(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut behind = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                collect_super_paths(group.stream(), found);
                behind = false;
            }
            TokenTree::Ident(ident) => {
                if behind {
                    found.insert(ident.to_string());
                }
                behind = ident == "super";
            }
            TokenTree::Punct(punct) => behind &= punct.as_char() == ':',
            TokenTree::Literal(_) => behind = false,
        }
    }
}

fn names(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => names(group.stream(), found),
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            // Format strings name what they print: `"{name}"`.
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                for place in text.split('{').skip(1) {
                    let name =
                        place.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                    found.insert(name.to_owned());
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// Whether an attribute lets the compiler, the linker or a framework call what bears it.
fn is_called_from_elsewhere(attr: &syn::Attribute) -> bool {
    // As in `#[unsafe(no_mangle)]`.
    const CALLED: [&str; 6] = ["test", "unsafe", "no_mangle", "used", "panic_handler", "global_allocator"];
    CALLED.iter().any(|name| attr.path().is_ident(name))
}

/// Whether something with these attributes is there for tests only.
pub(crate) fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            Predicate::parse_tokens(list.tokens.clone()).is_ok_and(|predicate| predicate.requires("test"))
        }
        meta => meta.path().is_ident("test"),
    })
}

/// Removes module files that hold nothing but imports, and their declarations.
fn cut_empty_modules(sources: &mut Sources) -> Result<(), TemplateError> {
    let paths: Vec<String> = sources.keys().filter(|path| path.ends_with(".rs")).cloned().collect();
    for path in &paths {
        // An earlier round may have removed it with its declaration.
        let Some(text) = sources.get(path).cloned() else { continue };
        let ast = parse::file(&text).map_err(|error| TemplateError::syntax(path, &error))?;
        let mut edits = Edits::new(&text);
        let root = roots_of([path].into_iter()).next().is_some();
        let stem = path.trim_end_matches(".rs");
        let children = if root || stem.ends_with("/mod") { directory(path) } else { stem };
        for item in &ast.items {
            let empty = match item {
                Item::Impl(block) => block.trait_.is_none() && block.items.is_empty(),
                Item::Mod(module) if module.content.is_none() => {
                    match file_of(sources, children, &module.ident.to_string()) {
                        Ok(file) if file != CONFIG => {
                            is_empty(&sources[&file]) && sources.remove(&file).is_some()
                        }
                        _ => false,
                    }
                }
                _ => false,
            };
            if empty {
                edits.cut_node(item.span().byte_range());
            }
        }
        if !edits.is_empty() && sources.contains_key(path) {
            sources.insert(path.clone(), edits.apply(&[]));
        }
    }
    Ok(())
}

fn is_empty(text: &str) -> bool {
    parse::file(text).is_ok_and(|ast| {
        ast.items.iter().all(|item| match item {
            Item::Use(import) => matches!(import.vis, Visibility::Inherited),
            Item::Impl(block) => block.trait_.is_none() && block.items.is_empty(),
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaken(files: &[(&str, &str)]) -> Sources {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        shake(files.collect()).expect("shakes")
    }

    fn lib(text: &str) -> String {
        shaken(&[("src/lib.rs", text)])["src/lib.rs"].clone()
    }

    #[test]
    fn private_items_that_nothing_reaches_go_and_take_along_what_only_they_reached() {
        let text = "pub fn api() {\n    used();\n}\n\nfn used() {}\n\n/// Gone.\nfn first() {\n    second();\n}\n\nfn second() {}\n";
        assert_eq!(lib(text), "pub fn api() {\n    used();\n}\n\nfn used() {}\n");
    }

    #[test]
    fn what_only_tests_reach_stays_for_them() {
        let text = "fn helper() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {\n        super::helper();\n    }\n\n    fn unused() {}\n}\n";
        let out = lib(text);
        assert!(out.starts_with("#[cfg(test)]\nfn helper() {}\n"), "{out}");
        assert!(!out.contains("unused"), "{out}");
    }

    #[test]
    fn public_methods_stay_on_types_that_users_can_name() {
        let text = "mod inner;\npub use inner::Open;\n";
        let inner = "pub struct Open;\n\nimpl Open {\n    pub fn api(&self) {}\n\n    fn dead(&self) {}\n}\n\npub struct Hidden;\n\nimpl Hidden {\n    pub fn dead(&self) {}\n}\n";
        let out = shaken(&[("src/lib.rs", text), ("src/inner.rs", inner)]);
        assert_eq!(out["src/inner.rs"], "pub struct Open;\n\nimpl Open {\n    pub fn api(&self) {}\n}\n");
    }

    #[test]
    fn imports_and_modules_go_with_what_used_them() {
        let lib = "mod a;\nmod b;\n\nuse a::{One, Two};\n\npub fn api() -> u8 {\n    One\n}\n";
        let a = "pub const One: u8 = 1;\npub const Two: u8 = 2;\n";
        let b = "use crate::a::One;\n\nfn dead() -> u8 {\n    One\n}\n";
        let out = shaken(&[("src/lib.rs", lib), ("src/a.rs", a), ("src/b.rs", b)]);
        assert_eq!(out.keys().collect::<Vec<_>>(), ["src/a.rs", "src/lib.rs"]);
        assert_eq!(out["src/lib.rs"], "mod a;\n\nuse a::One;\n\npub fn api() -> u8 {\n    One\n}\n");
        assert_eq!(out["src/a.rs"], "pub const One: u8 = 1;\n");
    }

    #[test]
    fn names_in_format_strings_and_in_headers_are_reached() {
        let text = "const A: u8 = 1;\nconst B: usize = 2;\npub struct S<const N: usize>;\n\nimpl S<B> {\n    pub fn f(&self) {\n        println!(\"{{}} {A:>3}\");\n    }\n}\n";
        assert_eq!(lib(text), text);
    }

    #[test]
    fn what_is_there_without_tests_is_no_test() {
        let text = "fn used() {}\n\n#[cfg(not(test))]\npub fn api() {\n    used();\n}\n";
        assert_eq!(lib(text), text);
    }

    #[test]
    fn what_the_linker_or_the_compiler_calls_is_reached() {
        let text = "#[unsafe(no_mangle)]\nextern \"C\" fn trapped() -> ! {\n    exit()\n}\n\nfn exit() -> ! {\n    loop {}\n}\n\n#[panic_handler]\nfn panic(_: &PanicInfo<'_>) -> ! {\n    exit()\n}\n\n#[global_allocator]\nstatic HEAP: Heap = Heap::new();\n";
        assert_eq!(lib(text), text);
    }

    #[test]
    fn modules_of_modules_go_in_one_run() {
        let files = [
            ("src/lib.rs", "mod a;\n"),
            ("src/a.rs", "mod b;\n\nfn dead() {}\n"),
            ("src/a/b.rs", "fn dead() {}\n"),
        ];
        assert_eq!(shaken(&files).keys().collect::<Vec<_>>(), ["src/lib.rs"]);
    }

    #[test]
    fn a_program_is_reached_from_main() {
        let out =
            shaken(&[("src/main.rs", "fn main() {\n    run();\n}\n\nfn run() {}\n\npub fn dead() {}\n")]);
        assert_eq!(out["src/main.rs"], "fn main() {\n    run();\n}\n\nfn run() {}\n");
    }
}
