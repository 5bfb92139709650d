//! Why an option has its value: who set it, what limits it, and what would move a limit.

use crate::options::{Kind, Opt, Value, options};
use crate::profile::{Origin, Resolved, Setting};
use crate::rules::{Rule, nearest};

/// The story of one value.
#[derive(Clone, Debug)]
pub struct Why {
    /// The value and who set it.
    pub setting: Setting,
    /// Values that were overridden, the last one first.
    pub over: Vec<(Value, Origin)>,
    /// Options that the value is computed from.
    pub follows: Vec<Setting>,
    /// A switch that is off, so that the option selects nothing.
    pub missing: Option<&'static Opt>,
    /// What limits it.
    pub limits: Vec<Limit>,
}

/// Values that cannot be had, and why.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The last value before it; for switches and words the value that it has.
    pub until: Value,
    /// The first value that is refused.
    pub refused: Value,
    /// The rule that refuses it; without one it is the option's own range.
    pub rule: Option<&'static Rule>,
    /// The smallest change of another option that would let it pass.
    pub freed_by: Option<(&'static Opt, Value)>,
}

/// Why the option with this key has its value.
#[must_use]
pub fn why(resolved: &Resolved, option: &'static Opt) -> Option<Why> {
    let setting = resolved.setting(&option.key)?.clone();
    let missing = option.needs.iter().filter_map(|need| resolved.setting(need));
    let missing = missing.filter(|need| need.value != Value::Bool(true)).map(|need| need.option).next();
    Some(Why {
        over: resolved.overridden(option),
        follows: follows(resolved, &setting),
        limits: limits(resolved, &setting),
        missing,
        setting,
    })
}

/// The options that an expression names.
fn follows(resolved: &Resolved, setting: &Setting) -> Vec<Setting> {
    let (Kind::Number(_), Value::Text(written)) = (&setting.option.kind, &setting.written) else {
        return Vec::new();
    };
    let names = written.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    let sibling = |name: &str| {
        let full = setting.option.group().map(|group| format!("{group}.{name}"));
        full.and_then(|full| resolved.setting(&full)).or_else(|| resolved.setting(name))
    };
    let mut found: Vec<Setting> = Vec::new();
    for named in names.filter_map(sibling) {
        if !found.contains(named) {
            found.push(named.clone());
        }
    }
    found
}

fn limits(resolved: &Resolved, setting: &Setting) -> Vec<Limit> {
    let option = setting.option;
    let others: Vec<(Value, Value)> = match (&option.kind, &setting.value) {
        (Kind::Bool, Value::Bool(on)) => vec![(setting.value.clone(), Value::Bool(!on))],
        (Kind::Choice(words), now) => {
            let words = words.iter().map(|(word, _)| Value::Text(word.clone()));
            words.filter(|word| word != now).map(|word| (now.clone(), word)).collect()
        }
        (Kind::Number(number), Value::Number(now)) => {
            [number.step, -number.step].map(|stride| edge(resolved, option, *now, stride)).into()
        }
        _ => Vec::new(),
    };
    others.into_iter().filter_map(|(until, refused)| limit(resolved, option, until, refused)).collect()
}

/// Why a value is refused, the valid value nearest to it on the way from the present one, and what would free it;
/// nothing if it is not refused.
#[must_use]
pub fn refusal(resolved: &Resolved, option: &'static Opt, value: &Value) -> Option<Limit> {
    let variant = resolved.variant(&[(option, value.clone())]);
    let wanted = variant.settings.iter().find(|setting| setting.option.key == option.key);
    let now = resolved.setting(&option.key)?.value.clone();
    let (until, value) = match (&option.kind, &now, wanted.map(|setting| &setting.value), value) {
        // A number out of range is replaced by the nearest one, which is why the written one comes first.
        (Kind::Number(number), Value::Number(now), _, Value::Number(to))
        | (Kind::Number(number), Value::Number(now), Some(Value::Number(to)), _) => {
            (Value::Number(last_valid(resolved, option, *now, *to, number.step)), Value::Number(*to))
        }
        _ => (now, value.clone()),
    };
    limit(resolved, option, until, value)
}

/// The last valid value on the way from a valid one to another.
fn last_valid(resolved: &Resolved, option: &'static Opt, from: i64, to: i64, step: i64) -> i64 {
    let stride = if to < from { -step } else { step };
    let at = |steps: i64| from + steps * stride;
    let (mut near, mut far) = (0, (to - from) / stride + 1);
    while near + 1 < far {
        let middle = near.midpoint(far);
        if resolved.variant(&[(option, Value::Number(at(middle)))]).is_valid() {
            near = middle;
        } else {
            far = middle;
        }
    }
    at(near)
}

