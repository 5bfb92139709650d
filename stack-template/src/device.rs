//! What a driver offers to [`Stack::service`], for drivers that keep frames in buffers of their own.

use crate::{Instant, NetifId, Stack};

/// Frames that one service call takes from the driver, so that neither sending nor the application starves.
const BATCH: usize = 32;

/// A network device: lends received frames and buffers to send.
pub trait Device {
    /// Lends the next received frame to `read`; `false` when none has come.
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool;

    /// Lends a buffer of `len` bytes to `write` and sends it; `false`, without a call, when no buffer is free.
    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool;
}

impl<H: crate::Hooks> Stack<H> {
    /// Takes frames that `device` received, runs the timers that are due, and sends what is ready.
    ///
    /// Gives the time of the next call: `now` when more frames may wait. It may come earlier, when a frame arrives or
    /// the application did something.
    pub fn service(&mut self, netif: NetifId, device: &mut impl Device, now: Instant) -> Option<Instant> {
        let mut received = 0;
        while received < BATCH && device.receive(|frame| self.input(netif, frame, now)) {
            received += 1;
        }
        self.run(now);
        let mut room = true;
        while room && let Some(egress) = self.egress(netif, now) {
            let len = egress.len();
            room = device.transmit(len, |buffer| {
                egress.emit(buffer);
            });
        }
        if received == BATCH { Some(now) } else { self.next_deadline() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NetifConfig;
    use crate::testing::{OWN_MAC, stack};

    /// Receives without end, and takes a few frames to send.
    struct Busy {
        received: usize,
        room: usize,
    }

    impl Device for Busy {
        fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
            self.received += 1;
            assert!(self.received < 1000, "service does not return");
            read(&[0xff; 60]);
            true
        }

        fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
            let taken = self.room > 0 && len <= 1514;
            if taken {
                self.room -= 1;
                write(&mut [0; 1514][..len]);
            }
            taken
        }
    }

    #[test]
    fn a_flood_leaves_time_for_the_application() {
        let mut stack = stack([9; 16]);
        let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: crate::config::NETIF_MTU }).unwrap();
        stack.set_link(netif, true);
        let now = Instant::from_millis(7);
        let mut device = Busy { received: 0, room: 0 };
        assert_eq!(stack.service(netif, &mut device, now), Some(now));
        assert_eq!(device.received, BATCH);
    }

    #[cfg(feature = "arp-gratuitous")]
    #[test]
    fn a_frame_without_room_is_sent_later() {
        let (mut stack, netif) = crate::testing::host();
        let now = Instant::from_millis(7);
        stack.set_ipv4(netif, [10, 0, 0, 7].into(), 24, None).unwrap();
        let mut device = Busy { received: 0, room: 0 };
        stack.service(netif, &mut device, now);
        device.room = 5;
        stack.service(netif, &mut device, now);
        assert_eq!(device.room, 4, "one frame, once");
    }
}
