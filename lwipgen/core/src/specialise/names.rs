//! What the expressions of one file may name: features, numbers of the profile, and the file's own constants.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;
use syn::{Expr, ExprCall, ExprPath, File, Item, ItemConst, Macro, Type, UseTree};

use crate::const_eval::{Names, Value, evaluate, fixed_integer};
use crate::selection::{Alias, Constant};

use super::cfg::{Features, Predicate, Verdict};

/// What a profile gives to every file.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub features: Features<'a>,
    pub constants: &'a [Constant],
    pub aliases: &'a [Alias],
    /// Traits that take the type parameters with them that they bound.
    pub cut_traits: &'a BTreeSet<String>,
}

/// What one file may name.
pub(super) struct FileNames<'a> {
    scope: Scope<'a>,
    /// Names imported from `config`, by the name they have here.
    imports: BTreeMap<String, String>,
    imports_all: bool,
    /// Constants of this file that no other constant in it shares its name with.
    constants: BTreeMap<String, Expr>,
    depth: Cell<u32>,
}

impl<'a> FileNames<'a> {
    pub fn new(scope: Scope<'a>, file: &File) -> Self {
        let mut names = FileNames {
            scope,
            imports: BTreeMap::new(),
            imports_all: false,
            constants: BTreeMap::new(),
            depth: Cell::new(0),
        };
        let mut declared = Declared::default();
        declared.visit_file(file);
        for tree in &declared.uses {
            names.import(tree, false);
        }
        for item in &file.items {
            if let Item::Const(ItemConst { attrs, ident, expr, .. }) = item {
                let name = ident.to_string();
                let has_cfg = attrs.iter().any(|attr| attr.path().is_ident("cfg"));
                if !has_cfg && declared.constants.contains(&name) {
                    names.constants.insert(name, (**expr).clone());
                }
            }
        }
        names
    }

    fn import(&mut self, tree: &UseTree, from_config: bool) {
        match tree {
            UseTree::Path(path) => self.import(&path.tree, path.ident == "config"),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, from_config)),
            UseTree::Name(name) if from_config => {
                self.imports.insert(name.ident.to_string(), name.ident.to_string());
            }
            UseTree::Rename(rename) if from_config => {
                self.imports.insert(rename.rename.to_string(), rename.ident.to_string());
            }
            UseTree::Glob(_) if from_config => self.imports_all = true,
            _ => {}
        }
    }

    fn of_config(&self, name: &str) -> Option<Value> {
        let constant = self.scope.constants.iter().find(|constant| constant.name == name)?;
        Some(Value::Int(constant.value.into()))
    }

    fn integer(&self, name: &str) -> Option<i32> {
        let alias = self.scope.aliases.iter().find(|alias| alias.name == name);
        let name = alias.map_or(name, |alias| alias.ty);
        fixed_integer(name).or_else(|| (name == "usize").then_some(64))
    }
}

impl Names for FileNames<'_> {
    fn path(&self, path: &ExprPath) -> Option<Value> {
        let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
        match segments.as_slice() {
            [.., module, name] if module == "config" => self.of_config(name),
            [.., ty, name] if name == "MAX" && ty != "usize" => {
                let bits = self.integer(ty)?;
                let width = bits.unsigned_abs() - u32::from(bits < 0);
                Some(Value::Int((1i128 << width) - 1))
            }
            [name] => {
                if let Some(expr) = self.constants.get(name) {
                    let depth = self.depth.get();
                    if depth > 32 {
                        return None;
                    }
                    self.depth.set(depth + 1);
                    let value = evaluate(expr, self);
                    self.depth.set(depth);
                    return value;
                }
                match self.imports.get(name) {
                    Some(name) => self.of_config(name),
                    None if self.imports_all => self.of_config(name),
                    None => None,
                }
            }
            _ => None,
        }
    }

    fn macro_call(&self, call: &Macro) -> Option<Value> {
        if !call.path.is_ident("cfg") {
            return None;
        }
        let predicate = Predicate::parse_tokens(call.tokens.clone()).ok()?;
        match predicate.evaluate(&self.scope.features).ok()? {
            Verdict::Known(value) => Some(Value::Bool(value)),
            Verdict::Open(_) => None,
        }
    }

    fn integer_type(&self, ty: &Type) -> Option<i32> {
        let Type::Path(path) = ty else { return None };
        self.integer(&path.path.segments.last()?.ident.to_string())
    }

    fn call(&self, _: &ExprCall) -> Option<Value> {
        None
    }
}

/// The imports of a file, and the names that just one constant in it bears.
#[derive(Default)]
struct Declared {
    uses: Vec<UseTree>,
    constants: BTreeSet<String>,
    ambiguous: BTreeSet<String>,
}

impl Declared {
    fn constant(&mut self, name: String) {
        if self.ambiguous.contains(&name) || !self.constants.insert(name.clone()) {
            self.constants.remove(&name);
            self.ambiguous.insert(name);
        }
    }
}

impl<'ast> Visit<'ast> for Declared {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.uses.push(item.tree.clone());
    }

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.constant(item.ident.to_string());
        syn::visit::visit_item_const(self, item);
    }

    fn visit_const_param(&mut self, param: &'ast syn::ConstParam) {
        self.constant(param.ident.to_string());
    }
}
