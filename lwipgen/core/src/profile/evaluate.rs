//! From layers to values: the last layer that speaks wins, formulas are computed, ranges are checked.

use super::formula::{self, FormulaError};
use super::layer::{Entry, Layer};
use super::names;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, SourceKind};
use crate::options::{Kind, Number, Opt, Options, Value, options};
use std::fmt;

/// The value of one option and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The option.
    pub option: &'static Opt,
    /// The value as it was written: an expression, perhaps.
    pub written: Value,
    /// The value.
    pub value: Value,
    /// Who set it.
    pub origin: Origin,
    /// Whether the option selects anything: all that it needs is on.
    pub active: bool,
    /// Whether the value is the one written; if not it stands in for one that was refused.
    pub(crate) sound: bool,
}

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody: the model's default.
    Default,
    /// A file that the profile extends.
    Inherited(Place),
    /// The profile itself.
    Profile(Place),
    /// A `--set` option.
    CommandLine(Place),
}

impl Origin {
    /// The origin of what a layer sets at `place`; the leaf is the profile itself.
    pub(super) fn of(layer: &Layer, is_leaf: bool, place: &Place) -> Self {
        let place = place.clone();
        match layer.source.kind {
            SourceKind::CommandLine => Self::CommandLine(place),
            _ if is_leaf => Self::Profile(place),
            _ => Self::Inherited(place),
        }
    }

    /// Where the value is written, unless it is a default.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Default => None,
            Self::Inherited(place) | Self::Profile(place) | Self::CommandLine(place) => Some(place),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            None => f.write_str("the default"),
            Some(place) => place.fmt(f),
        }
    }
}

/// The settings of all options, in the model's order. A refused value is replaced by the nearest one, so that
/// the rest can still be checked. Without layers these are the defaults.
pub(crate) fn evaluate(layers: &[Layer], errors: &mut Diagnostics) -> Vec<Setting> {
    let table = options();
    let leaf = layers.iter().rposition(|layer| layer.source.kind == SourceKind::File);
    let mut settings: Vec<Setting> = table.all.iter().map(Setting::default_of).collect();
    for (depth, layer) in layers.iter().enumerate() {
        for Entry { option, value, place } in &layer.entries {
            settings[*option].origin = Origin::of(layer, Some(depth) == leaf, place);
            settings[*option].written = value.clone();
            settings[*option].value = value.clone();
        }
    }
    let fallback =
        leaf.map_or_else(|| Place::named("the defaults"), |leaf| Place::start(&layers[leaf].source));
    let mut evaluation =
        Evaluation { table, states: vec![State::Waiting; settings.len()], settings, fallback, errors };
    evaluation.choices();
    evaluation.switches();
    (0..evaluation.settings.len()).for_each(|index| evaluation.number(index));
    evaluation.settings
}

impl Setting {
    fn default_of(option: &'static Opt) -> Self {
        let (written, value) = (option.default.clone(), option.default.clone());
        Self { option, written, value, origin: Origin::Default, active: true, sound: true }
    }

    fn is_on(&self) -> bool {
        self.value == Value::Bool(true)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Computing,
    Done,
}

struct Evaluation<'a> {
    table: &'static Options,
    settings: Vec<Setting>,
    states: Vec<State>,
    fallback: Place,
    errors: &'a mut Diagnostics,
}

