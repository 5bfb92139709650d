//! Where the bytes of the blocks live: in the stack itself, on the heap, or in a region of the application's.

use crate::config::{PBUF_BLOCK_SIZE, PBUF_POOL_SIZE};

/// The bytes of the pool's blocks, by index.
#[repr(C)]
pub struct Blocks {
    bytes: [[u8; PBUF_BLOCK_SIZE]; PBUF_POOL_SIZE],
}

const _: () = assert!(size_of::<Blocks>() == 23360);

impl Blocks {
    pub const fn new() -> Self {
        Self { bytes: [[0; PBUF_BLOCK_SIZE]; PBUF_POOL_SIZE] }
    }
}

impl Blocks {
    /// The bytes of block `index`; empty when there is no such block.
    pub fn get(&self, index: usize) -> &[u8] {
        self.bytes.get(index).map_or(&[], |block| block)
    }

    /// The bytes of block `index`, to be written; empty when there is no such block.
    pub fn get_mut(&mut self, index: usize) -> &mut [u8] {
        self.bytes.get_mut(index).map_or(&mut [], |block| block)
    }
}
