//! The bytes that the works send, a function of the position in the stream, so that a receiver can check them.

use crate::node::Failure;
use alloc::vec::Vec;

/// A prime, so that no segment or buffer size is a multiple of it: lost or repeated segments shift the pattern.
const PERIOD: usize = 251;
/// The size of the application's own buffers.
pub const CHUNK: usize = 8192;

pub struct Pattern {
    bytes: Vec<u8>,
}

impl Pattern {
    pub fn new() -> Self {
        Self { bytes: (0..CHUNK + PERIOD).map(|i| (i % PERIOD) as u8).collect() }
    }

    /// Up to `len` bytes, at most `CHUNK`, of the stream from `position` on.
    pub fn at(&self, position: u64, len: usize) -> &[u8] {
        let start = (position % PERIOD as u64) as usize;
        &self.bytes[start..start + len.min(CHUNK)]
    }

    /// Writes the stream from `position` on into `target`.
    pub fn fill(&self, mut position: u64, target: &mut [u8]) {
        for part in target.chunks_mut(CHUNK) {
            part.copy_from_slice(self.at(position, part.len()));
            position += part.len() as u64;
        }
    }

    /// Whether `received` is the stream from `position` on.
    pub fn check(&self, mut position: u64, received: &[u8]) -> Result<(), Failure> {
        for part in received.chunks(CHUNK) {
            if part != self.at(position, part.len()) {
                return Err(Failure::from("received bytes differ from the sent ones"));
            }
            position += part.len() as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_changed_a_lost_and_a_repeated_byte_are_found() {
        let pattern = Pattern::new();
        let mut stream = vec![0; 3 * CHUNK];
        pattern.fill(1000, &mut stream);
        assert!(pattern.check(1000, &stream).is_ok());
        assert!(pattern.check(1001, &stream).is_err());
        assert!(pattern.check(1000 + 1460, &stream).is_err());
        stream[2 * CHUNK + 5] ^= 0x10;
        assert!(pattern.check(1000, &stream).is_err());
    }
}
