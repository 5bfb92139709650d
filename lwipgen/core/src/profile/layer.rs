//! One layer of values: what a file or a `--set` option says, key by key, each with its place.

use super::limits::{self, Limits};
use super::names;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Source, SourceKind};
use crate::options::{Kind, Opt, Options, Value, options};
use std::ops::Range;
use std::sync::Arc;
use toml_edit::{Document, Item, Key, TableLike};

/// The values that one source sets.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub source: Arc<Source>,
    pub entries: Vec<Entry>,
    /// What its table `[budget]` says.
    pub limits: Limits,
    /// What the file extends.
    pub extends: Option<(String, Place)>,
}

/// One value, for the option at this position of the table.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub option: usize,
    pub value: Value,
    pub place: Place,
}

/// Reads a profile's text; what can be read of it is in the layer.
pub(crate) fn read_file(source: &Arc<Source>, errors: &mut Diagnostics) -> Layer {
    let mut reader = Reader::new(source, errors);
    match Document::parse(source.text.as_str()) {
        Ok(document) => reader.top(document.as_table()),
        Err(error) => {
            let message = error.message().trim().replace('\n', "; ");
            let span = error.span().unwrap_or(0..0);
            reader.error(span, format!("this is not TOML: {message}"));
        }
    }
    reader.layer
}

/// Reads a `key=value` of the command line; a value that is not TOML is text, so quotes can be left out.
pub(crate) fn read_override(written: &str, errors: &mut Diagnostics) -> Layer {
    let source = Arc::new(Source {
        name: format!("--set {written}"),
        text: written.to_owned(),
        kind: SourceKind::CommandLine,
    });
    let mut reader = Reader::new(&source, errors);
    let Some((key, value)) = written.split_once('=') else {
        reader.error(0..written.len(), "expected key=value".to_owned());
        return reader.layer;
    };
    let (key, value) = (names::meant(key.trim()), value.trim());
    let item = match value.parse::<toml_edit::Value>() {
        Ok(value) => Item::Value(value),
        Err(_) => Item::Value(value.into()),
    };
    reader.assign(key, 0..0, &item, 0..written.len());
    reader.layer
}

struct Reader<'a> {
    layer: Layer,
    options: &'static Options,
    errors: &'a mut Diagnostics,
}

impl<'a> Reader<'a> {
    fn new(source: &Arc<Source>, errors: &'a mut Diagnostics) -> Self {
        let layer = Layer {
            source: Arc::clone(source),
            entries: Vec::new(),
            limits: Limits::default(),
            extends: None,
        };
        Self { layer, options: options(), errors }
    }

    fn top(&mut self, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let (key_span, span) = spans(table.key(name), item);
            match (name, item.as_table_like()) {
                ("extends", _) => match item.as_str() {
                    Some(base) => self.layer.extends = Some((base.to_owned(), self.place(span))),
                    None => self.error(span, "extends: expected the name of a profile in quotes".to_owned()),
                },
                (limits::TABLE, Some(members)) => self.limits(members),
                (limits::TABLE, None) => {
                    self.error(span, format!("{name}: expected a table, found {}", found(item)));
                }
                (_, Some(members)) if self.options.group(name).is_some() => self.group(name, members),
                _ => self.assign(name, key_span, item, span),
            }
        }
    }

    fn limits(&mut self, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let (key_span, span) = spans(table.key(name), item);
            let (key_place, place) = (self.place(key_span), self.place(span));
            self.layer.limits.read(name, item, key_place, place, self.errors);
        }
    }

    fn group(&mut self, group: &str, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let (key_span, span) = spans(table.key(name), item);
            self.assign(&format!("{group}.{name}"), key_span, item, span);
        }
    }

    fn assign(&mut self, key: &str, key_span: Range<usize>, item: &Item, span: Range<usize>) {
        let group = self.options.group(key);
        let full =
            if group.is_some_and(|group| group.switch) { format!("{key}.enabled") } else { key.to_owned() };
        match (self.options.position(&full), group) {
            (Some(position), _) => match read_value(&self.options.all[position], item) {
                Ok(value) => {
                    let place = self.place(span);
                    self.layer.entries.push(Entry { option: position, value, place });
                }
                Err(expected) => {
                    self.error(span, format!("{key}: expected {expected}, found {}", found(item)))
                }
            },
            (None, Some(_)) => {
                self.error(
                    span,
                    format!("{key} is a group of options: expected a table, found {}", found(item)),
                );
            }
            (None, None) => {
                let nearest = names::nearest_key(key).map(|near| format!("; did you mean `{near}`?"));
                let key = key.escape_debug();
                self.error(key_span, format!("unknown key `{key}`{}", nearest.unwrap_or_default()));
            }
        }
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place { source: Arc::clone(&self.layer.source), span }
    }

    fn error(&mut self, span: Range<usize>, message: String) {
        let place = self.place(span);
        self.errors.push(Diagnostic::new(place, message));
    }
}

/// The value as its kind wants it, or what was expected.
fn read_value(option: &Opt, item: &Item) -> Result<Value, String> {
    let value = match (&option.kind, item) {
        (Kind::Bool, Item::Value(toml_edit::Value::Boolean(on))) => Some(Value::Bool(*on.value())),
        (Kind::Number(_), Item::Value(toml_edit::Value::Integer(number))) => {
            Some(Value::Number(*number.value()))
        }
        (Kind::Number(number), Item::Value(toml_edit::Value::String(text))) if number.size => {
            Some(Value::Text(text.value().clone()))
        }
        (Kind::Text | Kind::Choice(_), Item::Value(toml_edit::Value::String(text))) => {
            Some(Value::Text(text.value().clone()))
        }
        _ => None,
    };
    let group = if option.is_switch() { " or a table" } else { "" };
    value.ok_or_else(|| format!("{}{group}", option.kind.expected()))
}

fn found(item: &Item) -> &'static str {
    match item {
        Item::Value(toml_edit::Value::String(_)) => "text",
        Item::Value(toml_edit::Value::Integer(_)) => "a whole number",
        Item::Value(toml_edit::Value::Float(_)) => "a number with a fraction",
        Item::Value(toml_edit::Value::Boolean(_)) => "true or false",
        Item::Value(toml_edit::Value::Datetime(_)) => "a date",
        Item::Value(toml_edit::Value::Array(_)) | Item::ArrayOfTables(_) => "a list",
        Item::Value(toml_edit::Value::InlineTable(_)) | Item::Table(_) | Item::None => "a table",
    }
}

fn spans(key: Option<&Key>, item: &Item) -> (Range<usize>, Range<usize>) {
    let key = key.and_then(Key::span).unwrap_or(0..0);
    let item = item.span().unwrap_or_else(|| key.clone());
    (key, item)
}
