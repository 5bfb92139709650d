//! Sleeping until something happens. Interrupts stay disabled: a pending one ends the sleep, no handler runs.

use crate::nic::Nic;
use crate::{clock, console};
use core::arch::asm;
use lwip::Instant;

/// The interrupt controller: priorities, what hart 0 listens to, and its claim register.
const PRIORITY: *mut u32 = 0x0c00_0000 as *mut u32;
const ENABLE: *mut u32 = 0x0c00_2000 as *mut u32;
const THRESHOLD: *mut u32 = 0x0c20_0000 as *mut u32;
const CLAIM: *mut u32 = 0x0c20_0004 as *mut u32;

/// External interrupts and the timer's, in `mie`.
const SOURCES: u32 = 1 << 11 | 1 << 7;

/// The right to sleep.
pub struct Sleep(());

/// What ended sleeps.
#[derive(Default)]
pub struct Wakeups {
    pub frame: u64,
    pub timer: u64,
    pub key: u64,
}

/// What ended a sleep.
pub enum Wake {
    Frame,
    Timer,
    Key,
    /// A buffer was sent.
    Sent,
}

impl Wakeups {
    pub fn count(&mut self, wake: Wake) {
        match wake {
            Wake::Frame => self.frame += 1,
            Wake::Timer => self.timer += 1,
            Wake::Key => self.key += 1,
            Wake::Sent => {}
        }
    }
}

impl Sleep {
    /// Listens to the network card, whose interrupt this is, to the console and to the timer.
    pub fn new(card: usize) -> Self {
        console::listen();
        // SAFETY: priorities and enable bits of sources that exist; no handler can run.
        unsafe {
            for source in [card, console::INTERRUPT] {
                PRIORITY.add(source).write_volatile(1);
            }
            ENABLE.write_volatile(1 << card | 1 << console::INTERRUPT);
            THRESHOLD.write_volatile(0);
            asm!("csrw mie, {}", in(reg) SOURCES, options(nomem, nostack));
        }
        Self(())
    }

    /// Sleeps until `deadline`, a frame or a key.
    pub fn until(&self, deadline: Option<Instant>, nic: &mut Nic) -> Wake {
        clock::alarm(deadline);
        // SAFETY: waits; what came before is pending and ends it at once. Claiming and completing a source frees it.
        let source = unsafe {
            asm!("wfi", options(nostack));
            CLAIM.read_volatile() as usize
        };
        if source == nic.interrupt() {
            nic.acknowledge();
        }
        if source != 0 {
            // SAFETY: completes the source that was claimed.
            unsafe { CLAIM.write_volatile(source as u32) }
        }
        match source {
            0 => Wake::Timer,
            console::INTERRUPT => Wake::Key,
            _ if nic.has_frame() => Wake::Frame,
            _ => Wake::Sent,
        }
    }
}
