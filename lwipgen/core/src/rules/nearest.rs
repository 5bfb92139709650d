//! The valid value nearest to one that breaks a rule, found by trying: rules need not know it.

use crate::options::{Kind, Number, Value};
use crate::profile::Setting;

/// The nearest other value of this option for which `valid` is true.
pub(crate) fn value(setting: &Setting, valid: &dyn Fn(Value) -> bool) -> Option<Value> {
    let try_value = |value: Value| valid(value.clone()).then_some(value);
    match (&setting.option.kind, &setting.value) {
        (Kind::Bool, Value::Bool(on)) => try_value(Value::Bool(!on)),
        (Kind::Choice(words), _) => words.iter().find_map(|(word, _)| try_value(Value::Text(word.clone()))),
        (Kind::Number(number), Value::Number(from)) => {
            let below = search(*from, -number.step, from - number.range.start(), number, valid);
            let above = search(*from, number.step, number.range.end() - from, number, valid);
            let nearest = below.into_iter().chain(above).min_by_key(|value| value.abs_diff(*from))?;
            Some(Value::Number(nearest))
        }
        _ => None,
    }
}

/// Doubles the distance until a value is valid, then halves the stretch in which the first valid one must be.
fn search(from: i64, stride: i64, room: i64, number: &Number, valid: &dyn Fn(Value) -> bool) -> Option<i64> {
    let limit = room / number.step;
    let at = |steps: i64| from + steps * stride;
    let mut far = 1.min(limit);
    while far > 0 && !valid(Value::Number(at(far))) {
        far = if far == limit { 0 } else { (far * 2).min(limit) };
    }
    let mut near = far / 2;
    while near + 1 < far {
        let middle = near.midpoint(far);
        if valid(Value::Number(at(middle))) {
            far = middle;
        } else {
            near = middle;
        }
    }
    (far > 0).then(|| at(far))
}
