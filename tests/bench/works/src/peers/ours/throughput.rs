//! Profile `throughput`: windows of 65535 bytes.

use lwip_throughput as lwip;

#[path = "node.rs"]
mod node;
pub use node::OurNode;
