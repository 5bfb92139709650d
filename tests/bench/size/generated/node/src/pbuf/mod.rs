//! Memory: one pool of blocks, chains of blocks as byte streams, and a promise for every byte that was advertised.

mod chain;
mod payload;
mod pool;
mod ranges;
mod records;
mod storage;

pub(crate) use chain::Chain;
pub(crate) use chain::Mark;
pub use chain::Slices;
pub(crate) use payload::Payload;
pub(crate) use pool::{Claim, Pool};
pub(crate) use ranges::Ranges;
pub(crate) use records::{Record, Records};
pub(crate) use storage::Blocks;
