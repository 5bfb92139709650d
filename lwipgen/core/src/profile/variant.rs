//! A profile with some values changed, judged without looking for a way out: what searches try by the hundred.

use super::layer::{Entry, Layer};
use super::limits::Limits;
use super::{Resolved, Setting, evaluate, typed};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::model::Profile;
use crate::options::{Opt, Value, options};
use crate::rules::{RULES, Rule};
use crate::selection::Selection;

/// A profile as it would be.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its values.
    pub settings: Vec<Setting>,
    /// Values that are refused by themselves.
    pub errors: Diagnostics,
    /// Rules that it breaks.
    pub broken: Vec<&'static Rule>,
    name: String,
    profile: Option<Profile>,
}

impl Variant {
    /// Whether nothing is wrong with it.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty() && self.broken.is_empty()
    }

    /// What it selects, if it is valid.
    #[must_use]
    pub fn selection(&self) -> Option<Selection> {
        let profile = self.profile.as_ref().filter(|_| self.is_valid())?;
        Some(Selection::of(&self.name, &self.settings, profile))
    }

    /// The first thing that is wrong, in words.
    #[must_use]
    pub fn objection(&self) -> Option<String> {
        let error = self.errors.first().map(|error| error.message.clone());
        error.or_else(|| self.broken.first().map(|rule| format!("{} [rule {}]", rule.text, rule.name)))
    }
}

impl Resolved {
    /// The profile with these values in place of its own.
    #[must_use]
    pub fn variant(&self, changes: &[(&'static Opt, Value)]) -> Variant {
        let place = Place::named("what if");
        let entry = |(option, value): &(&'static Opt, Value)| {
            let option = options().position(&option.key)?;
            Some(Entry { option, value: value.clone(), place: place.clone() })
        };
        let entries = changes.iter().filter_map(entry).collect();
        let mut layers = self.layers.clone();
        layers.push(Layer {
            source: place.source.clone(),
            entries,
            limits: Limits::default(),
            extends: None,
        });
        let mut errors = Diagnostics::new();
        let settings = evaluate::evaluate(&layers, &mut errors);
        let profile = typed(&settings).map_err(|message| errors.push(Diagnostic::new(place, message))).ok();
        let broken = profile.iter().flat_map(|profile| RULES.iter().filter(|rule| !(rule.holds)(profile)));
        Variant { broken: broken.collect(), name: self.name.clone(), settings, errors, profile }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_what_an_override_gives() {
        let resolved = Resolved::load("iot-sensor", &[]).unwrap();
        let option = |key| options().get(key).unwrap();
        for (key, value) in
            [("tcp.pcbs", "3"), ("tcp.enabled", "false"), ("memory", "heap"), ("tcp.wnd", "2 * mss")]
        {
            let with = resolved.with(&[format!("{key}={value}")]).unwrap();
            let value = with.setting(key).unwrap().written.clone();
            let variant = resolved.variant(&[(option(key), value)]);
            assert_eq!(variant.selection(), Some(with.selection()), "{key}");
        }
        assert_eq!(resolved.variant(&[]).selection(), Some(resolved.selection()));
        let broken = resolved.variant(&[(option("tcp.wnd"), Value::Number(70_000))]);
        assert!(broken.selection().is_none());
        assert!(broken.broken.iter().any(|rule| rule.name == "wnd-needs-scaling"));
        let refused = resolved.variant(&[(option("tcp.mss"), Value::Number(1))]);
        assert!(refused.objection().unwrap().contains("out of range"));
    }
}
