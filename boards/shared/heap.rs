//! The heap that blocks come from: room for all of the pool, each block with what the allocator adds.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};
use linked_list_allocator::Heap;
use lwip::config::{PBUF_BLOCK_SIZE, PBUF_POOL_SIZE};

const BYTES: usize = PBUF_POOL_SIZE * (PBUF_BLOCK_SIZE + 16) + 64;

#[repr(C, align(16))]
struct Memory([u8; BYTES]);

static mut MEMORY: Memory = Memory([0; BYTES]);

struct Global(UnsafeCell<Heap>);

// SAFETY: one hart, no interrupt handlers.
unsafe impl Sync for Global {}

#[global_allocator]
static GLOBAL: Global = Global(UnsafeCell::new(Heap::empty()));

// SAFETY: what the allocator gives is that of `linked_list_allocator`, over memory that nothing else names.
unsafe impl GlobalAlloc for Global {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: no reference to the heap outlives a call, and calls do not nest.
        let heap = unsafe { &mut *self.0.get() };
        if heap.size() == 0 {
            // SAFETY: the first call, and the heap alone names the memory.
            unsafe { heap.init((&raw mut MEMORY.0).cast(), BYTES) }
        }
        heap.allocate_first_fit(layout).map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if let Some(at) = NonNull::new(at) {
            // SAFETY: `at` came from `alloc` with this layout, and calls do not nest.
            unsafe { (*self.0.get()).deallocate(at, layout) }
        }
    }
}
