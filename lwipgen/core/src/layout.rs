//! The layout calculator: size and alignment of the types that a crate's sources declare, without a compiler.
//!
//! It knows what the Rust reference guarantees and refuses everything else, so what it says is exact; the
//! emitted crate asserts each size, so the compiler would notice if it were not.

mod builtin;
mod program;
mod target;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, GenericArgument, GenericParam, Macro, PathArguments, Type, TypePath};

use crate::const_eval::{Names, Value, evaluate, fixed_integer};
use crate::template::TemplateError;

use program::{Body, Found, Member, ModuleId};
pub use program::{Program, TypeDef};
pub use target::Target;

/// Size and alignment of a type, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// `size_of`.
    pub size: u64,
    /// `align_of`.
    pub align: u64,
    /// Whether an `Option` of it is documented to be no larger.
    pub niche: bool,
}

impl Layout {
    const EMPTY: Layout = Layout { size: 0, align: 1, niche: false };

    fn scalar(size: u64, target: Target) -> Self {
        Layout { size, align: size.min(target.max_align), niche: false }
    }
}

/// Layouts of a program's types for one target.
pub struct Layouts<'p> {
    program: &'p Program,
    target: Target,
    depth: Cell<u32>,
}

/// A type as it is written somewhere in the program.
#[derive(Clone)]
pub struct TypeIn {
    ty: Rc<Type>,
    scope: Scope,
}

/// What the names in a type mean: its module's, and those of generic parameters.
#[derive(Clone)]
struct Scope {
    module: ModuleId,
    parameters: Rc<Parameters>,
}

#[derive(Default)]
struct Parameters {
    types: BTreeMap<String, TypeIn>,
    constants: BTreeMap<String, i128>,
}

/// A field of a struct, in place.
pub struct Field {
    /// Its name; for a tuple struct its number.
    pub name: String,
    /// Its type.
    pub ty: TypeIn,
    /// Size and alignment of the type.
    pub layout: Layout,
}

/// What a type is made of, aliases resolved.
pub enum Shape<'p> {
    /// An array.
    Array {
        /// Type of an element.
        element: TypeIn,
        /// How many there are.
        count: u64,
    },
    /// A struct of this program.
    Struct {
        /// Its declaration.
        def: &'p TypeDef,
        /// Its fields, in order.
        fields: Vec<Field>,
    },
    /// An enum of this program.
    Enum {
        /// Its declaration.
        def: &'p TypeDef,
    },
    /// A primitive or a type of the standard library.
    Other,
}

/// How deep types may nest before they count as endless.
const MAX_DEPTH: u32 = 64;

impl<'p> Layouts<'p> {
    /// Layouts of `program`'s types for `target`.
    #[must_use]
    pub fn new(program: &'p Program, target: Target) -> Self {
        Layouts { program, target, depth: Cell::new(0) }
    }

    /// The type that the crate's root calls `name`.
    #[must_use]
    pub fn root(&self, name: &str) -> TypeIn {
        let path = syn::Path::from(syn::Ident::new(name, Span::call_site()));
        let ty = Type::Path(TypePath { attrs: vec![], qself: None, path });
        TypeIn { ty: Rc::new(ty), scope: Scope { module: 0, parameters: Rc::default() } }
    }

    /// Size and alignment of a type.
    pub fn layout(&self, ty: &TypeIn) -> Result<Layout, TemplateError> {
        if self.depth.get() > MAX_DEPTH {
            return Err(self.error(ty, ty.ty.span(), "types nest too deeply"));
        }
        self.depth.set(self.depth.get() + 1);
        let layout = self.layout_of(ty);
        self.depth.set(self.depth.get() - 1);
        layout
    }

    fn layout_of(&self, ty: &TypeIn) -> Result<Layout, TemplateError> {
        let pointer = self.target.pointer;
        match &*ty.ty {
            Type::Paren(inner) => self.layout(&ty.at(&inner.elem)),
            Type::Group(inner) => self.layout(&ty.at(&inner.elem)),
            Type::Array(array) => {
                let element = self.layout(&ty.at(&array.elem))?;
                let size = self
                    .length(ty, &array.len)?
                    .checked_mul(element.size)
                    .ok_or_else(|| self.error(ty, array.span(), "the array is too large"))?;
                Ok(Layout { size, align: element.align, niche: false })
            }
            Type::Reference(reference) => {
                let size = if self.is_unsized(&ty.at(&reference.elem)) { 2 * pointer } else { pointer };
                Ok(Layout { size, align: pointer, niche: true })
            }
            Type::Ptr(ptr) => {
                let size = if self.is_unsized(&ty.at(&ptr.elem)) { 2 * pointer } else { pointer };
                Ok(Layout { size, align: pointer, niche: false })
            }
            Type::FnPtr(_) => Ok(Layout { size: pointer, align: pointer, niche: true }),
            Type::Tuple(tuple) if tuple.elems.is_empty() => Ok(Layout::EMPTY),
            Type::Tuple(_) => {
                Err(self.error(ty, ty.ty.span(), "a tuple has no fixed layout: use a `repr(C)` struct"))
            }
            Type::Path(path) if path.qself.is_none() => self.layout_of_path(ty, path),
            other => Err(self.error(ty, other.span(), format!("no layout is known for `{}`", self.name(ty)))),
        }
    }

