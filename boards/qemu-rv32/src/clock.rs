//! Time: the machine's timer of 10 MHz.

use core::arch::asm;
use lwip::Instant;

/// Ticks of the timer in a millisecond.
const TICKS: u64 = 10_000;

/// The compare register of hart 0.
const COMPARE: *mut u32 = 0x0200_4000 as *mut u32;

/// The time for the stack.
pub fn now() -> Instant {
    // Wraps after 49.7 days, as the stack's clock does.
    Instant::from_millis((ticks() / TICKS) as u32)
}

/// Lets the timer interrupt be pending from `deadline` on, or never.
pub fn alarm(deadline: Option<Instant>) {
    let ms = ticks() / TICKS;
    let at = deadline.map_or(u64::MAX, |deadline| {
        (ms + u64::from(deadline.since(Instant::from_millis(ms as u32)))) * TICKS
    });
    // SAFETY: two registers of 32 bits; the high half is out of reach while the low one changes.
    unsafe {
        COMPARE.add(1).write_volatile(u32::MAX);
        COMPARE.write_volatile(at as u32);
        COMPARE.add(1).write_volatile((at >> 32) as u32);
    }
}

fn ticks() -> u64 {
    loop {
        let (high, low, again): (u32, u32, u32);
        // SAFETY: reads the time and nothing else.
        unsafe {
            asm!("csrr {}, timeh", "csrr {}, time", "csrr {}, timeh", out(reg) high, out(reg) low, out(reg) again,
                options(nomem, nostack));
        }
        if high == again {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}
