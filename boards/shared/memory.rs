//! The values that live as long as the program, each under a name of its own, so that a linker map tells what it takes.

use crate::services::Services;
use lwip::Stack;

#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
static mut ARENA: lwip::pbuf::Arena = [[0; lwip::config::PBUF_BLOCK_SIZE]; lwip::config::PBUF_POOL_SIZE];
#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
// SAFETY: nothing else names the arena.
static mut STACK: Stack = Stack::new([0; 16], unsafe { &mut *(&raw mut ARENA) });
#[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
static mut STACK: Stack = Stack::new([0; 16]);
static mut SERVICES: Services = Services::new();

/// The stack with its secret seed, and the services.
///
/// To be called once: the start code calls `main` once, and that calls this once.
pub fn take(seed: [u8; 16]) -> (&'static mut Stack, &'static mut Services) {
    // SAFETY: one hart, no interrupt handlers, and only this function names the two.
    let (stack, services) = unsafe { (&mut *(&raw mut STACK), &mut *(&raw mut SERVICES)) };
    stack.set_seed(seed);
    (stack, services)
}
