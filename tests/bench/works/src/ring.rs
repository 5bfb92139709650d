//! A bounded ring of frames: the link between the two nodes, one ring for each direction.

use alloc::vec::Vec;

/// Frames that a ring holds.
const SLOTS: usize = 256;
/// Bytes of a slot: more than the largest Ethernet frame at MTU 1500.
pub const SLOT_SIZE: usize = 1600;

struct Slot {
    len: usize,
    bytes: [u8; SLOT_SIZE],
}

/// Single producer, single consumer, one thread; frames are built and read in place.
pub struct Ring {
    slots: Vec<Slot>,
    pushed: usize,
    popped: usize,
}

impl Ring {
    pub fn new() -> Self {
        let slots = (0..SLOTS).map(|_| Slot { len: 0, bytes: [0; SLOT_SIZE] }).collect();
        Self { slots, pushed: 0, popped: 0 }
    }

    /// How many frames have ever entered the ring.
    pub fn pushed(&self) -> usize {
        self.pushed
    }

    pub fn is_empty(&self) -> bool {
        self.pushed == self.popped
    }

    pub fn is_full(&self) -> bool {
        self.pushed - self.popped == SLOTS
    }

    /// The oldest frame.
    pub fn front(&self) -> Option<&[u8]> {
        if self.is_empty() {
            return None;
        }
        let slot = &self.slots[self.popped % SLOTS];
        Some(&slot.bytes[..slot.len])
    }

    /// Gives back the slot of the oldest frame.
    pub fn pop(&mut self) {
        if !self.is_empty() {
            self.popped += 1;
        }
    }

    /// The slot where the next frame is to be built; `push` then sends it.
    pub fn vacant(&mut self) -> Option<&mut [u8; SLOT_SIZE]> {
        if self.is_full() { None } else { Some(&mut self.slots[self.pushed % SLOTS].bytes) }
    }

    /// Sends the first `len` bytes of the vacant slot.
    pub fn push(&mut self, len: usize) {
        assert!(len <= SLOT_SIZE && !self.is_full(), "no vacant slot for a frame of {len} bytes");
        self.slots[self.pushed % SLOTS].len = len;
        self.pushed += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_leave_in_the_order_in_which_they_came() {
        let mut ring = Ring::new();
        for round in 0..3u8 {
            for frame in 0..SLOTS {
                ring.vacant().expect("a vacant slot")[..2].copy_from_slice(&[round, frame as u8]);
                ring.push(2);
            }
            assert!(ring.is_full() && ring.vacant().is_none());
            for frame in 0..SLOTS {
                assert_eq!(ring.front(), Some(&[round, frame as u8][..]));
                ring.pop();
            }
            assert!(ring.is_empty() && ring.front().is_none());
        }
        assert_eq!(ring.pushed(), 3 * SLOTS);
    }
}
