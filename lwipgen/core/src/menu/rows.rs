//! The rows of the menu: the tree of the model's groups, or what a search finds.

use crate::options::{Group, Opt, options};
use crate::search::search;
use std::collections::BTreeSet;

/// One row.
#[derive(Clone, Copy, Debug)]
pub enum Row {
    /// A group; with a switch it is on or off itself.
    Group(&'static Group),
    /// An option.
    Option(&'static Opt),
}

impl Row {
    /// The key of what it shows.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Group(group) => &group.key,
            Self::Option(option) => &option.key,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Group(group) => group.help.clone(),
            Self::Option(option) => option.help.clone(),
        }
    }
}

/// All that a query finds, best first; without one the tree, members of folded groups left out. The switch of a
/// group is the group's row.
pub(super) fn rows(query: &str, unfolded: &BTreeSet<String>) -> Vec<Row> {
    let table = options();
    let row = |option: &'static Opt| match option.group().and_then(|group| table.group(group)) {
        Some(group) if option.is_switch() => Row::Group(group),
        _ => Row::Option(option),
    };
    if !query.trim().is_empty() {
        return search(query).into_iter().map(row).collect();
    }
    let of = |group: Option<&str>| {
        let members = table.all.iter().filter(|option| option.group() == group && !option.is_switch());
        members.map(Row::Option).collect::<Vec<_>>()
    };
    let mut rows = of(None);
    for group in &table.groups {
        rows.push(Row::Group(group));
        if unfolded.contains(&group.key) {
            rows.extend(of(Some(&group.key)));
        }
    }
    rows
}