    fn layout_of_path(&self, ty: &TypeIn, path: &TypePath) -> Result<Layout, TemplateError> {
        if let Some(argument) =
            path.path.get_ident().and_then(|name| ty.scope.parameters.types.get(&name.to_string()))
        {
            return self.layout(argument);
        }
        match self.program.find_type(&path.path, ty.scope.module) {
            Found::One(def) => self.layout_of_def(ty, path, def),
            Found::Outside => self.layout_of_builtin(ty, path),
            Found::Ambiguous(defs) => {
                let places: Vec<&str> = defs.iter().map(|def| self.program.file(def)).collect();
                let message =
                    format!("`{}` is ambiguous: {} declare it", self.name(ty), places.join(" and "));
                Err(self.error(ty, path.span(), message))
            }
        }
    }

    fn layout_of_def(&self, ty: &TypeIn, path: &TypePath, def: &'p TypeDef) -> Result<Layout, TemplateError> {
        let scope = self.scope_of(ty, path, def)?;
        let refuse = |message: &str| {
            let message = format!("`{}` {message}", def.name);
            Err(self.program.error(def.module, def.span, message))
        };
        if let Some(word) = &def.repr.other {
            return refuse(&format!("has `{word}`, which the layout calculator does not know"));
        }
        let layout = match &def.body {
            Body::Alias(alias) => return self.layout(&TypeIn { ty: Rc::new((**alias).clone()), scope }),
            Body::Struct(members) if members.is_empty() => Layout::EMPTY,
            Body::Struct(members) if def.repr.transparent => {
                let mut whole = Layout::EMPTY;
                for member in members {
                    let layout = self.layout(&member_in(member, &scope))?;
                    if layout.size > 0 {
                        whole = layout;
                    }
                }
                whole
            }
            Body::Struct(members) if def.repr.c => self.in_order(None, members, &scope)?,
            Body::Struct(_) => {
                return refuse("counts in the budget and needs `#[repr(C)]` or `#[repr(transparent)]`");
            }
            Body::Enum(variants) => {
                let Some(integer) = &def.repr.integer else {
                    return refuse("counts in the budget and needs an integer `#[repr]`, such as `u8`");
                };
                let tag = self.integer(integer).unwrap_or(Layout::EMPTY);
                // `repr(u8)` is a union of structs with a tag each, `repr(C, u8)` a tag and a union of structs.
                if def.repr.c && variants.iter().any(|members| !members.is_empty()) {
                    let payload = self.union(None, variants, &scope)?;
                    let align = tag.align.max(payload.align);
                    let size = tag.size.next_multiple_of(payload.align) + payload.size;
                    Layout { size: size.next_multiple_of(align), align, niche: false }
                } else {
                    self.union(Some(tag), variants, &scope)?
                }
            }
        };
        let align = layout.align.max(def.repr.align);
        Ok(Layout { size: layout.size.next_multiple_of(align), align, niche: layout.niche })
    }

    /// A union of structs, each of which starts with `tag`.
    fn union(
        &self,
        tag: Option<Layout>,
        variants: &[Vec<Member>],
        scope: &Scope,
    ) -> Result<Layout, TemplateError> {
        let mut union = Layout::EMPTY;
        for members in variants {
            let variant = self.in_order(tag, members, scope)?;
            union.size = union.size.max(variant.size);
            union.align = union.align.max(variant.align);
        }
        union.size = union.size.next_multiple_of(union.align);
        Ok(union)
    }

    /// Fields one after the other, each at a multiple of its alignment, as in C.
    fn in_order(
        &self,
        tag: Option<Layout>,
        members: &[Member],
        scope: &Scope,
    ) -> Result<Layout, TemplateError> {
        let mut whole = tag.unwrap_or(Layout::EMPTY);
        for member in members {
            let layout = self.layout(&member_in(member, scope))?;
            whole.size = whole.size.next_multiple_of(layout.align) + layout.size;
            whole.align = whole.align.max(layout.align);
        }
        whole.size = whole.size.next_multiple_of(whole.align);
        whole.niche = false;
        Ok(whole)
    }

