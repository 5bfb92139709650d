//! Integer expressions of the C preprocessor: macros are replaced as text, then the expression is computed.

mod token;

use token::{Token, token};

/// Tokens that one expression may come to.
const MAX_TOKENS: usize = 4096;

/// Parentheses, macros or operators that may stand inside each other.
const MAX_DEPTH: usize = 64;

/// What is known of a macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Macro<'a> {
    /// It is this text.
    Text(&'a str),
    /// It takes arguments.
    Function,
    /// It is not defined.
    Undefined,
    /// Its value is not known, and why.
    Unknown(&'a str),
}

/// The macros that an expression may name.
pub(crate) trait Macros {
    /// What is known of this one.
    fn get(&self, name: &str) -> Macro<'_>;
}

/// The value of an expression; a name that is not defined has none.
pub(crate) fn evaluate(text: &str, macros: &dyn Macros) -> Result<i128, String> {
    evaluate_as(text, macros, Mode { condition: false, align: true })
}

/// The value of the condition of an `#if`, in which names that are not defined are 0.
pub(crate) fn condition(text: &str, macros: &dyn Macros) -> Result<bool, String> {
    evaluate_as(text, macros, Mode { condition: true, align: true }).map(|value| value != 0)
}

#[derive(Clone, Copy)]
struct Mode {
    condition: bool,
    /// Whether `LWIP_MEM_ALIGN_SIZE` may be used: not inside of what says how to align.
    align: bool,
}

fn evaluate_as(text: &str, macros: &dyn Macros, mode: Mode) -> Result<i128, String> {
    let mut expanded = Expansion { macros, mode, tokens: Vec::new(), open: Vec::new(), replaced: 0 };
    expanded.text(text)?;
    if expanded.tokens.is_empty() {
        return Err("it has no value".to_owned());
    }
    let mut parser = Parser { tokens: &expanded.tokens, at: 0, depth: 0, macros, mode };
    let value = parser.ternary(true)?;
    match parser.peek() {
        None => Ok(value),
        Some(token) => Err(format!("expected an operator, found {}", token.shown())),
    }
}

struct Expansion<'a> {
    macros: &'a dyn Macros,
    mode: Mode,
    tokens: Vec<Token>,
    /// Macros that are being replaced: they do not replace themselves.
    open: Vec<String>,
    /// Macros that were replaced: even those that come to nothing cost time.
    replaced: usize,
}

impl Expansion<'_> {
    fn text(&mut self, mut text: &str) -> Result<(), String> {
        if self.open.len() > MAX_DEPTH {
            return Err("macros stand too deep inside each other".to_owned());
        }
        while let Some((next, rest)) = token(text)? {
            text = rest;
            match next {
                Token::Name(name) if name == "defined" && self.mode.condition => text = self.defined(text)?,
                Token::Name(name) => self.name(name)?,
                other => self.push(other)?,
            }
        }
        Ok(())
    }

    fn name(&mut self, name: String) -> Result<(), String> {
        self.replaced += 1;
        if self.replaced > MAX_TOKENS {
            return Err("it is too long".to_owned());
        }
        if self.open.contains(&name) {
            return self.push(Token::Nothing(format!("`{name}` goes round in a circle")));
        }
        if is_builtin(&name) || is_type(&name) {
            return self.push(Token::Name(name));
        }
        let macros = self.macros;
        match macros.get(&name) {
            Macro::Text(body) => {
                self.open.push(name);
                self.text(body)?;
                self.open.pop();
                Ok(())
            }
            Macro::Function => self.push(Token::Nothing(format!("`{name}` takes arguments"))),
            Macro::Undefined if self.mode.condition => self.push(Token::Int(0)),
            Macro::Undefined => self.push(Token::Nothing(format!("`{name}` is not defined"))),
            Macro::Unknown(why) => self.push(Token::Nothing(why.to_owned())),
        }
    }

    /// `defined NAME` or `defined(NAME)`.
    fn defined<'t>(&mut self, text: &'t str) -> Result<&'t str, String> {
        let wrong = || "`defined` wants a name".to_owned();
        let (mut next, mut rest) = token(text)?.ok_or_else(wrong)?;
        let open = next == Token::Sign("(");
        if open {
            (next, rest) = token(rest)?.ok_or_else(wrong)?;
        }
        let Token::Name(name) = next else { return Err(wrong()) };
        if open {
            let close;
            (close, rest) = token(rest)?.ok_or_else(wrong)?;
            if close != Token::Sign(")") {
                return Err(wrong());
            }
        }
        let macros = self.macros;
        self.push(match macros.get(&name) {
            Macro::Text(_) | Macro::Function => Token::Int(1),
            Macro::Undefined => Token::Int(0),
            Macro::Unknown(why) => Token::Nothing(why.to_owned()),
        })?;
        Ok(rest)
    }

    fn push(&mut self, token: Token) -> Result<(), String> {
        if self.tokens.len() == MAX_TOKENS {
            return Err("it is too long".to_owned());
        }
        self.tokens.push(token);
        Ok(())
    }
}

fn is_builtin(name: &str) -> bool {
    matches!(name, "LWIP_MIN" | "LWIP_MAX" | "LWIP_MEM_ALIGN_SIZE")
}

