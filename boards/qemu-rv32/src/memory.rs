//! The values that live as long as the program, each under a name of its own, so that a linker map tells what it takes.

use crate::services::Services;
use core::mem::MaybeUninit;
use lwip::Stack;

#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
static mut ARENA: lwip::pbuf::Arena = [[0; lwip::config::PBUF_BLOCK_SIZE]; lwip::config::PBUF_POOL_SIZE];
#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
// SAFETY: nothing else names the arena.
static mut STACK: Stack = Stack::new([0; 16], unsafe { &mut *(&raw mut ARENA) });
#[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
static mut STACK: Stack = Stack::new([0; 16]);
// A value that is not all zero would take flash as well.
static mut SERVICES: MaybeUninit<Services> = MaybeUninit::uninit();

/// The stack with its secret seed, and the services.
///
/// To be called once: the start code calls `main` once, and that calls this once.
pub fn take(seed: [u8; 16]) -> (&'static mut Stack, &'static mut Services) {
    // SAFETY: one hart, no interrupt handlers, and only this function names the two.
    let (stack, services) = unsafe { (&mut *(&raw mut STACK), &mut *(&raw mut SERVICES)) };
    stack.set_seed(seed);
    (stack, services.write(Services::new()))
}

/// Bytes of the call stack that were ever used: those that are not as the start code painted them.
pub fn call_stack_peak() -> usize {
    unsafe extern "C" {
        static __stack_bottom: u32;
        static __stack_top: u32;
    }
    let (bottom, top) = (&raw const __stack_bottom, &raw const __stack_top);
    let mut at = bottom;
    // SAFETY: the linker reserves the words between the two.
    while at < top && unsafe { at.read_volatile() } == 0xa5a5_a5a5 {
        at = at.wrapping_add(1);
    }
    top as usize - at as usize
}
