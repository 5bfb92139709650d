//! Bytes of a received packet: in the frame that the driver lent, or in the chain that its fragments were put into.

#[cfg(feature = "reassembly")]
use super::Chain;
use super::Pool;
use crate::wire::checksum::Sum;

/// Bytes that go from one chain to another at a time.
#[cfg(feature = "reassembly")]
pub(super) const PIECE: usize = 64;

/// Bytes that are read where they lie.
#[derive(Clone, Copy)]
pub enum Payload<'a> {
    /// In a frame.
    Frame(&'a [u8]),
    /// `len` bytes of a chain from `at` on.
    #[cfg(feature = "reassembly")]
    Chain { chain: &'a Chain, at: usize, len: usize },
}

impl<'a> Payload<'a> {
    pub fn len(self) -> usize {
        match self {
            Payload::Frame(bytes) => bytes.len(),
            #[cfg(feature = "reassembly")]
            Payload::Chain { len, .. } => len,
        }
    }

    #[cfg(feature = "tcp")]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// What follows the first `n` bytes.
    pub fn skip(self, n: usize) -> Self {
        match self {
            Payload::Frame(bytes) => Payload::Frame(bytes.get(n..).unwrap_or_default()),
            #[cfg(feature = "reassembly")]
            Payload::Chain { chain, at, len } => {
                let n = n.min(len);
                Payload::Chain { chain, at: at + n, len: len - n }
            }
        }
    }

    /// The first `n` bytes, or all if there are fewer.
    pub fn first(self, n: usize) -> Self {
        match self {
            Payload::Frame(bytes) => Payload::Frame(bytes.get(..n).unwrap_or(bytes)),
            #[cfg(feature = "reassembly")]
            Payload::Chain { chain, at, len } => Payload::Chain { chain, at, len: len.min(n) },
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
            #[cfg(feature = "reassembly")]
            Payload::Chain { .. } => {
                let n = self.copy(pool, 0, buffer);
                buffer.get(..n).unwrap_or_default()
            }
        }
    }

    /// The bytes, if they lie in a frame.
    #[cfg(any(feature = "ipv6", all(feature = "icmp", feature = "tcp")))]
    pub fn frame(self) -> Option<&'a [u8]> {
        match self {
            Payload::Frame(bytes) => Some(bytes),
            #[cfg(feature = "reassembly")]
            Payload::Chain { .. } => None,
        }
    }

    /// Copies the bytes from `from` on to `out`; gives how many there were.
    #[cfg(feature = "reassembly")]
    pub fn copy(self, pool: &Pool, from: usize, out: &mut [u8]) -> usize {
        match self {
            Payload::Frame(bytes) => {
                let bytes = bytes.get(from..).unwrap_or_default();
                let n = out.len().min(bytes.len());
                out[..n].copy_from_slice(&bytes[..n]);
                n
            }
            Payload::Chain { chain, at, len } => {
                let n = out.len().min(len.saturating_sub(from));
                chain.copy_at(pool, at + from, out.get_mut(..n).unwrap_or_default())
            }
        }
    }

    /// The sum of the bytes.
    pub fn sum(self, pool: &Pool) -> Sum {
        self.add_to(Sum::new(), pool)
    }

    /// `sum` with the bytes behind it.
    pub fn add_to(self, sum: Sum, pool: &Pool) -> Sum {
        match self {
            Payload::Frame(bytes) => {
                let _ = pool;
                sum.with(bytes)
            }
            #[cfg(feature = "reassembly")]
            Payload::Chain { chain, at, len } => chain.slices_at(pool, at, len).fold(sum, Sum::with),
        }
    }
}
