//! The types and constants that a crate's sources declare, and what a path in one of its modules means.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, ExprLit, Fields, GenericParam, Generics, Ident, Item, ItemUse, Lit, LitInt, Path,
};
use syn::{Type, TypePath, UseTree};

use crate::modules::file_of;
use crate::parse;
use crate::selection::Selection;
use crate::specialise::Sources;
use crate::template::TemplateError;

/// A crate's declarations.
pub struct Program {
    pub(super) modules: Vec<Module>,
    types: BTreeMap<String, Vec<TypeDef>>,
    constants: BTreeMap<String, Vec<ConstDef>>,
}

/// One module.
pub(super) struct Module {
    /// Its path from the crate root, without `crate`.
    pub path: Vec<String>,
    pub file: String,
    /// Imported names and the paths they stand for.
    imports: BTreeMap<String, Vec<String>>,
}

/// Index of a module in [`Program::modules`].
pub(super) type ModuleId = usize;

/// A declared type.
pub struct TypeDef {
    /// Its name.
    pub name: String,
    pub(super) module: ModuleId,
    pub(super) generics: Generics,
    pub(super) repr: Repr,
    pub(super) body: Body,
    pub(super) span: Span,
}

/// What a type is made of.
pub(super) enum Body {
    Struct(Vec<Member>),
    Enum(Vec<Vec<Member>>),
    Alias(Box<Type>),
}

/// A field.
#[derive(Clone)]
pub(super) struct Member {
    pub name: String,
    pub ty: Type,
}

/// What `#[repr(…)]` says.
#[derive(Clone, Debug, Default)]
pub(super) struct Repr {
    pub c: bool,
    pub transparent: bool,
    pub integer: Option<String>,
    pub align: u64,
    /// A word that is not understood, such as `packed`.
    pub other: Option<String>,
}

/// A constant.
pub(super) struct ConstDef {
    pub module: ModuleId,
    pub expr: Expr,
}

pub(super) trait Declared {
    fn module(&self) -> ModuleId;
}

impl TypeDef {
    /// Whether it has no size without arguments; one whose parameters have defaults has the size that they give.
    #[must_use]
    pub fn needs_arguments(&self) -> bool {
        self.generics.params.iter().any(|parameter| match parameter {
            GenericParam::Lifetime(_) => false,
            GenericParam::Type(parameter) => parameter.default.is_none(),
            GenericParam::Const(parameter) => parameter.default.is_none(),
        })
    }
}

impl Declared for TypeDef {
    fn module(&self) -> ModuleId {
        self.module
    }
}

impl Declared for ConstDef {
    fn module(&self) -> ModuleId {
        self.module
    }
}

