//! The menu as a plain value: what is shown, what each key does. It knows nothing of a terminal.
//!
//! Every change is made to the text of the profile and taken only if the profile is then fit, so what is shown is
//! always what would be saved.

mod keys;
mod rows;

pub use keys::Key;
pub use rows::Row;

use crate::budget::cost::{self, Step};
use crate::budget::{CHIPS, Chip, Pricer};
use crate::diagnostic::Diagnostics;
use crate::edit::{Change, ProfileFile, difference};
use crate::explain::{self, Line};
use crate::options::{Opt, options};
use crate::profile::{Resolved, Setting, Verdict};
use crate::template::TemplateError;
use std::collections::BTreeSet;

/// What the screen shows over the tree, and what keys mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The tree.
    Browse,
    /// Words are being typed that options must have; `from` is where the cursor was.
    Search {
        /// The row to go back to.
        from: String,
    },
    /// A value is being typed.
    Edit {
        /// What is typed.
        input: String,
        /// Nothing has been typed yet: the next letter replaces the old value.
        fresh: bool,
    },
    /// A page to read.
    Page(Page),
    /// There are changes, and somebody wants to leave.
    Leave,
    /// The menu is done.
    Done,
}

/// A page over the tree: help, changes, or why something is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it is about.
    pub title: String,
    /// Lines with a title each, which may be empty.
    pub lines: Vec<Line>,
    /// Lines that are scrolled away.
    pub scroll: usize,
    /// The value that was refused, to go on typing.
    pub refused: Option<String>,
}

/// The menu.
pub struct Menu {
    file: ProfileFile,
    text: String,
    resolved: Resolved,
    pricer: Pricer,
    chip: &'static Chip,
    opened_at: u64,
    total: u64,
    mode: Mode,
    unfolded: BTreeSet<String>,
    query: String,
    rows: Vec<Row>,
    cursor: usize,
    steps: Vec<Step>,
    notice: String,
}

/// Why the menu cannot be opened.
#[derive(Debug)]
pub enum MenuError {
    /// The profile is not fit.
    Profile(Diagnostics),
    /// The template is at fault.
    Template(TemplateError),
}

impl From<TemplateError> for MenuError {
    fn from(error: TemplateError) -> Self {
        Self::Template(error)
    }
}

impl Menu {
    /// Opens the menu on a profile. The share of RAM is told of `chip`, or else of the one that the profile names.
    ///
    /// # Errors
    /// The profile cannot be priced as it is.
    pub fn open(file: ProfileFile, chip: Option<&'static Chip>, pricer: Pricer) -> Result<Self, MenuError> {
        let resolved = file.with_text(&file.text).map_err(MenuError::Profile)?;
        let total = pricer.total(&resolved.selection())?;
        let of_profile = resolved.limits().chip.map(|(chip, _)| chip);
        let mut menu = Self {
            text: file.text.clone(),
            chip: chip.or(of_profile).unwrap_or(&CHIPS[CHIPS.len() - 1]),
            file,
            resolved,
            pricer,
            opened_at: total,
            total,
            mode: Mode::Browse,
            unfolded: BTreeSet::new(),
            query: String::new(),
            rows: Vec::new(),
            cursor: 0,
            steps: Vec::new(),
            notice: String::new(),
        };
        menu.list(None);
        menu.price()?;
        Ok(menu)
    }

