//! The names that options bear in lwIP and ESP-IDF: those of the model, and an answer for every other name.

use crate::options::{Kind, Opt, Value, options};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Where a name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// Symbols of ESP-IDF's `sdkconfig`.
    EspIdf,
    /// Macros of lwIP's `lwipopts.h`.
    Lwip,
}

/// What becomes of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is, or is part of, this option.
    Option(&'static Opt),
    /// Nothing here needs it, and why.
    Unneeded(&'static str),
    /// It cannot be had; the feature that would bring it.
    Unsupported(&'static str),
}

/// How the value of a name becomes the value of an option.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// The option.
    pub key: String,
    lwip: Option<String>,
    esp_idf: Option<String>,
    #[serde(default)]
    words: BTreeMap<String, i64>,
    /// What is counted, in bytes: a formula over other options.
    pub unit: Option<String>,
    zero: Option<Zero>,
    /// Ours stays where a file says no more than the default of ESP-IDF.
    #[serde(default)]
    ours: bool,
    /// Only what a file says counts, not the default of lwIP.
    #[serde(default)]
    pub said: bool,
    /// The option may be raised to keep the rules.
    #[serde(default)]
    pub at_least: bool,
    #[serde(default)]
    define: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Zero {
    Default,
    Max,
}

/// What one symbol of ESP-IDF says about others that a file leaves out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Implication {
    pub name: String,
    why: String,
    pub value: i64,
    pub then: BTreeMap<String, i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unneeded {
    why: String,
    names: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unsupported {
    feature: String,
    #[serde(default)]
    off: Vec<String>,
    same: Option<String>,
    names: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    convert: Vec<Conversion>,
    imply: Vec<Implication>,
    besides: BTreeMap<String, String>,
    unneeded: Vec<Unneeded>,
    unsupported: Vec<Unsupported>,
    renames: BTreeMap<String, String>,
}

const NAMES: &str = include_str!("../data/names.toml");
const ESP_IDF_DEFAULTS: &str = include_str!("../data/esp_idf_defaults.toml");
const LWIP_DEFAULTS: &str = include_str!("../data/lwip_defaults.toml");

// These files are part of the source, and tests read them.
static TABLE: LazyLock<Table> = LazyLock::new(|| toml_edit::de::from_str(NAMES).unwrap_or_default());
static DEFAULTS: LazyLock<[BTreeMap<String, String>; 2]> = LazyLock::new(|| {
    [ESP_IDF_DEFAULTS, LWIP_DEFAULTS].map(|text| toml_edit::de::from_str(text).unwrap_or_default())
});
static ANSWERS: LazyLock<HashMap<&'static str, Answer>> = LazyLock::new(answers);
static PLAIN: Conversion = Conversion {
    key: String::new(),
    lwip: None,
    esp_idf: None,
    words: BTreeMap::new(),
    unit: None,
    zero: None,
    ours: false,
    said: false,
    at_least: false,
    define: BTreeMap::new(),
};

/// What becomes of a name; none if nobody has heard of it.
#[must_use]
pub fn answer(name: &str) -> Option<Answer> {
    ANSWERS.get(name).copied()
}

/// How the values of an option convert.
#[must_use]
pub fn conversion(option: &Opt) -> &'static Conversion {
    TABLE.convert.iter().find(|conversion| conversion.key == option.key).unwrap_or(&PLAIN)
}

/// The option as an expression over names of a vocabulary; none if it has no name there.
#[must_use]
pub fn expression(option: &'static Opt, vocabulary: Vocabulary) -> Option<&'static str> {
    let conversion = conversion(option);
    match vocabulary {
        Vocabulary::EspIdf => conversion.esp_idf.as_deref().or(option.esp_idf.as_deref()),
        Vocabulary::Lwip => conversion.lwip.as_deref().or(option.lwip.as_deref()),
    }
}

/// The macros that together give an option its value, and theirs; none if the option has no name in lwIP.
#[must_use]
pub fn macros(option: &'static Opt, value: i64) -> Vec<(&'static str, String)> {
    let conversion = conversion(option);
    if conversion.define.is_empty() {
        return option.lwip.iter().map(|name| (name.as_str(), value.to_string())).collect();
    }
    let macros = conversion.define.iter();
    macros.map(|(name, text)| (name.as_str(), text.replace('$', &value.to_string()))).collect()
}

/// What a name is taken for that a file says nothing of: a C expression.
#[must_use]
pub fn default(name: &str, vocabulary: Vocabulary) -> Option<&'static str> {
    let [esp_idf, lwip] = &*DEFAULTS;
    let defaults = match vocabulary {
        Vocabulary::EspIdf => esp_idf,
        Vocabulary::Lwip => lwip,
    };
    defaults.get(name).map(String::as_str)
}

/// Whether a macro of lwIP names a function of the application: that it is defined is all that it says.
#[must_use]
pub fn is_function(name: &str) -> bool {
    name.starts_with("LWIP_HOOK_")
}

/// Whether our default stays where a file says, or leaves it at, the default of ESP-IDF: nobody chose that.
#[must_use]
pub fn keeps_ours(option: &Opt) -> bool {
    option.why.is_some() || conversion(option).ours
}

/// The name that took the place of an old name of ESP-IDF.
#[must_use]
pub fn renamed(name: &str) -> Option<&'static str> {
    TABLE.renames.get(name).map(String::as_str)
}

/// Macros that C lwIP needs beside the options, with their C expressions.
pub(crate) fn besides() -> &'static BTreeMap<String, String> {
    &TABLE.besides
}

