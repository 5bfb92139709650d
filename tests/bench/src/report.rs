//! Results side by side: as text, as JSON, and as the Markdown of the benchmark document.

use clap::ValueEnum;
use lwipgen_works::Stack;
use serde::Serialize;

/// The stack that others are compared with, and the one that is compared.
const BASELINE: &str = "smoltcp";
const CANDIDATE: &str = "ours";

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Markdown,
}

/// Which way a value is to go.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Higher,
    Lower,
}

#[derive(Serialize)]
pub struct Report {
    title: String,
    better: Better,
    stacks: Vec<Description>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Description {
    name: &'static str,
    what: String,
}

#[derive(Serialize)]
pub struct Row {
    work: &'static str,
    unit: &'static str,
    #[serde(skip)]
    cells: Vec<Cell>,
}

/// What one stack made of one work.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Cell {
    Measured {
        value: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        low: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        high: Option<f64>,
        /// Frames from A and from B, per operation or per 1460 bytes.
        #[serde(skip_serializing_if = "Option::is_none")]
        frames: Option<[f64; 2]>,
    },
    Failed {
        failure: String,
    },
    /// The work is not for this stack.
    Absent,
}

impl Row {
    pub fn new(work: &'static str, unit: &'static str, cells: Vec<Cell>) -> Self {
        Self { work, unit, cells }
    }
}

impl Cell {
    fn value(&self) -> Option<f64> {
        match self {
            Self::Measured { value, .. } => Some(*value),
            Self::Failed { .. } | Self::Absent => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Measured { value, low, high, frames } => {
                let mut text = number(*value);
                if let (Some(low), Some(high)) = (low, high) {
                    text += &format!(" ({}-{})", number(*low), number(*high));
                }
                if let Some([a, b]) = frames {
                    text += &format!(" {a:.2}+{b:.2} fr");
                }
                text
            }
            Self::Failed { failure } => format!("failed: {failure}"),
            Self::Absent => "-".to_owned(),
        }
    }
}

/// Three significant digits or more.
fn number(value: f64) -> String {
    if value < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") }
}

impl Report {
    pub fn new(title: &str, better: Better, stacks: &[Stack], rows: Vec<Row>) -> Self {
        let stacks = stacks.iter().map(|s| Description { name: s.name(), what: description(*s) }).collect();
        Self { title: title.to_owned(), better, stacks, rows }
    }

    /// Whether no stack failed at a work.
    pub fn complete(&self) -> bool {
        !self.rows.iter().flat_map(|row| &row.cells).any(|cell| matches!(cell, Cell::Failed { .. }))
    }

    pub fn render(&self, format: Format) -> Result<String, String> {
        match format {
            Format::Text => Ok(self.text()),
            Format::Json => serde_json::to_string_pretty(&self.with_ratios()?)
                .map(|text| text + "\n")
                .map_err(|error| error.to_string()),
            Format::Markdown => Ok(self.markdown()),
        }
    }

    fn ratio(&self, row: &Row) -> Option<f64> {
        let of = |name| {
            let column = self.stacks.iter().position(|stack| stack.name == name)?;
            row.cells.get(column)?.value()
        };
        Some(of(CANDIDATE)? / of(BASELINE)?)
    }

    /// The report as JSON, each row with its cells by stack, and with its ratio where both stacks took part.
    fn with_ratios(&self) -> Result<serde_json::Value, String> {
        let mut json = serde_json::to_value(self).map_err(|error| error.to_string())?;
        for (row, json) in self.rows.iter().zip(json["rows"].as_array_mut().into_iter().flatten()) {
            let cells =
                self.stacks.iter().zip(&row.cells).map(|(stack, cell)| {
                    serde_json::to_value(cell).map(|cell| (stack.name.to_owned(), cell))
                });
            let cells =
                cells.collect::<Result<serde_json::Map<_, _>, _>>().map_err(|error| error.to_string())?;
            json["cells"] = cells.into();
            if let Some(ratio) = self.ratio(row) {
                json["ratio"] = ratio.into();
            }
        }
        Ok(json)
    }

