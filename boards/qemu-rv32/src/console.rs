//! The serial port: text out, keys in.

use core::fmt;

/// The registers of the 16550.
const DATA: *mut u8 = 0x1000_0000 as *mut u8;
const INTERRUPTS: *mut u8 = 0x1000_0001 as *mut u8;
const STATUS: *const u8 = 0x1000_0005 as *const u8;

/// Source of its interrupt at the interrupt controller.
pub const INTERRUPT: usize = 10;

/// The serial port.
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: QEMU's port takes a byte at any time.
            unsafe { DATA.write_volatile(byte) }
        }
        Ok(())
    }
}

/// Lets a key be pending as an interrupt.
pub fn listen() {
    // SAFETY: the register takes any byte; bit 0 is for received data.
    unsafe { INTERRUPTS.write_volatile(1) }
}

/// The key that was pressed.
pub fn key() -> Option<u8> {
    // SAFETY: reading the status has no effect, and data is read only where there is some.
    unsafe { (STATUS.read_volatile() & 1 != 0).then(|| DATA.read_volatile()) }
}

macro_rules! println {
    ($($part:tt)*) => {{
        use core::fmt::Write as _;
        // The port never fails.
        let _ = writeln!($crate::console::Console, $($part)*);
    }};
}
pub(crate) use println;
