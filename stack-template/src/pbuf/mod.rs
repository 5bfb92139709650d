//! Memory: one pool of blocks, chains of blocks as byte streams, and a promise for every byte that was advertised.

mod chain;
mod pool;
mod records;
mod storage;

#[cfg(feature = "tcp")]
pub(crate) use chain::Chain;
pub use chain::Slices;
pub(crate) use pool::{Claim, Pool};
pub(crate) use records::{Record, Records};
#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
pub use storage::Arena;
pub(crate) use storage::Blocks;
