//! From values to a short profile: only what differs from its base is said.

use super::wanted::{Fate, Wanted, overrides};
use super::{Base, Request};
use crate::options::Value;
use crate::profile::Setting;
use toml_edit::{DocumentMut, Item, Table};

/// Leaves out what has no effect and what the base or another value already says.
pub(super) fn reduce(base: &Base, wanted: &mut [Wanted]) {
    let all = base.settings(&overrides(wanted));
    for wanted in wanted.iter_mut().filter(|wanted| wanted.is_written()) {
        let Some(setting) = all.iter().find(|setting| setting.option.key == wanted.option.key) else {
            continue;
        };
        let off = wanted.option.is_switch() && wanted.value == Value::Bool(false);
        if !setting.active && !off {
            let is_off = |need: &&String| {
                all.iter().any(|other| {
                    other.option.key == **need && (!other.active || other.value == Value::Bool(false))
                })
            };
            let need = wanted.option.needs.iter().find(is_off).cloned().unwrap_or_default();
            wanted.fate = Fate::Inactive(need);
        }
    }
    let full = base.settings(&overrides(wanted));
    for index in 0..wanted.len() {
        let Fate::Taken(remark) = wanted[index].fate.clone() else { continue };
        wanted[index].fate = Fate::Default(remark.clone());
        let key = &wanted[index].option.key;
        let value = |settings: &[Setting]| {
            settings.iter().find(|setting| setting.option.key == *key).map(|setting| setting.value.clone())
        };
        if value(&base.settings(&overrides(wanted))) != value(&full) {
            wanted[index].fate = Fate::Taken(remark);
        }
    }
}

/// The text of the profile; behind each value stands the name that it comes from.
pub(super) fn render(request: &Request<'_>, wanted: &[Wanted]) -> String {
    let mut document = DocumentMut::new();
    document.insert("description", Item::Value(format!("Imported from {}.", request.file).into()));
    if let Some(extends) = request.extends {
        document.insert("extends", Item::Value(extends.into()));
    }
    let written: Vec<&Wanted> = wanted.iter().filter(|wanted| wanted.is_written()).collect();
    for wanted in &written {
        let item = Item::Value(value(wanted));
        let group = wanted.option.group();
        let alone = written.iter().filter(|other| other.option.group() == group).count() == 1;
        match group {
            None => drop(document.insert(wanted.option.name(), item)),
            Some(group) if alone && wanted.option.is_switch() => drop(document.insert(group, item)),
            Some(group) => {
                let table = document.entry(group).or_insert_with(|| Item::Table(Table::new()));
                if let Some(table) = table.as_table_like_mut() {
                    table.insert(wanted.option.name(), item);
                }
            }
        }
    }
    document.to_string()
}

fn value(wanted: &Wanted) -> toml_edit::Value {
    let mut value: toml_edit::Value = match &wanted.value {
        Value::Bool(on) => (*on).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    };
    let comment = match &wanted.fate {
        Fate::Changed(rule) => rule,
        _ => &wanted.name,
    };
    value.decor_mut().set_suffix(format!(" # {comment}"));
    value
}
