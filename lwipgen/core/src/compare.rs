//! Two profiles side by side: options that differ, and bytes for each line of the budget.

use crate::budget::{Budget, cost};
use crate::profile::Resolved;
use serde::Serialize;

/// What differs between two profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Options whose values differ; those that select nothing in both are left out.
    pub options: Vec<Differing<Option<String>>>,
    /// Budget lines that differ.
    pub lines: Vec<Differing<u64>>,
    /// The totals.
    pub total: Differing<u64>,
}

/// A thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differing<T> {
    /// What it is.
    pub name: String,
    /// What it is in the first profile.
    pub first: T,
    /// What it is in the second.
    pub second: T,
}

impl Differing<u64> {
    /// Bytes from the first to the second.
    #[must_use]
    pub fn change(&self) -> i64 {
        cost::difference(self.first, self.second)
    }
}

/// Compares two profiles and their budgets.
#[must_use]
pub fn compare(first: (&Resolved, &Budget), second: (&Resolved, &Budget)) -> Comparison {
    let pairs = first.0.settings.iter().zip(&second.0.settings);
    let options = pairs.filter_map(|(a, b)| {
        let value = |setting: &crate::profile::Setting| setting.active.then(|| setting.value.to_string());
        let (first, second) = (value(a), value(b));
        (first != second).then(|| Differing { name: a.option.key.clone(), first, second })
    });
    let bytes = |budget: &Budget, name: &str| {
        budget.lines.iter().filter(|line| line.name == name).map(|line| line.bytes).sum()
    };
    let mut names: Vec<&str> = Vec::new();
    for line in first.1.lines.iter().chain(&second.1.lines) {
        if !names.contains(&line.name.as_str()) {
            names.push(&line.name);
        }
    }
    let lines = names.into_iter().map(|name| Differing {
        name: name.to_owned(),
        first: bytes(first.1, name),
        second: bytes(second.1, name),
    });
    Comparison {
        options: options.collect(),
        lines: lines.filter(|line| line.first != line.second).collect(),
        total: Differing {
            name: "total".to_owned(),
            first: first.1.total_bytes,
            second: second.1.total_bytes,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Pricer;
    use crate::layout::Target;

    #[test]
    fn lines_that_differ_add_up_to_the_difference_of_the_totals() {
        let pricer = Pricer::new(Target::RISCV32);
        let load = |name: &str| {
            let resolved = Resolved::load(name, &[]).unwrap();
            let budget = pricer.budget(&resolved.selection()).unwrap();
            (resolved, budget)
        };
        for (a, b) in [("minimal-v4", "iot-sensor"), ("full", "udp-beacon")] {
            let (a, b) = (load(a), load(b));
            let found = compare((&a.0, &a.1), (&b.0, &b.1));
            assert_eq!(found.lines.iter().map(Differing::change).sum::<i64>(), found.total.change());
            assert!(found.options.iter().any(|option| option.name == "tcp.mss"));
            assert!(compare((&a.0, &a.1), (&a.0, &a.1)).options.is_empty());
        }
        let (a, b) = (load("minimal-v4"), load("udp-beacon"));
        let found = compare((&a.0, &a.1), (&b.0, &b.1));
        let mss = found.options.iter().find(|option| option.name == "tcp.mss").unwrap();
        assert_eq!((mss.first.as_deref(), mss.second.as_deref()), (Some("1460"), None));
    }
}
