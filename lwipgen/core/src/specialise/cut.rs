//! Edits on one source text: what is cut, what is put in its place, and the blank lines that remain.

use std::cmp::Reverse;
use std::ops::Range;

/// Collected edits over one text; applied at once by [`Edits::apply`].
pub(crate) struct Edits<'t> {
    text: &'t str,
    cuts: Vec<Cut>,
    dedents: Vec<(Range<usize>, usize)>,
}

struct Cut {
    range: Range<usize>,
    insert: String,
}

/// One element of a comma-separated list.
pub(crate) struct Element {
    /// The element with its attributes.
    pub range: Range<usize>,
    /// The comma that follows it.
    pub comma: Option<Range<usize>>,
    /// Whether the element stays.
    pub keep: bool,
}

impl<'t> Edits<'t> {
    pub fn new(text: &'t str) -> Self {
        Edits { text, cuts: Vec::new(), dedents: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// Replaces `range`; an empty range inserts.
    pub fn replace(&mut self, range: Range<usize>, insert: impl Into<String>) {
        let insert = insert.into();
        if !range.is_empty() || !insert.is_empty() {
            self.cuts.push(Cut { range, insert });
        }
    }

    /// Cuts `range` and nothing around it.
    pub fn cut(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    /// Moves the lines that start in `range` to the left.
    pub fn dedent(&mut self, range: Range<usize>, columns: usize) {
        if columns > 0 {
            self.dedents.push((range, columns));
        }
    }

    /// Whether any line moves to the left.
    pub fn dedents(&self) -> bool {
        !self.dedents.is_empty()
    }

    /// Cuts a node: its whole lines and the comment lines directly above where it stands alone on them.
    pub fn cut_node(&mut self, range: Range<usize>) {
        let range = match self.whole_lines(&range) {
            Some(lines) => self.with_comments_above(lines.start)..lines.end,
            None => self.with_spaces(range),
        };
        self.cut(range);
    }

    /// Cuts an attribute that has been decided.
    pub fn cut_attribute(&mut self, range: Range<usize>) {
        let range = self.whole_lines(&range).unwrap_or_else(|| self.with_spaces(range));
        self.cut(range);
    }

    /// Cuts the elements of a list that do not stay. A list that keeps its meaning only with its last
    /// comma, such as a tuple, says so by `keep_comma`.
    pub fn cut_elements(&mut self, elements: &[Element], keep_comma: bool) {
        let last_kept = elements.iter().rposition(|e| e.keep);
        for (i, element) in elements.iter().enumerate().filter(|(_, e)| !e.keep) {
            let end = element.comma.as_ref().map_or(element.range.end, |comma| comma.end);
            let range = element.range.start..end;
            let open_ended = elements.last().is_some_and(|e| e.comma.is_none());
            match last_kept {
                Some(kept) if kept < i && open_ended && !keep_comma && self.whole_lines(&range).is_none() => {
                    // `a, b` without `b` is `a`: the comma before the cut goes as well.
                    self.cut(elements[kept].range.end..end);
                }
                _ => self.cut_node(range),
            }
        }
    }

    /// The lines of `range` if nothing but blanks and a trailing `//` comment share them.
    pub fn whole_lines(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let start = self.line_start(range.start);
        if !self.text[start..range.start].trim().is_empty() {
            return None;
        }
        let rest = &self.text[range.end..];
        let line = rest.split_inclusive('\n').next().unwrap_or("");
        let after = line.trim();
        (after.is_empty() || after.starts_with("//")).then_some(start..range.end + line.len())
    }

    /// Where the line that holds `offset` starts.
    pub fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Number of blanks at the start of the line that holds `offset`.
    pub fn indent(&self, offset: usize) -> usize {
        let line = &self.text[self.line_start(offset)..];
        line.len() - line.trim_start_matches(' ').len()
    }

    /// Whether only white space stands in `range`.
    pub fn is_blank(&self, range: Range<usize>) -> bool {
        self.text.get(range).is_some_and(|part| part.trim().is_empty())
    }

    /// Number of blanks on the line from `offset` on.
    pub fn blanks_after(&self, offset: usize) -> usize {
        self.text[offset..].len() - self.text[offset..].trim_start_matches(' ').len()
    }

    /// Number of blanks on the line up to `offset`.
    pub fn blanks_before(&self, offset: usize) -> usize {
        self.text[..offset].len() - self.text[..offset].trim_end_matches(' ').len()
    }

    /// Whether a `//` comment follows `offset` on its line.
    pub fn comment_follows(&self, offset: usize) -> bool {
        self.text[offset..].trim_start_matches(' ').starts_with("//")
    }

    fn with_comments_above(&self, mut start: usize) -> usize {
        while start > 0 {
            let above = self.line_start(start - 1);
            let line = self.text[above..start].trim();
            if !line.starts_with("//") || line.starts_with("//!") {
                break;
            }
            start = above;
        }
        start
    }

    fn with_spaces(&self, range: Range<usize>) -> Range<usize> {
        let rest = &self.text[range.end..];
        let blanks = self.blanks_after(range.end);
        let end_of_line = matches!(rest[blanks..].chars().next(), None | Some('\n' | '\r'));
        if end_of_line {
            // Nothing follows on the line: the blanks before the cut would trail.
            range.start - self.blanks_before(range.start)..range.end + blanks
        } else {
            range.start..range.end + blanks
        }
    }

    /// Whether `offset` lies in something that is cut or replaced.
    pub fn covers(&self, offset: usize) -> bool {
        self.cuts.iter().any(|cut| cut.range.contains(&offset))
    }

    /// The text after all edits. Lines that start inside `verbatim` keep their indentation.
    pub fn apply(mut self, verbatim: &[Range<usize>]) -> String {
        // Of those that start at one place, what is put there comes first, and then the longest, which holds the others.
        self.cuts.sort_by_key(|cut| (cut.range.start, !cut.range.is_empty(), Reverse(cut.range.end)));
        let mut out = String::with_capacity(self.text.len());
        let mut seams = Vec::new();
        let mut at = 0;
        for cut in &self.cuts {
            if cut.range.start < at {
                at = at.max(cut.range.end);
                continue;
            }
            self.copy(at..cut.range.start, verbatim, &mut out);
            out.push_str(&cut.insert);
            at = cut.range.end;
            if out.is_empty() || out.ends_with('\n') {
                seams.push(out.len());
            }
        }
        self.copy(at..self.text.len(), verbatim, &mut out);
        tidy(&mut out, seams);
        out
    }

    fn copy(&self, range: Range<usize>, verbatim: &[Range<usize>], out: &mut String) {
        let mut at = range.start;
        for line in self.text[range].split_inclusive('\n') {
            let starts_line = at == 0 || self.text.as_bytes()[at - 1] == b'\n';
            let kept_as_is = !starts_line || verbatim.iter().any(|v| v.start < at && at < v.end);
            let columns = if kept_as_is {
                0
            } else {
                self.dedents.iter().filter(|(r, _)| r.contains(&at)).map(|(_, columns)| columns).sum()
            };
            let blanks = line.len() - line.trim_start_matches(' ').len();
            out.push_str(&line[blanks.min(columns)..]);
            at += line.len();
        }
    }
}

/// Leaves at most one blank line at each seam, and none behind an opening or before a closing bracket.
fn tidy(out: &mut String, mut seams: Vec<usize>) {
    while let Some(seam) = seams.pop() {
        let before = &out[..seam];
        let code_end = before.trim_end().len();
        let start = match before[code_end..].find('\n') {
            Some(at) if code_end > 0 => code_end + at + 1,
            _ => code_end,
        };
        let after = &out[seam..];
        let blank = after.len() - after.trim_start().len();
        let end = seam + after[..blank].rfind('\n').map_or(0, |at| at + 1);
        let opens = code_end == 0 || before[..code_end].ends_with(['{', '(', '[']);
        let closes = matches!(out[end..].trim_start().chars().next(), None | Some('}' | ')' | ']'));
        let blank_lines = out[start..end].matches('\n').count();
        let keep = if opens || closes { 0 } else { blank_lines.min(1) };
        out.replace_range(start..end, &"\n"[..keep]);
        for other in &mut seams {
            if *other > start {
                *other = start;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, part: &str) -> Range<usize> {
        let start = text.find(part).expect("part of the text");
        start..start + part.len()
    }

    #[test]
    fn a_node_takes_its_comment_its_lines_and_one_blank_line_along() {
        let text = "a;\n\n// about b\nb; // more\n\nc;\n";
        let mut edits = Edits::new(text);
        edits.cut_node(find(text, "b;"));
        assert_eq!(edits.apply(&[]), "a;\n\nc;\n");
    }

    #[test]
    fn no_blank_line_stays_next_to_a_bracket() {
        let text = "{\n    a;\n\n    b;\n}\n";
        let mut edits = Edits::new(text);
        edits.cut_node(find(text, "a;"));
        assert_eq!(edits.apply(&[]), "{\n    b;\n}\n");
        let mut edits = Edits::new(text);
        edits.cut_node(find(text, "b;"));
        assert_eq!(edits.apply(&[]), "{\n    a;\n}\n");
    }

    #[test]
    fn neighbouring_cuts_leave_one_blank_line() {
        let text = "a;\n\nb;\n\nc;\n\nd;\n";
        let mut edits = Edits::new(text);
        edits.cut_node(find(text, "b;"));
        edits.cut_node(find(text, "c;"));
        assert_eq!(edits.apply(&[]), "a;\n\nd;\n");
        let mut edits = Edits::new(text);
        for part in ["a;", "b;", "c;", "d;"] {
            edits.cut_node(find(text, part));
        }
        assert_eq!(edits.apply(&[]), "");
    }

    #[test]
    fn the_last_of_an_inline_list_takes_the_comma_before_it() {
        let text = "f(a, b, c)";
        let elements = [("a", true), ("b", false), ("c", false)].map(|(part, keep)| {
            let range = find(text, part);
            let comma = (part != "c").then_some(range.end..range.end + 1);
            Element { range, comma, keep }
        });
        let mut edits = Edits::new(text);
        edits.cut_elements(&elements, false);
        assert_eq!(edits.apply(&[]), "f(a)");
        let mut edits = Edits::new(text);
        edits.cut_elements(&elements, true);
        assert_eq!(edits.apply(&[]), "f(a, )");
    }

    #[test]
    fn lines_of_a_literal_keep_their_indentation() {
        let text = "{\n    a = \"x\n        y\";\n        b;\n}\n";
        let mut edits = Edits::new(text);
        edits.dedent(find(text, "    a = \"x\n        y\";\n        b;\n"), 4);
        let literal = find(text, "\"x\n        y\"");
        assert_eq!(edits.apply(&[literal]), "{\na = \"x\n        y\";\n    b;\n}\n");
    }
}