/// What a path leads to.
pub(super) enum Found<'p, T> {
    One(&'p T),
    /// Nothing in this crate: a name of the language or of another crate.
    Outside,
    Ambiguous(Vec<&'p T>),
}

impl Program {
    /// Reads all modules below `src/lib.rs`. Items under `#[cfg(test)]` are left out.
    pub fn parse(sources: &Sources) -> Result<Self, TemplateError> {
        let mut program = Program { modules: Vec::new(), types: BTreeMap::new(), constants: BTreeMap::new() };
        program.read_file(sources, "src/lib.rs", "src", Vec::new())?;
        Ok(program)
    }

    /// Gives the module `config` the numbers and aliases of `selection` in place of those it had.
    pub fn configure(&mut self, selection: &Selection) {
        let Some(module) = self.modules.iter().position(|module| module.path == ["config"]) else { return };
        self.types.values_mut().for_each(|defs| defs.retain(|def| def.module != module));
        self.constants.values_mut().for_each(|defs| defs.retain(|def| def.module != module));
        for constant in &selection.constants {
            let value = LitInt::new(&constant.value.to_string(), Span::call_site());
            let expr = Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Int(value) });
            self.constants.entry(constant.name.clone()).or_default().push(ConstDef { module, expr });
        }
        for alias in &selection.aliases {
            let path = Path::from(Ident::new(alias.ty, Span::call_site()));
            let ty = Type::Path(TypePath { attrs: Vec::new(), qself: None, path });
            let name = Ident::new(&alias.name, Span::call_site());
            let body = Body::Alias(Box::new(ty));
            self.declare(module, &name, &Generics::default(), &[], body, Span::call_site());
        }
    }

    /// The types named `name`.
    pub fn types(&self, name: &str) -> &[TypeDef] {
        self.types.get(name).map_or(&[], Vec::as_slice)
    }

    /// The file that declares a type.
    #[must_use]
    pub fn file(&self, def: &TypeDef) -> &str {
        &self.modules[def.module].file
    }

    /// Where the declaration ends in its file, in bytes.
    #[must_use]
    pub fn end(&self, def: &TypeDef) -> usize {
        def.span.byte_range().end
    }

    pub(super) fn error(&self, module: ModuleId, span: Span, message: impl Into<String>) -> TemplateError {
        let start = span.start();
        TemplateError {
            file: self.modules[module].file.clone(),
            line: start.line,
            column: start.column + 1,
            message: message.into(),
        }
    }

    fn read_file(
        &mut self,
        sources: &Sources,
        file: &str,
        children: &str,
        path: Vec<String>,
    ) -> Result<(), TemplateError> {
        let Some(text) = sources.get(file) else {
            return Err(TemplateError::file(file, "the crate has no such file"));
        };
        let ast = parse::file(text).map_err(|error| TemplateError::syntax(file, &error))?;
        if is_test(&ast.attrs) {
            return Ok(());
        }
        self.read_items(sources, file, children, path, &ast.items)
    }

    fn read_items(
        &mut self,
        sources: &Sources,
        file: &str,
        children: &str,
        path: Vec<String>,
        items: &[Item],
    ) -> Result<(), TemplateError> {
        let module = self.modules.len();
        self.modules.push(Module { path: path.clone(), file: file.to_owned(), imports: BTreeMap::new() });
        for item in items {
            match item {
                Item::Use(ItemUse { attrs, tree, .. }) if !is_test(attrs) => {
                    flatten(tree, &mut Vec::new(), &mut self.modules[module].imports);
                }
                Item::Struct(item) if !is_test(&item.attrs) => {
                    let body = Body::Struct(members(&item.fields));
                    self.declare(module, &item.ident, &item.generics, &item.attrs, body, item.span());
                }
                Item::Enum(item) if !is_test(&item.attrs) => {
                    let body = Body::Enum(item.variants.iter().map(|v| members(&v.fields)).collect());
                    self.declare(module, &item.ident, &item.generics, &item.attrs, body, item.span());
                }
                Item::Type(item) if !is_test(&item.attrs) => {
                    let body = Body::Alias(item.ty.clone());
                    self.declare(module, &item.ident, &item.generics, &item.attrs, body, item.span());
                }
                Item::Const(item) if !is_test(&item.attrs) => {
                    let def = ConstDef { module, expr: (*item.expr).clone() };
                    self.constants.entry(item.ident.to_string()).or_default().push(def);
                }
                Item::Mod(item) if !is_test(&item.attrs) => {
                    let name = item.ident.to_string();
                    let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
                    let children_of_it = format!("{children}/{name}");
                    match &item.content {
                        Some((_, items)) => self.read_items(sources, file, &children_of_it, path, items)?,
                        None => {
                            let file = file_of(sources, children, &name).map_err(|places| {
                                let message = format!("neither {} nor {} is there", places[0], places[1]);
                                self.error(module, item.span(), message)
                            })?;
                            self.read_file(sources, &file, &children_of_it, path)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn declare(
        &mut self,
        module: ModuleId,
        name: &syn::Ident,
        generics: &Generics,
        attrs: &[Attribute],
        body: Body,
        span: Span,
    ) {
        let name = name.to_string();
        let def =
            TypeDef { name: name.clone(), module, generics: generics.clone(), repr: repr(attrs), body, span };
        self.types.entry(name).or_default().push(def);
    }

    pub(super) fn find_type(&self, path: &Path, from: ModuleId) -> Found<'_, TypeDef> {
        self.find(&self.types, path, from)
    }

    pub(super) fn find_constant(&self, path: &Path, from: ModuleId) -> Found<'_, ConstDef> {
        self.find(&self.constants, path, from)
    }

    /// Resolves by the last segment; where several declarations bear that name, by the modules it leads through.
    fn find<'p, T: Declared>(
        &'p self,
        all: &'p BTreeMap<String, Vec<T>>,
        path: &Path,
        from: ModuleId,
    ) -> Found<'p, T> {
        let written: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let path = self.absolute(&written, from);
        let Some((name, qualifier)) = path.split_last() else { return Found::Outside };
        if qualifier.first().is_some_and(|first| matches!(first.as_str(), "core" | "alloc" | "std")) {
            return Found::Outside;
        }
        let Some(candidates) = all.get(name) else { return Found::Outside };
        let place = |def: &&T| self.modules[def.module()].path.as_slice();
        let exact = candidates.iter().filter(|def| place(def) == qualifier);
        let below = candidates.iter().filter(|def| place(def).starts_with(qualifier));
        let fits: [Vec<&T>; 3] = [exact.collect(), below.collect(), candidates.iter().collect()];
        match fits.iter().find(|fits| !fits.is_empty()).map_or(&[][..], |fits| fits) {
            [] => Found::Outside,
            [one] => Found::One(one),
            many => Found::Ambiguous(many.to_vec()),
        }
    }

    /// A path as seen from the crate root, as far as imports tell.
    fn absolute(&self, written: &[String], from: ModuleId) -> Vec<String> {
        let module = &self.modules[from];
        let Some((first, rest)) = written.split_first() else { return Vec::new() };
        let start: Vec<String> = match first.as_str() {
            "crate" => return rest.to_vec(),
            "self" => module.path.clone(),
            "super" => {
                let parent = &module.path[..module.path.len().saturating_sub(1)];
                return self.absolute_in(parent, rest);
            }
            _ => match module.imports.get(first) {
                Some(import) if import.first() != Some(first) || import.len() > 1 => {
                    let mut path = self.absolute(import, from);
                    path.extend_from_slice(rest);
                    return path;
                }
                _ if matches!(first.as_str(), "core" | "alloc" | "std") => return written.to_vec(),
                _ => return self.absolute_in(&module.path, written),
            },
        };
        self.absolute_in(&start, rest)
    }

    fn absolute_in(&self, module: &[String], path: &[String]) -> Vec<String> {
        match path.split_first() {
            Some((first, rest)) if first == "super" => {
                self.absolute_in(&module[..module.len().saturating_sub(1)], rest)
            }
            _ => module.iter().chain(path).cloned().collect(),
        }
    }
}

fn members(fields: &Fields) -> Vec<Member> {
    let name = |(i, field): (usize, &syn::Field)| Member {
        name: field.ident.as_ref().map_or_else(|| i.to_string(), ToString::to_string),
        ty: field.ty.clone(),
    };
    fields.iter().enumerate().map(name).collect()
}

fn flatten(tree: &UseTree, path: &mut Vec<String>, imports: &mut BTreeMap<String, Vec<String>>) {
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            flatten(&tree.tree, path, imports);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, path, imports)),
        UseTree::Name(name) if name.ident == "self" => {
            if let Some(last) = path.last() {
                imports.insert(last.clone(), path.clone());
            }
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            imports.insert(name.clone(), path.iter().cloned().chain([name]).collect());
        }
        UseTree::Rename(rename) => {
            let full = path.iter().cloned().chain([rename.ident.to_string()]).collect();
            imports.insert(rename.rename.to_string(), full);
        }
        UseTree::Glob(_) => {}
    }
}

fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        _ => false,
    })
}

fn repr(attrs: &[Attribute]) -> Repr {
    let mut repr = Repr::default();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("repr")) {
        let parsed = attr.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            match word.as_str() {
                "C" => repr.c = true,
                "transparent" => repr.transparent = true,
                "align" => {
                    let content;
                    syn::parenthesized!(content in meta.input);
                    repr.align = content.parse::<syn::LitInt>()?.base10_parse()?;
                }
                "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
                    repr.integer = Some(word);
                }
                _ => {
                    repr.other = Some(word);
                    // `packed(2)` has an argument that is of no use here.
                    let _: proc_macro2::TokenStream = meta.input.parse()?;
                }
            }
            Ok(())
        });
        if parsed.is_err() {
            repr.other.get_or_insert_with(|| "repr".to_owned());
        }
    }
    // A cfg that is still there is one that the profile cannot decide.
    if attrs.iter().any(|attr| attr.path().is_ident("cfg")) {
        repr.other = Some("cfg".to_owned());
    }
    repr
}
