//! Reading lwIP's `lwipopts.h` as the C preprocessor would: directives, conditions, definitions.

use super::definitions::{Body, Definition, Definitions, Included};
use crate::c_expr::{self, Macro, Macros};
use crate::foreign::{self, Vocabulary};

/// Everything that the header defines.
pub(super) fn read(text: &str) -> Definitions {
    let (found, open) = (Definitions::new(Vocabulary::Lwip), Vec::new());
    let mut reader = Reader { found, open, included: None };
    for (line, text) in directives(text) {
        let directive = text.trim_start();
        let end = directive.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(directive.len());
        let (word, rest) = directive.split_at(end);
        if let Err(why) = reader.directive(line, word, rest.trim()) {
            reader.found.unclear.push((line, why));
        }
    }
    for open in std::mem::take(&mut reader.open) {
        reader.found.unclear.push((open.line, "this condition has no `#endif`".to_owned()));
    }
    let mut found = reader.found;
    found.elsewhere = reader.included;
    found
}

/// The directives with their lines: without comments and `#`, continued lines joined.
fn directives(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    let mut in_comment = false;
    while let Some((index, line)) = lines.next() {
        let mut joined = line.to_owned();
        while joined.trim_end_matches('\r').ends_with('\\') {
            joined.truncate(joined.trim_end_matches('\r').len() - 1);
            let Some((_, next)) = lines.next() else { break };
            joined.push_str(next);
        }
        let code = without_comments(&joined, &mut in_comment);
        if let Some(directive) = code.trim_start().strip_prefix('#') {
            found.push((index + 1, directive.to_owned()));
        }
    }
    found
}

/// A line with blanks for comments; `in_comment` says whether one is open, before and after.
fn without_comments(line: &str, in_comment: &mut bool) -> String {
    let mut code = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        if *in_comment {
            let Some(end) = rest.find("*/") else { return code };
            rest = &rest[end + 2..];
            *in_comment = false;
            code.push(' ');
        } else if rest.starts_with("//") {
            return code;
        } else if rest.starts_with("/*") {
            *in_comment = true;
            rest = &rest[2..];
        } else {
            let length = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => quoted(rest, quote),
                first => first.map_or(1, char::len_utf8),
            };
            code.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    code
}

/// Bytes of the text in quotes that starts here.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// Whether lines count.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Live {
    Yes,
    No,
    /// Not known, and why.
    Perhaps(String),
}

impl Live {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Perhaps(why), _) | (_, Self::Perhaps(why)) => Self::Perhaps(why),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            perhaps => perhaps,
        }
    }
}

struct Condition {
    line: usize,
    /// Whether the lines around it count.
    around: Live,
    /// Whether an earlier branch was taken.
    taken: Live,
    /// Whether the lines of this branch count.
    live: Live,
    closed: bool,
}

struct Reader {
    found: Definitions,
    open: Vec<Condition>,
    included: Option<Included>,
}

impl Reader {
    fn directive(&mut self, line: usize, word: &str, rest: &str) -> Result<(), String> {
        match word {
            "if" => self.enter(line, &format!("#if {rest}"), |reader| c_expr::condition(rest, reader)),
            "ifdef" | "ifndef" => {
                let name = one_name(rest)?;
                self.enter(line, &format!("#{word} {name}"), |reader| {
                    reader.defined(name).map(|defined| defined == (word == "ifdef"))
                });
            }
            "elif" => {
                let live =
                    self.decide(line, &format!("#elif {rest}"), |reader| c_expr::condition(rest, reader));
                self.branch(live, false)?;
            }
            "else" => self.branch(Live::Yes, true)?,
            "endif" => {
                self.open.pop().ok_or("`#endif` without `#if`")?;
            }
            "define" => self.define(line, rest)?,
            "undef" => {
                let name = one_name(rest)?.to_owned();
                self.set(Definition { name, was: None, line, said: String::new(), body: Body::Undefined });
            }
            "include" if self.live() != Live::No => self.include(line, rest),
            _ => {}
        }
        Ok(())
    }

