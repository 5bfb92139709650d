//! Where each kind of node goes: lists whose elements a cfg can decide, values that can be folded, the rest as it is.

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Attribute, Block, Expr, Field, ItemImpl, ItemMod, Macro, Token};

use super::{Visitor, mentions, range};
use crate::specialise::{Content, attributes};

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
    /// Keeps the files below `src` that an `include_str!` or `include_bytes!` names, also one among the arguments.
    fn note_included(&mut self, call: &Macro) {
        if ["include_str", "include_bytes"].iter().any(|name| call.path.is_ident(name)) {
            let Ok(name) = call.parse_body::<syn::LitStr>() else { return };
            return self.include(&name);
        }
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        for argument in syn::parse::Parser::parse2(arguments, call.tokens.clone()).into_iter().flatten() {
            if let Expr::Macro(argument) = argument {
                self.note_included(&argument.mac);
            }
        }
    }

    fn include(&mut self, name: &syn::LitStr) {
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
