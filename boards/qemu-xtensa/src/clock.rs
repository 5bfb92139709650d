//! Time: the core's cycle counter.

use lwip::Instant;

/// Cycles in a millisecond, as QEMU counts them for this machine: one each 64 ns.
const CYCLES: u64 = 15_625;

/// The bit of its interrupt.
pub const INTERRUPT: u32 = 1 << 6;

/// The longest sleep, in cycles: wraps of the counter must be seen.
const LONGEST: u64 = 1 << 31;

unsafe extern "C" {
    /// In `start.S`.
    safe fn cycles() -> u32;
    safe fn set_alarm(at: u32);
}

/// Cycles since the start when they were last read.
static mut READ: u64 = 0;

/// The time for the stack.
pub fn now() -> Instant {
    // Wraps after 49.7 days, as the stack's clock does.
    Instant::from_millis((ticks() / CYCLES) as u32)
}

/// Lets the timer interrupt be pending at `deadline`, or earlier when it is far; false when it is over by now.
pub fn alarm(deadline: Option<Instant>) -> bool {
    let before = ticks();
    let ms = before / CYCLES;
    let at = deadline.map_or(u64::MAX, |deadline| {
        (ms + u64::from(deadline.since(Instant::from_millis(ms as u32)))) * CYCLES
    });
    set_alarm(at.min(before + LONGEST) as u32);
    ticks() < at
}

fn ticks() -> u64 {
    // SAFETY: one core, and no handler reads the time.
    let read = unsafe { &mut *(&raw mut READ) };
    *read += u64::from(cycles().wrapping_sub(*read as u32));
    *read
}