    /// Path of the profile.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.file.path
    }

    /// What keys mean now.
    #[must_use]
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// What is searched for; empty if nothing.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// What the last key did, where that is not to be seen.
    #[must_use]
    pub fn notice(&self) -> &str {
        &self.notice
    }

    /// The rows that can be scrolled to.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row under the cursor.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether a group shows its members.
    #[must_use]
    pub fn is_unfolded(&self, group: &str) -> bool {
        self.unfolded.contains(group)
    }

    /// The value of an option.
    #[must_use]
    pub fn setting(&self, option: &Opt) -> Option<&Setting> {
        self.resolved.setting(&option.key)
    }

    /// Bytes of RAM.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Bytes of RAM since the menu was opened.
    #[must_use]
    pub fn change(&self) -> i64 {
        cost::difference(self.opened_at, self.total)
    }

    /// The chip whose share is told.
    #[must_use]
    pub fn chip(&self) -> &'static Chip {
        self.chip
    }

    /// What the profile's own limits say of the total.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.resolved.limits().judge(self.total)
    }

    /// Whether there is something to save.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.text != self.file.text
    }

    /// Lines of the profile that differ from what is saved.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        difference(&self.file.text, &self.text)
    }

    /// The option under the cursor; for a group its switch.
    #[must_use]
    pub fn option(&self) -> Option<&'static Opt> {
        match self.rows.get(self.cursor)? {
            Row::Option(option) => Some(option),
            Row::Group(group) => options().get(&format!("{}.enabled", group.key)),
        }
    }

    /// A switch that is off, without which the option has no effect: the first one to turn on where there are several.
    #[must_use]
    pub fn missing(&self, option: &Opt) -> Option<&'static Opt> {
        let mut found = None;
        let mut open: Vec<&str> = option.needs.iter().map(String::as_str).collect();
        // No switch needs itself, but no more are looked at than there are.
        for _ in 0..options().all.len() {
            let Some(need) = open.pop().and_then(|key| self.resolved.setting(key)) else { break };
            if need.value.bare() != "true" {
                found = Some(need.option);
            }
            open.extend(need.option.needs.iter().map(String::as_str));
        }
        found
    }

    /// What the option under the cursor costs, or why it has no effect: one line.
    #[must_use]
    pub fn price_line(&self) -> String {
        if let Mode::Edit { input, .. } = &self.mode {
            return self.preview(input);
        }
        let Some(option) = self.option() else { return String::new() };
        if let Some(missing) = self.missing(option) {
            return format!(
                "no effect: needs {key}, which is off; {key} = true enables it",
                key = missing.key
            );
        }
        let step = |step: &Step| match &step.change {
            Ok(0) => format!("{} costs nothing", step.value.bare()),
            Ok(change) if *change > 0 => format!("{} costs {change} B", step.value.bare()),
            Ok(change) => format!("{} saves {} B", step.value.bare(), change.unsigned_abs()),
            Err(_) => format!("{} is refused", step.value.bare()),
        };
        let steps: Vec<String> = self.steps.iter().map(step).collect();
        format!(
            "{}: {}",
            option.key,
            if steps.is_empty() { "costs nothing".to_owned() } else { steps.join(", ") }
        )
    }

    /// What the profile would take with the value that is being typed.
    fn preview(&self, input: &str) -> String {
        let Some(option) = self.option() else { return String::new() };
        let Ok(Change::Set(_, value)) = self.read(option, input) else {
            return format!("{}: expected {}", option.key, option.kind.expected());
        };
        match cost::price(&self.pricer, &self.resolved, option, &value) {
            Ok(Ok(then)) => {
                let change = cost::difference(self.total, then);
                format!("{} = {input}: {then} B of RAM ({change:+} B)", option.key)
            }
            Ok(Err(objection)) => format!("{} = {input}: {objection}", option.key),
            Err(error) => error.to_string(),
        }
    }

    fn read(&self, option: &Opt, input: &str) -> Result<Change, Diagnostics> {
        Change::set(&format!("{}={input}", option.key))
    }

    /// Builds the rows anew, with the cursor on the row named `key` or else where it is.
    fn list(&mut self, key: Option<&str>) {
        let here = self.rows.get(self.cursor).map(|row| row.key().to_owned());
        self.rows = rows::rows(&self.query, &self.unfolded);
        let wanted = key.map(str::to_owned).or(here);
        let found = wanted.and_then(|key| self.rows.iter().position(|row| row.key() == key));
        self.cursor = found.unwrap_or(0).min(self.rows.len().saturating_sub(1));
    }

    /// Prices the steps from the row under the cursor.
    fn price(&mut self) -> Result<(), TemplateError> {
        let setting = self.option().and_then(|option| self.resolved.setting(&option.key));
        self.steps = match setting {
            Some(setting) => cost::steps(&self.pricer, &self.resolved, setting)?,
            None => Vec::new(),
        };
        Ok(())
    }

    fn help(&self) -> Page {
        let Some(option) = self.option() else {
            let lines = vec![(String::new(), self.rows.get(self.cursor).map(Row::help).unwrap_or_default())];
            return Page::new("Help", lines);
        };
        let mut lines = vec![(String::new(), option.help.clone())];
        lines.extend(explain::declared(option));
        match explain::in_profile(&self.pricer, &self.resolved, option) {
            Ok(more) => lines.extend(more),
            Err(error) => lines.push(("fault".to_owned(), error.to_string())),
        }
        Page::new(&option.key, lines)
    }

    fn differences(&self) -> Page {
        let changes = self.changes();
        let lines = if changes.is_empty() { vec!["Nothing has changed.".to_owned()] } else { changes };
        Page::new("Changes that are not saved", lines.into_iter().map(|line| (String::new(), line)).collect())
    }
}

impl Page {
    fn new(title: &str, lines: Vec<Line>) -> Self {
        Self { title: title.to_owned(), lines, scroll: 0, refused: None }
    }
}
