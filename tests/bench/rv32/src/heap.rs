//! Memory that is taken and never given back: a work takes all of it at its beginning.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr;

const BYTES: usize = 6 << 20;

#[repr(C, align(16))]
struct Memory([u8; BYTES]);

static mut MEMORY: Memory = Memory([0; BYTES]);

/// How much of it is taken.
struct Taken(Cell<usize>);

// SAFETY: one hart, no interrupt handlers.
unsafe impl Sync for Taken {}

#[global_allocator]
static TAKEN: Taken = Taken(Cell::new(0));

// SAFETY: each piece is aligned, inside the memory, and given once.
unsafe impl GlobalAlloc for Taken {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.0.get().next_multiple_of(layout.align().min(16));
        match start.checked_add(layout.size()).filter(|end| *end <= BYTES && layout.align() <= 16) {
            Some(end) => {
                self.0.set(end);
                (&raw mut MEMORY).cast::<u8>().wrapping_add(start)
            }
            None => ptr::null_mut(),
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the same; the start code has zeroed it, and nobody had it before.
        unsafe { self.alloc(layout) }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
