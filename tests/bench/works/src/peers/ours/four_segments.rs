//! Profile `bench-4mss`: windows of four segments, and memory that fills them.

use lwip_bench_4mss as lwip;

#[path = "node.rs"]
mod node;
pub use node::OurNode;
