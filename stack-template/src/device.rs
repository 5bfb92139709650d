//! What a driver offers to [`Stack::service`], for drivers that keep frames in buffers of their own.

use crate::{Instant, NetifId, Stack};

/// Frames one service call takes from the driver before it sends, so that neither direction starves the other.
const BATCH: usize = 32;

/// A network device: lends received frames and buffers to send.
pub trait Device {
    /// Lends the next received frame to `read`; `false` when none has come.
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool;

    /// Lends a buffer of `len` bytes to `write` and sends it; `false`, without a call, when no buffer is free.
    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool;
}

impl Stack {
    /// Moves frames between `device` and the stack until neither has any, and runs the timers that are due.
    ///
    /// Gives the time of the next call; it may come earlier when a frame arrives or the application did something.
    pub fn service(&mut self, netif: NetifId, device: &mut impl Device, now: Instant) -> Option<Instant> {
        loop {
            let mut received = 0;
            while received < BATCH && device.receive(|frame| self.input(netif, frame, now)) {
                received += 1;
            }
            let next = self.poll(now);
            let mut room = true;
            while room && let Some(egress) = self.egress(netif, now) {
                let len = egress.len();
                room = device.transmit(len, |buffer| {
                    egress.emit(buffer);
                });
            }
            if received < BATCH {
                // Sending armed timers of its own.
                return Instant::earliest(next, self.next_deadline());
            }
        }
    }
}
