//! `lwipgen why`: why an option has its value, and what would let it have another.

use lwipgen_core::edit;
use lwipgen_core::options::{Kind, Value};
use lwipgen_core::why::{Limit, Why, why};

use crate::profiles::{Overrides, load};
use crate::{Refused, refuse};

/// Tell why an option has its value: who set it, what holds it, what would free it
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// The option
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    overrides: Overrides,
}

/// Writes the story of the value.
pub fn run(args: Args) -> Result<(), Refused> {
    let option = edit::find(&args.key).map_err(|message| refuse(&message))?;
    let resolved = load(&args.profile, &args.overrides)?;
    if let Some(why) = why(&resolved, option) {
        tell(&why);
    }
    Ok(())
}

fn tell(why: &Why) {
    let setting = &why.setting;
    let key = &setting.option.key;
    let bold = anstyle::Style::new().bold();
    let computed =
        if setting.written == setting.value { String::new() } else { format!(" = {}", setting.value) };
    anstream::println!("{bold}{key}{bold:#} = {}{computed}", setting.written);
    line("set by", &setting.origin);
    for (value, origin) in &why.over {
        line("instead of", &format!("{value}, {origin}"));
    }
    for other in &why.follows {
        line("follows", &format!("{} = {}, set by {}", other.option.key, other.value, other.origin));
    }
    if let Some(missing) = why.missing {
        line("has no effect", &format!("{} is off", missing.key));
        line("freed by", &format!("{} = true", missing.key));
    }
    for limit in &why.limits {
        tell_limit(why, limit);
    }
    if why.limits.is_empty() {
        line("held by", &"nothing");
    }
}

fn tell_limit(why: &Why, limit: &Limit) {
    let option = why.setting.option;
    let title = match (&option.kind, &limit.until, &limit.refused) {
        (Kind::Number(_), Value::Number(until), Value::Number(refused)) if until < refused => "at most",
        (Kind::Number(_), ..) => "at least",
        _ => "not",
    };
    let value = if title == "not" { &limit.refused } else { &limit.until };
    let reason = match limit.rule {
        Some(rule) => format!("{} [rule {}]", rule.text, rule.name),
        None => "the option's range".to_owned(),
    };
    line(title, &format!("{value}: {reason}"));
    if let Some((other, value)) = &limit.freed_by {
        line("", &format!("{} = {} is possible with {} = {value}", option.key, limit.refused, other.key));
    }
}

fn line(title: &str, text: &dyn std::fmt::Display) {
    anstream::println!("  {title:14} {text}");
}
