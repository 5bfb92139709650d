//! Where the bytes of the blocks live: in the stack itself, on the heap, or in a region of the application's.

use crate::config::{PBUF_BLOCK_SIZE, PBUF_POOL_SIZE};

/// The region that holds the blocks.
#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
pub type Arena = [[u8; PBUF_BLOCK_SIZE]; PBUF_POOL_SIZE];

/// The bytes of the pool's blocks, by index.
#[repr(C)]
pub struct Blocks {
    #[cfg(not(any(feature = "memory-heap", feature = "memory-arena")))]
    bytes: [[u8; PBUF_BLOCK_SIZE]; PBUF_POOL_SIZE],
    #[cfg(feature = "memory-heap")]
    bytes: [Option<alloc::boxed::Box<[u8; PBUF_BLOCK_SIZE]>>; PBUF_POOL_SIZE],
    #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
    bytes: &'static mut Arena,
}

#[cfg(not(any(feature = "memory-heap", feature = "memory-arena")))]
impl Blocks {
    pub const fn new() -> Self {
        Self { bytes: [[0; PBUF_BLOCK_SIZE]; PBUF_POOL_SIZE] }
    }
}

#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
impl Blocks {
    pub const fn new(arena: &'static mut Arena) -> Self {
        Self { bytes: arena }
    }
}

#[cfg(not(feature = "memory-heap"))]
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

#[cfg(feature = "memory-heap")]
impl Blocks {
    pub const fn new() -> Self {
        Self { bytes: [const { None }; PBUF_POOL_SIZE] }
    }

    /// The bytes of block `index`; empty when the block is not taken.
    pub fn get(&self, index: usize) -> &[u8] {
        self.bytes.get(index).and_then(Option::as_deref).map_or(&[], |block| block)
    }

    /// The bytes of block `index`, to be written; empty when the block is not taken.
    pub fn get_mut(&mut self, index: usize) -> &mut [u8] {
        self.bytes.get_mut(index).and_then(Option::as_deref_mut).map_or(&mut [], |block| block)
    }

    /// Takes the memory of block `index` from the allocator.
    pub fn take(&mut self, index: usize) {
        if let Some(block) = self.bytes.get_mut(index) {
            *block = Some(alloc::boxed::Box::new([0; PBUF_BLOCK_SIZE]));
        }
    }

    /// Gives the memory of block `index` back to the allocator.
    pub fn release(&mut self, index: usize) {
        if let Some(block) = self.bytes.get_mut(index) {
            *block = None;
        }
    }
}