    fn live(&self) -> Live {
        self.open.last().map_or(Live::Yes, |inner| inner.around.clone().and(inner.live.clone()))
    }

    fn enter(&mut self, line: usize, text: &str, condition: impl FnOnce(&Self) -> Result<bool, String>) {
        let around = self.live();
        let live = if around == Live::No { Live::No } else { self.decide(line, text, condition) };
        self.open.push(Condition { line, around, taken: live.clone(), live, closed: false });
    }

    fn decide(
        &mut self,
        line: usize,
        text: &str,
        condition: impl FnOnce(&Self) -> Result<bool, String>,
    ) -> Live {
        self.found.asked.extend(foreign::identifiers(text).map(str::to_owned));
        match condition(self) {
            Ok(true) => Live::Yes,
            Ok(false) => Live::No,
            // The root of a chain of unknown conditions is what a reader wants to know.
            Err(why) if why.starts_with("it depends on ") => Live::Perhaps(why),
            Err(why) => Live::Perhaps(format!("it depends on `{text}` in line {line}: {why}")),
        }
    }

    fn branch(&mut self, condition: Live, closes: bool) -> Result<(), String> {
        let inner = self.open.last_mut().filter(|inner| !inner.closed);
        let inner = inner.ok_or("a branch without `#if`")?;
        inner.live = inner.taken.clone().not().and(condition.clone());
        inner.taken = match (&inner.taken, condition) {
            (Live::Yes, _) | (_, Live::Yes) => Live::Yes,
            (Live::No, other) => other,
            (perhaps, _) => perhaps.clone(),
        };
        inner.closed = closes;
        Ok(())
    }

    fn define(&mut self, line: usize, rest: &str) -> Result<(), String> {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, body) = rest.split_at(end);
        one_name(name)?;
        let said = body.trim().to_owned();
        let body = if body.starts_with('(') { Body::Function } else { Body::Text(said.clone()) };
        self.set(Definition { name: name.to_owned(), was: None, line, said, body });
        Ok(())
    }

    fn set(&mut self, definition: Definition) {
        match self.live() {
            Live::Yes => self.found.set(definition),
            Live::No => {}
            Live::Perhaps(why) => self.found.set(Definition { body: Body::Unknown(why), ..definition }),
        }
    }

    /// Headers of lwIP and of the C library hold no options.
    fn include(&mut self, line: usize, rest: &str) {
        let harmless = rest.starts_with('<') || rest.starts_with("\"lwip/") || rest.starts_with("\"arch/");
        if !harmless && self.included.is_none() {
            let file: String = rest.chars().filter(|c| !c.is_control()).take(80).collect();
            let why = format!("it may be defined in {file}, which line {line} includes");
            self.included = Some(Included { file, line, why });
        }
    }

    fn defined(&self, name: &str) -> Result<bool, String> {
        match Macros::get(self, name) {
            Macro::Text(_) | Macro::Function => Ok(true),
            Macro::Undefined => Ok(false),
            Macro::Unknown(why) => Err(why.to_owned()),
        }
    }
}

/// What is known half-way: lwIP's defaults come only after the header.
impl Macros for Reader {
    fn get(&self, name: &str) -> Macro<'_> {
        let constant = foreign::default(name, Vocabulary::Lwip).filter(|_| name.starts_with("LWIP_DBG_"));
        match (self.found.get(name).map(|definition| &definition.body), &self.included) {
            (Some(Body::Text(text)), _) => Macro::Text(text),
            (Some(Body::Function), _) => Macro::Function,
            (Some(Body::Unknown(why)), _) => Macro::Unknown(why),
            (Some(Body::Undefined), _) => Macro::Undefined,
            (None, _) if constant.is_some() => Macro::Text(constant.unwrap_or_default()),
            (None, Some(included)) => Macro::Unknown(&included.why),
            (None, None) => Macro::Undefined,
        }
    }
}

