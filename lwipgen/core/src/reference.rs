//! The reference of options as Markdown, rendered from the table of options and the table of rules.

use crate::audit::When;
use crate::options::{Kind, Opt, options};
use crate::rules::RULES;
use crate::text;
use minijinja::Error;
use serde::Serialize;

#[derive(Serialize)]
struct Section<'a> {
    title: &'a str,
    help: &'a str,
    options: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    key: &'a str,
    help: &'a str,
    kind: String,
    words: &'a [(String, String)],
    default: String,
    why: Option<&'a str>,
    needs: Vec<&'a str>,
    names: Vec<&'a str>,
    weak: Vec<String>,
    rules: Vec<&'a str>,
}

#[derive(Serialize)]
struct Reference<'a> {
    sections: Vec<Section<'a>>,
    rules: Vec<(&'a str, &'a str)>,
}

/// Renders the reference.
///
/// # Errors
/// A fault of the page's template.
pub fn reference() -> Result<String, Error> {
    let table = options();
    let of = |group: Option<&str>| {
        let members = table.all.iter().filter(|option| option.group() == group);
        members.map(entry).collect()
    };
    let top = Section { title: "Top level", help: "Keys outside of any table.", options: of(None) };
    let groups = table.groups.iter().map(|group| Section {
        title: &group.key,
        help: &group.help,
        options: of(Some(&group.key)),
    });
    let rules = RULES.iter().map(|rule| (rule.name, rule.text)).collect();
    let reference = Reference { sections: [top].into_iter().chain(groups).collect(), rules };
    text::render(include_str!("../templates/options.md"), &reference)
}

fn entry(option: &'static Opt) -> Entry<'static> {
    let (kind, words) = match &option.kind {
        Kind::Bool => ("`true` or `false`".to_owned(), &[][..]),
        Kind::Text => ("text".to_owned(), &[][..]),
        Kind::Choice(words) => ("one of these words".to_owned(), words.as_slice()),
        Kind::Number(number) => {
            let unit = option.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let step =
                if number.step == 1 { String::new() } else { format!(", a multiple of {}", number.step) };
            let size = if number.size { "; may be written as an expression" } else { "" };
            (format!("{} to {}{unit}{step}{size}", number.range.start(), number.range.end()), &[][..])
        }
    };
    let weak = option.weaknesses.iter().map(|weakness| {
        let when = match &weakness.when {
            When::Is(word) => format!("`{word}`"),
            When::Below(limit) => format!("below {limit}"),
            When::Above(limit) => format!("above {limit}"),
        };
        format!("{when}: {}", weakness.reason)
    });
    let rules = RULES.iter().filter(|rule| rule.keys.contains(&option.key.as_str()));
    Entry {
        key: &option.key,
        help: &option.help,
        kind,
        words,
        default: option.default.to_string(),
        why: option.why.as_deref(),
        needs: option.needs.iter().map(String::as_str).collect(),
        names: [&option.lwip, &option.esp_idf].into_iter().flatten().map(String::as_str).collect(),
        weak: weak.collect(),
        rules: rules.map(|rule| rule.name).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_docs_is_this_one() {
        let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/options.md"));
        assert!(written.unwrap() == reference().unwrap(), "run `lwipgen docs --out docs/options.md`");
    }

    #[test]
    fn every_option_and_every_rule_is_in_it() {
        let text = reference().unwrap();
        for option in &options().all {
            assert!(text.contains(&format!("### `{}`", option.key)), "{}", option.key);
        }
        for rule in RULES {
            assert!(text.contains(&format!("| `{}` | {} |", rule.name, rule.text)), "{}", rule.name);
        }
    }
}
