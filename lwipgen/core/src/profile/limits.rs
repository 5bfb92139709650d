//! The profile's table `[budget]`: what RAM the product may take, and on which chip.

use super::formula;
use super::names;
use crate::budget::{CHIPS, Chip};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use serde_json::{Value as Json, json};
use toml_edit::Item;

/// Key of the table.
pub(crate) const TABLE: &str = "budget";

/// Keys in the table.
pub(crate) const KEYS: [&str; 3] = ["warn", "max", "chip"];

/// What each key of the table says.
const HELP: [&str; KEYS.len()] = [
    "A total above this gives a warning.",
    "A total above this is refused by check, budget and build.",
    "The chip that the product has: its RAM is the most that the profile may take.",
];

/// What a profile allows itself; every key is inherited on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// From this total on a warning is given.
    pub warn: Option<Limit>,
    /// No more than this total.
    pub max: Option<Limit>,
    /// The chip that the product has, and where it is written.
    pub chip: Option<(&'static Chip, Place)>,
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
    /// The keys of the table, in full, and what each says.
    pub fn keys() -> impl Iterator<Item = (String, &'static str)> {
        KEYS.into_iter().map(|key| format!("{TABLE}.{key}")).zip(HELP)
    }

    /// What a key of the table may be; `None` for one that does not exist.
    #[must_use]
    pub fn expected(key: &str) -> Option<String> {
        match key.strip_prefix(TABLE)?.strip_prefix('.')? {
            "warn" | "max" => Some("a size such as 40960 or \"40 KiB\"".to_owned()),
            "chip" => Some(chips().join(" or ")),
            _ => None,
        }
    }

    /// The value of a key of the table, and where it is written; `None` where it is not.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<(String, &Place)> {
        let size = |limit: &'_ Limit| limit.bytes.to_string();
        match key.strip_prefix(TABLE)?.strip_prefix('.')? {
            "warn" => self.warn.as_ref().map(|limit| (size(limit), &limit.place)),
            "max" => self.max.as_ref().map(|limit| (size(limit), &limit.place)),
            "chip" => self.chip.as_ref().map(|(chip, place)| (chip.key(), place)),
            _ => None,
        }
    }

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
        let chip = self.chip.as_ref().map(|(chip, place)| {
            (Limit { bytes: chip.ram, place: place.clone() }, format!("that the {} has", chip.name))
        });
        match (self.max.as_ref().filter(over), self.warn.as_ref().filter(over), chip) {
            (Some(max), ..) => Verdict::TooMuch(say(max, "allowed")),
            (_, _, Some((ram, has))) if over(&&ram) => Verdict::TooMuch(say(&ram, &has)),
            (None, Some(warn), _) => Verdict::Warning(say(warn, "wished for")),
            (None, None, _) => Verdict::Fits,
        }
    }

    /// Limits of a file over those of its base.
    pub(super) fn over(self, base: &Self) -> Self {
        Self {
            warn: self.warn.or_else(|| base.warn.clone()),
            max: self.max.or_else(|| base.max.clone()),
            chip: self.chip.or_else(|| base.chip.clone()),
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
                    self.chip = Some((chip, place));
                    return;
                }
                None => Diagnostic::new(place, format!("{TABLE}.chip: expected {}", chips().join(" or "))),
            },
            _ => {
                let near = names::nearest_word(key, KEYS.into_iter());
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
    let [warn, max, chip] = HELP;
    let size = |help: &str| json!({ "description": help, "type": ["integer", "string"], "minimum": 0 });
    let chips: Vec<String> = CHIPS.iter().map(Chip::key).collect();
    json!({
        "description": "What RAM the product may take.",
        "type": "object",
        "properties": {
            "warn": size(warn),
            "max": size(max),
            "chip": { "description": chip, "enum": chips },
        },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Resolved;

    fn limits(text: &str) -> Limits {
        Resolved::from_text("test", text, &[]).unwrap().limits()
    }

    fn refused(text: &str) -> String {
        Resolved::from_text("test", text, &[]).unwrap_err()[0].to_string()
    }

    #[test]
    fn totals_are_judged_at_the_line_that_says_so() {
        let limits = limits("[budget]\nwarn = 1000\nmax = \"2 KiB\"");
        assert_eq!(limits.judge(1000), Verdict::Fits);
        let Verdict::Warning(warning) = limits.judge(1001) else { panic!("no warning") };
        assert_eq!(
            warning.to_string(),
            "test.toml:2:8: 1001 bytes of RAM are 1 more than the 1000 wished for"
        );
        assert!(matches!(limits.judge(2048), Verdict::Warning(_)));
        let Verdict::TooMuch(refused) = limits.judge(2049) else { panic!("not refused") };
        assert_eq!(refused.to_string(), "test.toml:3:7: 2049 bytes of RAM are 1 more than the 2048 allowed");
    }

    #[test]
    fn a_chip_allows_what_it_has() {
        let limits = limits("budget.chip = \"ESP32-C6\"");
        assert_eq!(limits.judge(452_112), Verdict::Fits);
        assert!(matches!(limits.judge(452_113), Verdict::TooMuch(_)));
    }

    #[test]
    fn each_key_is_inherited_on_its_own() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("base.toml"), "[budget]\nwarn = 1\nmax = 2").unwrap();
        let path = folder.path().join("node.toml");
        std::fs::write(&path, "extends = \"base.toml\"\n[budget]\nmax = 3").unwrap();
        let limits = Resolved::load(path.to_str().unwrap(), &[]).unwrap().limits();
        assert_eq!((limits.warn.unwrap().bytes, limits.max.unwrap().bytes), (1, 3));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(refused("[budget]\nmaxx = 1").contains("did you mean `budget.max`"));
        assert!(refused("[budget]\nmax = true").starts_with("test.toml:2:7: budget.max: expected a size"));
        assert!(refused("[budget]\nmax = -1").contains("below 0"));
        assert!(refused("[budget]\nmax = \"4 * mss\"").contains("`mss` means nothing here"));
        assert!(refused("[budget]\nchip = \"z80\"").contains("\"esp32c6\""));
        assert!(refused("budget = 5").contains("expected a table"));
    }
}
