//! Profile `minimal-v4`: windows of four segments, which four connections share.

use lwip_minimal_v4 as lwip;

#[path = "node.rs"]
mod node;
pub use node::OurNode;
