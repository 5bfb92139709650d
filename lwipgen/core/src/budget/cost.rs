//! What changing one option by one step would cost or save.

use serde::Serialize;

use crate::options::{Kind, Opt, Value};
use crate::profile::{Resolved, Setting};
use crate::template::TemplateError;

use super::Pricer;

/// A step and its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The value that the option would have.
    #[serde(serialize_with = "bare")]
    pub value: Value,
    /// Bytes that the total would change by, or why the step cannot be taken.
    pub change: Result<i64, String>,
}

fn bare<S: serde::Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.bare())
}

/// The price of each step that can be taken from a setting: the other words or the other state of a switch, the
/// next number up and down.
///
/// # Errors
/// A fault of the template.
pub fn steps(pricer: &Pricer, resolved: &Resolved, setting: &Setting) -> Result<Vec<Step>, TemplateError> {
    let now = pricer.total(&resolved.selection())?;
    let step = |value| {
        let change = price(pricer, resolved, setting.option, &value)?.map(|then| difference(now, then));
        Ok(Step { value, change })
    };
    neighbours(setting).into_iter().map(step).collect()
}

/// The total with one value changed, or why it cannot be.
///
/// # Errors
/// A fault of the template.
pub fn price(
    pricer: &Pricer,
    resolved: &Resolved,
    option: &'static Opt,
    value: &Value,
) -> Result<Result<u64, String>, TemplateError> {
    let variant = resolved.variant(&[(option, value.clone())]);
    match variant.selection() {
        Some(selection) => pricer.total(&selection).map(Ok),
        None => Ok(Err(variant.objection().unwrap_or_default())),
    }
}

/// Bytes from one total to another.
#[must_use]
pub fn difference(from: u64, to: u64) -> i64 {
    i64::try_from(i128::from(to) - i128::from(from)).unwrap_or(i64::MAX)
}

/// The values one step away.
fn neighbours(setting: &Setting) -> Vec<Value> {
    match (&setting.option.kind, &setting.value) {
        (Kind::Bool, Value::Bool(on)) => vec![Value::Bool(!on)],
        (Kind::Choice(words), Value::Text(now)) => {
            words.iter().filter(|(word, _)| word != now).map(|(word, _)| Value::Text(word.clone())).collect()
        }
        (Kind::Number(number), Value::Number(now)) => [now + number.step, now - number.step]
            .into_iter()
            .filter(|value| number.range.contains(value))
            .map(Value::Number)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Target;

    #[test]
    fn steps_cost_what_the_budget_then_says() {
        let resolved = Resolved::load("iot-sensor", &[]).unwrap();
        let pricer = Pricer::new(Target::RISCV32);
        let total = |sets: &[&str]| {
            let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
            let selection = resolved.with(&sets).unwrap().selection();
            crate::budget::budget(&crate::template::Template::stack(), &selection, Target::RISCV32)
                .unwrap()
                .total_bytes
        };
        let of = |key| steps(&pricer, &resolved, resolved.setting(key).unwrap()).unwrap();
        let pcbs = of("tcp.pcbs");
        assert_eq!(pcbs[0].value, Value::Number(5));
        assert_eq!(pcbs[0].change, Ok(difference(total(&[]), total(&["tcp.pcbs=5"]))));
        assert_eq!(pcbs[1].change, Ok(difference(total(&[]), total(&["tcp.pcbs=3"]))));
        assert!(pcbs[1].change.clone().unwrap() < 0);
        assert_eq!(of("tcp.enabled")[0].change, Ok(difference(total(&[]), total(&["tcp=false"]))));
        assert_eq!(of("memory").len(), 2);
        assert_eq!(of("description"), []);
        assert!(of("ipv4.enabled")[0].change.clone().unwrap_err().contains("[rule"));
    }
}
