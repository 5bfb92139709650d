//! Setting and removing one value in the text of a profile.

use crate::options::{Opt, Value};
use toml_edit::{DocumentMut, Item, Key, RawString, Table, TableLike};

pub(super) fn parse(text: &str) -> Result<DocumentMut, String> {
    text.parse::<DocumentMut>().map_err(|error| error.message().trim().replace('\n', "; "))
}

/// Where a value stands.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    pub group: Option<&'a str>,
    pub name: &'a str,
    /// `group = true` may be written for it.
    pub is_switch: bool,
}

impl<'a> From<&'a Opt> for Slot<'a> {
    fn from(option: &'a Opt) -> Self {
        Self { group: option.group(), name: option.name(), is_switch: option.is_switch() }
    }
}

/// Puts a value where its group already stands or else behind all that is there.
pub(super) fn set(document: &mut DocumentMut, slot: Slot<'_>, value: &Value) {
    let value = toml(value);
    let Some(group) = slot.group else {
        return put(document.as_table_mut(), slot.name, value);
    };
    let stands_for_switch = document.get(group).is_some_and(Item::is_bool);
    if slot.is_switch && (stands_for_switch || document.get(group).is_none()) {
        return put(document.as_table_mut(), group, value);
    }
    if stands_for_switch {
        spread_switch(document, group);
    }
    if document.get(group).is_none() {
        let mut table = Table::new();
        let needs_space = !document.as_table().is_empty();
        table.decor_mut().set_prefix(if needs_space { "\n" } else { "" });
        document.insert(group, Item::Table(table));
    }
    if let Some(table) = document.get_mut(group).and_then(Item::as_table_like_mut) {
        put(table, slot.name, value);
    }
}

/// Removes a value. Comments right above it go with it, those further up stay.
pub(super) fn remove(document: &mut DocumentMut, slot: Slot<'_>) {
    let Some(group) = slot.group else {
        let orphan = take(document.as_table_mut(), slot.name);
        return keep_in_document(document, orphan);
    };
    match document.get_mut(group) {
        Some(item) if item.is_bool() && slot.is_switch => {
            let orphan = take(document.as_table_mut(), group);
            keep_in_document(document, orphan);
        }
        Some(item) => {
            let Some(table) = item.as_table_like_mut() else { return };
            if !table.contains_key(slot.name) {
                return;
            }
            let orphan = take(table, slot.name);
            if !table.is_empty() {
                return;
            }
            let heading =
                item.as_table().and_then(|table| table.decor().prefix()).and_then(RawString::as_str);
            let kept =
                format!("{}{orphan}", heading.filter(|heading| heading.contains('#')).unwrap_or_default());
            document.remove(group);
            keep_in_document(document, kept);
        }
        None => {}
    }
}

fn toml(value: &Value) -> toml_edit::Value {
    match value {
        Value::Bool(on) => (*on).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}

/// Puts a value where the old one was, spaces and comments around it included.
fn put(table: &mut dyn TableLike, name: &str, mut value: toml_edit::Value) {
    match table.get_mut(name) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        _ => {
            table.insert(name, Item::Value(value));
        }
    }
}

/// `tcp = true` becomes a table, so that it can hold more.
fn spread_switch(document: &mut DocumentMut, group: &str) {
    let Some(on) = document.get(group).and_then(Item::as_bool) else { return };
    let orphan = take(document.as_table_mut(), group);
    let mut table = Table::new();
    table.decor_mut().set_prefix(format!("\n{orphan}"));
    if !on {
        table.insert("enabled", toml_edit::value(false));
    }
    document.insert(group, Item::Table(table));
}

/// Takes a key out and gives it the comments above it that are not about it alone, to the next key if there is one.
fn take(table: &mut dyn TableLike, name: &str) -> String {
    let prefix = table.key(name).map(leading).unwrap_or_default();
    let next = table.iter().map(|(key, _)| key.to_owned()).skip_while(|key| key != name).nth(1);
    table.remove(name);
    let kept = not_about_it(&prefix);
    let next = next.filter(|next| table.get(next).is_some_and(Item::is_value));
    match next.and_then(|next| table.key_mut(&next)) {
        Some(mut next) if !kept.is_empty() => {
            let decor = next.leaf_decor_mut();
            let old = decor.prefix().and_then(RawString::as_str).unwrap_or_default().to_owned();
            decor.set_prefix(format!("{kept}{old}"));
            String::new()
        }
        _ => kept,
    }
}

fn leading(key: &Key) -> String {
    key.leaf_decor().prefix().and_then(RawString::as_str).unwrap_or_default().to_owned()
}

/// Directives (`#:schema …`) and what a blank line sets apart.
fn not_about_it(prefix: &str) -> String {
    match prefix.rfind("\n\n") {
        Some(end) => prefix[..end + 2].to_owned(),
        None => prefix.split_inclusive('\n').filter(|line| line.starts_with("#:")).collect(),
    }
}

/// Comments that lost what they stood before: they go before the first table, or to the end.
fn keep_in_document(document: &mut DocumentMut, comments: String) {
    if comments.trim().is_empty() {
        return;
    }
    let first = document.as_table_mut().iter_mut().find_map(|(_, item)| match item {
        Item::Table(table) => Some(table),
        _ => None,
    });
    match first {
        Some(table) => {
            let old = table.decor().prefix().and_then(RawString::as_str).unwrap_or_default().to_owned();
            table.decor_mut().set_prefix(format!("{comments}{old}"));
        }
        None => {
            let old = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(format!("{comments}{old}"));
        }
    }
}
