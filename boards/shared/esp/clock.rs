//! Time: that of `embassy-time`.

use embassy_time::{Instant, Timer};
use lwip::Clock;

/// The clock of the executor.
pub struct EmbassyClock;

impl Clock for EmbassyClock {
    fn now(&self) -> lwip::Instant {
        // Wraps after 49.7 days, as the stack's clock does.
        lwip::Instant::from_millis(Instant::now().as_millis() as u32)
    }

    fn sleep(&self, ms: u32) -> impl Future<Output = ()> {
        Timer::after_millis(ms.into())
    }
}
