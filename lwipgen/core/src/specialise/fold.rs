//! Folding: what a profile's features and numbers decide of conditions, and which branch is left.

use std::ops::Range;

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Block, Expr, ExprIf, Stmt};

use crate::const_eval::{Value, evaluate};

use super::attributes;
use super::visit::{Visitor, mentions, range};

/// Where an `if` stands.
#[derive(Clone)]
enum Place {
    /// A statement; `whole` includes its semicolon.
    Statement { last: bool, whole: Range<usize>, semicolon: bool },
    /// Behind `else`; the branch before it ends at `after`.
    Else { after: usize },
    /// Where any expression can stand.
    Value,
    /// Where an operator may bind more tightly than the expression.
    Operand,
}

impl Visitor<'_, '_> {
    /// What the profile makes of a condition.
    pub(super) fn truth(&self, expr: &Expr) -> Option<bool> {
        evaluate(expr, &self.names).and_then(Value::bool)
    }

    /// Whether nothing is left of a statement: an `if` whose condition is false and that has no `else`.
    pub(super) fn vanishes(&self, stmt: &Stmt) -> bool {
        let Stmt::Expr(Expr::If(expr), _) = stmt else { return false };
        match self.taken(expr) {
            Taken::Nothing => true,
            Taken::Block(block) => block.stmts.is_empty(),
            Taken::Open => false,
        }
    }