/// Macros that are on in lwIP by default and stand for features that are not here.
pub(crate) fn switched_off() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.unsupported.iter().flat_map(|row| row.off.iter().map(|name| (name.as_str(), row.feature.as_str())))
}

/// The macro whose value a name may have although it is not supported: then nothing is lost.
pub(crate) fn same_as(name: &str) -> Option<&'static str> {
    let rows = TABLE.unsupported.iter().filter(|row| row.same.is_some());
    let mut rows = rows.filter(|row| row.names.split_whitespace().any(|known| known == name));
    rows.next().and_then(|row| row.same.as_deref())
}

pub(crate) fn implications() -> &'static [Implication] {
    &TABLE.imply
}

/// The identifiers of an expression.
pub(crate) fn identifiers(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

impl Conversion {
    /// The option's value for a number that its expression gives, as a profile would say it; `Ok(None)` if the
    /// number leaves the option open.
    ///
    /// # Errors
    /// Why the number means nothing for the option.
    pub fn import(&self, option: &Opt, number: i128) -> Result<Option<Value>, String> {
        let value = match &option.kind {
            Kind::Bool => Value::Bool(number != 0),
            Kind::Choice(_) => {
                let default = matches!(&option.default, Value::Text(word)
                    if self.words.get(word).is_some_and(|of| i128::from(*of) == number));
                if default {
                    return Ok(Some(option.default.clone()));
                }
                let word = self.words.iter().find(|(_, of)| i128::from(**of) == number);
                Value::Text(word.ok_or_else(|| format!("{number} stands for nothing"))?.0.clone())
            }
            Kind::Number(limits) => match (self.zero.filter(|_| number == 0), &self.unit) {
                (Some(Zero::Default), _) => return Ok(None),
                (Some(Zero::Max), _) => Value::Number(*limits.range.end()),
                _ if number < 0 => return Err(format!("{number} is below zero")),
                (None, Some(_)) if number > 0xffff => {
                    return Err(format!("{number} is more than can be counted"));
                }
                (None, Some(unit)) => Value::Text(format!("{} * ({unit})", number.max(1))),
                (None, None) => Value::Number(i64::try_from(number).unwrap_or(i64::MAX)),
            },
            Kind::Text => return Err("a number cannot be a text".to_owned()),
        };
        Ok(Some(value))
    }

    /// The number that stands for a value; `unit` is the value of [`Conversion::unit`].
    #[must_use]
    pub fn export(&self, value: &Value, unit: Option<i64>) -> i64 {
        match value {
            Value::Bool(on) => i64::from(*on),
            Value::Number(number) => unit.map_or(*number, |unit| (number / unit.max(1)).max(1)),
            Value::Text(word) => self.words.get(word).copied().unwrap_or(0),
        }
    }
}

fn answers() -> HashMap<&'static str, Answer> {
    let mut answers = HashMap::new();
    // What comes later wins: the model has the last word.
    for row in &TABLE.unsupported {
        let names = row.names.split_whitespace();
        answers.extend(names.map(|name| (name, Answer::Unsupported(row.feature.as_str()))));
    }
    for row in &TABLE.unneeded {
        answers.extend(row.names.split_whitespace().map(|name| (name, Answer::Unneeded(row.why.as_str()))));
    }
    answers.extend(TABLE.imply.iter().map(|row| (row.name.as_str(), Answer::Unneeded(row.why.as_str()))));
    for option in &options().all {
        for vocabulary in [Vocabulary::EspIdf, Vocabulary::Lwip] {
            let names = expression(option, vocabulary).into_iter().flat_map(identifiers);
            answers.extend(names.map(|name| (name, Answer::Option(option))));
        }
        let own = [&option.lwip, &option.esp_idf].into_iter().flatten();
        answers.extend(own.map(|name| (name.as_str(), Answer::Option(option))));
    }
    answers
}

#[cfg(test)]
mod tests;
