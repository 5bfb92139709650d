//! What is known of an option, as titled lines: for the terminal and for the menu.

use crate::budget::Pricer;
use crate::budget::cost;
use crate::options::{Kind, Opt};
use crate::profile::Resolved;
use crate::rules::RULES;
use crate::template::TemplateError;

/// A title, empty where the line goes on, and what there is to say.
pub type Line = (String, String);

/// What the model says of an option.
#[must_use]
pub fn declared(option: &Opt) -> Vec<Line> {
    let mut lines = vec![line("type", option.kind.expected())];
    match &option.kind {
        Kind::Number(number) => {
            let unit = option.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let step =
                if number.step == 1 { String::new() } else { format!(", a multiple of {}", number.step) };
            lines.push(line(
                "range",
                format!("{} to {}{unit}{step}", number.range.start(), number.range.end()),
            ));
        }
        Kind::Choice(words) => {
            lines.extend(words.iter().map(|(word, help)| line("", format!("{word}: {help}"))))
        }
        Kind::Bool | Kind::Text => {}
    }
    let why = option.why.as_deref().map(|why| format!(", unlike ESP-IDF: {why}")).unwrap_or_default();
    lines.push(line("default", format!("{}{why}", option.default)));
    let names = [
        ("needs", option.needs.join(", ")),
        ("lwIP", name(&option.lwip)),
        ("ESP-IDF", name(&option.esp_idf)),
    ];
    lines.extend(
        names.into_iter().filter(|(_, text)| !text.is_empty()).map(|(title, text)| line(title, text)),
    );
    let rules = RULES.iter().filter(|rule| rule.keys.contains(&option.key.as_str()));
    lines.extend(rules.map(|rule| line("rule", format!("{}: {}", rule.name, rule.text))));
    lines
}

/// What a profile makes of an option: value, origin, and the price of each step from it.
///
/// # Errors
/// A fault of the template.
pub fn in_profile(pricer: &Pricer, resolved: &Resolved, option: &Opt) -> Result<Vec<Line>, TemplateError> {
    let Some(setting) = resolved.setting(&option.key) else { return Ok(Vec::new()) };
    let title = format!("in {}", resolved.name);
    let mut lines = vec![line(&title, format!("{}, set by {}", setting.value, setting.origin))];
    if !setting.active {
        lines.push(line("", format!("has no effect: needs {}", option.needs.join(" and "))));
    }
    for step in cost::steps(pricer, resolved, setting)? {
        let change = match &step.change {
            Ok(change) => format!("{change:+} bytes of RAM"),
            Err(objection) => objection.clone(),
        };
        lines.push(line("", format!("{} = {}: {change}", option.key, step.value)));
    }
    Ok(lines)
}

fn name(name: &Option<String>) -> String {
    name.clone().unwrap_or_default()
}

fn line(title: &str, text: String) -> Line {
    (title.to_owned(), text)
}
