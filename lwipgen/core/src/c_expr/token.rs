//! Tokens of C expressions.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Int(i128),
    Name(String),
    Sign(&'static str),
    /// Something without a value; an error only where the value is wanted.
    Nothing(String),
}

impl Token {
    pub fn shown(&self) -> String {
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
pub(super) fn token(text: &str) -> Result<Option<(Token, &str)>, String> {
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