    fn heading(&self) -> String {
        let better = match self.better {
            Better::Higher => "higher is better",
            Better::Lower => "lower is better",
        };
        format!("{}; {better}", self.title)
    }

    /// Header and rows as texts; the last column is the ratio if both stacks took part.
    fn cells(&self) -> Vec<Vec<String>> {
        let mut header = vec!["work".to_owned(), "unit".to_owned()];
        header.extend(self.stacks.iter().map(|stack| stack.name.to_owned()));
        let compared = self.rows.iter().any(|row| self.ratio(row).is_some());
        if compared {
            header.push(format!("{CANDIDATE}/{BASELINE}"));
        }
        let mut lines = vec![header];
        for row in &self.rows {
            let mut line = vec![row.work.to_owned(), row.unit.to_owned()];
            line.extend(row.cells.iter().map(Cell::text));
            if compared {
                line.push(self.ratio(row).map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}")));
            }
            lines.push(line);
        }
        lines
    }

    pub fn text(&self) -> String {
        let lines = self.cells();
        let columns = lines.first().map_or(0, Vec::len);
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<_> = (0..columns).map(width).collect();
        let mut text = self.heading() + "\n";
        for line in &lines {
            let padded: Vec<_> =
                line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            text += padded.join("  ").trim_end();
            text.push('\n');
        }
        text
    }

    pub fn markdown(&self) -> String {
        let lines = self.cells();
        let mut text = format!("{}.\n\n", self.heading());
        for (index, line) in lines.iter().enumerate() {
            text += &format!("| {} |\n", line.join(" | "));
            if index == 0 {
                text += &format!("|{}\n", "---|".repeat(line.len()));
            }
        }
        text
    }
}

/// What exactly runs as a stack; the versions are those of the lock file.
pub fn description(stack: Stack) -> String {
    let version = |package| locked_version(package).unwrap_or("?");
    match stack {
        Stack::Ours => format!(
            "profile `bench-4mss` (`minimal-v4` with a larger pool), for windows of 65535 bytes `throughput`; lwipgen {}",
            version("lwip-bench-4mss")
        ),
        Stack::Minimal => "profile `minimal-v4` as it is, where all connections share 16 KiB".to_owned(),
        Stack::Smoltcp => format!("{} with Reno", version("smoltcp")),
    }
}

/// The version of a dependency that this binary was built with.
fn locked_version(package: &str) -> Option<&'static str> {
    let (_, entry) =
        include_str!("../Cargo.lock").split_once(&format!("name = \"{package}\"\nversion = \""))?;
    entry.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let measured = |value| Cell::Measured { value, low: None, high: None, frames: None };
        Report {
            title: "Test".to_owned(),
            better: Better::Higher,
            stacks: ["ours", "smoltcp"].map(|name| Description { name, what: String::new() }).into(),
            rows: vec![
                Row::new("one", "MB/s", vec![measured(300.0), measured(200.0)]),
                Row::new("two", "k/s", vec![Cell::Failed { failure: "no".into() }, measured(7.0)]),
            ],
        }
    }

    #[test]
    fn the_locked_version_is_found() {
        assert!(locked_version("smoltcp").is_some_and(|version| version.starts_with("0.")));
        assert_eq!(locked_version("no-such-package"), None);
    }

    #[test]
    fn ratio_and_failure_are_shown() {
        let report = report();
        let text = report.text();
        assert!(text.contains("one   MB/s  300         200      1.50"), "{text}");
        assert!(text.contains("two   k/s   failed: no  7.00     -"), "{text}");
        assert!(!report.complete());
    }

    #[test]
    fn json_has_the_ratio_as_a_number() {
        let json: serde_json::Value = serde_json::from_str(&report().render(Format::Json).unwrap()).unwrap();
        assert_eq!(json["rows"][0]["ratio"], 1.5);
        assert_eq!(json["rows"][0]["cells"]["smoltcp"]["value"], 200.0);
        assert_eq!(json["rows"][1]["cells"]["ours"]["failure"], "no");
        assert!(json["rows"][1].get("ratio").is_none());
    }
}
