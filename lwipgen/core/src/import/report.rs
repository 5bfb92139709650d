//! What became of every name of an imported file.

use super::Request;
use super::definitions::{Body, Definition, Definitions};
use super::wanted::{Fate, Wanted};
use crate::c_expr;
use crate::foreign::{self, Answer, Vocabulary, identifiers};
use serde::Serialize;
use std::fmt;

/// Columns of a report.
const WIDTH: usize = 110;

/// The remark on what is off there and cannot be had here.
const OFF: &str = "off there too";

/// What became of every name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The file.
    pub file: String,
    /// The names of the file in its order, then what the other stack takes for granted and what the rules changed.
    pub entries: Vec<Entry>,
    /// Lines that could not be understood, and why.
    pub unclear: Vec<(usize, String)>,
    /// Names that have nothing to do with the stack.
    pub others: usize,
}

/// What became of one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The name; for a change of the importer's own the option's key.
    pub name: String,
    /// What the file says.
    pub value: Option<String>,
    /// Where; nowhere for defaults and the importer's own changes.
    pub line: Option<usize>,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// What became of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The profile says it.
    Taken {
        /// The option and its value.
        option: String,
        /// A remark.
        remark: Option<String>,
    },
    /// The profile says another value, so that the rules hold.
    Changed {
        /// The option and its value.
        option: String,
        /// The rule.
        rule: String,
    },
    /// The profile need not say it.
    Default {
        /// A remark.
        remark: Option<String>,
    },
    /// Nothing here needs it.
    Unneeded {
        /// Why.
        why: String,
    },
    /// It cannot be had.
    Unsupported {
        /// The feature that would bring it.
        feature: String,
    },
    /// Its value is not known.
    Unclear {
        /// Why.
        why: String,
    },
}

/// The report of an import.
pub(super) fn of(request: &Request<'_>, definitions: &Definitions, wanted: &[Wanted]) -> Report {
    let mut report = Report {
        file: request.file.to_owned(),
        entries: Vec::new(),
        unclear: definitions.unclear.clone(),
        others: 0,
    };
    if let Some(included) = &definitions.elsewhere {
        let text = format!(
            "{} is not read: what it defines is missing, and lwIP's defaults are not taken",
            included.file
        );
        report.unclear.push((included.line, text));
    }
    for definition in definitions.all.iter().filter(|definition| definition.body != Body::Undefined) {
        match verdict(request.vocabulary, definition, definitions, wanted) {
            Some(verdict) => report.entries.push(Entry {
                name: definition.was.clone().unwrap_or_else(|| definition.name.clone()),
                value: value(definition),
                line: Some(definition.line),
                verdict,
            }),
            None => report.others += 1,
        }
    }
    for wanted in wanted.iter().filter(|wanted| wanted.line.is_none() && wanted.is_written()) {
        let (name, verdict) = (wanted.name.clone(), of_wanted(wanted));
        report.entries.push(Entry { name, value: None, line: None, verdict });
    }
    report
}

fn verdict(
    vocabulary: Vocabulary,
    definition: &Definition,
    definitions: &Definitions,
    wanted: &[Wanted],
) -> Option<Verdict> {
    let name = definition.name.as_str();
    match foreign::answer(name) {
        Some(Answer::Option(option)) => {
            let wanted = wanted.iter().find(|wanted| wanted.option.key == option.key);
            Some(wanted.map_or(Verdict::Default { remark: None }, of_wanted))
        }
        Some(Answer::Unneeded(why)) => Some(Verdict::Unneeded { why: why.to_owned() }),
        Some(Answer::Unsupported(feature)) => Some(match c_expr::evaluate(name, definitions) {
            Ok(0) => Verdict::Default { remark: Some(OFF.to_owned()) },
            Ok(value) if same(name, value, definitions) => Verdict::Default { remark: None },
            _ => Verdict::Unsupported { feature: feature.to_owned() },
        }),
        None if vocabulary == Vocabulary::EspIdf && !name.starts_with("CONFIG_LWIP_") => None,
        None if vocabulary == Vocabulary::Lwip && is_helper(definition, definitions) => None,
        None => Some(Verdict::Unsupported { feature: "nothing known by this name".to_owned() }),
    }
}

/// Whether a name that is not supported says what another one says anyway.
fn same(name: &str, value: i128, definitions: &Definitions) -> bool {
    let other = foreign::same_as(name).map(|other| c_expr::evaluate(other, definitions));
    other == Some(Ok(value))
}

/// A macro that others use, or an empty one: a guard of the header, for instance.
fn is_helper(definition: &Definition, definitions: &Definitions) -> bool {
    let uses = |other: &Definition| match &other.body {
        Body::Text(text) => identifiers(text).any(|name| name == definition.name),
        _ => false,
    };
    definition.body == Body::Text(String::new())
        || definitions.asked.contains(&definition.name)
        || definitions.all.iter().any(uses)
}

fn of_wanted(wanted: &Wanted) -> Verdict {
    let option = format!("{} = {}", wanted.option.key, wanted.value);
    match wanted.fate.clone() {
        Fate::Taken(remark) => Verdict::Taken { option, remark },
        Fate::Changed(rule) => Verdict::Changed { option, rule },
        Fate::Default(remark) => Verdict::Default { remark },
        Fate::Inactive(need) => Verdict::Unneeded { why: format!("{need} is off") },
        Fate::Unclear(why) => Verdict::Unclear { why },
    }
}