impl Evaluation<'_> {
    fn choices(&mut self) {
        for index in 0..self.settings.len() {
            let Setting { option, written, .. } = &self.settings[index];
            let (Kind::Choice(words), Value::Text(written)) = (&option.kind, written) else { continue };
            if words.iter().any(|(word, _)| word == written) {
                continue;
            }
            let near = names::nearest_word(written, words.iter().map(|(word, _)| word.as_str()));
            let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
            let message = format!(
                "{}: expected {}, found \"{}\"{near}",
                option.key,
                option.kind.expected(),
                written.escape_debug()
            );
            self.refuse(index, option.default.clone(), message);
        }
    }

    /// A group whose needs are off is off by default; one that was switched on is refused.
    fn switches(&mut self) {
        for index in 0..self.settings.len() {
            let option = self.settings[index].option;
            let missing = option.needs.iter().find(|need| !self.is_active(need));
            self.settings[index].active = missing.is_none();
            let Some(need) = missing else { continue };
            if !option.is_switch() || !self.settings[index].is_on() {
                continue;
            }
            if self.settings[index].origin == Origin::Default {
                self.settings[index].value = Value::Bool(false);
            } else {
                let message = format!(
                    "{key} needs {need}, which is off; nearest valid value: {key} = false [rule needs]",
                    key = option.key
                );
                self.refuse(index, Value::Bool(false), message);
            }
        }
    }

    /// Whether a switch is on and all that it needs too. Needs do not go round in a circle.
    fn is_active(&self, key: &str) -> bool {
        let Some(setting) = self.table.position(key).map(|index| &self.settings[index]) else { return false };
        setting.is_on() && setting.option.needs.iter().all(|need| self.is_active(need))
    }

    /// Computes a number, and before it those that it depends on.
    fn number(&mut self, index: usize) {
        let option = self.settings[index].option;
        let Kind::Number(number) = &option.kind else { return };
        if self.states[index] != State::Waiting {
            return;
        }
        self.states[index] = State::Computing;
        let written = self.settings[index].written.clone();
        match &written {
            Value::Number(value) => self.accept(index, number, *value),
            Value::Text(text) => match self.formula(index, text) {
                Ok(value) => self.accept(index, number, value),
                Err(error) => self.refuse_formula(index, number, text, error),
            },
            Value::Bool(_) => {}
        }
        self.states[index] = State::Done;
    }

    fn formula(&mut self, index: usize, text: &str) -> Result<i64, FormulaError> {
        let group = self.settings[index].option.group();
        let mut sound = true;
        let value = formula::evaluate(text, &mut |name| {
            let sibling = group.and_then(|group| self.table.position(&format!("{group}.{name}")));
            let Some(other) = sibling.or_else(|| self.table.position(name)) else {
                let near = names::nearest_key(name).map(|near| format!("; did you mean `{near}`?"));
                return Err(format!("unknown option `{}`{}", name.escape_debug(), near.unwrap_or_default()));
            };
            if self.states[other] == State::Computing {
                return Err(format!("`{name}` depends on this value: they go round in a circle"));
            }
            self.number(other);
            sound &= self.settings[other].sound;
            match self.settings[other].value {
                Value::Number(value) => Ok(value),
                _ => Err(format!("`{name}` is not a number")),
            }
        });
        self.settings[index].sound &= sound;
        value
    }

    fn accept(&mut self, index: usize, number: &Number, value: i64) {
        let nearest = number.nearest(value);
        self.settings[index].value = Value::Number(value);
        // A value that follows from a refused one is not to blame.
        if nearest == value || !self.settings[index].sound {
            self.settings[index].value = Value::Number(nearest);
            return;
        }
        let Setting { option, written, .. } = &self.settings[index];
        let computed = match written {
            Value::Text(text) => format!("{} = {value}", text.escape_debug()),
            _ => value.to_string(),
        };
        let wrong = if number.range.contains(&value) {
            format!("is not a multiple of {}", number.step)
        } else {
            format!("is out of range {} to {}", number.range.start(), number.range.end())
        };
        let message = format!("{} = {computed} {wrong}; nearest valid value: {nearest}", option.key);
        self.refuse(index, Value::Number(nearest), message);
    }

    fn refuse_formula(&mut self, index: usize, number: &Number, text: &str, error: FormulaError) {
        let message = format!("{}: {}", self.settings[index].option.key, error.message);
        self.refuse(index, Value::Number(number.nearest(0)), message);
        // Point inside the text, where the text stands in the source as it is.
        if let (Some(place), Some(diagnostic)) = (self.settings[index].origin.place(), self.errors.last_mut())
        {
            let written = place.source.text.get(place.span.clone()).unwrap_or_default();
            if let Some(offset) = written.find(text) {
                let start = place.span.start + offset;
                diagnostic.place.span = start + error.span.start..start + error.span.end;
            }
        }
    }

    fn refuse(&mut self, index: usize, stand_in: Value, message: String) {
        let setting = &mut self.settings[index];
        setting.value = stand_in;
        setting.sound = false;
        let place = setting.origin.place().unwrap_or(&self.fallback).clone();
        self.errors.push(Diagnostic::new(place, message));
    }
}
