//! Integer and boolean constant expressions of the sources, evaluated without a compiler.

use syn::{BinOp, Block, Expr, ExprPath, Lit, Stmt, Type, UnOp};

/// A value of a constant expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Of any integer type.
    Int(i128),
    /// `true` or `false`.
    Bool(bool),
}

impl Value {
    /// The integer, if it is one.
    pub fn int(self) -> Option<i128> {
        match self {
            Value::Int(value) => Some(value),
            Value::Bool(_) => None,
        }
    }

    /// The truth value, if it is one.
    pub fn bool(self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(value),
            Value::Int(_) => None,
        }
    }
}

/// What an expression may name; each method answers `None` for what it does not know.
pub(crate) trait Names {
    /// The value of a path such as `config::TCP_MSS`.
    fn path(&self, path: &ExprPath) -> Option<Value>;

    /// The value of a macro call such as `cfg!(…)`.
    fn macro_call(&self, call: &syn::Macro) -> Option<Value>;

    /// Bits of the integer type that `ty` names, negative for a signed one.
    fn integer_type(&self, ty: &Type) -> Option<i32>;

    /// The value of a call such as `size_of::<T>()`.
    fn call(&self, call: &syn::ExprCall) -> Option<Value>;
}

/// Bits of a primitive integer type whose width all targets share, negative for a signed one.
pub(crate) fn fixed_integer(name: &str) -> Option<i32> {
    Some(match name {
        "u8" => 8,
        "u16" => 16,
        "u32" => 32,
        "u64" => 64,
        "i8" => -8,
        "i16" => -16,
        "i32" => -32,
        "i64" => -64,
        _ => return None,
    })
}

/// The value of `expr`, or `None` if it is not known here.
pub(crate) fn evaluate(expr: &Expr, names: &dyn Names) -> Option<Value> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(int) => int.base10_parse().ok().map(Value::Int),
            Lit::Byte(byte) => Some(Value::Int(byte.value().into())),
            Lit::Bool(value) => Some(Value::Bool(value.value)),
            _ => None,
        },
        Expr::Paren(paren) => evaluate(&paren.expr, names),
        Expr::Group(group) => evaluate(&group.expr, names),
        Expr::Block(block) => block_value(&block.block, names),
        Expr::Path(path) => names.path(path),
        Expr::Macro(call) => names.macro_call(&call.mac),
        Expr::Unary(unary) => match (&unary.op, evaluate(&unary.expr, names)?) {
            (UnOp::Not(_), Value::Bool(value)) => Some(Value::Bool(!value)),
            (UnOp::Neg(_), Value::Int(value)) => value.checked_neg().map(Value::Int),
            _ => None,
        },
        Expr::Cast(cast) => {
            let bits = names.integer_type(&cast.ty)?;
            let value = match evaluate(&cast.expr, names)? {
                Value::Int(value) => value,
                Value::Bool(value) => value.into(),
            };
            Some(Value::Int(truncate(value, bits)))
        }
        Expr::Binary(binary) => binary_value(binary, names),
        Expr::If(expr) => {
            if evaluate(&expr.cond, names)?.bool()? {
                block_value(&expr.then_branch, names)
            } else {
                evaluate(&expr.else_branch.as_ref()?.1, names)
            }
        }
        Expr::MethodCall(call) => {
            let receiver = evaluate(&call.receiver, names)?.int()?;
            let mut arguments = call.args.iter();
            let argument = evaluate(arguments.next()?, names)?.int()?;
            if arguments.next().is_some() {
                return None;
            }
            let value = match call.method.to_string().as_str() {
                "min" => receiver.min(argument),
                "max" => receiver.max(argument),
                "div_ceil" if argument > 0 && receiver >= 0 => {
                    receiver / argument + i128::from(receiver % argument != 0)
                }
                "next_multiple_of" if argument > 0 && receiver >= 0 => {
                    receiver.checked_add(argument - 1)? / argument * argument
                }
                "saturating_sub" if receiver >= 0 && argument >= 0 => (receiver - argument).max(0),
                _ => return None,
            };
            Some(Value::Int(value))
        }
        Expr::Call(call) => match (call.func.as_ref(), call.args.len()) {
            // `u32::from(x)` cannot change a value.
            (Expr::Path(path), 1) if widens(path) => evaluate(&call.args[0], names),
            _ => names.call(call),
        },
        _ => None,
    }
}

fn block_value(block: &Block, names: &dyn Names) -> Option<Value> {
    match block.stmts.as_slice() {
        [Stmt::Expr(tail, None)] => evaluate(tail, names),
        _ => None,
    }
}

fn widens(path: &ExprPath) -> bool {
    let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
    matches!(segments.as_slice(), [ty, from] if from == "from" && (fixed_integer(ty).is_some() || ty == "usize"))
}

fn truncate(value: i128, bits: i32) -> i128 {
    let width = bits.unsigned_abs().min(127);
    let low = value & ((1i128 << width) - 1);
    if bits < 0 && low >> (width - 1) & 1 == 1 { low - (1i128 << width) } else { low }
}

