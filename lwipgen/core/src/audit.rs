//! Choices of a profile that weaken it, each with its reason: what the model's attribute `x-audit` says.

use crate::options::{Opt, Value};
use crate::profile::{Resolved, Setting};
use serde_json::Value as Json;

/// When a value weakens a profile, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// The values that do.
    pub when: When,
    /// What they weaken, and why.
    pub reason: String,
}

/// Values that weaken a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Exactly this one.
    Is(String),
    /// Numbers below.
    Below(i64),
    /// Numbers above.
    Above(i64),
}

/// A weak choice of a profile.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// The choice and who made it.
    pub setting: &'a Setting,
    /// What it weakens, and why.
    pub reason: &'static str,
}

/// Weak choices, in the model's order.
#[must_use]
pub fn audit(resolved: &Resolved) -> Vec<Finding<'_>> {
    let mut findings = Vec::new();
    for setting in resolved.settings.iter().filter(|setting| setting.active) {
        let option: &'static Opt = setting.option;
        let weak = option.weaknesses.iter().filter(|weakness| weakness.when.holds(&setting.value));
        findings.extend(weak.map(|weakness| Finding { setting, reason: &weakness.reason }));
    }
    findings
}

impl When {
    fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Is(word), value) => *word == value.bare(),
            (Self::Below(limit), Value::Number(number)) => number < limit,
            (Self::Above(limit), Value::Number(number)) => number > limit,
            _ => false,
        }
    }

    fn read(written: &str) -> Self {
        let number = |sign| written.strip_prefix(sign).and_then(|rest: &str| rest.trim().parse().ok());
        match (number('<'), number('>')) {
            (Some(limit), _) => Self::Below(limit),
            (_, Some(limit)) => Self::Above(limit),
            (None, None) => Self::Is(written.to_owned()),
        }
    }
}

/// Reads `{ "false": "reason", "<3": "reason" }`.
pub(crate) fn weaknesses(schema: &Json) -> Vec<Weakness> {
    let table = schema.get("x-audit").and_then(Json::as_object).into_iter().flatten();
    let weakness = |(when, reason): (&String, &Json)| Weakness {
        when: When::read(when),
        reason: reason.as_str().unwrap_or_default().to_owned(),
    };
    table.map(weakness).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Kind, options};

    #[test]
    fn every_weakness_has_a_reason_and_a_value_that_shows_it() {
        let mut seen = 0;
        for option in &options().all {
            for Weakness { when, reason } in &option.weaknesses {
                assert!(reason.starts_with("security: ") || reason.starts_with("robustness: "), "{reason}");
                let shown = match (&option.kind, when) {
                    (Kind::Bool, When::Is(word)) => word == "true" || word == "false",
                    (Kind::Choice(words), When::Is(word)) => words.iter().any(|(known, _)| known == word),
                    (Kind::Number(number), When::Below(limit)) => number.range.start() < limit,
                    (Kind::Number(number), When::Above(limit)) => number.range.end() > limit,
                    _ => false,
                };
                assert!(shown, "{}: {when:?}", option.key);
                assert!(!when.holds(&option.default), "{}: the default is weak", option.key);
                seen += 1;
            }
        }
        assert!(seen >= 10);
    }

    #[test]
    fn findings_name_what_is_chosen_and_active() {
        let sets = ["checksum.check_tcp=false", "tcp.max_retries=2"].map(str::to_owned);
        let resolved = Resolved::from_text("test", "", &sets).unwrap();
        let found: Vec<&str> = audit(&resolved).iter().map(|f| f.setting.option.key.as_str()).collect();
        assert_eq!(found, ["tcp.max_retries", "checksum.check_tcp"]);
        assert!(audit(&resolved.with(&["tcp=false".to_owned()]).unwrap()).is_empty());
    }
}
