//! The table of options, derived from the JSON schema of [`Profile`]: nothing in it is written twice.

use crate::audit::{self, Weakness};
use crate::model::Profile;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// One option, as the model declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opt {
    /// Full key: `group.name`, or `name` at top level.
    pub key: String,
    /// What kind of value it takes.
    pub kind: Kind,
    /// The default.
    pub default: Value,
    /// What it does.
    pub help: String,
    /// Switches that must be on for the option to select anything, its group's own among them.
    pub needs: Vec<String>,
    /// Unit of the number.
    pub unit: Option<String>,
    /// Name in lwIP.
    pub lwip: Option<String>,
    /// Name in ESP-IDF.
    pub esp_idf: Option<String>,
    /// Why the default is not ESP-IDF's.
    pub why: Option<String>,
    /// Values that weaken a profile.
    pub weaknesses: Vec<Weakness>,
    /// Whether it may change so that another option fits.
    pub yields: bool,
}

/// What kind of value an option takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Number(Number),
    /// One of these words, each with its help.
    Choice(Vec<(String, String)>),
    /// Free text; selects nothing.
    Text,
}

/// A whole number and its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// The type of the constant in the template.
    pub ty: &'static str,
    /// Whether expressions and units are allowed.
    pub size: bool,
    /// Smallest and largest value.
    pub range: RangeInclusive<i64>,
    /// The value is a multiple of this.
    pub step: i64,
}

/// A value of an option: as it is written, or as it is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// On or off.
    Bool(bool),
    /// A number.
    Number(i64),
    /// A word, a text, or where it is written an expression.
    Text(String),
}

/// A group of options: a table in the profile.
#[derive(Clone, Debug)]
pub struct Group {
    /// Key of the table.
    pub key: String,
    /// What it is about.
    pub help: String,
    /// The group has a switch, so that `group = false` may be written.
    pub switch: bool,
}

/// All options and groups, in the model's order.
#[derive(Debug, Default)]
pub struct Options {
    /// All options.
    pub all: Vec<Opt>,
    /// All groups.
    pub groups: Vec<Group>,
}

static OPTIONS: LazyLock<Options> = LazyLock::new(|| Options::of_schema(&schema()));

/// The table of options.
#[must_use]
pub fn options() -> &'static Options {
    &OPTIONS
}

/// The schema of the typed profile, everything inlined, in the model's order.
pub(crate) fn schema() -> Json {
    let generator = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true).into_generator();
    generator.into_root_schema_for::<Profile>().to_value()
}

impl Options {
    /// The option with this full key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Opt> {
        self.all.iter().find(|option| option.key == key)
    }

    /// The position of the option with this full key.
    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        self.all.iter().position(|option| option.key == key)
    }

    /// The group with this key.
    #[must_use]
    pub fn group(&self, key: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.key == key)
    }

    fn of_schema(schema: &Json) -> Self {
        let mut table = Self::default();
        for (key, property) in properties(schema) {
            let Some(members) = property.get("properties").and_then(Json::as_object) else {
                table.all.push(Opt::of_schema(key.clone(), property, None));
                continue;
            };
            let switch = members.contains_key("enabled").then(|| format!("{key}.enabled"));
            table.groups.push(Group {
                key: key.clone(),
                help: text(property, "description"),
                switch: switch.is_some(),
            });
            for (name, member) in members {
                table.all.push(Opt::of_schema(format!("{key}.{name}"), member, switch.as_deref()));
            }
        }
        table
    }
}

impl Opt {
    /// The group's key; none at top level.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.key.split_once('.').map(|(group, _)| group)
    }

    /// The option's name without its group.
    #[must_use]
    pub fn name(&self) -> &str {
        self.key.split_once('.').map_or(self.key.as_str(), |(_, name)| name)
    }

    /// Whether the option is the switch of its group.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        self.kind == Kind::Bool && self.group().is_some() && self.name() == "enabled"
    }

    /// The template's features that the option can select.
    #[must_use]
    pub fn features(&self) -> Vec<String> {
        let path = if self.is_switch() { self.group().unwrap_or_default() } else { &self.key };
        let feature = path.replace(['.', '_'], "-");
        match &self.kind {
            Kind::Bool => vec![feature],
            Kind::Choice(words) => words.iter().map(|(word, _)| format!("{feature}-{word}")).collect(),
            Kind::Number(_) | Kind::Text => Vec::new(),
        }
    }

    /// The template's constant for the option, were it a number.
    #[must_use]
    pub fn constant(&self) -> String {
        self.key.replace('.', "_").to_uppercase()
    }

    fn of_schema(key: String, schema: &Json, switch: Option<&str>) -> Self {
        let mut needs: Vec<String> =
            switch.filter(|switch| *switch != key).map(str::to_owned).into_iter().collect();
        let more = schema.get("x-needs").and_then(Json::as_array).into_iter().flatten();
        needs.extend(more.filter_map(Json::as_str).map(str::to_owned));
        let name = |attribute| schema.get(attribute).and_then(Json::as_str).map(str::to_owned);
        Self {
            kind: Kind::of_schema(schema),
            default: Value::of_schema(schema),
            help: text(schema, "description"),
            needs,
            unit: name("x-unit"),
            lwip: name("x-lwip"),
            esp_idf: name("x-esp-idf"),
            why: name("x-why"),
            weaknesses: audit::weaknesses(schema),
            yields: schema.get("x-yields").and_then(Json::as_bool).unwrap_or(false),
            key,
        }
    }
}