    /// The scope of a declaration's fields: its generic parameters mean the arguments given by `path`.
    fn scope_of(&self, ty: &TypeIn, path: &TypePath, def: &'p TypeDef) -> Result<Scope, TemplateError> {
        let mut parameters = Parameters::default();
        let mut arguments = Vec::new();
        if let Some(PathArguments::AngleBracketed(list)) = path.path.segments.last().map(|s| &s.arguments) {
            arguments = list.args.iter().filter(|a| !matches!(a, GenericArgument::Lifetime(_))).collect();
        }
        let mut arguments = arguments.into_iter();
        for parameter in &def.generics.params {
            let own = Scope { module: def.module, parameters: Rc::default() };
            match parameter {
                GenericParam::Lifetime(_) => {}
                GenericParam::Type(parameter) => {
                    let argument = match (arguments.next(), &parameter.default) {
                        (Some(GenericArgument::Type(argument)), _) => ty.at(argument),
                        (None, Some((_, default))) => TypeIn { ty: Rc::new(default.clone()), scope: own },
                        _ => {
                            let message = format!("what `{}` stands for is not known here", parameter.ident);
                            return Err(self.error(ty, path.span(), message));
                        }
                    };
                    parameters.types.insert(parameter.ident.to_string(), argument);
                }
                GenericParam::Const(parameter) => {
                    let value = match (arguments.next(), &parameter.default) {
                        (Some(GenericArgument::Const(expr)), _) => self.length(ty, expr)?,
                        // A lone name parses as a type.
                        (Some(GenericArgument::Type(Type::Path(path))), _) => {
                            let path = ExprPath { attrs: vec![], qself: None, path: path.path.clone() };
                            self.length(ty, &Expr::Path(path))?
                        }
                        (None, Some((_, default))) => {
                            self.length(&TypeIn { ty: Rc::clone(&ty.ty), scope: own }, default)?
                        }
                        _ => {
                            let message = format!("the value of `{}` is not known here", parameter.ident);
                            return Err(self.error(ty, path.span(), message));
                        }
                    };
                    parameters.constants.insert(parameter.ident.to_string(), value.into());
                }
            }
        }
        Ok(Scope { module: def.module, parameters: Rc::new(parameters) })
    }

    /// What a type is made of.
    pub fn shape(&self, ty: &TypeIn) -> Result<Shape<'p>, TemplateError> {
        match &*ty.ty {
            Type::Paren(inner) => self.shape(&ty.at(&inner.elem)),
            Type::Group(inner) => self.shape(&ty.at(&inner.elem)),
            Type::Array(array) => {
                Ok(Shape::Array { element: ty.at(&array.elem), count: self.length(ty, &array.len)? })
            }
            Type::Path(path) => {
                let parameter =
                    path.path.get_ident().and_then(|name| ty.scope.parameters.types.get(&name.to_string()));
                if let Some(argument) = parameter {
                    return self.shape(argument);
                }
                let Found::One(def) = self.program.find_type(&path.path, ty.scope.module) else {
                    return Ok(Shape::Other);
                };
                let scope = self.scope_of(ty, path, def)?;
                match &def.body {
                    Body::Alias(alias) => self.shape(&TypeIn { ty: Rc::new((**alias).clone()), scope }),
                    Body::Enum(_) => Ok(Shape::Enum { def }),
                    Body::Struct(members) => {
                        let field = |member: &Member| {
                            let ty = member_in(member, &scope);
                            Ok(Field { name: member.name.clone(), layout: self.layout(&ty)?, ty })
                        };
                        Ok(Shape::Struct {
                            def,
                            fields: members.iter().map(field).collect::<Result<_, _>>()?,
                        })
                    }
                }
            }
            _ => Ok(Shape::Other),
        }
    }

    /// A type as one would write it, lengths as numbers and without the modules it lies in.
    #[must_use]
    pub fn name(&self, ty: &TypeIn) -> String {
        match &*ty.ty {
            Type::Array(array) => {
                let element = self.name(&ty.at(&array.elem));
                match self.length(ty, &array.len) {
                    Ok(length) => format!("[{element}; {length}]"),
                    Err(_) => format!("[{element}; _]"),
                }
            }
            Type::Path(path) => {
                let Some(last) = path.path.segments.last() else { return String::new() };
                let name = last.ident.to_string();
                if let Some(argument) =
                    ty.scope.parameters.types.get(&name).filter(|_| path.path.segments.len() == 1)
                {
                    return self.name(argument);
                }
                let PathArguments::AngleBracketed(list) = &last.arguments else { return name };
                let argument = |argument: &GenericArgument| match argument {
                    GenericArgument::Type(argument) => self.name(&ty.at(argument)),
                    other => quote::ToTokens::to_token_stream(other).to_string(),
                };
                let arguments: Vec<String> = list.args.iter().map(argument).collect();
                format!("{name}<{}>", arguments.join(", "))
            }
            other => quote::ToTokens::to_token_stream(other).to_string(),
        }
    }

    /// A constant expression that gives a length.
    fn length(&self, ty: &TypeIn, expr: &Expr) -> Result<u64, TemplateError> {
        let names = NamesIn { layouts: self, ty };
        let value = evaluate(expr, &names).and_then(Value::int).and_then(|value| u64::try_from(value).ok());
        value.ok_or_else(|| {
            self.error(ty, expr.span(), "the value of this length is not known without a compiler")
        })
    }

    fn error(&self, ty: &TypeIn, span: Span, message: impl Into<String>) -> TemplateError {
        self.program.error(ty.scope.module, span, message)
    }
}

