//! The library.

pub mod diagnostic;
pub mod model;
pub mod options;
pub mod profile;
pub mod rules;
pub mod selection;
