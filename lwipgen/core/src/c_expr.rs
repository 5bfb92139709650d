//! Integer expressions of the C preprocessor: macros are replaced as text, then the expression is computed.

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

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Int(i128),
    Name(String),
    Sign(&'static str),
    /// Something without a value; an error only where the value is wanted.
    Nothing(String),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Int(number) => format!("`{number}`"),
            Self::Name(name) => format!("`{name}`"),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::Nothing(what) => what.clone(),
        }
    }
}

const SIGNS: [&str; 24] = [
    "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "(", ")", "?", ":", ",", "+", "-", "*", "/", "%", "<",
    ">", "!", "~", "&", "^",
];

/// The first token of a text and what follows it.
fn token(text: &str) -> Result<Option<(Token, &str)>, String> {
    let text = text.trim_start();
    let Some(first) = text.chars().next() else { return Ok(None) };
    if first.is_ascii_digit() {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
        return Ok(Some((Token::Int(integer(&text[..end])?), &text[end..])));
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        return Ok(Some((Token::Name(text[..end].to_owned()), &text[end..])));
    }
    if first == '"' {
        let end = text[1..].find('"').map_or(text.len(), |end| end + 2);
        return Ok(Some((Token::Nothing("a text is not a number".to_owned()), &text[end..])));
    }
    let sign = SIGNS.iter().find(|sign| text.starts_with(**sign)).or(match first {
        '|' => Some(&"|"),
        _ => None,
    });
    let sign = sign.ok_or_else(|| format!("`{}` is not part of an expression", first.escape_debug()))?;
    Ok(Some((Token::Sign(sign), &text[sign.len()..])))
}

/// `1460`, `0x5b4UL`, `02664`, `0b101`.
fn integer(text: &str) -> Result<i128, String> {
    let (hex, lower) = (text.len() > 2, text.to_ascii_lowercase());
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] if hex => (16, &lower[2..]),
        [b'0', b'b', ..] if hex => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    let digits = digits.trim_end_matches(['u', 'l']);
    let digits = if digits.is_empty() { "0" } else { digits };
    let value = u64::from_str_radix(digits, radix);
    value.map(i128::from).map_err(|_| format!("`{text}` is not a number"))
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
mod tests {
    use super::*;
    use std::collections::HashMap;

    struct Fixed(HashMap<&'static str, Macro<'static>>);

    impl Macros for Fixed {
        fn get(&self, name: &str) -> Macro<'_> {
            self.0.get(name).copied().unwrap_or(Macro::Undefined)
        }
    }

    fn macros() -> Fixed {
        Fixed(HashMap::from([
            ("TCP_MSS", Macro::Text("1460U")),
            ("TCP_WND", Macro::Text("(8 * TCP_MSS)")),
            ("SUM", Macro::Text("1 + 2")),
            ("MEM_ALIGNMENT", Macro::Text("4")),
            ("CIRCLE", Macro::Text("(CIRCLE + 1)")),
            ("TWICE", Macro::Text("(ONCE * ONCE)")),
            ("ONCE", Macro::Text("(CIRCLE2 * CIRCLE2)")),
            ("CIRCLE2", Macro::Text("TWICE")),
            ("DEEP", Macro::Unknown("line 3 is not known")),
            ("CALL", Macro::Function),
            ("EMPTY", Macro::Text("")),
            ("NAME", Macro::Text("\"tcpip\"")),
        ]))
    }

    fn value(text: &str) -> Result<i128, String> {
        evaluate(text, &macros())
    }

    #[test]
    fn expressions_have_the_value_that_c_gives_them() {
        for (text, expected) in [
            ("1460", 1460),
            ("0x5b4UL", 1460),
            ("0100", 64),
            ("0", 0),
            ("0UL", 0),
            ("((u16_t)(4 * TCP_MSS))", 5840),
            ("(unsigned long)1 << 4", 16),
            ("TCP_WND / TCP_MSS", 8),
            ("SUM * 3", 7),
            ("1 + 2 * 3 - 4 / 2 % 3", 5),
            ("10 - 4 - 3", 3),
            ("1 << 3 | 1", 9),
            ("~0 & 0xff ^ 1", 254),
            ("-7 / 2", -3),
            ("!0 + !5", 1),
            ("TCP_MSS > 1000 ? 2 : 3", 2),
            ("0 ? 1 : 0 ? 2 : 3", 3),
            ("1 || UNKNOWN", 1),
            ("0 && 1 / 0", 0),
            ("1 ? 5 : DEEP", 5),
            ("LWIP_MIN(3, 4) + LWIP_MAX(3, 4)", 7),
            ("LWIP_MEM_ALIGN_SIZE(TCP_MSS + 54)", 1516),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_has_no_value_says_why() {
        for (text, expected) in [
            ("", "it has no value"),
            ("EMPTY", "it has no value"),
            ("2 * UNKNOWN", "`UNKNOWN` is not defined"),
            ("DEEP + 1", "line 3 is not known"),
            ("CIRCLE", "`CIRCLE` goes round in a circle"),
            ("CALL(3)", "`CALL` takes arguments"),
            ("1 / (2 - 2)", "it divides by zero"),
            ("(1", "expected `)`, found the end"),
            ("1 2", "expected an operator, found `2`"),
            ("12ab", "`12ab` is not a number"),
            ("sizeof(int)", "`sizeof` is not defined"),
            ("NAME", "a text is not a number"),
            ("1 # 2", "`#` is not part of an expression"),
            ("1 << 100", "it is too large"),
        ] {
            assert_eq!(value(text), Err(expected.to_owned()), "{text}");
        }
        assert!(value(&"(".repeat(10_000)).is_err());
        assert!(value(&"-".repeat(10_000)).is_err());
        assert!(value("TWICE").is_err());
    }

    #[test]
    fn conditions_take_what_is_not_defined_for_nothing() {
        for (text, expected) in [
            ("UNKNOWN", false),
            ("defined UNKNOWN || defined(TCP_MSS)", true),
            ("!defined(UNKNOWN) && TCP_MSS >= 1460", true),
            ("defined(CALL)", true),
        ] {
            assert_eq!(condition(text, &macros()), Ok(expected), "{text}");
        }
        assert!(condition("DEEP", &macros()).is_err());
        assert!(condition("defined(", &macros()).is_err());
    }
}
