//! Memory: one pool of blocks, chains of blocks as byte streams, and a promise for every byte that was advertised.

mod chain;
mod payload;
mod pool;
#[cfg(any(feature = "tcp-ooseq", feature = "reassembly"))]
mod ranges;
mod records;
mod storage;

#[cfg(any(feature = "tcp", feature = "reassembly"))]
pub(crate) use chain::Chain;
pub(crate) use chain::Mark;
pub use chain::Slices;
pub(crate) use payload::Payload;
#[cfg(all(test, feature = "tcp", feature = "arp", not(feature = "timers-periodic")))]
pub(crate) use pool::BACKED;
pub(crate) use pool::{Claim, Pool};
#[cfg(feature = "tcp")]
pub(crate) use pool::{RX_MIN_BLOCKS, TX_MIN_BLOCKS};
#[cfg(feature = "reassembly")]
pub(crate) use ranges::Overlap;
#[cfg(any(feature = "tcp-ooseq", feature = "reassembly"))]
pub(crate) use ranges::Ranges;
pub(crate) use records::Records;
#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
pub use storage::Arena;
pub(crate) use storage::Blocks;
