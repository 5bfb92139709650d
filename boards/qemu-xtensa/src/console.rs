//! The serial port: text out, keys in.

use core::fmt;

/// The registers of the 16550, each in a word of its own.
const DATA: *mut u32 = 0xfd05_0020 as *mut u32;
const INTERRUPTS: *mut u32 = 0xfd05_0024 as *mut u32;
const STATUS: *const u32 = 0xfd05_0034 as *const u32;

/// Its bit among the interrupts.
pub const INTERRUPT: u32 = 1 << 0;

/// The serial port.
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: QEMU's port takes a byte at any time.
            unsafe { DATA.write_volatile(byte.into()) }
        }
        Ok(())
    }
}

/// Lets a key be pending as an interrupt.
pub fn listen() {
    // SAFETY: the register takes any byte; bit 0 is for received data.
    unsafe { INTERRUPTS.write_volatile(1) }
}

/// Whether a key was pressed.
pub fn has_key() -> bool {
    // SAFETY: reading the status has no effect.
    unsafe { STATUS.read_volatile() & 1 != 0 }
}

/// The key that was pressed.
pub fn key() -> Option<u8> {
    // SAFETY: data is read only where there is some.
    has_key().then(|| unsafe { DATA.read_volatile() as u8 })
}

macro_rules! println {
    ($($part:tt)*) => {{
        use core::fmt::Write as _;
        // The port never fails.
        let _ = writeln!($crate::console::Console, $($part)*);
    }};
}
pub(crate) use println;
