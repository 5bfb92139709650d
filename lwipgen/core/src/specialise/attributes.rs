//! Attributes of syntax nodes, whatever their kind.

use syn::{Attribute, Expr, FnArg, ForeignItem, GenericParam, ImplItem, Item, Stmt, TraitItem};

macro_rules! attributes {
    ($node:expr, $Enum:ident: $($Variant:ident)*) => {
        match $node {
            $($Enum::$Variant(node) => &node.attrs,)*
            _ => &[],
        }
    };
}

pub(crate) fn of_item(item: &Item) -> &[Attribute] {
    attributes!(item, Item: Const Enum ExternCrate Fn ForeignMod Impl Macro Mod Static Struct Trait TraitAlias
        Type Union Use)
}

pub(super) fn of_impl_item(item: &ImplItem) -> &[Attribute] {
    attributes!(item, ImplItem: Const Fn Type Macro)
}

pub(super) fn of_trait_item(item: &TraitItem) -> &[Attribute] {
    attributes!(item, TraitItem: Const Fn Type Macro)
}

pub(super) fn of_foreign_item(item: &ForeignItem) -> &[Attribute] {
    attributes!(item, ForeignItem: Fn Static Type Macro)
}

pub(super) fn of_fn_arg(arg: &FnArg) -> &[Attribute] {
    match arg {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    }
}

pub(super) fn of_generic_param(param: &GenericParam) -> &[Attribute] {
    match param {
        GenericParam::Lifetime(param) => &param.attrs,
        GenericParam::Type(param) => &param.attrs,
        GenericParam::Const(param) => &param.attrs,
    }
}

pub(super) fn of_expr(expr: &Expr) -> &[Attribute] {
    attributes!(expr, Expr: Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field
        ForLoop Group If Index Infer Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference
        Repeat Return Struct Try TryBlock Tuple Unary Unsafe While Yield)
}

/// Attributes of a statement. Those before an expression statement belong to all of it, though the parser
/// hands them to its leftmost operand.
pub(super) fn of_stmt(stmt: &Stmt) -> &[Attribute] {
    match stmt {
        Stmt::Local(local) => &local.attrs,
        Stmt::Item(item) => of_item(item),
        Stmt::Macro(mac) => &mac.attrs,
        Stmt::Expr(expr, _) => {
            let mut target = expr;
            while of_expr(target).is_empty() {
                target = match target {
                    Expr::Assign(assign) => &assign.left,
                    Expr::Binary(binary) => &binary.left,
                    Expr::Cast(cast) => &cast.expr,
                    _ => return &[],
                };
            }
            of_expr(target)
        }
    }
}