/// The last value in one direction that is valid, and the first that is not.
fn edge(resolved: &Resolved, option: &'static Opt, now: i64, stride: i64) -> (Value, Value) {
    let valid = |steps: i64| resolved.variant(&[(option, Value::Number(now + steps * stride))]).is_valid();
    let mut far = 1;
    // Ranges end, so this does: every number of the model fits 32 bits.
    while valid(far) {
        far *= 2;
    }
    let mut near = far / 2;
    while near + 1 < far {
        let middle = near.midpoint(far);
        if valid(middle) { near = middle } else { far = middle }
    }
    (Value::Number(now + near * stride), Value::Number(now + far * stride))
}

fn limit(resolved: &Resolved, option: &'static Opt, until: Value, refused: Value) -> Option<Limit> {
    let variant = resolved.variant(&[(option, refused.clone())]);
    if variant.is_valid() {
        return None;
    }
    let rule = variant.broken.first().copied().filter(|_| variant.errors.is_empty());
    let freed_by = rule.and_then(|rule| free(resolved, option, &refused, rule));
    Some(Limit { until, refused, rule, freed_by })
}

/// The smallest change, in proportion, of one of the rule's other options that makes the value valid.
fn free(
    resolved: &Resolved,
    option: &'static Opt,
    wanted: &Value,
    rule: &Rule,
) -> Option<(&'static Opt, Value)> {
    let others = rule.keys.iter().filter(|key| **key != option.key).filter_map(|key| options().get(key));
    let found = others.filter_map(|other| {
        let setting = resolved.setting(&other.key)?;
        let valid = |value| resolved.variant(&[(option, wanted.clone()), (other, value)]).is_valid();
        let value = nearest::value(setting, &valid)?;
        let weight = match (&setting.value, &value) {
            (Value::Number(from), Value::Number(to)) => {
                from.abs_diff(*to) * 1000 / from.unsigned_abs().max(1)
            }
            _ => 1000,
        };
        Some((weight, other, value))
    });
    found.min_by_key(|(weight, ..)| *weight).map(|(_, other, value)| (other, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(profile: &str, sets: &[&str], key: &str) -> Why {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let resolved = Resolved::load(profile, &sets).unwrap();
        why(&resolved, options().get(key).unwrap()).unwrap()
    }

    #[test]
    fn limits_are_tight_and_what_frees_them_does() {
        let resolved = Resolved::load("iot-sensor", &[]).unwrap();
        for key in ["tcp.wnd", "tcp.mss", "pbuf.pool_size", "ipv4.enabled", "tcp.snd_buf_min"] {
            let option = options().get(key).unwrap();
            let why = why(&resolved, option).unwrap();
            assert!(!why.limits.is_empty(), "{key}");
            for limit in why.limits {
                assert!(
                    resolved.with(&[format!("{key}={}", limit.until)]).is_ok(),
                    "{key} {:?}",
                    limit.until
                );
                assert!(resolved.with(&[format!("{key}={}", limit.refused)]).is_err(), "{key}");
                if let Some((other, value)) = limit.freed_by {
                    let both = [format!("{key}={}", limit.refused), format!("{}={value}", other.key)];
                    assert!(resolved.with(&both).is_ok(), "{both:?}");
                }
            }
        }
    }

    #[test]
    fn who_set_it_and_what_it_follows() {
        let why = of("iot-sensor", &["tcp.pcbs=3"], "tcp.pcbs");
        assert!(matches!(why.setting.origin, Origin::CommandLine(_)));
        assert_eq!(why.over.len(), 2, "{:?}", why.over);
        assert!(matches!(why.over[0].1, Origin::Inherited(_)));
        assert_eq!(why.over[1].1, Origin::Default);
        let why = of("iot-sensor", &[], "tcp.wnd");
        assert_eq!(why.follows.iter().map(|s| s.option.key.as_str()).collect::<Vec<_>>(), ["tcp.mss"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |key| of("iot-sensor", &[], key).missing.map(|option| option.key.as_str());
        assert_eq!(missing("tcp.wnd_shift"), Some("tcp.wnd_scale"));
        assert_eq!(missing("tcp.wnd"), None);
    }
}
