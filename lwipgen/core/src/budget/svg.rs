//! The budget as a picture: what takes how much, to scale, with everything written beside it.

use minijinja::Error;
use serde::Serialize;

use super::{Budget, Line};
use crate::text;

/// Width of the picture; the bars leave a margin on both sides.
const WIDTH: f64 = 800.0;
const MARGIN: f64 = 24.0;

/// A part that takes more of a bar than this is shown once, and the rest again without it.
const DOMINANT: f64 = 0.6;

/// Colours that differ in lightness too, so that they are told apart without hue.
const COLORS: [&str; 8] =
    ["#1f4e79", "#c55a11", "#548235", "#7030a0", "#bf9000", "#2e9ca6", "#a6264b", "#7f7f7f"];

#[derive(Serialize)]
struct Picture<'a> {
    profile: &'a str,
    target: &'a str,
    total: u64,
    shares: String,
    bars: Vec<Bar>,
    rows: Vec<Row<'a>>,
    width: f64,
    height: f64,
}

#[derive(Serialize)]
struct Bar {
    title: String,
    y: f64,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    x: f64,
    width: f64,
    color: &'static str,
    /// Written inside, where there is room.
    label: String,
    title: String,
}

#[derive(Serialize)]
struct Row<'a> {
    y: f64,
    color: &'static str,
    line: &'a Line,
}

/// Draws a budget.
///
/// # Errors
/// A fault of the drawing's template.
pub fn svg(budget: &Budget) -> Result<String, Error> {
    let mut lines: Vec<&Line> = budget.lines.iter().filter(|line| line.bytes > 0).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.bytes));
    let colored: Vec<(&Line, &'static str)> =
        lines.iter().enumerate().map(|(i, line)| (*line, COLORS[i % COLORS.len()])).collect();
    let mut bars = Vec::new();
    let mut rest = colored.as_slice();
    let mut title = format!("All {} bytes", budget.total_bytes);
    let mut y = 88.0;
    loop {
        let bytes: u64 = rest.iter().map(|(line, _)| line.bytes).sum();
        bars.push(Bar { title: title.clone(), y, parts: parts(rest, bytes) });
        y += 64.0;
        match rest.split_first() {
            Some(((first, _), others)) if others.len() > 1 && share(first.bytes, bytes) > DOMINANT => {
                title = format!("Without {}: {} bytes", first.name, bytes - first.bytes);
                rest = others;
            }
            _ => break,
        }
    }
    let top = y + 12.0;
    let rows: Vec<Row<'_>> = colored
        .iter()
        .enumerate()
        .map(|(i, (line, color))| Row { y: top + 22.0 * i as f64, color, line })
        .collect();
    let shares = budget.chips.iter().map(|share| format!("{} {} %", share.chip, share.percent));
    let picture = Picture {
        profile: &budget.profile,
        target: budget.target,
        total: budget.total_bytes,
        shares: shares.collect::<Vec<_>>().join(", "),
        height: top + 22.0 * rows.len() as f64 + 8.0,
        width: WIDTH,
        bars,
        rows,
    };
    text::render(include_str!("../../templates/budget.svg"), &picture)
}

fn parts(lines: &[(&Line, &'static str)], bytes: u64) -> Vec<Part> {
    let mut x = MARGIN;
    let part = |(line, color): &(&Line, &'static str)| {
        let width = share(line.bytes, bytes) * (WIDTH - 2.0 * MARGIN);
        let label = format!("{} {}", line.name, line.bytes);
        // 7 units a letter at this size.
        let fits = label.chars().count() as f64 * 7.0 + 10.0 < width;
        let title = format!("{}: {} bytes", line.name, line.bytes);
        let part = Part { x, width, color, label: if fits { label } else { String::new() }, title };
        x += width;
        part
    };
    lines.iter().map(part).collect()
}

fn share(bytes: u64, of: u64) -> f64 {
    bytes as f64 / of.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Pricer;
    use crate::layout::Target;
    use crate::profile::{Resolved, SHIPPED};

    #[test]
    fn every_line_is_named_and_each_bar_is_as_wide_as_its_parts() {
        let pricer = Pricer::new(Target::RISCV32);
        for (name, _) in SHIPPED {
            let selection = Resolved::load(name, &[]).unwrap().selection();
            let budget = pricer.budget(&selection).unwrap();
            let picture = svg(&budget).unwrap();
            for line in &budget.lines {
                assert!(picture.contains(&format!(">{}</text>", line.name)), "{name}: {}", line.name);
            }
            let lines: Vec<_> = budget.lines.iter().map(|line| (line, COLORS[0])).collect();
            let width: f64 = parts(&lines, budget.total_bytes).iter().map(|part| part.width).sum();
            assert!((width - (WIDTH - 2.0 * MARGIN)).abs() < 0.01, "{width}");
            assert!(!picture.contains("NaN") && picture.ends_with("</svg>\n"));
        }
    }
}
