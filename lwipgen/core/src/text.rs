//! Rendering of text templates, and how numbers read in them.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error};
use serde::Serialize;

/// Renders a template over the fields of `context`.
pub(crate) fn render(template: &str, context: &impl Serialize) -> Result<String, Error> {
    let mut environment = Environment::new();
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
    environment.set_syntax(syntax);
    environment.add_filter("left", |text: String, width: usize| format!("{text:<width$}"));
    environment.add_filter("right", |text: String, width: usize| format!("{text:>width$}"));
    environment.add_filter("grouped", grouped);
    environment.add_filter("kib", |bytes: u64| format!("{:.1} KiB", bytes as f64 / 1024.0));
    environment.add_filter("rate", rate);
    environment.add_filter("share", share);
    environment.render_str(template, Serde(context))
}

/// `18 944`: digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Bytes a second in three digits.
fn rate(bytes: u64) -> String {
    let (value, unit) = match bytes {
        0..1_000 => return format!("{bytes} B/s"),
        1_000..1_000_000 => (bytes as f64 / 1e3, "kB/s"),
        _ => (bytes as f64 / 1e6, "MB/s"),
    };
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

fn share(bytes: u64, total: u64) -> String {
    format!("{:.1} %", bytes as f64 * 100.0 / total.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1 000", "1 234 567"]);
        assert_eq!(
            [999, 1460, 146_000, 14_600, 65_535_000].map(rate),
            ["999 B/s", "1.46 kB/s", "146 kB/s", "14.6 kB/s", "65.5 MB/s"]
        );
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(0, 0), "0.0 %");
    }
}
