//! The values that live as long as the program, each under a name of its own, so that a linker map tells what it takes.

use crate::services::Services;
use lwip::Stack;
use static_cell::ConstStaticCell;
#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
use static_cell::StaticCell;

#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
static ARENA: ConstStaticCell<lwip::pbuf::Arena> =
    ConstStaticCell::new([[0; lwip::config::PBUF_BLOCK_SIZE]; lwip::config::PBUF_POOL_SIZE]);
#[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
static STACK: StaticCell<Stack> = StaticCell::new();
#[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
static STACK: ConstStaticCell<Stack> = ConstStaticCell::new(Stack::new([0; 16]));
static SERVICES: ConstStaticCell<Services> = ConstStaticCell::new(Services::new());

/// The stack with its secret seed, and the services. To be called once.
pub fn take(seed: [u8; 16]) -> (&'static mut Stack, &'static mut Services) {
    #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
    let stack = STACK.init_with(|| Stack::new([0; 16], ARENA.take()));
    #[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
    let stack = STACK.take();
    stack.set_seed(seed);
    (stack, SERVICES.take())
}
