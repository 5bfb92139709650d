//! Sizes as people write them: `40 KiB`, `4 * mss`, `2 * (netif.mtu + 8)`.
//!
//! ```text
//! sum     = product { ("+" | "-") product }
//! product = factor { ("*" | "/") factor }
//! factor  = number [ "B" | "KiB" | "MiB" ] | name | "(" sum ")"
//! ```

use std::ops::Range;

/// Parentheses that may be open at once.
const MAX_DEPTH: usize = 16;

/// Why a formula has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// Where in the formula.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
}

/// The value of a formula; `lookup` gives the value of a name, or says why there is none.
///
/// # Errors
/// The first thing in the formula that is wrong.
pub fn evaluate(
    text: &str,
    lookup: &mut dyn FnMut(&str) -> Result<i64, String>,
) -> Result<i64, FormulaError> {
    let mut parser = Parser { text, at: 0, depth: 0, lookup };
    let value = parser.sum()?;
    let rest = parser.peek();
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(parser.error(format!("expected an operator, found `{rest}`")))
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    lookup: &'a mut dyn FnMut(&str) -> Result<i64, String>,
}

impl<'a> Parser<'a> {
    fn sum(&mut self) -> Result<i64, FormulaError> {
        let start = self.skip_space();
        let mut value = self.product()?;
        loop {
            let operation = match self.peek() {
                "+" => i64::checked_add,
                "-" => i64::checked_sub,
                _ => return Ok(value),
            };
            self.bump();
            let right = self.product()?;
            value = operation(value, right).ok_or_else(|| self.overflow(start))?;
        }
    }

    fn product(&mut self) -> Result<i64, FormulaError> {
        let start = self.skip_space();
        let mut value = self.factor()?;
        loop {
            let operator = self.peek();
            if !matches!(operator, "*" | "/") {
                return Ok(value);
            }
            self.bump();
            let divisor = self.skip_space();
            let right = self.factor()?;
            let result = match operator {
                "*" => value.checked_mul(right),
                _ if right == 0 => {
                    return Err(FormulaError {
                        span: divisor..self.at,
                        message: "division by zero".to_owned(),
                    });
                }
                _ => value.checked_div(right),
            };
            value = result.ok_or_else(|| self.overflow(start))?;
        }
    }

    fn factor(&mut self) -> Result<i64, FormulaError> {
        let token = self.peek();
        match token.chars().next() {
            Some('(') if self.depth == MAX_DEPTH => Err(self.error("too many parentheses".to_owned())),
            Some('(') => {
                self.bump();
                self.depth += 1;
                let value = self.sum()?;
                self.depth -= 1;
                if self.peek() != ")" {
                    return Err(self.error("expected `)`".to_owned()));
                }
                self.bump();
                Ok(value)
            }
            Some(first) if first.is_ascii_digit() => self.number(token),
            Some(first) if is_name(first) => {
                let value = (self.lookup)(token).map_err(|message| self.error(message))?;
                self.bump();
                Ok(value)
            }
            Some(_) => Err(self.error(format!("expected a number, a name or `(`, found `{token}`"))),
            None => Err(self.error("expected a number, a name or `(`, found the end".to_owned())),
        }
    }

    fn number(&mut self, token: &str) -> Result<i64, FormulaError> {
        let digits: String = token.chars().filter(|c| *c != '_').collect();
        let value: i64 =
            digits.parse().map_err(|_| self.error(format!("`{token}` is not a whole number")))?;
        let start = self.at;
        self.bump();
        let unit = self.peek();
        let scale = match unit {
            "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            _ if unit.starts_with(char::is_alphabetic) => {
                return Err(self.error(format!("unknown unit `{unit}`: write B, KiB or MiB")));
            }
            _ => return Ok(value),
        };
        self.bump();
        value.checked_mul(scale).ok_or_else(|| self.overflow(start))
    }

    /// The token ahead: a word, or one character; empty at the end.
    fn peek(&mut self) -> &'a str {
        let rest = &self.text[self.skip_space()..];
        let in_word = |c: char| {
            if rest.starts_with(|first: char| first.is_ascii_digit()) { is_digit(c) } else { is_name(c) }
        };
        let word = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let length = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
        &rest[..length]
    }

    fn bump(&mut self) {
        self.at += self.peek().len();
    }

    fn skip_space(&mut self) -> usize {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    fn error(&mut self, message: String) -> FormulaError {
        let length = self.peek().len();
        FormulaError { span: self.at..self.at + length, message }
    }

    fn overflow(&self, start: usize) -> FormulaError {
        FormulaError { span: start..self.at, message: "the number is too large".to_owned() }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || c == '_' || c == '.'
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> Result<i64, String> {
        let mut lookup = |name: &str| match name {
            "mss" => Ok(1460),
            "netif.mtu" => Ok(1500),
            _ => Err(format!("unknown name `{name}`")),
        };
        evaluate(text, &mut lookup).map_err(|error| format!("{:?} {}", error.span, error.message))
    }

    #[test]
    fn sizes_and_formulas() {
        for (text, expected) in [
            ("1536", 1536),
            ("1536 B", 1536),
            ("40 KiB", 40_960),
            ("40KiB", 40_960),
            ("1 MiB", 1_048_576),
            ("65_535", 65_535),
            ("mss", 1460),
            ("4 * mss", 5840),
            ("2 * netif.mtu + 8", 3008),
            ("2*(netif.mtu+8)", 3016),
            ("2 + 3 * 4 - 10 / 3", 11),
            ("10 - 4 - 3", 3),
            ("mss - 2000 + 1000", 460),
            ("((((7))))", 7),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, expected) in [
            ("", "0..0 expected a number, a name or `(`, found the end"),
            ("4 *", "3..3 expected a number, a name or `(`, found the end"),
            ("4 * * 2", "4..5 expected a number, a name or `(`, found `*`"),
            ("4 mss", "2..5 unknown unit `mss`: write B, KiB or MiB"),
            ("40 KB", "3..5 unknown unit `KB`: write B, KiB or MiB"),
            ("mss mss", "4..7 expected an operator, found `mss`"),
            ("4 * mms", "4..7 unknown name `mms`"),
            ("(1 + 2", "6..6 expected `)`"),
            ("1 + 2)", "5..6 expected an operator, found `)`"),
            ("1.5 KiB", "0..3 `1.5` is not a whole number"),
            ("6 / (3 - 3)", "4..11 division by zero"),
            ("9223372036854775807 + 1", "0..23 the number is too large"),
            ("1 * 9223372036854775807 MiB", "4..27 the number is too large"),
            ("99999999999999999999", "0..20 `99999999999999999999` is not a whole number"),
            ("((((((((((((((((((1", "16..17 too many parentheses"),
        ] {
            assert_eq!(value(text), Err(expected.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_value_or_an_error_inside_it(text in "[-+*/() 0-9a-zKMiB._µ]{0,40}") {
            if let Err(error) = evaluate(&text, &mut |_| Ok(i64::MAX)) {
                prop_assert!(text.get(error.span).is_some());
            }
        }

        #[test]
        fn sums_of_products_are_computed_as_in_rust(a in 0..10_000_i64, b in 0..10_000_i64, c in 1..10_000_i64) {
            prop_assert_eq!(value(&format!("{a} * {b} + {a} / {c} - {b}")), Ok(a * b + a / c - b));
        }
    }
}
