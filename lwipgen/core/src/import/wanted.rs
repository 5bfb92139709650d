//! What the definitions of a file mean for each option.

use super::definitions::{Body, Definition, Definitions};
use crate::c_expr;
use crate::foreign::{self, Vocabulary, conversion, expression, identifiers};
use crate::options::{Kind, Opt, Value, options};

/// What a file, or a default of the other stack, says of one option.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub option: &'static Opt,
    /// The value as a profile says it.
    pub value: Value,
    /// The name that says it, and its line; without a line it is a default.
    pub name: String,
    pub line: Option<usize>,
    pub fate: Fate,
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The profile says it; with a remark.
    Taken(Option<String>),
    /// The profile says another value, and why.
    Changed(String),
    /// Nothing needs to be said; with a remark.
    Default(Option<String>),
    /// This switch is off.
    Inactive(String),
    /// The value is not known, and why.
    Unclear(String),
}

impl Wanted {
    pub fn assignment(&self) -> String {
        assignment(self.option, &self.value)
    }

    pub fn is_written(&self) -> bool {
        matches!(self.fate, Fate::Taken(_) | Fate::Changed(_))
    }
}

/// A value as `--set` takes it.
pub(super) fn assignment(option: &Opt, value: &Value) -> String {
    let value = match value {
        Value::Text(text) => toml_edit::Value::from(text.as_str()).to_string(),
        value => value.to_string(),
    };
    format!("{}={value}", option.key)
}

/// What is to be written, as `--set` takes it.
pub(super) fn overrides(wanted: &[Wanted]) -> Vec<String> {
    wanted.iter().filter(|wanted| wanted.is_written()).map(Wanted::assignment).collect()
}

/// What the file says of every option that has a name in its vocabulary, in the model's order; with `defaults`,
/// also what the other stack takes for granted.
pub(super) fn collect(definitions: &Definitions, defaults: bool) -> Vec<Wanted> {
    let defaults = defaults && definitions.elsewhere.is_none();
    let of_option = |option: &'static Opt| {
        let expression = expression(option, definitions.vocabulary)?;
        match definitions.first(identifiers(expression)) {
            Some(said) => Some(of_definition(option, expression, said, definitions)),
            None if defaults => of_default(option, expression, definitions),
            None => None,
        }
    };
    options().all.iter().filter_map(of_option).collect()
}

fn of_definition(
    option: &'static Opt,
    expression: &str,
    said: &Definition,
    definitions: &Definitions,
) -> Wanted {
    let value = option.default.clone();
    let name = said.name.clone();
    let open = Wanted { option, value, name, line: Some(said.line), fate: Fate::Default(None) };
    if option.kind == Kind::Text {
        return match &said.body {
            Body::Text(text) => match c_text(text) {
                Some(value) => Wanted { value: Value::Text(value), fate: Fate::Taken(None), ..open },
                None => Wanted { fate: Fate::Unclear("it is not a text".to_owned()), ..open },
            },
            _ => Wanted { fate: Fate::Unclear("it is not a text".to_owned()), ..open },
        };
    }
    if foreign::is_function(&open.name) {
        return Wanted { value: Value::Bool(true), fate: Fate::Taken(None), ..open };
    }
    let number = match c_expr::evaluate(expression, definitions) {
        Ok(number) => number,
        Err(why) => return Wanted { fate: Fate::Unclear(why), ..open },
    };
    let nobodys = || c_expr::evaluate(expression, &Definitions::new(Vocabulary::EspIdf)) == Ok(number);
    if definitions.vocabulary == Vocabulary::EspIdf && foreign::keeps_ours(option) && nobodys() {
        let why = option.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        let remark = format!("ESP-IDF's default; here {} = {}{why}", option.key, option.default);
        return Wanted { fate: Fate::Default(Some(remark)), ..open };
    }
    match conversion(option).import(option, number) {
        Ok(Some(value)) => {
            let (value, remark) = within_limits(option, value);
            Wanted { value, fate: Fate::Taken(remark), ..open }
        }
        Ok(None) => Wanted { fate: Fate::Default(Some("it is left open".to_owned())), ..open },
        Err(why) => Wanted { fate: Fate::Unclear(why), ..open },
    }
}

fn of_default(option: &'static Opt, expression: &str, definitions: &Definitions) -> Option<Wanted> {
    let left_alone = match definitions.vocabulary {
        Vocabulary::EspIdf => foreign::keeps_ours(option),
        Vocabulary::Lwip => conversion(option).said,
    };
    let known = |name| foreign::default(name, definitions.vocabulary).is_some();
    if left_alone || option.kind == Kind::Text || !identifiers(expression).all(known) {
        return None;
    }
    let number = c_expr::evaluate(expression, definitions).ok()?;
    let value = conversion(option).import(option, number).ok().flatten()?;
    let (value, remark) = within_limits(option, value);
    Some(Wanted { option, value, name: expression.to_owned(), line: None, fate: Fate::Taken(remark) })
}

/// The nearest value that the option can have, and a remark if it is another.
fn within_limits(option: &Opt, value: Value) -> (Value, Option<String>) {
    let (Kind::Number(limits), Value::Number(number)) = (&option.kind, &value) else { return (value, None) };
    let nearest = limits.nearest(*number);
    if nearest == *number {
        return (value, None);
    }
    let step = if limits.step > 1 { format!(" in steps of {}", limits.step) } else { String::new() };
    let (start, end) = (limits.range.start(), limits.range.end());
    (Value::Number(nearest), Some(format!("the nearest to {number}: {start} to {end}{step} are allowed")))
}

/// The text of a C or sdkconfig literal.
fn c_text(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        text.push(if c == '\\' { characters.next()? } else { c });
    }
    Some(text)
}
