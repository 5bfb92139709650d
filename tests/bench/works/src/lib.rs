//! The same works for generated stacks and for smoltcp: two nodes over in-memory rings, on a virtual clock, in one thread.
#![no_std]

extern crate alloc;

mod node;
mod pair;
mod pattern;
mod peers;
mod ring;
mod work;

pub use node::Failure;
pub use pair::{Meter, Tally};
pub use peers::Stack;
pub use work::{ALL, SMALL_WINDOW, Work, names};
