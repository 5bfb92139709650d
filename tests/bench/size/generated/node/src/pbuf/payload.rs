//! Bytes of a received packet: in the frame that the driver lent, or in the chain that its fragments were put into.

use super::Pool;
use crate::wire::checksum::{self, Sum};

/// Bytes that are read where they lie.
#[derive(Clone, Copy)]
pub enum Payload<'a> {
    /// In a frame.
    Frame(&'a [u8]),
}

impl<'a> Payload<'a> {
    pub fn len(self) -> usize {
        match self {
            Payload::Frame(bytes) => bytes.len(),
        }
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// What follows the first `n` bytes.
    pub fn skip(self, n: usize) -> Self {
        match self {
            Payload::Frame(bytes) => Payload::Frame(bytes.get(n..).unwrap_or_default()),
        }
    }

    /// The first `n` bytes, or all if there are fewer.
    pub fn first(self, n: usize) -> Self {
        match self {
            Payload::Frame(bytes) => Payload::Frame(bytes.get(..n).unwrap_or(bytes)),
        }
    }

    /// The bytes of a frame as they are; of a chain the first, copied to `buffer`.
    pub fn head<'b>(self, pool: &Pool, buffer: &'b mut [u8]) -> &'b [u8]
    where
        'a: 'b,
    {
        match self {
            Payload::Frame(bytes) => {
                let _ = (pool, buffer);
                bytes
            }
        }
    }

    /// The bytes, if they lie in a frame.
    pub fn frame(self) -> Option<&'a [u8]> {
        match self {
            Payload::Frame(bytes) => Some(bytes),
        }
    }

    /// The sum of the bytes.
    pub fn sum(self, pool: &Pool) -> Sum {
        match self {
            Payload::Frame(bytes) => {
                let _ = pool;
                checksum::of(bytes)
            }
        }
    }
}
