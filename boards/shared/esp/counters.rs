//! Counters: printed once a minute, if there was anything to count.

use crate::report::line;
use core::fmt::{self, Write};
use core::pin::pin;
use core::task::Context;
use embassy_time::{Duration, Ticker};
use esp_println::Printer;
use lwip::Stack;

const PERIOD: Duration = Duration::from_secs(60);

/// Prints what a driver counts.
pub type Count = fn(&mut Printer) -> fmt::Result;

/// What is counted beside the stack's own counters, and when it is printed.
pub struct Counters {
    of_driver: Count,
    ticker: Ticker,
    rounds: u32,
    printed: u32,
}

impl Counters {
    pub fn new(of_driver: Count) -> Self {
        Self { of_driver, ticker: Ticker::every(PERIOD), rounds: 0, printed: 0 }
    }

    /// Counts a round of the loop; prints when it is time, which wakes the task.
    pub fn round(&mut self, stack: &Stack, cx: &mut Context<'_>) {
        self.rounds = self.rounds.wrapping_add(1);
        if pin!(self.ticker.next()).poll(cx).is_pending() {
            return;
        }
        // This round and the last printing were for the sake of the counters.
        if self.rounds.wrapping_sub(self.printed) > 1 {
            let _ = self.print(stack, &mut Printer);
        }
        self.printed = self.rounds;
        // The next tick has to be waited for, too.
        let _ = pin!(self.ticker.next()).poll(cx);
    }

    fn print(&self, stack: &Stack, out: &mut Printer) -> fmt::Result {
        line(out, "rounds", self.rounds)?;
        (self.of_driver)(out)?;
        #[cfg(feature = "stats")]
        crate::report::stack(out, stack)?;
        let _ = stack;
        writeln!(out)
    }
}
