//! The wire between the two stacks: a ring of frames for each direction, which loses some when it is told to.

use lwip::Device;

const FRAMES: usize = 32;
const FRAME: usize = 14 + lwip::config::NETIF_MTU as usize;

/// Frames on their way in one direction.
pub struct Ring {
    frames: [([u8; FRAME], usize); FRAMES],
    written: usize,
    read: usize,
    /// One of so many is lost; 0 for none.
    pub loses: usize,
}

impl Ring {
    pub const fn new() -> Self {
        Self { frames: [([0; FRAME], 0); FRAMES], written: 0, read: 0, loses: 0 }
    }

    /// A place for a frame, unless the ring is full.
    pub fn vacant(&mut self) -> Option<&mut [u8]> {
        let full = self.written - self.read == FRAMES;
        self.frames.get_mut(self.written % FRAMES).filter(|_| !full).map(|(bytes, _)| bytes.as_mut_slice())
    }

    /// Sends what was written into the vacant place.
    pub fn push(&mut self, len: usize) {
        if let Some((_, place)) = self.frames.get_mut(self.written % FRAMES) {
            *place = len;
            self.written += 1;
        }
    }

    /// The next frame that is not lost.
    pub fn pop(&mut self) -> Option<&[u8]> {
        while self.read < self.written {
            let at = self.read;
            self.read += 1;
            if self.loses == 0 || !at.is_multiple_of(self.loses) {
                return self.frames.get(at % FRAMES).and_then(|(bytes, len)| bytes.get(..*len));
            }
        }
        None
    }
}

/// One end of the wire.
pub struct Port<'a> {
    pub rx: &'a mut Ring,
    pub tx: &'a mut Ring,
}

impl Device for Port<'_> {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        self.rx.pop().map(read).is_some()
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        let Some(buffer) = self.tx.vacant().and_then(|bytes| bytes.get_mut(..len)) else { return false };
        write(buffer);
        self.tx.push(len);
        true
    }
}
