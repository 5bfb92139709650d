//! The largest value of an option that fits a given RAM, found by computing the budget of each value that is tried.

use crate::budget::Pricer;
use crate::options::{Kind, Number, Opt, Value, options};
use crate::profile::Resolved;
use crate::rules::RULES;
use crate::template::TemplateError;
use std::fmt;

/// What is to be fitted.
#[derive(Clone, Debug)]
pub struct Goal {
    /// Bytes of RAM that there are.
    pub ram: u64,
    /// Numbers that are to be as large as possible; several grow together and have the same value.
    pub maximize: Vec<&'static Opt>,
    /// Options that must not change.
    pub keep: Vec<&'static Opt>,
}

/// A way to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The options that get another value.
    pub changes: Vec<(&'static Opt, Value)>,
    /// The total then.
    pub total: u64,
}

/// Why nothing fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FitError {
    /// A key cannot be maximized.
    NotANumber(&'static Opt),
    /// The option has no effect in this profile.
    Inactive(&'static Opt),
    /// Even the smallest values take this much.
    TooSmall(u64),
    /// No value is valid.
    Never,
    /// The template is at fault.
    Template(TemplateError),
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber(option) => write!(f, "{} is not a number: it cannot be maximized", option.key),
            Self::Inactive(option) => {
                write!(f, "{} has no effect: it needs {}", option.key, option.needs.join(" and "))
            }
            Self::TooSmall(total) => write!(f, "even the smallest values take {total} bytes"),
            Self::Never => f.write_str("no value is valid"),
            Self::Template(error) => error.fmt(f),
        }
    }
}

impl From<TemplateError> for FitError {
    fn from(error: TemplateError) -> Self {
        Self::Template(error)
    }
}

/// Finds the largest values that fit. Options of the model's attribute `x-yields` change to make room: they grow
/// where a rule wants it, and shrink where the profile would not fit as it is.
///
/// # Errors
/// The goal makes no sense, or nothing fits.
pub fn fit(pricer: &Pricer, resolved: &Resolved, goal: &Goal) -> Result<Fit, FitError> {
    let search = Search::new(pricer, resolved, goal)?;
    let lowest = search.lowest()?;
    let best = last(lowest, search.highest(), search.number.step, &|value| {
        Ok(search.settle(value)?.is_some_and(|settled| settled.total <= goal.ram))
    })?;
    let settled = search.settle(best)?.ok_or(FitError::Never)?;
    let settled = search.fill(best, settled)?;
    let differs = |(option, value): &(&'static Opt, Value)| {
        resolved.setting(&option.key).is_none_or(|setting| setting.value != *value)
    };
    Ok(Fit { changes: settled.changes.into_iter().filter(differs).collect(), total: settled.total })
}

struct Search<'a> {
    pricer: &'a Pricer,
    resolved: &'a Resolved,
    goal: &'a Goal,
    number: &'static Number,
    /// Options that make room, with their numbers and present values.
    yielding: Vec<(&'static Opt, &'static Number, i64)>,
    /// Whether the profile fits as it is, so that nothing needs to shrink.
    fits: bool,
}

/// Valid values and what they take.
struct Settled {
    changes: Vec<(&'static Opt, Value)>,
    total: u64,
}

impl<'a> Search<'a> {
    fn new(pricer: &'a Pricer, resolved: &'a Resolved, goal: &'a Goal) -> Result<Self, FitError> {
        let mut number = None;
        for option in &goal.maximize {
            let Kind::Number(kind) = &option.kind else { return Err(FitError::NotANumber(option)) };
            if !resolved.setting(&option.key).is_some_and(|setting| setting.active) {
                return Err(FitError::Inactive(option));
            }
            number.get_or_insert(kind);
        }
        let number = number.ok_or(FitError::Never)?;
        let is_free = |option: &Opt| {
            !goal.keep.iter().chain(&goal.maximize).any(|other| other.key == option.key)
                && RULES.iter().any(|rule| {
                    let about = |key: &str| rule.keys.contains(&key);
                    about(&option.key) && goal.maximize.iter().any(|option| about(&option.key))
                })
        };
        let yielding = options().all.iter().filter(|option| option.yields && is_free(option));
        let yielding =
            yielding.filter_map(|option| match (&option.kind, &resolved.setting(&option.key)?.value) {
                (Kind::Number(number), Value::Number(now)) => Some((option, number, *now)),
                _ => None,
            });
        let fits = pricer.total(&resolved.selection())? <= goal.ram;
        Ok(Self { pricer, resolved, goal, number, yielding: yielding.collect(), fits })
    }

