//! What keys do.

use super::{Menu, Mode, Page, Row};
use crate::edit::Change;
use crate::explain::Line;
use crate::options::{Kind, Opt, Value};
use crate::why;

/// A key, as far as the menu cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// Fold, or out of the group.
    Left,
    /// Unfold.
    Right,
    /// Ten rows up.
    PageUp,
    /// Ten rows down.
    PageDown,
    /// The first row.
    Home,
    /// The last row.
    End,
    /// Change, unfold, confirm.
    Enter,
    /// Back.
    Escape,
    /// Remove the last letter.
    Backspace,
    /// A letter, a digit, a sign.
    Char(char),
}

const PAGE: usize = 10;

impl Menu {
    /// Does what a key means.
    pub fn key(&mut self, key: Key) {
        self.notice.clear();
        match self.mode.clone() {
            Mode::Browse => self.browse(key),
            Mode::Search { from } => self.search(key, &from),
            Mode::Edit { input, fresh } => self.edit(key, input, fresh),
            Mode::Page(page) => self.read_page(key, page),
            Mode::Leave => self.leave(key),
            Mode::Done => {}
        }
        if let Err(error) = self.price() {
            self.notice = error.to_string();
        }
    }

    fn browse(&mut self, key: Key) {
        let last = self.rows.len().saturating_sub(1);
        match key {
            Key::Up | Key::Char('k') => self.cursor = self.cursor.saturating_sub(1),
            Key::Down | Key::Char('j') => self.cursor = (self.cursor + 1).min(last),
            Key::PageUp => self.cursor = self.cursor.saturating_sub(PAGE),
            Key::PageDown => self.cursor = (self.cursor + PAGE).min(last),
            Key::Home | Key::Char('g') => self.cursor = 0,
            Key::End | Key::Char('G') => self.cursor = last,
            Key::Left | Key::Char('h') => self.fold(),
            Key::Right | Key::Char('l') => self.unfold(),
            Key::Enter => self.enter(),
            Key::Char(' ') => self.change_value(),
            Key::Char('+') => self.step(1),
            Key::Char('-') => self.step(-1),
            Key::Char('/') => {
                let from = self.rows.get(self.cursor).map(|row| row.key().to_owned()).unwrap_or_default();
                self.query.clear();
                self.mode = Mode::Search { from };
            }
            Key::Char('?') => self.mode = Mode::Page(self.help()),
            Key::Char('R' | 'r') => self.reset(),
            Key::Char('D' | 'd') => self.mode = Mode::Page(self.differences()),
            Key::Char('S' | 's') => self.save(),
            Key::Char('Q' | 'q') if self.is_changed() => self.mode = Mode::Leave,
            Key::Char('Q' | 'q') => self.mode = Mode::Done,
            Key::Escape if !self.query.is_empty() => self.show_in_tree(),
            Key::Escape | Key::Backspace | Key::Char(_) => {}
        }
    }

    fn search(&mut self, key: Key, from: &str) {
        match key {
            Key::Escape => {
                self.query.clear();
                self.mode = Mode::Browse;
                self.list(Some(from));
            }
            Key::Enter => {
                self.mode = Mode::Browse;
                if self.rows.is_empty() {
                    self.notice = format!("no option has to do with `{}`", self.query);
                    self.query.clear();
                    self.list(Some(from));
                }
            }
            Key::Up => self.cursor = self.cursor.saturating_sub(1),
            Key::Down => self.cursor = (self.cursor + 1).min(self.rows.len().saturating_sub(1)),
            Key::Backspace | Key::Char(_) => {
                if let Key::Char(letter) = key {
                    self.query.push(letter);
                } else {
                    self.query.pop();
                }
                self.list(None);
                self.cursor = 0;
            }
            _ => {}
        }
    }

    /// Ends a search, the cursor on the same option in the tree.
    fn show_in_tree(&mut self) {
        let option = self.rows.get(self.cursor).copied();
        self.query.clear();
        if let Some(Row::Option(option)) = option
            && let Some(group) = option.group()
        {
            self.unfolded.insert(group.to_owned());
        }
        self.list(option.map(|row| row.key()));
    }

    fn fold(&mut self) {
        let Some(row) = self.rows.get(self.cursor) else { return };
        let group = row.key().split('.').next().unwrap_or_default();
        if self.query.is_empty() && self.unfolded.remove(group) {
            self.list(Some(group));
        }
    }

    fn unfold(&mut self) {
        if let (Some(Row::Group(group)), "") = (self.rows.get(self.cursor), self.query.as_str()) {
            self.unfolded.insert(group.key.clone());
            self.list(None);
        }
    }

    fn enter(&mut self) {
        match self.rows.get(self.cursor) {
            Some(Row::Group(group)) if self.query.is_empty() => {
                if self.is_unfolded(&group.key) {
                    self.fold()
                } else {
                    self.unfold()
                }
            }
            _ => self.change_value(),
        }
    }

    /// Toggles a switch, takes the next word, or asks for a number or a text.
    fn change_value(&mut self) {
        let Some(option) = self.option() else { return self.unfold() };
        if let Some(missing) = self.missing(option) {
            let lines = vec![
                line("", format!("{} has no effect while {} is off.", option.key, missing.key)),
                line("enabled by", format!("{} = true", missing.key)),
            ];
            self.mode = Mode::Page(Page::new("Not available", lines));
            return;
        }
        let Some(setting) = self.setting(option) else { return };
        match (&option.kind, &setting.value) {
            (Kind::Bool, Value::Bool(on)) => self.apply(Change::Set(option, Value::Bool(!on)), None),
            (Kind::Choice(words), Value::Text(now)) => {
                let here = words.iter().position(|(word, _)| word == now).unwrap_or(0);
                let next = words[(here + 1) % words.len()].0.clone();
                self.apply(Change::Set(option, Value::Text(next)), None);
            }
            _ => self.mode = Mode::Edit { input: setting.written.bare(), fresh: true },
        }
    }