fn one_name(text: &str) -> Result<&str, String> {
    let name = text.split_whitespace().next().unwrap_or_default();
    let valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if valid { Ok(name) } else { Err("expected a name".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, name: &str) -> Result<i128, String> {
        c_expr::evaluate(name, &read(text))
    }

    #[test]
    fn definitions_comments_and_continued_lines() {
        let text = "#ifndef LWIPOPTS_H\n#define LWIPOPTS_H\n/* one\n#define TCP_MSS 1\n*/ #  define TCP_MSS \\\n  (1400 /* x */ + \\\r\n 60) // y\n\
                    #define NAME \"a // b /* c\" // d\n#define TCP_WND (4*TCP_MSS)\n#endif\n";
        assert_eq!(value(text, "TCP_WND"), Ok(5840));
        assert_eq!(read(text).get("TCP_MSS").unwrap().line, 5);
        assert_eq!(read(text).get("NAME").unwrap().body, Body::Text("\"a // b /* c\"".to_owned()));
        assert!(read(text).unclear.is_empty());
    }

    #[test]
    fn what_is_not_defined_has_the_default_of_lwip() {
        assert_eq!(value("#define TCP_WND (8*TCP_MSS)", "TCP_WND"), Ok(8 * 536));
        assert_eq!(value("", "PBUF_POOL_BUFSIZE"), Ok(590), "without alignment");
        assert_eq!(value("#define MEM_ALIGNMENT 4\n#define LWIP_IPV6 1", "PBUF_POOL_BUFSIZE"), Ok(612));
        assert_eq!(value("#define TCP_MSS 1460\n#undef TCP_MSS", "TCP_MSS"), Ok(536));
    }

    #[test]
    fn conditions_choose() {
        let text = "#define A 2\n#if A > 2\n#define TCP_MSS 1\n#elif defined(A) && A == 2\n#define TCP_MSS 2\n#else\n#define TCP_MSS 3\n#endif\n\
                    #ifdef B\n#if SYNTAX ERROR\n#endif\n#define ARP_MAXAGE 1\n#else\n#define ARP_MAXAGE 7\n#endif\n";
        assert_eq!(value(text, "TCP_MSS"), Ok(2));
        assert_eq!(value(text, "ARP_MAXAGE"), Ok(7));
        assert!(read(text).unclear.is_empty());
        // At the time of an `#if`, lwIP's default is not there yet.
        assert_eq!(value("#if TCP_MSS\n#define A 1\n#else\n#define A 2\n#endif", "A"), Ok(2));
    }

    #[test]
    fn what_an_include_may_define_is_not_guessed() {
        let text = "#include <stdlib.h>\n#include \"lwip/debug.h\"\n#include \"sdkconfig.h\"\n\
                    #if CONFIG_BIG\n#define TCP_WND 9000\n#else\n#define TCP_WND 3000\n#endif\n#define TCP_SND_BUF (2*TCP_MSS)\n";
        let why = value(text, "TCP_WND").unwrap_err();
        assert_eq!(
            why,
            "it depends on `#if CONFIG_BIG` in line 4: it may be defined in \"sdkconfig.h\", which line 3 includes"
        );
        assert!(value(text, "TCP_SND_BUF").is_err());
        assert_eq!(value(&format!("{text}#define TCP_MSS 1000"), "TCP_SND_BUF"), Ok(2000));
        assert!(value("#ifdef LWIP_DEBUG\n#include \"x.h\"\n#endif", "TCP_MSS").is_ok());
    }

    #[test]
    fn broken_headers_are_told_by_line() {
        let text = "#endif\n#else\n#define\n#define 1X 2\n#if 1\n#else\n#else\n#undef\n#ifdef\n";
        let lines: Vec<usize> = read(text).unclear.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 7, 8, 9, 5]);
    }
}