    fn highest(&self) -> i64 {
        *self.number.range.end()
    }

    /// The smallest value that is valid at all.
    fn lowest(&self) -> Result<i64, FitError> {
        let now =
            self.goal.maximize.iter().filter_map(|option| match self.resolved.setting(&option.key)?.value {
                Value::Number(value) => Some(value),
                _ => None,
            });
        let now = self.number.nearest(now.max().unwrap_or(0));
        if self.settle(now)?.is_some_and(|settled| settled.total <= self.goal.ram) {
            return Ok(now);
        }
        let start = self.number.nearest(*self.number.range.start());
        let steps = (now - start) / self.number.step;
        // Valid values are together: the first one is found by halving the stretch below the present value.
        let at = |step: i64| start + step * self.number.step;
        let (mut low, mut high) = (0, steps);
        while low < high {
            let middle = low.midpoint(high);
            if self.settle(at(middle))?.is_some() { high = middle } else { low = middle + 1 }
        }
        match self.settle(at(low))? {
            Some(settled) if settled.total <= self.goal.ram => Ok(at(low)),
            Some(settled) => Err(FitError::TooSmall(settled.total)),
            None => Err(FitError::Never),
        }
    }

    fn changes(&self, value: i64) -> Vec<(&'static Opt, Value)> {
        self.goal.maximize.iter().map(|option| (*option, Value::Number(value))).collect()
    }

    /// The cheapest way to have this value: what yields is as small as rules allow.
    fn settle(&self, value: i64) -> Result<Option<Settled>, FitError> {
        let mut changes = self.changes(value);
        for (option, number, now) in &self.yielding {
            let floor = if self.fits { *now } else { *number.range.start() };
            let valid = |candidate: i64| {
                let mut changes = changes.clone();
                changes.push((option, Value::Number(candidate)));
                self.resolved.variant(&changes).is_valid()
            };
            let Some(smallest) = first(number.nearest(floor), number, &valid) else { return Ok(None) };
            changes.push((option, Value::Number(smallest)));
        }
        self.price(changes)
    }

    fn price(&self, changes: Vec<(&'static Opt, Value)>) -> Result<Option<Settled>, FitError> {
        let Some(selection) = self.resolved.variant(&changes).selection() else { return Ok(None) };
        Ok(Some(Settled { total: self.pricer.total(&selection)?, changes }))
    }

    /// Gives what had to yield as much of the rest as it had before.
    fn fill(&self, value: i64, mut settled: Settled) -> Result<Settled, FitError> {
        for (option, number, now) in &self.yielding {
            let with = |candidate: i64| {
                let mut changes = settled.changes.clone();
                changes.retain(|(other, _)| other.key != option.key);
                changes.push((option, Value::Number(candidate)));
                self.price(changes)
            };
            let taken = settled.changes.iter().find(|(other, _)| other.key == option.key);
            let Some((_, Value::Number(taken))) = taken else { continue };
            if now <= taken {
                continue;
            }
            let fits = |candidate| Ok(with(candidate)?.is_some_and(|settled| settled.total <= self.goal.ram));
            let most = last(*taken, *now, number.step, &fits)?;
            if let Some(better) = with(most)? {
                settled = better;
            }
        }
        debug_assert!(settled.changes.iter().any(|(_, chosen)| *chosen == Value::Number(value)));
        Ok(settled)
    }
}

/// The first number from `floor` on that is valid, taking it that all above it are.
fn first(floor: i64, number: &Number, valid: &dyn Fn(i64) -> bool) -> Option<i64> {
    let steps = (number.range.end() - floor) / number.step;
    let at = |step: i64| floor + step * number.step;
    let mut far = 0;
    while !valid(at(far)) {
        if far == steps {
            return None;
        }
        far = (far * 2).max(1).min(steps);
    }
    let mut near = far / 2;
    while near < far {
        let middle = near.midpoint(far);
        if valid(at(middle)) { far = middle } else { near = middle + 1 }
    }
    Some(at(far))
}

/// The last number from `from` to `to` that fits; `from` does.
fn last(
    from: i64,
    to: i64,
    step: i64,
    fits: &dyn Fn(i64) -> Result<bool, FitError>,
) -> Result<i64, FitError> {
    let (mut best, mut stride) = (from, step);
    while best + stride <= to && fits(best + stride)? {
        best += stride;
        stride *= 2;
    }
    while stride >= step {
        while best + stride <= to && fits(best + stride)? {
            best += stride;
        }
        stride /= 2;
    }
    Ok(best)
}

#[cfg(test)]
mod tests;
