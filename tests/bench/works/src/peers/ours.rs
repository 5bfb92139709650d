//! Our stack in its builds. Each generated crate has types of its own, so the node is compiled once for each.

pub mod four_segments;
pub mod minimal;
pub mod throughput;
