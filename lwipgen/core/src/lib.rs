//! The library behind `lwipgen`: profile model, rules, specialiser, layout calculator and budget.

pub mod selection;