    /// Whether a statement becomes a taken branch that ends by leaving the block around it.
    pub(super) fn leaves(&self, stmt: &Stmt) -> bool {
        let block = match stmt {
            Stmt::Expr(Expr::If(expr), _) => match self.taken(expr) {
                Taken::Block(block) => block,
                Taken::Open | Taken::Nothing => return false,
            },
            Stmt::Expr(Expr::Block(block), _) if block.label.is_none() && has_cfg(stmt) => &block.block,
            _ => return false,
        };
        let Some(Stmt::Expr(last, _)) = block.stmts.last() else { return false };
        matches!(last, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_))
    }

    fn taken<'e>(&self, expr: &'e ExprIf) -> Taken<'e> {
        match (self.truth(&expr.cond), &expr.else_branch) {
            (None, _) => Taken::Open,
            (Some(true), _) => Taken::Block(&expr.then_branch),
            (Some(false), None) => Taken::Nothing,
            (Some(false), Some((_, other))) => match other.as_ref() {
                Expr::If(inner) => self.taken(inner),
                Expr::Block(block) => Taken::Block(&block.block),
                _ => Taken::Open,
            },
        }
    }

    /// Walks a statement; `last` says that none follows it in its block.
    pub(super) fn statement(&mut self, stmt: &Stmt, last: bool) {
        let Stmt::Expr(expr, semicolon) = stmt else {
            visit::visit_stmt(self, stmt);
            return;
        };
        match expr {
            Expr::If(expr) if self.truth(&expr.cond).is_none() => self.open(expr),
            Expr::If(expr) => {
                let whole = range(stmt);
                let start = range(&expr.if_token).start;
                let semicolon = semicolon.is_some();
                self.branch(expr, Place::Statement { last, whole: start..whole.end, semicolon });
            }
            // `#[cfg(feature = "…")] { … }` whose attribute goes.
            Expr::Block(block) if block.label.is_none() && self.loses_all_attributes(stmt) => {
                let whole = range(stmt);
                let start = range(&block.block).start;
                let place =
                    Place::Statement { last, whole: start..whole.end, semicolon: semicolon.is_some() };
                self.take(start..whole.end, &block.block, place);
            }
            _ => visit::visit_stmt(self, stmt),
        }
    }

    fn loses_all_attributes(&self, stmt: &Stmt) -> bool {
        let attrs = attributes::of_stmt(stmt);
        !attrs.is_empty()
            && attrs.iter().all(|attr| attr.path().is_ident("cfg") && self.edits.covers(range(attr).start))
    }

    /// Walks an expression that stands where its kind does not matter.
    pub(super) fn value(&mut self, expr: &Expr) {
        match expr {
            Expr::If(expr) => self.branch(expr, Place::Value),
            _ => self.visit_expr(expr),
        }
    }

    /// Walks the body of a match arm.
    pub(super) fn arm_body(&mut self, arm: &Arm) {
        if let Expr::If(expr) = arm.body.as_ref() {
            let unwraps = matches!(self.taken(expr), Taken::Block(block) if self.lone_value(block).is_some());
            if unwraps && arm.comma.is_none() {
                let end = range(&arm.body).end;
                self.edits.replace(end..end, ",");
            }
        }
        self.value(&arm.body);
    }

    /// Walks any expression.
    pub(super) fn expression(&mut self, expr: &Expr) {
        let decidable = matches!(expr, Expr::Macro(_) | Expr::Binary(_) | Expr::Unary(_) | Expr::Paren(_));
        if decidable
            && self.has_cfg_calls
            && mentions(&expr.to_token_stream(), "cfg")
            && let Some(value) = self.truth(expr)
        {
            self.edits.replace(range(expr), value.to_string());
            return;
        }
        match expr {
            Expr::If(expr) => self.branch(expr, Place::Operand),
            Expr::Macro(call) if call.mac.path.is_ident("cfg") => {
                self.replace_cfg_call(range(&call.mac), &call.mac.tokens);
            }
            Expr::Binary(binary) if self.has_cfg_calls && mentions(&binary.to_token_stream(), "cfg") => {
                self.logic(expr, false);
            }
            Expr::Assign(assign) => {
                self.visit_expr(&assign.left);
                self.value(&assign.right);
            }
            Expr::Return(returned) => {
                if let Some(value) = &returned.expr {
                    self.value(value);
                }
            }
            Expr::Closure(closure) => {
                for input in &closure.inputs {
                    self.visit_pat(input);
                }
                self.value(&closure.body);
            }
            _ => visit::visit_expr(self, expr),
        }
    }

    /// Walks a condition that stays open: operands that cannot change it go.
    pub(super) fn condition(&mut self, expr: &Expr) {
        self.logic(expr, true);
    }

    /// `alone` says that parentheses around all of `expr` have no purpose.
    fn logic(&mut self, expr: &Expr, alone: bool) {
        let Expr::Binary(binary) = expr else {
            self.visit_expr(expr);
            return;
        };
        let neutral = match binary.op {
            BinOp::And(_) => true,
            BinOp::Or(_) => false,
            _ => {
                visit::visit_expr(self, expr);
                return;
            }
        };
        let (left, right) = (range(&binary.left), range(&binary.right));
        if self.truth(&binary.left) == Some(neutral) {
            self.edits.cut(left.start..right.start);
            self.operand(&binary.right, alone);
        } else if self.truth(&binary.right) == Some(neutral) {
            self.operand(&binary.left, alone);
            self.edits.cut(left.end..right.end);
        } else {
            self.logic(&binary.left, false);
            self.logic(&binary.right, false);
        }
    }

    /// Walks what is left of a condition when the other operand went.
    fn operand(&mut self, expr: &Expr, alone: bool) {
        match expr {
            Expr::Paren(paren) if alone => {
                let outer = range(expr);
                let inner = range(&paren.expr);
                self.edits.cut(outer.start..inner.start);
                self.edits.cut(inner.end..outer.end);
                self.logic(&paren.expr, true);
            }
            _ => self.logic(expr, alone),
        }
    }

    fn branch(&mut self, expr: &ExprIf, place: Place) {
        if self.truth(&expr.cond).is_none() {
            self.open(expr);
        } else {
            self.branch_in(range(expr), expr, place);
        }
    }

    /// Walks an `if` that stays one.
    fn open(&mut self, expr: &ExprIf) {
        self.condition(&expr.cond);
        self.visit_block(&expr.then_branch);
        match expr.else_branch.as_ref().map(|(_, other)| other.as_ref()) {
            Some(Expr::If(inner)) => {
                let after = expr.then_branch.brace_token.span.close().byte_range().end;
                self.branch(inner, Place::Else { after });
            }
            Some(other) => self.visit_expr(other),
            None => {}
        }
    }

    /// Walks an `if` that takes the place of `whole`.
    fn branch_in(&mut self, whole: Range<usize>, expr: &ExprIf, place: Place) {
        match (self.truth(&expr.cond), &expr.else_branch) {
            (None, _) => {
                self.edits.cut(whole.start..range(expr).start);
                self.open(expr);
            }
            (Some(true), _) => self.take(whole, &expr.then_branch, place),
            (Some(false), Some((_, other))) => match other.as_ref() {
                Expr::If(inner) => self.branch_in(whole, inner, place),
                Expr::Block(block) => self.take(whole, &block.block, place),
                other => self.fail(range(other).start, "neither a block nor an `if` follows this `else`"),
            },
            (Some(false), None) => match place {
                Place::Statement { whole, .. } => self.edits.cut_node(whole),
                Place::Else { after } => self.edits.cut(after..whole.end),
                Place::Value | Place::Operand => self.edits.replace(whole, "{}"),
            },
        }
    }

    /// Puts `block` in the place of `whole`, without its braces where that is safe.
    fn take(&mut self, whole: Range<usize>, block: &Block, place: Place) {
        match place {
            Place::Statement { whole, .. } if block.stmts.is_empty() => self.edits.cut_node(whole),
            Place::Statement { last, whole, semicolon } if last || !binds(block) => {
                self.unwrap_statements(&whole, block, !last || semicolon);
                self.visit_block(block);
            }
            Place::Value | Place::Operand if self.lone_value(block).is_some() => {
                let Some(value) = self.lone_value(block) else { return };
                let inner = range(value);
                let parentheses = matches!(place, Place::Operand) && !is_atom(value);
                self.edits.replace(whole.start..inner.start, if parentheses { "(" } else { "" });
                self.edits.replace(inner.end..whole.end, if parentheses { ")" } else { "" });
                let columns = self.edits.indent(inner.start).saturating_sub(self.edits.indent(whole.start));
                self.edits.dedent(inner, columns);
                self.value(value);
            }
            _ => {
                let braces = range(block);
                self.edits.cut(whole.start..braces.start);
                self.edits.cut(braces.end..whole.end);
                self.visit_block(block);
            }
        }
    }

    /// The one expression of a block that holds nothing else.
    fn lone_value<'b>(&self, block: &'b Block) -> Option<&'b Expr> {
        let [Stmt::Expr(expr, None)] = block.stmts.as_slice() else { return None };
        let (open, close) =
            (block.brace_token.span.open().byte_range(), block.brace_token.span.close().byte_range());
        let inner = range(expr);
        let bare = self.edits.is_blank(open.end..inner.start) && self.edits.is_blank(inner.end..close.start);
        (bare && attributes::of_expr(expr).is_empty()).then_some(expr)
    }

    fn unwrap_statements(&mut self, whole: &Range<usize>, block: &Block, is_statement: bool) {
        let open = block.brace_token.span.open().byte_range();
        let close = block.brace_token.span.close().byte_range();
        let edits = &mut self.edits;
        match edits.whole_lines(&(whole.start..open.end)) {
            Some(header) if header.end <= close.start && !edits.comment_follows(open.end) => {
                if let Some(first) = block.stmts.first() {
                    let columns = edits.indent(range(first).start).saturating_sub(edits.indent(whole.start));
                    edits.dedent(header.end..close.start, columns);
                }
                edits.cut(header);
            }
            _ => edits.cut(whole.start..open.end + edits.blanks_after(open.end)),
        }
        match edits.whole_lines(&(close.start..whole.end)) {
            Some(footer) if !edits.comment_follows(whole.end) => edits.cut(footer),
            _ => edits.cut(close.start - edits.blanks_before(close.start)..whole.end),
        }
        if let Some(Stmt::Expr(tail, None)) = block.stmts.last()
            && is_statement
            && needs_semicolon(tail)
        {
            let end = range(tail).end;
            self.edits.replace(end..end, ";");
        }
    }
}

/// What an `if` becomes.
enum Taken<'e> {
    Open,
    Nothing,
    Block(&'e Block),
}

fn has_cfg(stmt: &Stmt) -> bool {
    attributes::of_stmt(stmt).iter().any(|attr| attr.path().is_ident("cfg"))
}

/// Whether a block declares names that what follows it could see without its braces.
fn binds(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| matches!(stmt, Stmt::Local(_) | Stmt::Item(_)))
}

/// Whether no operator around `expr` can bind more tightly than what holds it together.
fn is_atom(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Lit(_)
            | Expr::Path(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Macro(_)
            | Expr::Paren(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
    )
}

fn needs_semicolon(expr: &Expr) -> bool {
    !matches!(
        expr,
        Expr::If(_)
            | Expr::Match(_)
            | Expr::Block(_)
            | Expr::Unsafe(_)
            | Expr::While(_)
            | Expr::Loop(_)
            | Expr::ForLoop(_)
    )
}
