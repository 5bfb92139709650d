//! The machine around the core: start and end.

use crate::console::println;
use core::arch::{asm, global_asm};
use core::panic::PanicInfo;

global_asm!(include_str!("start.S"));

/// The test finisher: a write ends QEMU with a status.
const FINISHER: *mut u32 = 0x10_0000 as *mut u32;

/// Ends QEMU with this status.
pub fn exit(status: u32) -> ! {
    let word = if status == 0 { 0x5555 } else { 0x3333 | status << 16 };
    loop {
        // SAFETY: the finisher takes any word, and nothing else is mapped there.
        unsafe { FINISHER.write_volatile(word) }
    }
}

/// Fills what is free of the call stack, from `bottom` on, with `word`; gives where that ends.
#[inline(always)]
pub fn paint(bottom: *const u32, word: u32) -> usize {
    let here: usize;
    // SAFETY: words between the end of the call stack and its pointer hold nothing.
    unsafe {
        asm!("mv {here}, sp", "2:", "bgeu {at}, {here}, 3f", "sw {word}, 0({at})", "addi {at}, {at}, 4", "j 2b", "3:",
            here = out(reg) here, at = inout(reg) bottom => _, word = in(reg) word);
    }
    here
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    println!("error: {info}");
    exit(2)
}

/// Where the start code goes on a trap.
#[unsafe(no_mangle)]
extern "C" fn trapped(cause: u32, at: u32, value: u32) -> ! {
    println!("error: trap {cause:#x} at {at:#x}, value {value:#x}");
    exit(3)
}