fn binary_value(binary: &syn::ExprBinary, names: &dyn Names) -> Option<Value> {
    let left = evaluate(&binary.left, names);
    let right = evaluate(&binary.right, names);
    match (&binary.op, left, right) {
        // What the left side decides is decided whatever the right side is.
        (BinOp::And(_), Some(Value::Bool(false)), _) => return Some(Value::Bool(false)),
        (BinOp::Or(_), Some(Value::Bool(true)), _) => return Some(Value::Bool(true)),
        (BinOp::And(_), None, Some(Value::Bool(false))) if is_pure(&binary.left) => {
            return Some(Value::Bool(false));
        }
        (BinOp::Or(_), None, Some(Value::Bool(true))) if is_pure(&binary.left) => {
            return Some(Value::Bool(true));
        }
        _ => {}
    }
    match (left?, right?) {
        (Value::Bool(a), Value::Bool(b)) => match binary.op {
            BinOp::And(_) | BinOp::BitAnd(_) => Some(Value::Bool(a & b)),
            BinOp::Or(_) | BinOp::BitOr(_) => Some(Value::Bool(a | b)),
            BinOp::BitXor(_) | BinOp::Ne(_) => Some(Value::Bool(a != b)),
            BinOp::Eq(_) => Some(Value::Bool(a == b)),
            _ => None,
        },
        (Value::Int(a), Value::Int(b)) => {
            let shift = || u32::try_from(b).ok().filter(|bits| *bits < 64);
            let int = match binary.op {
                BinOp::Add(_) => a.checked_add(b)?,
                BinOp::Sub(_) => a.checked_sub(b)?,
                BinOp::Mul(_) => a.checked_mul(b)?,
                BinOp::Div(_) => a.checked_div(b)?,
                BinOp::Rem(_) => a.checked_rem(b)?,
                BinOp::BitAnd(_) => a & b,
                BinOp::BitOr(_) => a | b,
                BinOp::BitXor(_) => a ^ b,
                BinOp::Shl(_) => a.checked_mul(1i128 << shift()?)?,
                BinOp::Shr(_) => a >> shift()?,
                BinOp::Eq(_) => return Some(Value::Bool(a == b)),
                BinOp::Ne(_) => return Some(Value::Bool(a != b)),
                BinOp::Lt(_) => return Some(Value::Bool(a < b)),
                BinOp::Le(_) => return Some(Value::Bool(a <= b)),
                BinOp::Gt(_) => return Some(Value::Bool(a > b)),
                BinOp::Ge(_) => return Some(Value::Bool(a >= b)),
                _ => return None,
            };
            Some(Value::Int(int))
        }
        _ => None,
    }
}

/// Whether leaving out `expr` changes nothing but its value.
pub(crate) fn is_pure(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Paren(paren) => is_pure(&paren.expr),
        Expr::Field(field) => is_pure(&field.base),
        Expr::Reference(reference) => is_pure(&reference.expr),
        Expr::Unary(unary) => is_pure(&unary.expr),
        Expr::Cast(cast) => is_pure(&cast.expr),
        Expr::Binary(binary) => {
            let assigns = matches!(
                binary.op,
                BinOp::AddAssign(_)
                    | BinOp::SubAssign(_)
                    | BinOp::MulAssign(_)
                    | BinOp::DivAssign(_)
                    | BinOp::RemAssign(_)
                    | BinOp::BitXorAssign(_)
                    | BinOp::BitAndAssign(_)
                    | BinOp::BitOrAssign(_)
                    | BinOp::ShlAssign(_)
                    | BinOp::ShrAssign(_)
            );
            !assigns && is_pure(&binary.left) && is_pure(&binary.right)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixture;

    impl Names for Fixture {
        fn path(&self, path: &ExprPath) -> Option<Value> {
            match path.path.segments.last()?.ident.to_string().as_str() {
                "MSS" => Some(Value::Int(1440)),
                "ON" => Some(Value::Bool(true)),
                _ => None,
            }
        }
        fn macro_call(&self, _: &syn::Macro) -> Option<Value> {
            None
        }
        fn integer_type(&self, ty: &Type) -> Option<i32> {
            let Type::Path(path) = ty else { return None };
            fixed_integer(&path.path.segments.last()?.ident.to_string())
        }
        fn call(&self, _: &syn::ExprCall) -> Option<Value> {
            None
        }
    }

    fn value(text: &str) -> Option<Value> {
        evaluate(&syn::parse_str(text).expect("an expression"), &Fixture)
    }

    #[test]
    fn arithmetic() {
        for (text, expected) in [
            ("4 * config::MSS", 5760),
            ("(MSS + 511) / 512", 3),
            ("MSS.div_ceil(512) + 1", 4),
            ("-5 % 3", -5 % 3),
            ("0x10 << 4 | 0b11", 0x103),
            ("300 as u8", 44),
            ("200u32 as i8", -56),
            ("u32::from(7u8)", 7),
            ("MSS.max(2000).min(1999)", 1999),
            ("if MSS > 1000 { 1 } else { 2 }", 1),
            ("{ 3 }", 3),
            ("b'a'", 97),
        ] {
            assert_eq!(value(text), Some(Value::Int(expected)), "{text}");
        }
    }

    #[test]
    fn truth() {
        for (text, expected) in [
            ("MSS > 1000 && !false", true),
            ("ON || unknown()", true),
            ("false && unknown()", false),
            ("self.x == 1 && false", false),
            ("x | !x == y && false", false),
        ] {
            assert_eq!(value(text), Some(Value::Bool(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        for text in
            ["other", "unknown() && false", "1 / 0", "MSS + other", "1 << 200", "f(1)", "!3", "1 + true"]
        {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