    /// One step of a number up or down.
    fn step(&mut self, direction: i64) {
        let Some(option) = self.option().filter(|option| self.missing(option).is_none()) else { return };
        if let (Kind::Number(number), Some(Value::Number(now))) =
            (&option.kind, self.setting(option).map(|setting| setting.value.clone()))
        {
            self.apply(Change::Set(option, Value::Number(now + direction * number.step)), None);
        }
    }

    fn edit(&mut self, key: Key, mut input: String, fresh: bool) {
        match key {
            Key::Escape => self.mode = Mode::Browse,
            Key::Enter => {
                let Some(option) = self.option() else { return };
                match self.read(option, &input) {
                    Ok(change) => self.apply(change, Some(input)),
                    Err(errors) => {
                        let lines = errors.into_iter().map(|error| line("", error.message)).collect();
                        self.refuse(lines, Some(input));
                    }
                }
            }
            Key::Backspace => {
                input.pop();
                self.mode = Mode::Edit { input, fresh: false };
            }
            Key::Char(letter) => {
                if fresh {
                    input.clear();
                }
                input.push(letter);
                self.mode = Mode::Edit { input, fresh: false };
            }
            // Any other key keeps the old value, to be changed rather than replaced.
            _ => self.mode = Mode::Edit { input, fresh: false },
        }
    }

    fn reset(&mut self) {
        let Some(option) = self.option() else { return };
        self.apply(Change::Unset(option), None);
        if self.notice.is_empty() && self.mode == Mode::Browse {
            self.notice = format!("{} is as inherited", option.key);
        }
    }

    /// Takes a change if the profile is then fit; else says which rule refuses it and what would be near.
    fn apply(&mut self, change: Change, typed: Option<String>) {
        let mut file = self.file.clone();
        file.text.clone_from(&self.text);
        let taken = file
            .changed(std::slice::from_ref(&change))
            .and_then(|text| file.with_text(&text).map(|resolved| (text, resolved)));
        match taken {
            Ok((text, resolved)) => match self.pricer.total(&resolved.selection()) {
                Ok(total) => {
                    (self.text, self.resolved, self.total) = (text, resolved, total);
                    self.mode = Mode::Browse;
                }
                Err(error) => self.notice = error.to_string(),
            },
            Err(errors) => {
                let mut lines = match &change {
                    Change::Set(option, value) => self.objections(option, value),
                    Change::Unset(_) | Change::Limit(..) => Vec::new(),
                };
                if lines.is_empty() {
                    lines = errors.into_iter().map(|error| line("", error.message)).collect();
                }
                self.refuse(lines, typed);
            }
        }
    }

    /// Why a value is refused, and what would be near.
    fn objections(&self, option: &'static Opt, value: &Value) -> Vec<Line> {
        let Some(refusal) = why::refusal(&self.resolved, option, value) else { return Vec::new() };
        let mut lines = vec![line("refused", format!("{} = {value}", option.key))];
        match refusal.rule {
            Some(rule) => {
                lines.push(line("rule", format!("{}: {}", rule.name, rule.text)));
            }
            None => lines.push(line("range", option.kind.expected())),
        }
        if refusal.until != *value && matches!(option.kind, Kind::Number(_)) {
            lines.push(line("nearest", format!("{} = {}", option.key, refusal.until)));
        }
        if let Some((other, value)) = refusal.freed_by {
            lines.push(line("or with", format!("{} = {value}", other.key)));
        }
        lines
    }

    fn refuse(&mut self, lines: Vec<Line>, typed: Option<String>) {
        self.mode = Mode::Page(Page { refused: typed, ..Page::new("Refused", lines) });
    }

    fn read_page(&mut self, key: Key, mut page: Page) {
        match key {
            Key::Up | Key::Char('k') => page.scroll = page.scroll.saturating_sub(1),
            Key::Down | Key::Char('j') => {
                page.scroll = (page.scroll + 1).min(page.lines.len().saturating_sub(1));
            }
            _ => {
                self.mode = match page.refused {
                    Some(input) => Mode::Edit { input, fresh: true },
                    None => Mode::Browse,
                };
                return;
            }
        }
        self.mode = Mode::Page(page);
    }

    fn save(&mut self) {
        if !self.is_changed() {
            self.notice = "nothing to save".to_owned();
            return;
        }
        let changes = self.changes();
        let count = |sign| changes.iter().filter(|line| line.starts_with(sign)).count();
        let lines = count('+').max(count('-'));
        match self.file.write(self.text.clone()) {
            Ok(()) => {
                let plural = if lines == 1 { "" } else { "s" };
                self.notice = format!("saved {}: {lines} line{plural} changed", self.file.path);
            }
            Err(message) => self.notice = message,
        }
    }

    fn leave(&mut self, key: Key) {
        match key {
            Key::Char('y' | 'Y') => {
                self.save();
                // A file that cannot be written is no reason to lose what was changed.
                self.mode = if self.is_changed() { Mode::Browse } else { Mode::Done };
            }
            Key::Char('n' | 'N') => self.mode = Mode::Done,
            Key::Escape | Key::Char('c' | 'C') => self.mode = Mode::Browse,
            _ => {}
        }
    }
}

fn line(title: &str, text: String) -> Line {
    (title.to_owned(), text)
}
