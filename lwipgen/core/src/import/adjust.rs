//! Options that the file says nothing of give way where a rule asks for it; what the file says stays.

use super::Base;
use super::wanted::{Fate, Wanted, assignment, overrides};
use crate::foreign::conversion;
use crate::options::{Kind, Value, options};
use crate::profile::Setting;

/// Changes that are tried; each puts one rule right.
const MAX_CHANGES: usize = 16;

/// Changes free options until the rules hold, or until only what the file says could be changed.
pub(super) fn keep_rules(base: &Base, wanted: &mut Vec<Wanted>) {
    for _ in 0..MAX_CHANGES {
        let mut all = overrides(wanted);
        let free: Vec<Setting> = base.settings(&all);
        let free: Vec<&Setting> = free.iter().filter(|setting| is_free(setting, wanted)).collect();
        // What is set last is what a rule's remedy changes first.
        all.extend(free.iter().map(|setting| assignment(setting.option, &setting.written)));
        let Err(errors) = base.resolve(&all) else { return };
        let change = errors.iter().filter_map(|error| error.remedy.as_ref()).find_map(|remedy| {
            let setting = free.iter().find(|setting| setting.option.key == remedy.key)?;
            let value: i64 = remedy.value.parse().ok()?;
            let lower = matches!(setting.value, Value::Number(now) if value < now);
            let raise_only = find(wanted, setting).is_some_and(|said| said.line.is_some());
            (!(lower && raise_only)).then_some((setting.option, Value::Number(value), remedy.rule))
        });
        let Some((option, value, rule)) = change else { return };
        let fate = Fate::Changed(rule.to_owned());
        match wanted.iter_mut().find(|wanted| wanted.option.key == option.key) {
            Some(wanted) => (wanted.value, wanted.fate) = (value, fate),
            None => wanted.push(Wanted { option, value, name: option.key.clone(), line: None, fate }),
        }
        wanted.sort_by_key(|wanted| options().position(&wanted.option.key));
    }
}

/// Numbers that the file does not fix.
fn is_free(setting: &Setting, wanted: &[Wanted]) -> bool {
    let fixed =
        find(wanted, setting).is_some_and(|said| said.line.is_some()) && !conversion(setting.option).at_least;
    matches!(setting.option.kind, Kind::Number(_)) && setting.active && !fixed
}

fn find<'a>(wanted: &'a [Wanted], setting: &Setting) -> Option<&'a Wanted> {
    wanted.iter().find(|wanted| wanted.option.key == setting.option.key)
}
