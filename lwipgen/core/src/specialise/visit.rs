//! The walk over one file: which nodes stay, and what becomes of their attributes.

mod nodes;

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    Arm, AttrStyle, Attribute, Block, Expr, File, Item, ItemImpl, ItemMod, ItemUse, Pat, Stmt, Token,
    Visibility,
};

use crate::modules::{directory, file_of, join};
use crate::template::TemplateError;

use super::attributes;
use super::cfg::{CfgAttr, Predicate, Verdict};
use super::cut::{Edits, Element};
use super::names::FileNames;
use super::{Content, Session};

/// The state of the walk over one file.
pub(super) struct Visitor<'v, 's> {
    session: &'v mut Session<'s>,
    pub(super) names: FileNames<'s>,
    path: &'v str,
    text: &'v str,
    /// Where the child modules of the place that is being visited have their files.
    directory: String,
    /// Depth of `mod x { … }` inside the file.
    inline: usize,
    pub(super) edits: Edits<'v>,
    /// Whether the file has a `cfg!(…)` at all.
    pub(super) has_cfg_calls: bool,
    /// Starts of the attributes that have been evaluated.
    evaluated: BTreeSet<usize>,
    error: Option<TemplateError>,
}

/// The bytes of a node.
pub(super) fn range(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

impl<'v, 's> Visitor<'v, 's> {
    pub fn new(
        session: &'v mut Session<'s>,
        names: FileNames<'s>,
        path: &'v str,
        text: &'v str,
        directory: &str,
    ) -> Self {
        Visitor {
            names,
            session,
            path,
            text,
            directory: directory.to_owned(),
            inline: 0,
            edits: Edits::new(text),
            has_cfg_calls: text.contains("cfg!"),
            evaluated: BTreeSet::new(),
            error: None,
        }
    }

    /// Walks the whole file.
    pub fn file(&mut self, file: &File) -> Result<Content, TemplateError> {
        let mut content = Content::Empty;
        if self.stays(&file.attrs) {
            content = self.items(&file.items);
            // A library or program is there even if nothing is in it.
            if matches!(self.path, "src/lib.rs" | "src/main.rs") {
                content = Content::Some;
            }
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => Ok(content),
        }
    }

    pub fn finish(self) -> Edits<'v> {
        self.edits
    }

    pub(super) fn fail(&mut self, offset: usize, message: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(TemplateError::at(self.path, self.text, offset, message));
        }
    }

    fn fail_syntax(&mut self, error: &syn::Error) {
        self.error.get_or_insert_with(|| TemplateError::syntax(self.path, error));
    }

    /// What the profile makes of a predicate; an error counts as "stays as it is".
    pub(super) fn verdict(&mut self, tokens: &TokenStream) -> Option<Verdict> {
        let predicate = match Predicate::parse_tokens(tokens.clone()) {
            Ok(predicate) => predicate,
            Err(error) => {
                self.fail_syntax(&error);
                return None;
            }
        };
        self.verdict_of(&predicate)
    }

    /// As [`Self::verdict`]; `None` also for a predicate that no feature occurs in.
    fn verdict_of(&mut self, predicate: &Predicate) -> Option<Verdict> {
        match predicate.evaluate(&self.session.scope.features) {
            Ok(Verdict::Open(_)) if !predicate.names_a_feature() => None,
            Ok(verdict) => Some(verdict),
            Err((span, message)) => {
                self.fail(span.byte_range().start, message);
                None
            }
        }
    }

    /// Whether a node with these attributes stays. If it does, its decided attributes are cut.
    pub(super) fn stays(&mut self, attrs: &[Attribute]) -> bool {
        let mut changes = Vec::new();
        for attr in attrs {
            let place = range(attr);
            let syn::Meta::List(list) = &attr.meta else { continue };
            if list.path.is_ident("cfg") {
                self.evaluated.insert(place.start);
                match self.verdict(&list.tokens) {
                    Some(Verdict::Known(false)) => return false,
                    Some(Verdict::Known(true)) => changes.push((place, String::new())),
                    Some(Verdict::Open(text)) => {
                        changes.push((place, attribute(attr, &format!("cfg({text})"))))
                    }
                    None => {}
                }
            } else if list.path.is_ident("cfg_attr") {
                self.evaluated.insert(place.start);
                if let Some(change) = self.cfg_attr(attr, &list.tokens) {
                    changes.push((place, change));
                }
            }
        }
        for (place, insert) in changes {
            if insert.is_empty() {
                self.edits.cut_attribute(place);
            } else {
                self.edits.replace(place, insert);
            }
        }
        true
    }

    /// What takes the place of a `cfg_attr`, if anything changes.
    fn cfg_attr(&mut self, attr: &Attribute, tokens: &TokenStream) -> Option<String> {
        let parsed: CfgAttr = match syn::parse2(tokens.clone()) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.fail_syntax(&error);
                return None;
            }
        };
        let texts: Vec<&str> = parsed.attributes.iter().map(|meta| &self.text[range(meta)]).collect();
        Some(match self.verdict_of(&parsed.predicate)? {
            Verdict::Known(false) => String::new(),
            Verdict::Known(true) => {
                texts.iter().map(|text| attribute(attr, text)).collect::<Vec<_>>().join(" ")
            }
            Verdict::Open(predicate) => {
                attribute(attr, &format!("cfg_attr({predicate}, {})", texts.join(", ")))
            }
        })
    }

    /// Walks the items of a module.
    fn items(&mut self, items: &[Item]) -> Content {
        let mut content = Content::Empty;
        for item in items {
            let found = match item {
                _ if !self.stays(attributes::of_item(item)) => Content::Empty,
                Item::Mod(module) => self.module(module),
                Item::Impl(block) => self.implementation(block),
                Item::Verbatim(tokens) => {
                    self.unparsed(tokens.clone());
                    Content::Some
                }
                Item::Use(ItemUse { vis: Visibility::Inherited, .. }) => {
                    self.visit_item(item);
                    continue;
                }
                _ => {
                    self.visit_item(item);
                    Content::Some
                }
            };
            match found {
                Content::Empty => self.edits.cut_node(range(item)),
                Content::Some => content = Content::Some,
            }
        }
        content
    }

    fn module(&mut self, module: &ItemMod) -> Content {
        for attr in &module.attrs {
            self.visit_attribute(attr);
        }
        let name = module.ident.to_string();
        let children = join(&self.directory, &name);
        if let Some((_, items)) = &module.content {
            let outside = std::mem::replace(&mut self.directory, children);
            self.inline += 1;
            let content = self.items(items);
            self.inline -= 1;
            self.directory = outside;
            return content;
        }
        let files = &self.session.template.files;
        let (file, children) = if let Some(path) = path_attribute(module) {
            if self.inline > 0 {
                self.fail(range(module).start, "a `path` attribute inside an inline module is not supported");
                return Content::Some;
            }
            let file = join(directory(self.path), &path);
            let children = directory(&file).to_owned();
            (file, children)
        } else {
            match file_of(files, &self.directory, &name) {
                Ok(file) => (file, children),
                Err(places) => {
                    let message = format!("neither {} nor {} is there", places[0], places[1]);
                    self.fail(range(module).start, message);
                    return Content::Some;
                }
            }
        };
        match self.session.file(&file, &children) {
            Ok(content) => content,
            Err(error) => {
                self.error.get_or_insert(error);
                Content::Some
            }
        }
    }

    /// Walks an `impl`; one of its own that loses all its items goes with them.
    fn implementation(&mut self, block: &ItemImpl) -> Content {
        for attr in &block.attrs {
            self.visit_attribute(attr);
        }
        self.visit_generics(&block.generics);
        if let Some((path, _)) = &block.trait_ {
            self.visit_path(path);
        }
        self.visit_type(&block.self_ty);
        let mut kept = 0;
        for item in &block.items {
            if self.stays(attributes::of_impl_item(item)) {
                kept += 1;
                self.visit_impl_item(item);
            } else {
                self.edits.cut_node(range(item));
            }
        }
        let emptied = kept == 0 && !block.items.is_empty() && block.trait_.is_none();
        if emptied { Content::Empty } else { Content::Some }
    }

    /// Walks a comma-separated list: `attrs` are the attributes of an element, `walk` visits one that stays.
    fn list<T: Spanned>(
        &mut self,
        list: &Punctuated<T, Token![,]>,
        keep_comma: bool,
        attrs: impl Fn(&T) -> &[Attribute],
        mut walk: impl FnMut(&mut Self, &T),
    ) {
        let mut kept = Vec::new();
        for element in list {
            let keep = self.stays(attrs(element));
            if keep {
                walk(self, element);
            }
            kept.push(keep);
        }
        if kept.contains(&false) {
            let element = |(pair, keep): (syn::punctuated::Pair<&T, &Token![,]>, bool)| Element {
                range: range(*pair.value()),
                comma: pair.punct().map(|comma| range(*comma)),
                keep,
            };
            let elements: Vec<Element> = list.pairs().zip(kept).map(element).collect();
            self.edits.cut_elements(&elements, keep_comma);
        }
    }

    /// The statements of a block, those that stay first folded and then visited.
    fn statements(&mut self, block: &Block) {
        let kept: Vec<bool> = block
            .stmts
            .iter()
            .map(|stmt| self.stays(attributes::of_stmt(stmt)) && !self.vanishes(stmt))
            .collect();
        let last = kept.iter().rposition(|kept| *kept);
        let mut unreachable = false;
        for (i, stmt) in block.stmts.iter().enumerate() {
            let is_item = matches!(stmt, Stmt::Item(_));
            if !kept[i] || (unreachable && !is_item) {
                self.edits.cut_node(range(stmt));
                continue;
            }
            // What follows a taken branch that leaves cannot be reached.
            unreachable |= self.leaves(stmt);
            let is_last = last == Some(i) || (unreachable && !block.stmts[i..].iter().any(is_item_stmt));
            self.statement(stmt, is_last);
        }
    }

    fn arms(&mut self, arms: &[Arm]) {
        for arm in arms {
            let guard = match &arm.pat {
                Pat::Guard(guard) => self.truth(&guard.guard),
                _ => None,
            };
            if !self.stays(&arm.attrs) || guard == Some(false) {
                self.edits.cut_node(range(arm));
                continue;
            }
            for attr in &arm.attrs {
                self.visit_attribute(attr);
            }
            match &arm.pat {
                Pat::Guard(pat) if guard == Some(true) => {
                    self.visit_pat(&pat.pat);
                    self.edits.cut(range(&pat.pat).end..range(&pat.guard).end);
                }
                Pat::Guard(pat) => {
                    self.visit_pat(&pat.pat);
                    self.condition(&pat.guard);
                }
                pat => self.visit_pat(pat),
            }
            self.arm_body(arm);
        }
    }

    /// Looks for features in tokens whose syntax is not known.
    fn unparsed(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (i, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let attribute =
                        i > 0 && matches!(&tokens[i - 1], TokenTree::Punct(p) if "#!".contains(p.as_char()));
                    let first = group.stream().into_iter().next();
                    let is_cfg =
                        matches!(&first, Some(TokenTree::Ident(name)) if name == "cfg" || name == "cfg_attr");
                    if attribute && is_cfg && mentions(&group.stream(), "feature") {
                        let message =
                            "a `cfg` attribute inside this macro cannot be evaluated: put it outside";
                        self.fail(group.span().byte_range().start, message);
                    }
                    let is_call = i > 1
                        && matches!(&tokens[i - 1], TokenTree::Punct(p) if p.as_char() == '!')
                        && matches!(&tokens[i - 2], TokenTree::Ident(name) if name == "cfg");
                    if is_call {
                        let start = tokens[i - 2].span().byte_range().start;
                        let end = group.span().byte_range().end;
                        self.replace_cfg_call(start..end, &group.stream());
                    } else {
                        self.unparsed(group.stream());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Puts `true`, `false` or the simplified call in the place of a `cfg!(…)`.
    pub(super) fn replace_cfg_call(&mut self, place: Range<usize>, tokens: &TokenStream) {
        match self.verdict(tokens) {
            Some(Verdict::Known(value)) => self.edits.replace(place, value.to_string()),
            Some(Verdict::Open(text)) => self.edits.replace(place, format!("cfg!({text})")),
            None => {}
        }
    }
}

fn is_item_stmt(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Item(_))
}

/// Whether `name` occurs among the tokens.
pub(super) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn attribute(attr: &Attribute, content: &str) -> String {
    let mark = if matches!(attr.style, AttrStyle::Inner(_)) { "#!" } else { "#" };
    format!("{mark}[{content}]")
}

fn path_attribute(module: &ItemMod) -> Option<String> {
    module.attrs.iter().find_map(|attr| match &attr.meta {
        syn::Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}
