//! How deep calls get.

/// Entries that can be noted.
const ENTRIES: usize = 64;

/// What the free part of the call stack is filled with.
pub const PAINT: u32 = 0xa5a5_a5a5;

static mut PEAKS: [(&str, usize); ENTRIES] = [("", 0); ENTRIES];

/// `measured!(entry(arguments))` calls a function of `entries`; the arguments must be values that need no calls.
macro_rules! measured {
    ($entry:ident($($argument:expr),* $(,)?)) => {{
        let here = $crate::machine::paint($crate::measure::bottom(), $crate::measure::PAINT);
        // Used, so that the call is made even where nobody looks at what it gives.
        let result = core::hint::black_box($crate::entries::$entry($($argument),*));
        let deepest: usize;
        // SAFETY: reads what was painted, without a call that would use it.
        unsafe {
            core::arch::asm!(
                "2:", "bgeu {at}, {here}, 3f", "lw {word}, 0({at})", "bne {word}, {paint}, 3f", "addi {at}, {at}, 4", "j 2b", "3:",
                here = in(reg) here, at = inout(reg) $crate::measure::bottom() => deepest, paint = in(reg) $crate::measure::PAINT,
                word = out(reg) _);
        }
        $crate::measure::note(stringify!($entry), here - deepest);
        result
    }};
}

unsafe extern "C" {
    static __stack_bottom: u32;
}

/// The end of the call stack.
#[inline(always)]
pub fn bottom() -> *const u32 {
    &raw const __stack_bottom
}

/// Keeps the most that an entry took.
pub fn note(name: &'static str, bytes: usize) {
    // SAFETY: one hart, and no reference outlives a call.
    let peaks = unsafe { &mut *(&raw mut PEAKS) };
    if let Some((known, peak)) = peaks.iter_mut().find(|(known, _)| *known == name || known.is_empty()) {
        (*known, *peak) = (name, bytes.max(*peak));
    }
}

/// What was noted.
pub fn peaks() -> impl Iterator<Item = (&'static str, usize)> {
    // SAFETY: nothing is noted any more.
    let peaks = unsafe { &*(&raw const PEAKS) };
    peaks.iter().copied().filter(|(name, _)| !name.is_empty())
}
