//! Depth of the call stack: the free part is painted, and what is painted no more was used.

use crate::machine::paint;

/// What the start code paints with too.
const PAINT: u32 = 0xa5a5_a5a5;

unsafe extern "C" {
    static __stack_bottom: u32;
    static __stack_top: u32;
}

/// The most that calls of the stack and of the services took.
#[derive(Default)]
pub struct Depths {
    /// Whether each call is measured, which takes a multiple of its time.
    pub enabled: bool,
    pub service: usize,
    pub application: usize,
}

impl Depths {
    /// Measures `call` if that is wanted; `peak` says what it counts for.
    pub fn measure<R>(&mut self, peak: fn(&mut Self) -> &mut usize, call: impl FnOnce() -> R) -> R {
        if !self.enabled {
            return call();
        }
        let (result, bytes) = depth(call);
        let peak = peak(self);
        *peak = bytes.max(*peak);
        result
    }
}

/// Bytes of the call stack that were used since the start, or since the last call that was measured.
pub fn peak() -> usize {
    (&raw const __stack_top) as usize - deepest()
}

/// Calls, and gives the bytes of the call stack that it took, with its own frame.
#[inline(never)]
fn depth<R>(call: impl FnOnce() -> R) -> (R, usize) {
    let here = paint(&raw const __stack_bottom, PAINT);
    let result = framed(call);
    (result, here.saturating_sub(deepest()))
}

/// Gives what is inlined into it a frame that is measured.
#[inline(never)]
fn framed<R>(call: impl FnOnce() -> R) -> R {
    call()
}

/// The lowest address of the call stack that is painted no more.
fn deepest() -> usize {
    let (mut at, top) = (&raw const __stack_bottom, &raw const __stack_top);
    // SAFETY: the linker reserves the words between the two.
    while at < top && unsafe { at.read_volatile() } == PAINT {
        at = at.wrapping_add(1);
    }
    at as usize
}
