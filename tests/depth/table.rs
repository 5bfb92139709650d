//! The table in docs/footprint.md.

use crate::Depths;
use lwipgen_tests::{Failure, ROOT};
use std::collections::BTreeSet;
use std::path::Path;

const BEGIN: &str = "<!-- Written by `LWIPGEN_RECORD=true cargo test -p lwipgen-tests --test depth`. -->";
const END: &str = "<!-- End of what it writes. -->";

/// A row for each entry, a column for each profile: measured and, in brackets, at most.
pub fn render(columns: &[(&str, Depths)]) -> String {
    let names: String = columns.iter().map(|(profile, _)| format!(" `{profile}` |")).collect();
    let mut text = format!("| call |{names}\n|---|{}\n", "---:|".repeat(columns.len()));
    let entries: BTreeSet<_> = columns.iter().flat_map(|(_, depths)| depths.keys()).collect();
    for entry in entries {
        let cell = |depths: &Depths| match depths.get(entry) {
            Some((measured, bound)) => format!(" {} ({}) |", grouped(*measured), grouped(*bound)),
            None => " - |".to_owned(),
        };
        let cells: String = columns.iter().map(|(_, depths)| cell(depths)).collect();
        text += &format!("| `{entry}` |{cells}\n");
    }
    text
}

/// Puts the table into the document.
pub fn record(table: &str) -> Result<(), Failure> {
    let path = Path::new(ROOT).join("docs/footprint.md");
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let split = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = split.ok_or("docs/footprint.md has no table of call stacks")?;
    std::fs::write(&path, format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
        .map_err(|error| error.to_string())
}

fn grouped(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{} {:03}", number / 1000, number % 1000) }
}