impl TypeIn {
    /// Another type written in the same place.
    fn at(&self, ty: &Type) -> TypeIn {
        TypeIn { ty: Rc::new(ty.clone()), scope: self.scope.clone() }
    }
}

fn member_in(member: &Member, scope: &Scope) -> TypeIn {
    TypeIn { ty: Rc::new(member.ty.clone()), scope: scope.clone() }
}

/// The constants that an expression in the place of a type may name.
struct NamesIn<'l, 'p> {
    layouts: &'l Layouts<'p>,
    ty: &'l TypeIn,
}

impl NamesIn<'_, '_> {
    fn in_module<T>(&self, module: ModuleId, f: impl FnOnce(&NamesIn<'_, '_>) -> T) -> T {
        let ty = TypeIn { ty: Rc::clone(&self.ty.ty), scope: Scope { module, parameters: Rc::default() } };
        f(&NamesIn { layouts: self.layouts, ty: &ty })
    }
}

impl Names for NamesIn<'_, '_> {
    fn path(&self, path: &ExprPath) -> Option<Value> {
        if let Some(value) =
            path.path.get_ident().and_then(|name| self.ty.scope.parameters.constants.get(&name.to_string()))
        {
            return Some(Value::Int(*value));
        }
        let layouts = self.layouts;
        match layouts.program.find_constant(&path.path, self.ty.scope.module) {
            Found::One(def) => {
                if layouts.depth.get() > MAX_DEPTH {
                    return None;
                }
                layouts.depth.set(layouts.depth.get() + 1);
                let value = self.in_module(def.module, |names| evaluate(&def.expr, names));
                layouts.depth.set(layouts.depth.get() - 1);
                value
            }
            Found::Ambiguous(_) => None,
            Found::Outside => {
                let segments: Vec<_> = path.path.segments.iter().collect();
                let [ty, constant] = segments.as_slice() else { return None };
                let bits = self.integer_type(&syn::parse_str(&ty.ident.to_string()).ok()?)?;
                let width = bits.unsigned_abs();
                match constant.ident.to_string().as_str() {
                    "BITS" => Some(Value::Int(width.into())),
                    "MAX" => Some(Value::Int((1i128 << (width - u32::from(bits < 0))) - 1)),
                    _ => None,
                }
            }
        }
    }

    fn macro_call(&self, _: &Macro) -> Option<Value> {
        None
    }

    fn integer_type(&self, ty: &Type) -> Option<i32> {
        let Type::Path(path) = ty else { return None };
        match self.layouts.program.find_type(&path.path, self.ty.scope.module) {
            Found::One(def) => match &def.body {
                Body::Alias(alias) => self.in_module(def.module, |names| names.integer_type(alias)),
                _ => None,
            },
            Found::Ambiguous(_) => None,
            Found::Outside => {
                let name = path.path.segments.last()?.ident.to_string();
                let bits = i32::try_from(self.layouts.target.pointer * 8).ok()?;
                match name.as_str() {
                    "usize" => Some(bits),
                    "isize" => Some(-bits),
                    _ => fixed_integer(&name),
                }
            }
        }
    }

    fn call(&self, call: &syn::ExprCall) -> Option<Value> {
        let Expr::Path(path) = call.func.as_ref() else { return None };
        let last = path.path.segments.last()?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        let (Some(GenericArgument::Type(ty)), 1) = (arguments.args.first(), arguments.args.len()) else {
            return None;
        };
        let layout = self.layouts.layout(&self.ty.at(ty)).ok()?;
        match last.ident.to_string().as_str() {
            "size_of" => Some(Value::Int(layout.size.into())),
            "align_of" => Some(Value::Int(layout.align.into())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
