//! The library behind `lwipgen`: profile model, rules, specialiser, layout calculator and budget.

pub mod audit;
pub mod budget;
pub mod compare;
pub mod config;
mod const_eval;
pub mod diagnostic;
pub mod edit;
pub mod emit;
pub mod explain;
pub mod fit;
pub mod layout;
pub mod menu;
pub mod model;
mod modules;
pub mod options;
mod parse;
pub mod profile;
pub mod reference;
pub mod rules;
pub mod schema;
pub mod search;
pub mod selection;
pub mod specialise;
pub mod template;
mod text;
pub mod why;
