//! The walk over one file: which nodes stay, and what becomes of their attributes.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    Arm, AttrStyle, Attribute, Block, Expr, Field, File, Item, ItemImpl, ItemMod, ItemUse, Macro, Pat, Stmt,
    Token, Visibility,
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

impl<'ast> Visit<'ast> for Visitor<'_, '_> {
    fn visit_attribute(&mut self, attr: &'ast Attribute) {
        let place = range(attr);
        let is_cfg = attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr");
        if let syn::Meta::List(list) = &attr.meta
            && is_cfg
            && !self.evaluated.contains(&place.start)
            && mentions(&list.tokens, "feature")
        {
            self.fail(place.start, "a `cfg` is not supported here");
        }
    }

    fn visit_fields_named(&mut self, fields: &'ast syn::FieldsNamed) {
        self.list(
            &fields.named,
            false,
            |field: &Field| &field.attrs,
            |visitor, field| visitor.visit_field(field),
        );
    }

    fn visit_fields_unnamed(&mut self, fields: &'ast syn::FieldsUnnamed) {
        self.list(&fields.unnamed, false, |field| &field.attrs, |visitor, field| visitor.visit_field(field));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        for attr in &item.attrs {
            self.visit_attribute(attr);
        }
        self.visit_generics(&item.generics);
        self.list(&item.variants, false, |v| &v.attrs, |visitor, variant| visitor.visit_variant(variant));
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if self.module(item) == Content::Empty {
            self.edits.cut_node(range(item));
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if self.implementation(item) == Content::Empty {
            self.edits.cut_node(range(item));
        }
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        for attr in &item.attrs {
            self.visit_attribute(attr);
        }
        self.visit_generics(&item.generics);
        for bound in &item.supertraits {
            self.visit_type_param_bound(bound);
        }
        for item in &item.items {
            if self.stays(attributes::of_trait_item(item)) {
                self.visit_trait_item(item);
            } else {
                self.edits.cut_node(range(item));
            }
        }
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        for attr in &item.attrs {
            self.visit_attribute(attr);
        }
        for item in &item.items {
            if self.stays(attributes::of_foreign_item(item)) {
                self.visit_foreign_item(item);
            } else {
                self.edits.cut_node(range(item));
            }
        }
    }

    fn visit_generics(&mut self, generics: &'ast syn::Generics) {
        let attrs = attributes::of_generic_param;
        self.list(&generics.params, false, attrs, |visitor, param| visitor.visit_generic_param(param));
        if let Some(clause) = &generics.where_clause {
            self.visit_where_clause(clause);
        }
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.visit_generics(&signature.generics);
        let attrs = attributes::of_fn_arg;
        self.list(&signature.inputs, false, attrs, |visitor, arg| visitor.visit_fn_arg(arg));
        self.visit_return_type(&signature.output);
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.statements(block);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        for attr in &local.attrs {
            self.visit_attribute(attr);
        }
        self.visit_pat(&local.pat);
        if let Some(init) = &local.init {
            self.value(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
            }
        }
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        for attr in &item.attrs {
            self.visit_attribute(attr);
        }
        self.visit_type(&item.ty);
        self.value(&item.expr);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        for attr in &item.attrs {
            self.visit_attribute(attr);
        }
        self.visit_type(&item.ty);
        self.value(&item.expr);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        for attr in &item.attrs {
            self.visit_attribute(attr);
        }
        self.visit_type(&item.ty);
        self.value(&item.expr);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.expression(expr);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        for attr in &expr.attrs {
            self.visit_attribute(attr);
        }
        self.visit_expr(&expr.expr);
        self.arms(&expr.arms);
    }

    fn visit_expr_struct(&mut self, expr: &'ast syn::ExprStruct) {
        self.visit_path(&expr.path);
        self.list(&expr.fields, false, |field| &field.attrs, |visitor, field| visitor.value(&field.expr));
        if let Some(rest) = &expr.rest {
            self.visit_expr(rest);
        }
    }

    fn visit_pat_struct(&mut self, pat: &'ast syn::PatStruct) {
        self.visit_path(&pat.path);
        self.list(&pat.fields, false, |field| &field.attrs, |visitor, field| visitor.visit_pat(&field.pat));
    }

    fn visit_expr_array(&mut self, expr: &'ast syn::ExprArray) {
        self.list(&expr.elems, false, attributes::of_expr, |visitor, expr| visitor.value(expr));
    }

    fn visit_expr_tuple(&mut self, expr: &'ast syn::ExprTuple) {
        self.list(&expr.elems, true, attributes::of_expr, |visitor, expr| visitor.value(expr));
    }

    fn visit_expr_call(&mut self, expr: &'ast syn::ExprCall) {
        self.visit_expr(&expr.func);
        self.list(&expr.args, false, attributes::of_expr, |visitor, expr| visitor.value(expr));
    }

    fn visit_expr_method_call(&mut self, expr: &'ast syn::ExprMethodCall) {
        self.visit_expr(&expr.receiver);
        if let Some(turbofish) = &expr.turbofish {
            self.visit_angle_bracketed_generic_arguments(turbofish);
        }
        self.list(&expr.args, false, attributes::of_expr, |visitor, expr| visitor.value(expr));
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.note_included(call);
        if !mentions(&call.tokens, "cfg") && !mentions(&call.tokens, "cfg_attr") {
            return;
        }
        // The grammars that cover the macros of the standard library; others are searched as tokens.
        let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(list) = syn::parse::Parser::parse2(expressions, call.tokens.clone()) {
            self.list(&list, false, attributes::of_expr, |visitor, expr| visitor.value(expr));
        } else {
            self.unparsed(call.tokens.clone());
        }
    }
}

impl Visitor<'_, '_> {
    /// Keeps the file below `src` that an `include_str!` or `include_bytes!` names.
    fn note_included(&mut self, call: &Macro) {
        let is_include = ["include_str", "include_bytes"].iter().any(|name| call.path.is_ident(name));
        if !is_include {
            return;
        }
        let Ok(name) = call.parse_body::<syn::LitStr>() else { return };
        let mut parts: Vec<&str> = self.path.split('/').collect();
        parts.pop();
        let name = name.value();
        for part in name.split('/') {
            match part {
                "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        self.session.included.insert(parts.join("/"));
    }
}
