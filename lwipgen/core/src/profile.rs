//! Reading profiles: layers of TOML, values with their origins, the typed and checked [`Profile`].

mod chain;
mod evaluate;
mod formula;
mod layer;
mod limits;
mod names;
mod shipped;
mod variant;

pub(crate) use chain::read_text;
pub use evaluate::{Origin, Setting};
pub(crate) use limits::{KEYS as LIMITS_KEYS, TABLE as LIMITS_TABLE, schema as limits_schema};
pub use limits::{Limit, Limits, Verdict};
pub use shipped::SHIPPED;
pub use variant::Variant;

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Source, SourceKind};
use crate::model::Profile;
use crate::options::{Opt, Value, options};
use crate::rules;
use layer::{Entry, Layer};
use serde_json::{Map, Value as Json};
use std::path::Path;
use std::sync::Arc;

/// A profile that is fit to be generated: read, computed, and checked against every rule.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Name of the profile: its file's name without the extension.
    pub name: String,
    /// The values, typed.
    pub profile: Profile,
    /// The values with their origins, in the model's order.
    pub settings: Vec<Setting>,
    layers: Vec<Layer>,
}

impl Resolved {
    /// Reads the profile at a path or a shipped one by its name, with `key=value` overrides as the last layers.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(name: &str, overrides: &[String]) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::new();
        let layers = chain::read(name, &mut errors);
        Self::of_layers(stem(name), layers, overrides, errors)
    }

    /// Reads a profile that is not in a file; `extends` is relative to the current folder.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_text(name: &str, text: &str, overrides: &[String]) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::new();
        let source = Source { name: format!("{name}.toml"), text: text.to_owned(), kind: SourceKind::File };
        let layers = chain::read_source(Arc::new(source), &mut errors);
        Self::of_layers(name, layers, overrides, errors)
    }

    /// Reads a profile whose file at `path` has, or is to have, this text.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_file_text(path: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::new();
        let source = Source { name: path.to_owned(), text: text.to_owned(), kind: SourceKind::File };
        let layers = chain::read_source(Arc::new(source), &mut errors);
        Self::of_layers(stem(path), layers, &[], errors)
    }

    /// The same profile with further overrides: what it would be if.
    ///
    /// # Errors
    /// Everything that would be wrong with it.
    pub fn with(&self, overrides: &[String]) -> Result<Self, Diagnostics> {
        Self::of_layers(&self.name, self.layers.clone(), overrides, Diagnostics::new())
    }

    /// The setting of the option with this key.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.option.key == key)
    }

    /// What would set an option if the last that did had not, and so on down to the default.
    #[must_use]
    pub fn overridden(&self, option: &Opt) -> Vec<(Value, Origin)> {
        let leaf = self.layers.iter().rposition(|layer| layer.source.kind == SourceKind::File);
        let is_it = |entry: &&Entry| options().all[entry.option].key == option.key;
        let set = self.layers.iter().enumerate().flat_map(|(depth, layer)| {
            let last = layer.entries.iter().rfind(is_it);
            last.map(|entry| (entry.value.clone(), Origin::of(layer, Some(depth) == leaf, &entry.place)))
        });
        let mut all = vec![(option.default.clone(), Origin::Default)];
        all.extend(set);
        all.pop();
        all.reverse();
        all
    }

    /// What the profile's table `[budget]` allows.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.layers.iter().fold(Limits::default(), |base, layer| layer.limits.clone().over(&base))
    }

    /// All texts that the profile was read from, base first, overrides last.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.layers.iter().map(|layer| layer.source.as_ref())
    }

    /// The value of a formula over this profile's options.
    pub(crate) fn compute(&self, formula: &str) -> Option<i64> {
        let value =
            formula::evaluate(formula, &mut |key| match self.setting(key).map(|setting| &setting.value) {
                Some(Value::Number(number)) => Ok(*number),
                _ => Err(String::new()),
            });
        value.ok()
    }

    fn of_layers(
        name: &str,
        mut layers: Vec<Layer>,
        overrides: &[String],
        mut errors: Diagnostics,
    ) -> Result<Self, Diagnostics> {
        let Some(leaf) = layers.iter().rfind(|layer| layer.source.kind == SourceKind::File) else {
            return Err(errors);
        };
        let start = Place::start(&leaf.source);
        if !is_package_name(name) {
            let message = format!(
                "the file's name gives the package its name: `{}` must be lower-case letters, digits, `-` and `_`",
                name.escape_debug()
            );
            errors.push(Diagnostic::new(start.clone(), message));
        }
        layers.extend(overrides.iter().map(|written| layer::read_override(written, &mut errors)));
        let before = errors.len();
        let settings = evaluate::evaluate(&layers, &mut errors);
        let refused = errors.len() - before;
        let profile = match typed(&settings) {
            Ok(profile) => profile,
            Err(message) => {
                errors.push(Diagnostic::new(start, message));
                return Err(errors);
            }
        };
        let what_if = |key: &str, value| what_if(&layers, refused, key, value);
        rules::check(&settings, &profile, &start, &what_if, &mut errors);
        if errors.is_empty() {
            return Ok(Self { name: name.to_owned(), profile, settings, layers });
        }
        let order = |place: &Place| layers.iter().rposition(|layer| layer.source == place.source);
        errors.sort_by_key(|error| (std::cmp::Reverse(order(&error.place)), error.place.span.start));
        Err(errors)
    }
}

