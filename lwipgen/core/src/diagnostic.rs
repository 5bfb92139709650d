//! What is wrong with a profile and where: `file.toml:LINE:COL: message`, with the line underlined for people.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A text that values come from.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name: a path, or for the command line the option as it was given.
    pub name: String,
    /// The text itself.
    pub text: String,
    /// What kind of text it is.
    pub kind: SourceKind,
}

/// What kind of text a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A file: places in it have a line and a column.
    File,
    /// A `--set` option.
    CommandLine,
    /// Nothing that could be read: only the name is known.
    Unreadable,
}

/// A stretch of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The source.
    pub source: Arc<Source>,
    /// Bytes of its text.
    pub span: Range<usize>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// What, in one line, and where there is one the nearest valid value.
    pub message: String,
    /// The one change that would put it right, if there is one.
    pub remedy: Option<Remedy>,
}

/// A change of one option that puts a broken rule right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The option.
    pub key: String,
    /// Its nearest valid value, as `--set` takes it.
    pub value: String,
    /// The rule in words.
    pub rule: &'static str,
}

/// Everything that is wrong, in the order of the sources.
pub type Diagnostics = Vec<Diagnostic>;

impl Place {
    /// The start of a source.
    #[must_use]
    pub fn start(source: &Arc<Source>) -> Self {
        Self { source: Arc::clone(source), span: 0..0 }
    }

    /// A place that has only a name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let source = Source { name: name.to_owned(), text: String::new(), kind: SourceKind::Unreadable };
        Self { source: Arc::new(source), span: 0..0 }
    }

    /// Line and column, both from 1; columns count characters.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        let before = self.source.text.get(..self.span.start).unwrap_or(&self.source.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.source.name;
        match self.source.kind {
            SourceKind::File => {
                let (line, column) = self.line_column();
                write!(f, "{name}:{line}:{column}")
            }
            SourceKind::CommandLine | SourceKind::Unreadable => f.write_str(name),
        }
    }
}

impl Diagnostic {
    /// A diagnostic at a place.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), remedy: None }
    }

    /// The line of the file with the place underlined; empty where there is no line to show.
    #[must_use]
    pub fn excerpt(&self) -> String {
        let Place { source, span } = &self.place;
        let (number, column) = self.place.line_column();
        let line = source.text.lines().nth(number - 1).unwrap_or_default();
        if source.kind != SourceKind::File || line.is_empty() || line.chars().count() > 160 {
            return String::new();
        }
        let shown: String =
            line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
        let indent: String =
            line.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let marked = source.text.get(span.clone()).unwrap_or_default();
        let width = marked.lines().next().unwrap_or_default().chars().count().max(1);
        let gutter = " ".repeat(number.to_string().len());
        format!("{gutter} |\n{number} | {shown}\n{gutter} | {indent}{}\n", "^".repeat(width))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, span: Range<usize>) -> Diagnostic {
        let source = Source { name: "p.toml".to_owned(), text: text.to_owned(), kind: SourceKind::File };
        Diagnostic::new(Place { source: Arc::new(source), span }, "wrong")
    }

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        assert_eq!(at("a = 1\n", 0..1).to_string(), "p.toml:1:1: wrong");
        assert_eq!(at("a = 1\n\"ü\" = 2\n", 13..14).to_string(), "p.toml:2:7: wrong");
        assert_eq!(at("", 0..0).to_string(), "p.toml:1:1: wrong");
    }

    #[test]
    fn the_excerpt_underlines_the_place() {
        assert_eq!(at("[tcp]\nmss = 9\n", 12..13).excerpt(), "  |\n2 | mss = 9\n  |       ^\n");
        assert_eq!(at("\tx = \u{1b}\n", 5..6).excerpt(), "  |\n1 | \tx = \u{fffd}\n  | \t    ^\n");
    }

    #[test]
    fn a_place_outside_the_text_is_its_end() {
        assert_eq!(at("a\nb", 90..95).to_string(), "p.toml:2:2: wrong");
    }
}
