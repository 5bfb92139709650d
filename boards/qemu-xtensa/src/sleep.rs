//! Sleeping until something happens. The handler of interrupts only ends the sleep.

use crate::nic::Nic;
use crate::{clock, console, nic};
use lwip::Instant;

unsafe extern "C" {
    /// In `start.S`.
    safe fn sleep(interrupts: u32);
}

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
}

impl Wakeups {
    pub fn count(&mut self, wake: Wake) {
        match wake {
            Wake::Frame => self.frame += 1,
            Wake::Timer => self.timer += 1,
            Wake::Key => self.key += 1,
        }
    }
}

impl Sleep {
    /// Listens to the console; the network card and the timer need no more than their mask.
    pub fn new() -> Self {
        console::listen();
        Self(())
    }

    /// Sleeps until `deadline`, a frame or a key.
    pub fn until(&self, deadline: Option<Instant>, nic: &mut Nic) -> Wake {
        loop {
            nic.acknowledge();
            if nic.has_frame() {
                return Wake::Frame;
            }
            if console::has_key() {
                return Wake::Key;
            }
            if !clock::alarm(deadline) {
                return Wake::Timer;
            }
            // What came since is pending and ends it at once.
            sleep(clock::INTERRUPT | console::INTERRUPT | nic::INTERRUPT);
        }
    }
}