impl Kind {
    /// What a value of this kind looks like, in words.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Text => "text in quotes".to_owned(),
            Self::Number(Number { size: true, .. }) => {
                "a size such as 1536, \"4 KiB\" or \"4 * mss\"".to_owned()
            }
            Self::Number(Number { range, .. }) => {
                format!("a whole number from {} to {}", range.start(), range.end())
            }
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                words.join(" or ")
            }
        }
    }

    fn of_schema(schema: &Json) -> Self {
        if let Some(variants) = schema.get("oneOf").and_then(Json::as_array) {
            let variant = |schema: &Json| (text(schema, "const"), text(schema, "description"));
            return Self::Choice(variants.iter().map(variant).collect());
        }
        let limit = |attribute| schema.get(attribute).and_then(Json::as_i64);
        let number = |ty: &'static str, max: i64| {
            Self::Number(Number {
                ty,
                size: schema.get("format").and_then(Json::as_str) == Some("size"),
                range: limit("minimum").unwrap_or(0)..=limit("maximum").unwrap_or(max),
                step: limit("multipleOf").unwrap_or(1),
            })
        };
        match (schema.get("type").and_then(Json::as_str), schema.get("format").and_then(Json::as_str)) {
            (Some("boolean"), _) => Self::Bool,
            (_, Some("uint8")) => number("u8", u8::MAX.into()),
            (_, Some("uint16")) => number("u16", u16::MAX.into()),
            (_, Some("uint32")) => number("u32", u32::MAX.into()),
            (_, Some("count" | "size")) => number("usize", u32::MAX.into()),
            _ => Self::Text,
        }
    }
}

impl Number {
    /// The valid value nearest to this one.
    #[must_use]
    pub fn nearest(&self, value: i64) -> i64 {
        let value = value.clamp(*self.range.start(), *self.range.end());
        let below = value - value.rem_euclid(self.step);
        let above = below.saturating_add(self.step);
        let near = if value - below < above - value { below } else { above };
        match (value == below, self.range.contains(&near)) {
            (true, _) => value,
            (false, true) => near,
            (false, false) => {
                if near == below {
                    above
                } else {
                    below
                }
            }
        }
    }
}

impl Value {
    /// The value as a command line takes it: without quotes.
    #[must_use]
    pub fn bare(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn of_schema(schema: &Json) -> Self {
        match schema.get("default") {
            Some(Json::Bool(on)) => Self::Bool(*on),
            Some(Json::Number(number)) => Self::Number(number.as_i64().unwrap_or(0)),
            _ => Self::Text(text(schema, "default")),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(on) => on.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "\"{}\"", text.escape_debug()),
        }
    }
}

fn properties(schema: &Json) -> impl Iterator<Item = (&String, &Json)> {
    schema.get("properties").and_then(Json::as_object).into_iter().flat_map(Map::iter)
}

fn text(schema: &Json, attribute: &str) -> String {
    schema.get(attribute).and_then(Json::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_help_a_default_of_its_kind_and_needs_that_exist() {
        assert!(options().all.len() > 50);
        for option in &options().all {
            assert!(option.help.ends_with('.'), "{}: help {:?}", option.key, option.help);
            let fits = match (&option.kind, &option.default) {
                (Kind::Bool, Value::Bool(_)) => true,
                (Kind::Number(number), Value::Number(value)) => {
                    number.range.contains(value) && value % number.step == 0
                }
                (Kind::Number(number), Value::Text(text)) => number.size && !text.is_empty(),
                (Kind::Choice(words), Value::Text(text)) => {
                    words.iter().any(|(word, help)| word == text && !help.is_empty())
                }
                (Kind::Text, Value::Text(_)) => option.group().is_none(),
                _ => false,
            };
            assert!(fits, "{}: {:?} for {:?}", option.key, option.default, option.kind);
            for need in &option.needs {
                assert_eq!(options().get(need).map(|need| &need.kind), Some(&Kind::Bool), "{}", option.key);
            }
        }
    }

    #[test]
    fn ranges_come_from_the_type_and_the_attributes() {
        let range = |key| match &options().get(key).unwrap().kind {
            Kind::Number(number) => (number.ty, number.range.clone(), number.step),
            kind => panic!("{key} is {kind:?}"),
        };
        assert_eq!(range("pbuf.block_size"), ("usize", 64..=2048, 4));
        assert_eq!(range("netif.mtu"), ("u16", 576..=1500, 1));
        assert_eq!(range("ipv4.ttl"), ("u8", 1..=255, 1));
        assert_eq!(range("tcp.wnd"), ("usize", 0..=i64::from(u32::MAX), 1));
    }

    #[test]
    fn a_member_needs_the_switch_of_its_group_and_what_it_names() {
        assert_eq!(options().get("tcp.wnd_shift").unwrap().needs, ["tcp.enabled", "tcp.wnd_scale"]);
        assert_eq!(options().get("tcp.enabled").unwrap().needs, [""; 0]);
    }
}