/// A value as the file says it, not too long.
fn value(definition: &Definition) -> Option<String> {
    let said: String = definition.said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = said.replace(char::is_control, "\u{fffd}");
    match said.char_indices().nth(40) {
        Some((end, _)) => Some(format!("{}…", &said[..end])),
        None => Some(said).filter(|said| !said.is_empty()),
    }
}

impl fmt::Display for Report {
    /// For people: what is taken line by line, the rest by its reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.file, self.counts())?;
        for (title, heading) in [("Taken", "taken"), ("Changed, so that the rules hold", "changed")] {
            let lines: Vec<String> =
                self.entries.iter().filter(|e| e.verdict.word() == heading).map(Entry::line).collect();
            if !lines.is_empty() {
                writeln!(f, "\n{title}:\n  {}", lines.join("\n  "))?;
            }
        }
        for (title, word) in [
            ("Not supported", "unsupported"),
            ("Not needed here", "unneeded"),
            ("Already the default", "default"),
            ("Left at our default", "ours"),
        ] {
            self.by_reason(f, title, word)?;
        }
        let unclear = self.entries.iter().filter_map(|entry| match &entry.verdict {
            Verdict::Unclear { why } => Some((entry.line.unwrap_or(1), format!("{}: {why}", entry.name))),
            _ => None,
        });
        let mut unclear: Vec<(usize, String)> = unclear.chain(self.unclear.iter().cloned()).collect();
        unclear.sort();
        if !unclear.is_empty() {
            writeln!(f, "\nNot understood:")?;
        }
        unclear.iter().try_for_each(|(line, why)| writeln!(f, "  {}:{line}: {why}", self.file))
    }
}

impl Report {
    /// How many names have this verdict: `taken`, `changed`, `default`, `ours`, `unneeded`, `unsupported`, `unclear`.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.entries.iter().filter(|entry| entry.verdict.word() == word).count()
    }

    fn counts(&self) -> String {
        let unclear = self.count("unclear") + self.unclear.len();
        let counts = [
            (self.count("taken"), "taken"),
            (self.count("changed"), "changed"),
            (self.count("default"), "already the default"),
            (self.count("ours"), "left at our default"),
            (self.count("unneeded"), "not needed here"),
            (self.count("unsupported"), "not supported"),
            (unclear, "not understood"),
            (self.others, "not about the stack"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        counts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    }

    fn by_reason(&self, f: &mut fmt::Formatter<'_>, title: &str, word: &str) -> fmt::Result {
        let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.verdict.word() == word) {
            let reason = entry.verdict.reason();
            let said = if reason == OFF { entry.name.clone() } else { entry.said() };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, names)) => names.push(said),
                None => reasons.push((reason, vec![said])),
            }
        }
        if !reasons.is_empty() {
            writeln!(f, "\n{title}:")?;
        }
        for (reason, names) in reasons {
            let indent = if reason.is_empty() { "  " } else { "    " };
            if !reason.is_empty() {
                writeln!(f, "  {reason}:")?;
            }
            wrapped(f, indent, &names)?;
        }
        Ok(())
    }
}

fn wrapped(f: &mut fmt::Formatter<'_>, indent: &str, names: &[String]) -> fmt::Result {
    let mut line = String::new();
    for name in names {
        if !line.is_empty() && indent.len() + line.chars().count() + name.chars().count() > WIDTH {
            writeln!(f, "{indent}{},", line.trim_end_matches(", "))?;
            line.clear();
        }
        line.push_str(name);
        line.push_str(", ");
    }
    writeln!(f, "{indent}{}", line.trim_end_matches(", "))
}

impl Entry {
    fn said(&self) -> String {
        match &self.value {
            Some(value) => format!("{} = {value}", self.name),
            None => self.name.clone(),
        }
    }

    fn line(&self) -> String {
        let place = self.line.map_or("not said".to_owned(), |line| format!("line {line}"));
        match &self.verdict {
            Verdict::Taken { option, remark } => {
                let remark = remark.as_ref().map(|remark| format!("; {remark}")).unwrap_or_default();
                format!("{option} ({place}: {}{remark})", self.said())
            }
            Verdict::Changed { option, rule } if self.line.is_some() => {
                format!("{option} ({place}: {}): {rule}", self.said())
            }
            Verdict::Changed { option, rule } => format!("{option}: {rule}"),
            _ => self.said(),
        }
    }
}

impl Verdict {
    /// The verdict in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Taken { .. } => "taken",
            Self::Changed { .. } => "changed",
            Self::Default { remark: Some(remark) } if remark != OFF => "ours",
            Self::Default { .. } => "default",
            Self::Unneeded { .. } => "unneeded",
            Self::Unsupported { .. } => "unsupported",
            Self::Unclear { .. } => "unclear",
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Taken { remark, .. } | Self::Default { remark } => remark.as_deref().unwrap_or_default(),
            Self::Changed { rule, .. } => rule,
            Self::Unneeded { why } | Self::Unclear { why } => why,
            Self::Unsupported { feature } => feature,
        }
    }
}
