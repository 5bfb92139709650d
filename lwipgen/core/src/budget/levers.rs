//! Levers: what single changes to a profile would save, computed by making them.

use serde::Serialize;

use crate::options::{Kind, Value};
use crate::profile::{Resolved, Setting};
use crate::template::TemplateError;

use super::{Budget, Pricer};

/// A single change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lever {
    /// The change, as `--set` takes it.
    pub set: String,
    /// The value it has now.
    pub now: String,
    /// Bytes that the total would shrink by.
    pub saves: u64,
}

/// Levers that are told.
const MOST: usize = 8;

/// A count up to this is tried with one fewer, a larger one with half as many.
const FEW: i64 = 16;

/// The changes that would save most. `base` is the budget of `resolved` as it is.
pub fn levers(pricer: &Pricer, resolved: &Resolved, base: &Budget) -> Result<Vec<Lever>, TemplateError> {
    let mut levers = Vec::new();
    for setting in resolved.settings.iter().filter(|setting| setting.active) {
        let Some((now, then)) = change(setting) else { continue };
        let set = format!("{}={then}", setting.option.key);
        // A change that breaks a rule is no lever.
        let Ok(changed) = resolved.with(std::slice::from_ref(&set)) else { continue };
        let saves = base.total_bytes.saturating_sub(pricer.total(&changed.selection())?);
        if saves > 0 {
            levers.push(Lever { set, now, saves });
        }
    }
    levers.sort_by(|a, b| b.saves.cmp(&a.saves).then_with(|| a.set.cmp(&b.set)));
    levers.truncate(MOST);
    Ok(levers)
}

/// The value of a setting and a smaller one: off, one fewer, or half.
fn change(setting: &Setting) -> Option<(String, String)> {
    match (&setting.option.kind, &setting.value) {
        (Kind::Bool, Value::Bool(true)) => Some(("true".to_owned(), "false".to_owned())),
        (Kind::Number(number), Value::Number(value)) if number.ty == "usize" => {
            let smaller = if !number.size && *value <= FEW { value - 1 } else { value / 2 };
            let smaller = number.nearest(smaller);
            (smaller < *value).then(|| (value.to_string(), smaller.to_string()))
        }
        _ => None,
    }
}