/// The settings that a text and overrides come to, whatever is wrong with them.
pub(crate) fn settings(path: &str, text: &str, overrides: &[String]) -> Vec<Setting> {
    let mut errors = Diagnostics::new();
    let source = Source { name: path.to_owned(), text: text.to_owned(), kind: SourceKind::File };
    let mut layers = chain::read_source(Arc::new(source), &mut errors);
    layers.extend(overrides.iter().map(|written| layer::read_override(written, &mut errors)));
    evaluate::evaluate(&layers, &mut errors)
}

/// The typed profile with one value changed, unless more than the `refused` values are then refused.
fn what_if(layers: &[Layer], refused: usize, key: &str, value: Value) -> Option<Profile> {
    let mut errors = Diagnostics::new();
    let place = Place::named("");
    let entry = Entry { option: options().position(key)?, value, place: place.clone() };
    let mut layers = layers.to_vec();
    layers.push(Layer {
        source: place.source,
        entries: vec![entry],
        limits: Limits::default(),
        extends: None,
    });
    let settings = evaluate::evaluate(&layers, &mut errors);
    if errors.len() > refused { None } else { typed(&settings).ok() }
}

fn typed(settings: &[Setting]) -> Result<Profile, String> {
    let mut top = Map::new();
    for Setting { option, value, .. } in settings {
        let value = match value {
            Value::Bool(on) => Json::from(*on),
            Value::Number(number) => Json::from(*number),
            Value::Text(text) => Json::from(text.as_str()),
        };
        let table = match option.group() {
            None => Some(&mut top),
            Some(group) => top.entry(group).or_insert_with(|| Json::Object(Map::new())).as_object_mut(),
        };
        table.map(|table| table.insert(option.name().to_owned(), value));
    }
    serde_json::from_value(Json::Object(top))
        .map_err(|error| format!("the model does not take its own values: {error}"))
}

