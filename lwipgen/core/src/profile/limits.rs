//! The profile's table `[budget]`: what RAM the product may take, and on which chip.

use super::formula;
use super::names;
use crate::budget::{CHIPS, Chip};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use serde_json::{Value as Json, json};
use toml_edit::Item;

/// Key of the table.
pub(crate) const TABLE: &str = "budget";

/// What a profile allows itself; every key is inherited on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// From this total on a warning is given.
    pub warn: Option<Limit>,
    /// No more than this total.
    pub max: Option<Limit>,
    /// The chip that the product has.
    pub chip: Option<&'static Chip>,
}

/// A number of bytes and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Bytes.
    pub bytes: u64,
    /// Where.
    pub place: Place,
}

/// What limits say of a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is exceeded.
    Fits,
    /// It fits, but not as well as wished.
    Warning(Diagnostic),
    /// It does not fit.
    TooMuch(Diagnostic),
}

impl Limits {
    /// Judges a total.
    #[must_use]
    pub fn judge(&self, total: u64) -> Verdict {
        let over = |limit: &&Limit| total > limit.bytes;
        let say = |limit: &Limit, word: &str| {
            let message = format!(
                "{total} bytes of RAM are {} more than the {} {word}",
                total - limit.bytes,
                limit.bytes
            );
            Diagnostic::new(limit.place.clone(), message)
        };
        match (self.max.as_ref().filter(over), self.warn.as_ref().filter(over)) {
            (Some(max), _) => Verdict::TooMuch(say(max, "allowed")),
            (None, Some(warn)) => Verdict::Warning(say(warn, "wished for")),
            (None, None) => Verdict::Fits,
        }
    }

    /// Limits of a file over those of its base.
    pub(super) fn over(self, base: &Self) -> Self {
        Self {
            warn: self.warn.or_else(|| base.warn.clone()),
            max: self.max.or_else(|| base.max.clone()),
            chip: self.chip.or(base.chip),
        }
    }

    /// Takes one key of the table.
    pub(super) fn read(
        &mut self,
        key: &str,
        item: &Item,
        key_place: Place,
        place: Place,
        errors: &mut Diagnostics,
    ) {
        let refused = match key {
            "warn" | "max" => match bytes(item) {
                Ok(bytes) => {
                    let limit = Some(Limit { bytes, place });
                    if key == "warn" {
                        self.warn = limit
                    } else {
                        self.max = limit
                    }
                    return;
                }
                Err(message) => Diagnostic::new(place, format!("{TABLE}.{key}: {message}")),
            },
            "chip" => match Chip::find(item.as_str().unwrap_or_default()) {
                Some(chip) => {
                    self.chip = Some(chip);
                    return;
                }
                None => Diagnostic::new(place, format!("{TABLE}.chip: expected {}", chips().join(" or "))),
            },
            _ => {
                let near = names::nearest_word(key, ["warn", "max", "chip"].into_iter());
                let near = near.map(|near| format!("; did you mean `{TABLE}.{near}`?")).unwrap_or_default();
                Diagnostic::new(key_place, format!("unknown key `{TABLE}.{}`{near}", key.escape_debug()))
            }
        };
        errors.push(refused);
    }
}

fn bytes(item: &Item) -> Result<u64, String> {
    let written = match (item.as_integer(), item.as_str()) {
        (Some(number), _) => Ok(number),
        (_, Some(text)) => formula::evaluate(text, &mut |name| Err(format!("`{name}` means nothing here")))
            .map_err(|error| error.message),
        _ => Err("expected a size such as 40960 or \"40 KiB\"".to_owned()),
    }?;
    u64::try_from(written).map_err(|_| format!("{written} is below 0"))
}

fn chips() -> Vec<String> {
    CHIPS.iter().map(|chip| format!("\"{}\"", chip.key())).collect()
}

/// The table's part of the JSON schema.
pub(crate) fn schema() -> Json {
    let size = |help: &str| json!({ "description": help, "type": ["integer", "string"], "minimum": 0 });
    let chips: Vec<String> = CHIPS.iter().map(Chip::key).collect();
    json!({
        "description": "What RAM the product may take.",
        "type": "object",
        "properties": {
            "warn": size("A total above this gives a warning."),
            "max": size("A total above this is refused by check, budget and build."),
            "chip": { "description": "The chip that the product has.", "enum": chips },
        },
        "additionalProperties": false,
    })
}