fn is_type(name: &str) -> bool {
    matches!(name, "int" | "unsigned" | "signed" | "long" | "short" | "char" | "const" | "size_t")
        || name.ends_with("_t") && name.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Operators from the loosest to the tightest.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<", "<=", ">", ">="],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// Parts that do not count (`live` is false) are read, and may be without a value.
struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    macros: &'a dyn Macros,
    mode: Mode,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, sign: &'static str) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), String> {
        let found = self.peek().map_or("the end".to_owned(), Token::shown);
        if self.take(sign) { Ok(()) } else { Err(format!("expected `{sign}`, found {found}")) }
    }

    fn ternary(&mut self, live: bool) -> Result<i128, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is too deep".to_owned());
        }
        let mut value = self.binary(0, live)?;
        if self.take("?") {
            let yes = self.ternary(live && value != 0)?;
            self.expect(":")?;
            let no = self.ternary(live && value == 0)?;
            value = if value != 0 { yes } else { no };
        }
        self.depth -= 1;
        Ok(value)
    }

    fn binary(&mut self, level: usize, live: bool) -> Result<i128, String> {
        let Some(signs) = LEVELS.get(level) else { return self.unary(live) };
        let mut left = self.binary(level + 1, live)?;
        while let Some(Token::Sign(sign)) =
            self.peek().filter(|t| matches!(t, Token::Sign(s) if signs.contains(s)))
        {
            self.at += 1;
            let decided = matches!((*sign, left != 0), ("&&", false) | ("||", true));
            let live = live && !decided;
            let right = self.binary(level + 1, live)?;
            left = match *sign {
                "&&" => i128::from(left != 0 && right != 0),
                "||" => i128::from(left != 0 || right != 0),
                _ if !live => 0,
                sign => operate(sign, left, right)?,
            };
        }
        Ok(left)
    }

    fn unary(&mut self, live: bool) -> Result<i128, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is too deep".to_owned());
        }
        let value = match self.peek() {
            Some(Token::Sign(sign @ ("-" | "+" | "!" | "~"))) => {
                self.at += 1;
                let value = self.unary(live)?;
                match *sign {
                    "-" => value.checked_neg().ok_or_else(too_large)?,
                    "!" => i128::from(value == 0),
                    "~" => !value,
                    _ => value,
                }
            }
            Some(Token::Sign("(")) => {
                self.at += 1;
                if self.cast() {
                    self.unary(live)?
                } else {
                    let value = self.ternary(live)?;
                    self.expect(")")?;
                    value
                }
            }
            Some(Token::Int(value)) => {
                self.at += 1;
                *value
            }
            Some(Token::Name(name)) if is_builtin(name) => {
                self.at += 1;
                self.call(name, live)?
            }
            Some(Token::Nothing(why)) => {
                self.at += 1;
                if live {
                    return Err(why.clone());
                }
                0
            }
            other => {
                let found = other.map_or("the end".to_owned(), Token::shown);
                return Err(format!("expected a number, a name or `(`, found {found}"));
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    /// Skips the type and the `)` of a cast.
    fn cast(&mut self) -> bool {
        let rest = &self.tokens[self.at..];
        let types =
            rest.iter().take_while(|token| matches!(token, Token::Name(name) if is_type(name))).count();
        let cast = types > 0 && rest.get(types) == Some(&Token::Sign(")"));
        if cast {
            self.at += types + 1;
        }
        cast
    }

    fn call(&mut self, name: &str, live: bool) -> Result<i128, String> {
        self.expect("(")?;
        let first = self.ternary(live)?;
        let value = if name == "LWIP_MEM_ALIGN_SIZE" {
            if !self.mode.align {
                return Err(format!("`{name}` goes round in a circle"));
            }
            let mode = Mode { align: false, ..self.mode };
            let step = evaluate_as("MEM_ALIGNMENT", self.macros, mode)?.clamp(1, 1 << 16);
            first.checked_add(step - 1).ok_or_else(too_large)? / step * step
        } else {
            self.expect(",")?;
            let second = self.ternary(live)?;
            if name == "LWIP_MIN" { first.min(second) } else { first.max(second) }
        };
        self.expect(")")?;
        Ok(value)
    }
}

fn operate(sign: &str, left: i128, right: i128) -> Result<i128, String> {
    let power = || u32::try_from(right).ok().filter(|bits| *bits < 64).map(|bits| 1_i128 << bits);
    let value = match sign {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" | "%" if right == 0 => return Err("it divides by zero".to_owned()),
        "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        "<<" => power().and_then(|power| left.checked_mul(power)),
        ">>" => power().map(|power| left.div_euclid(power)),
        "|" => Some(left | right),
        "^" => Some(left ^ right),
        "&" => Some(left & right),
        "==" => Some(i128::from(left == right)),
        "!=" => Some(i128::from(left != right)),
        "<" => Some(i128::from(left < right)),
        "<=" => Some(i128::from(left <= right)),
        ">" => Some(i128::from(left > right)),
        ">=" => Some(i128::from(left >= right)),
        _ => None,
    };
    value.ok_or_else(too_large)
}

fn too_large() -> String {
    "it is too large".to_owned()
}

#[cfg(test)]
mod tests;
