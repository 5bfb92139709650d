//! Memory that devices share with the core: addresses are the same for both.

use core::ptr::NonNull;
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

/// Pages for the queues of the network card, never given back.
const PAGES: usize = 8;

#[repr(C, align(4096))]
struct Pages([[u8; PAGE_SIZE]; PAGES]);

static mut MEMORY: Pages = Pages([[0; PAGE_SIZE]; PAGES]);
static mut TAKEN: usize = 0;

/// What the device drivers know of the machine.
pub struct Dma;

// SAFETY: pages are zero, aligned and given once; shared buffers stay where they are.
unsafe impl Hal for Dma {
    fn dma_alloc(pages: usize, _: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        // SAFETY: one hart, no interrupt handlers, and only this function names the two.
        let (memory, taken) = unsafe { (&raw mut MEMORY.0, &mut *(&raw mut TAKEN)) };
        if *taken + pages > PAGES {
            // Address 0 tells the driver that there is none.
            return (0, NonNull::dangling());
        }
        let at = memory.cast::<[u8; PAGE_SIZE]>().wrapping_add(*taken).cast::<u8>();
        *taken += pages;
        (at as PhysAddr, NonNull::new(at).unwrap_or(NonNull::dangling()))
    }

    unsafe fn dma_dealloc(_: PhysAddr, _: NonNull<u8>, _: usize) -> i32 {
        0
    }

    unsafe fn mmio_phys_to_virt(address: PhysAddr, _: usize) -> NonNull<u8> {
        NonNull::new(address as *mut u8).unwrap_or(NonNull::dangling())
    }

    unsafe fn share(buffer: NonNull<[u8]>, _: BufferDirection) -> PhysAddr {
        buffer.cast::<u8>().as_ptr() as PhysAddr
    }

    unsafe fn unshare(_: PhysAddr, _: NonNull<[u8]>, _: BufferDirection) {}
}
