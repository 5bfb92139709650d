//! Type parameters that a profile leaves without a meaning: where a trait is cut by its cfg, the parameters that it
//! alone bounds are cut with it, and so are their names in lists of arguments. `Stack<H>` reads `Stack` again.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{File, GenericArgument, GenericParam, Generics, Item, Token, Type, TypeParam, TypeParamBound};

use super::attributes;
use super::cfg::{Features, Predicate, Verdict};
use super::cut::{Edits, Element};

/// The traits that a file declares under a cfg of their own that does not hold.
pub(super) fn cut_traits(items: &[Item], features: &Features<'_>, found: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Item::Mod(module) => {
                let items = module.content.as_ref().map_or(&[][..], |(_, items)| items);
                cut_traits(items, features, found);
            }
            Item::Trait(declared) => {
                let off = attributes::of_item(item).iter().any(|attr| match &attr.meta {
                    syn::Meta::List(list) if list.path.is_ident("cfg") => {
                        let predicate = Predicate::parse_tokens(list.tokens.clone());
                        // What is wrong with a predicate is told when its file is specialised.
                        predicate.is_ok_and(|predicate| {
                            matches!(predicate.evaluate(features), Ok(Verdict::Known(false)))
                        })
                    }
                    _ => false,
                });
                if off {
                    found.insert(declared.ident.to_string());
                }
            }
            _ => {}
        }
    }
}

/// Cuts the parameters that only `traits` bound. The error is a place where one of them still has a meaning.
pub(super) fn erase(
    file: &File,
    traits: &BTreeSet<String>,
    edits: &mut Edits<'_>,
) -> Result<(), (Span, String)> {
    if traits.is_empty() {
        return Ok(());
    }
    let mut eraser = Eraser { traits, scope: Vec::new(), edits, error: None };
    eraser.visit_file(file);
    eraser.error.map_or(Ok(()), Err)
}

struct Eraser<'e, 't> {
    traits: &'e BTreeSet<String>,
    /// Erased parameters of the items around this place.
    scope: Vec<String>,
    edits: &'e mut Edits<'t>,
    error: Option<(Span, String)>,
}

impl Eraser<'_, '_> {
    /// Visits an item in whose body the parameters of `generics` are in scope.
    fn within(&mut self, generics: &Generics, visit: impl FnOnce(&mut Self)) {
        let outside = self.scope.len();
        let erased = generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) if self.is_erased(param) => Some(param.ident.to_string()),
            _ => None,
        });
        let erased: Vec<String> = erased.collect();
        self.scope.extend(erased);
        visit(self);
        self.scope.truncate(outside);
    }

    fn is_erased(&self, param: &TypeParam) -> bool {
        !param.bounds.is_empty()
            && param.bounds.iter().all(|bound| match bound {
                TypeParamBound::Trait(bound) => {
                    let name = bound.path.segments.last();
                    name.is_some_and(|name| self.traits.contains(&name.ident.to_string()))
                }
                _ => false,
            })
    }

    fn names_erased(&self, argument: &GenericArgument) -> bool {
        match argument {
            GenericArgument::Type(Type::Path(path)) if path.qself.is_none() => {
                path.path.get_ident().is_some_and(|name| self.scope.iter().any(|erased| name == erased))
            }
            _ => false,
        }
    }

    /// Cuts elements of the list `<…>` at `whole`, and all of it when nothing stays.
    fn list<T: Spanned>(
        &mut self,
        whole: std::ops::Range<usize>,
        list: &Punctuated<T, Token![,]>,
        erased: &[bool],
    ) {
        if !erased.contains(&true) {
            return;
        }
        if erased.iter().all(|erased| *erased) {
            return self.edits.cut(whole);
        }
        let element = |(pair, erased): (syn::punctuated::Pair<&T, &Token![,]>, &bool)| Element {
            range: pair.value().span().byte_range(),
            comma: pair.punct().map(|comma| comma.span().byte_range()),
            keep: !erased,
        };
        let elements: Vec<Element> = list.pairs().zip(erased).map(element).collect();
        self.edits.cut_elements(&elements, false);
    }
}

macro_rules! scopes {
    ($($visit:ident($Node:ty, $($generics:ident).+))*) => {
        $(fn $visit(&mut self, node: &'ast $Node) {
            self.within(&node.$($generics).+, |eraser| visit::$visit(eraser, node));
        })*
    };
}

impl<'ast> Visit<'ast> for Eraser<'_, '_> {
    scopes! {
        visit_item_enum(syn::ItemEnum, generics)
        visit_item_fn(syn::ItemFn, sig.generics)
        visit_item_impl(syn::ItemImpl, generics)
        visit_item_struct(syn::ItemStruct, generics)
        visit_item_trait(syn::ItemTrait, generics)
        visit_item_type(syn::ItemType, generics)
        visit_impl_item_fn(syn::ImplItemFn, sig.generics)
        visit_trait_item_fn(syn::TraitItemFn, sig.generics)
    }

    fn visit_generics(&mut self, generics: &'ast Generics) {
        let erased: Vec<bool> = generics
            .params
            .iter()
            .map(|param| matches!(param, GenericParam::Type(param) if self.is_erased(param)))
            .collect();
        if let (Some(start), Some(end)) = (generics.lt_token, generics.gt_token) {
            let whole = start.span.byte_range().start..end.span.byte_range().end;
            self.list(whole, &generics.params, &erased);
        }
        visit::visit_generics(self, generics);
    }

    fn visit_angle_bracketed_generic_arguments(
        &mut self,
        arguments: &'ast syn::AngleBracketedGenericArguments,
    ) {
        let erased: Vec<bool> = arguments.args.iter().map(|argument| self.names_erased(argument)).collect();
        self.list(arguments.span().byte_range(), &arguments.args, &erased);
        visit::visit_angle_bracketed_generic_arguments(self, arguments);
    }

    fn visit_where_predicate(&mut self, predicate: &'ast syn::WherePredicate) {
        if let syn::WherePredicate::Type(predicate) = predicate {
            for bound in &predicate.bounds {
                if let TypeParamBound::Trait(bound) = bound
                    && let Some(name) = bound.path.segments.last()
                    && self.traits.contains(&name.ident.to_string())
                {
                    let message =
                        format!("`{}` is cut by a cfg: bound the parameter where it is declared", name.ident);
                    self.error.get_or_insert((bound.path.span(), message));
                }
            }
        }
        visit::visit_where_predicate(self, predicate);
    }
}
