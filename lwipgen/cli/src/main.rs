//! The `lwipgen` command.
fn main() {}
