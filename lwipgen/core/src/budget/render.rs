//! The budget as text for a terminal, as Markdown, and as JSON.

use minijinja::{Error, ErrorKind};

use super::Budget;
use crate::text;

/// How a budget is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns, 80 wide.
    #[default]
    Text,
    /// The fields of [`Budget`].
    Json,
    /// Tables.
    Markdown,
}

/// Writes a budget.
pub fn render(budget: &Budget, format: Format) -> Result<String, Error> {
    match format {
        Format::Json => match serde_json::to_string_pretty(budget) {
            Ok(json) => Ok(json + "\n"),
            Err(error) => Err(Error::new(ErrorKind::BadSerialization, error.to_string())),
        },
        Format::Text => text::render(include_str!("../../templates/budget.txt"), budget),
        Format::Markdown => text::render(include_str!("../../templates/budget.md"), budget),
    }
}
