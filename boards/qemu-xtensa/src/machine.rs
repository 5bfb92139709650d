//! The machine around the core: start and end, and what QEMU does for it.

use crate::console::println;
use core::panic::PanicInfo;

/// Services of QEMU: those of Tensilica's simulator.
const EXIT: u32 = 1;
const READ: u32 = 3;
const OPEN: u32 = 5;

unsafe extern "C" {
    /// In `start.S`.
    fn ask_host(service: u32, a: usize, b: usize, c: usize) -> usize;
    fn paint_free(bottom: *const u32, word: u32) -> usize;
}

/// Ends QEMU with this status.
pub fn exit(status: u32) -> ! {
    loop {
        // SAFETY: does not come back.
        unsafe { ask_host(EXIT, status as usize, 0, 0) };
    }
}

/// Random bytes of the host.
pub fn entropy() -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    // SAFETY: the name ends with a zero byte, and QEMU writes no more than there is room for.
    let read = unsafe {
        let file = ask_host(OPEN, c"/dev/urandom".as_ptr() as usize, 0, 0);
        ask_host(READ, file, (&raw mut bytes) as usize, bytes.len())
    };
    (read == bytes.len()).then_some(bytes)
}

/// Fills what is free of the call stack, from `bottom` on, with `word`; gives where that ends.
pub fn paint(bottom: *const u32, word: u32) -> usize {
    // SAFETY: words between the end of the call stack and its pointer hold nothing.
    unsafe { paint_free(bottom, word) }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    println!("error: {info}");
    exit(2)
}

/// Where the compiler's own library goes when it cannot go on.
#[unsafe(no_mangle)]
extern "C" fn abort() -> ! {
    println!("error: aborted");
    exit(2)
}

/// Where the start code goes on an exception.
#[unsafe(no_mangle)]
extern "C" fn trapped(cause: u32, at: u32, address: u32) -> ! {
    println!("error: exception {cause} at {at:#x}, address {address:#x}");
    exit(3)
}
