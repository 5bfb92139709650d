//! The budget: what RAM a profile takes, line by line, computed from the specialised sources.

mod chips;
pub mod cost;
mod levers;
mod lines;
mod pricer;
mod render;
mod size;
mod svg;
mod windows;

use serde::Serialize;

use crate::config;
use crate::layout::{Layouts, Program, Target};
use crate::selection::Selection;
use crate::specialise::evaluate;
use crate::template::{Template, TemplateError};

pub use chips::{CHIPS, Chip, Share};
pub use levers::{Lever, levers};
pub use lines::Line;
pub(crate) use lines::counted_types;
pub use pricer::Pricer;
pub use render::{Format, render};
pub use size::parse_size;
pub use svg::svg;
pub use windows::{Ceiling, Window, Windows};

/// The type that holds all that the stack keeps.
pub const ROOT: &str = "Stack";

/// What a profile takes and gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Budget {
    /// Name of the profile.
    pub profile: String,
    /// The target that the sizes hold for.
    pub target: &'static str,
    /// `size_of::<lwip::Stack>()`.
    pub stack_bytes: u64,
    /// With what lies outside of the `Stack`: blocks on the heap or in the application's region.
    pub total_bytes: u64,
    /// What the total is made of.
    pub lines: Vec<Line>,
    /// Windows of a TCP connection.
    pub windows: Option<Windows>,
    /// What ESP-IDF's peak formula gives for as many connections, windows and control blocks of this size:
    /// every window kept in full for every connection.
    pub esp_idf_peak_bytes: u64,
    /// The total as a share of each chip's RAM.
    pub chips: Vec<Share>,
    /// What single changes would save, the largest first.
    pub levers: Vec<Lever>,
}

impl Budget {
    /// The lines that take most, the largest first.
    #[must_use]
    pub fn largest(&self, count: usize) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.bytes));
        lines.truncate(count);
        lines
    }
}

/// Computes the budget of a selection.
pub fn budget(template: &Template, selection: &Selection, target: Target) -> Result<Budget, TemplateError> {
    let sources = evaluate(template, selection, &config::source(selection))?;
    of_program(&Program::parse(&sources)?, selection, target)
}

/// Computes the budget of a program that was specialised for `selection`.
pub(crate) fn of_program(
    program: &Program,
    selection: &Selection,
    target: Target,
) -> Result<Budget, TemplateError> {
    let layouts = Layouts::new(program, target);
    let (stack_bytes, mut lines) = lines::lines(&layouts)?;
    let elsewhere = lines::outside(selection);
    let total_bytes = stack_bytes + elsewhere.as_ref().map_or(0, |line| line.bytes);
    lines.extend(elsewhere);
    Ok(Budget {
        profile: selection.name.clone(),
        target: target.name,
        stack_bytes,
        total_bytes,
        windows: windows::windows(selection),
        esp_idf_peak_bytes: windows::esp_idf_peak(selection, &lines),
        chips: chips::shares(total_bytes),
        levers: Vec::new(),
        lines,
    })
}

/// A number of the selection.
fn constant(selection: &Selection, name: &str) -> Option<u64> {
    selection.constants.iter().find(|constant| constant.name == name).map(|constant| constant.value)
}

#[cfg(test)]
mod tests;