/// Name of the profile at a path.
fn stem(path: &str) -> &str {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// What an option would be if the profile at `path` with this text did not set it.
pub(crate) fn inherited(path: &str, text: &str) -> Vec<Value> {
    let mut errors = Diagnostics::new();
    let source = Source { name: path.to_owned(), text: text.to_owned(), kind: SourceKind::File };
    let mut layers = chain::read_source(Arc::new(source), &mut errors);
    layers.pop();
    evaluate::evaluate(&layers, &mut errors).into_iter().map(|setting| setting.written).collect()
}

/// The option and the value that a `key=value` names.
pub(crate) fn read_assignment(written: &str) -> Result<(usize, Value), Diagnostics> {
    let mut errors = Diagnostics::new();
    let layer = layer::read_override(written, &mut errors);
    match layer.entries.into_iter().next() {
        Some(entry) if errors.is_empty() => Ok((entry.option, entry.value)),
        _ => Err(errors),
    }
}

/// The option that a key names; a group with a switch stands for its switch.
pub(crate) fn read_key(key: &str) -> Result<usize, String> {
    let (table, key) = (options(), names::meant(key));
    table.position(key).or_else(|| table.position(&format!("{key}.enabled"))).ok_or_else(|| {
        let near = names::nearest_key(key).map(|near| format!("; did you mean `{near}`?"));
        format!("there is no option `{}`{}", key.escape_debug(), near.unwrap_or_default())
    })
}

fn is_package_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, overrides: &[&str]) -> Resolved {
        let overrides: Vec<String> = overrides.iter().map(|written| (*written).to_owned()).collect();
        Resolved::from_text("test", text, &overrides).unwrap()
    }

    fn origin(resolved: &Resolved, key: &str) -> String {
        match &resolved.setting(key).unwrap().origin {
            Origin::Default => "default".to_owned(),
            Origin::Inherited(place) => format!("inherited {place}"),
            Origin::Profile(place) => format!("profile {place}"),
            Origin::CommandLine(place) => format!("command line {place}"),
        }
    }

    fn minimal_v4() -> &'static str {
        SHIPPED.iter().find(|(name, _)| *name == "minimal-v4").unwrap().1
    }

    #[test]
    fn every_value_knows_where_it_comes_from() {
        let resolved = resolve("extends = \"minimal-v4\"\n[udp]\npcbs = 2\n[tcp]\npcbs = 1", &["tcp.pcbs=3"]);
        assert_eq!(origin(&resolved, "tcp.backlog"), "default");
        let line = minimal_v4().lines().position(|line| line.starts_with("mss = ")).unwrap() + 1;
        assert_eq!(origin(&resolved, "tcp.mss"), format!("inherited <shipped>/minimal-v4.toml:{line}:7"));
        assert_eq!(origin(&resolved, "udp.pcbs"), "profile test.toml:3:8");
        assert_eq!(origin(&resolved, "tcp.pcbs"), "command line --set tcp.pcbs=3");
        assert_eq!(resolved.profile.tcp.pcbs.get(), 3);
        let names: Vec<&str> = resolved.sources().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["<shipped>/minimal-v4.toml", "test.toml", "--set tcp.pcbs=3"]);
    }

    #[test]
    fn a_formula_follows_what_it_depends_on() {
        let resolved = resolve("tcp.mss = 1000", &[]);
        assert_eq!(resolved.profile.tcp.wnd.get(), 4000);
        let changed =
            resolved.with(&["tcp.mss=1200".to_owned(), "tcp.snd_buf=netif.mtu * 2".to_owned()]).unwrap();
        assert_eq!(changed.profile.tcp.wnd.get(), 4800);
        assert_eq!(changed.profile.tcp.snd_buf.get(), 3000);
        assert_eq!(changed.setting("tcp.wnd").unwrap().written, Value::Text("4 * mss".to_owned()));
        assert!(resolved.with(&["tcp.mss=1461".to_owned()]).is_err());
    }

    #[test]
    fn a_switch_is_true_or_false_or_a_table() {
        for text in
            ["tcp = false", "tcp.enabled = false", "tcp = { enabled = false }", "[tcp]\nenabled = false"]
        {
            assert!(!resolve(text, &[]).profile.tcp.enabled, "{text}");
        }
        assert!(resolve("tcp = false", &["tcp=true"]).profile.tcp.enabled);
    }

    #[test]
    fn what_needs_a_switch_that_is_off_is_off_by_default() {
        let profile = resolve("ethernet = false", &[]).profile;
        assert!(!profile.arp.enabled);
        assert!(profile.icmp.enabled);
    }

    #[test]
    fn an_empty_profile_is_what_esp_idf_ships() {
        let profile = resolve("", &[]).profile;
        assert_eq!((profile.tcp.mss, profile.tcp.wnd.get(), profile.tcp.snd_buf.get()), (1440, 5760, 5760));
        assert_eq!((profile.tcp.pcbs.get(), profile.udp.pcbs.get(), profile.ipv4.ttl), (16, 16, 64));
    }
}
