//! `lwipgen explain`: all that is known of an option.

use lwipgen_core::budget::{Pricer, cost};
use lwipgen_core::edit;
use lwipgen_core::layout::Target;
use lwipgen_core::options::{Kind, Opt};
use lwipgen_core::rules::RULES;

use crate::profiles::{Overrides, load};
use crate::{Refused, refuse};

/// Explain an option: what it does, what it may be, what it costs
#[derive(clap::Args)]
pub struct Args {
    /// The option
    #[arg(value_name = "KEY")]
    key: String,
    /// The profile in which its cost is told
    #[arg(long, default_value = "minimal-v4")]
    profile: String,
    #[command(flatten)]
    overrides: Overrides,
}

/// Writes what is known.
pub fn run(args: Args) -> Result<(), Refused> {
    let option = edit::find(&args.key).map_err(|message| refuse(&message))?;
    let resolved = load(&args.profile, &args.overrides)?;
    declared(option);
    for rule in RULES.iter().filter(|rule| rule.keys.contains(&option.key.as_str())) {
        line("rule", &format!("{}: {}", rule.name, rule.text));
    }
    let Some(setting) = resolved.setting(&option.key) else { return Ok(()) };
    let title = format!("in {}", resolved.name);
    line(&title, &format!("{}, set by {}", setting.value, setting.origin));
    if !setting.active {
        line("", &format!("selects nothing: needs {}", option.needs.join(" and ")));
    }
    let pricer = Pricer::new(Target::RISCV32);
    for step in cost::steps(&pricer, &resolved, setting).map_err(|error| refuse(&error))? {
        let change = match &step.change {
            Ok(change) => format!("{change:+} bytes of RAM"),
            Err(objection) => objection.clone(),
        };
        line("", &format!("{} = {}: {change}", option.key, step.value));
    }
    Ok(())
}

/// What the model says of an option.
fn declared(option: &Opt) {
    let bold = anstyle::Style::new().bold();
    anstream::println!("{bold}{}{bold:#}", option.key);
    anstream::println!("  {}", option.help);
    line("type", &option.kind.expected());
    match &option.kind {
        Kind::Number(number) => {
            let unit = option.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let step =
                if number.step == 1 { String::new() } else { format!(", a multiple of {}", number.step) };
            line("range", &format!("{} to {}{unit}{step}", number.range.start(), number.range.end()));
        }
        Kind::Choice(words) => words.iter().for_each(|(word, help)| line("", &format!("{word}: {help}"))),
        Kind::Bool | Kind::Text => {}
    }
    let why = option.why.as_deref().map(|why| format!(", unlike ESP-IDF: {why}")).unwrap_or_default();
    line("default", &format!("{}{why}", option.default));
    for (title, names) in [
        ("needs", option.needs.clone()),
        ("lwIP", option.lwip.iter().cloned().collect()),
        ("ESP-IDF", option.esp_idf.iter().cloned().collect()),
    ] {
        if !names.is_empty() {
            line(title, &names.join(", "));
        }
    }
}

fn line(title: &str, text: &str) {
    anstream::println!("  {title:14} {text}");
}
