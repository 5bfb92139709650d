//! A queue of packets in one chain: each record is a header of fixed size, a length, and the packet's bytes.

use super::chain::{Chain, Slices};
use super::pool::{Claim, Pool};

/// Bytes of a record's length.
const LEN: usize = 2;

/// Packets in the order of their arrival. `H` bytes of header, the same for all records of a queue, are the user's.
#[derive(Debug)]
#[repr(C)]
pub struct Records {
    chain: Chain,
}

impl Records {
    pub const fn new() -> Self {
        Self { chain: Chain::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// Appends a record whose packet is the concatenation of `parts`; `false`, with nothing changed, when the queue
    /// would hold more than `limit` bytes or the pool has no room.
    pub fn push<const H: usize>(
        &mut self,
        pool: &mut Pool,
        header: [u8; H],
        parts: &[&[u8]],
        limit: usize,
        claim: Claim,
    ) -> bool {
        let len = parts.iter().map(|part| part.len()).sum();
        if !self.reserve(pool, header, len, limit, claim) {
            return false;
        }
        for part in parts {
            self.chain.push(pool, part, claim);
        }
        true
    }

    /// Writes header and length of a record of `len` bytes that the caller will [`extend`](Self::extend).
    pub fn reserve<const H: usize>(
        &mut self,
        pool: &mut Pool,
        header: [u8; H],
        len: usize,
        limit: usize,
        claim: Claim,
    ) -> bool {
        let total = H + LEN + len;
        let Ok(wire_len) = u16::try_from(len) else { return false };
        if self.chain.len() + total > limit || !self.chain.grow(pool, total, claim) {
            return false;
        }
        self.chain.push(pool, &header, claim);
        self.chain.push(pool, &wire_len.to_be_bytes(), claim);
        true
    }

    /// Appends bytes to the record that was reserved last, through `fill`, which gets each contiguous piece in turn.
    pub fn extend(&mut self, pool: &mut Pool, mut len: usize, mut fill: impl FnMut(&mut [u8])) {
        while len > 0 {
            let piece = self.chain.slice_mut(pool, self.chain.len(), len);
            let n = piece.len();
            if n == 0 {
                return;
            }
            fill(piece);
            self.chain.advance(n);
            len -= n;
        }
    }

    /// Overwrites `bytes` that end `before_end` bytes before the queue's end.
    pub fn patch(&mut self, pool: &mut Pool, before_end: usize, bytes: &[u8]) {
        let at = self.chain.len().saturating_sub(before_end);
        for (i, byte) in bytes.iter().enumerate() {
            if let Some(place) = self.chain.slice_mut(pool, at + i, 1).first_mut() {
                *place = *byte;
            }
        }
    }

    /// Header and packet length of the first record.
    pub fn front<const H: usize>(&self, pool: &Pool) -> Option<([u8; H], usize)> {
        if self.is_empty() {
            return None;
        }
        let (mut header, mut len) = ([0; H], [0; LEN]);
        self.chain.copy_at(pool, 0, &mut header);
        self.chain.copy_at(pool, H, &mut len);
        Some((header, usize::from(u16::from_be_bytes(len))))
    }

    /// Copies the first record's packet from `at` on to `out`; gives how much there was.
    pub fn copy_front<const H: usize>(&self, pool: &Pool, at: usize, out: &mut [u8]) -> usize {
        let len = self.front::<H>(pool).map_or(0, |(_, len)| len.saturating_sub(at).min(out.len()));
        self.chain.copy_at(pool, H + LEN + at, out.get_mut(..len).unwrap_or_default())
    }

    /// The pieces of the first record's packet.
    pub fn front_slices<'a, const H: usize>(&self, pool: &'a Pool) -> Slices<'a> {
        let len = self.front::<H>(pool).map_or(0, |(_, len)| len);
        self.chain.slices_at(pool, H + LEN, len)
    }

    /// Drops the first record.
    pub fn pop<const H: usize>(&mut self, pool: &mut Pool, claim: Claim) {
        if let Some((_, len)) = self.front::<H>(pool) {
            self.chain.drop_front(pool, H + LEN + len, claim);
            self.chain.reset_if_empty(pool, claim);
        }
    }

    /// Drops all records.
    pub fn clear(&mut self, pool: &mut Pool, claim: Claim) {
        self.chain.clear(pool, claim);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pool::tests::pool;
    use super::*;
    use crate::config::PBUF_BLOCK_SIZE;

    #[test]
    fn records_come_out_as_they_went_in() {
        let mut pool = pool();
        let mut queue = Records::new();
        for i in 0..5u8 {
            let body = std::vec![i; usize::from(i) * 100];
            assert!(queue.push(&mut pool, [i, 0xee], &[&body, b"end"], 10_000, Claim::Control));
        }
        for i in 0..5u8 {
            let (header, len) = queue.front::<2>(&pool).unwrap();
            assert_eq!((header, len), ([i, 0xee], usize::from(i) * 100 + 3));
            let mut out = std::vec![0; 2000];
            assert_eq!(queue.copy_front::<2>(&pool, 0, &mut out), len);
            assert_eq!(&out[len - 3..len], b"end");
            assert_eq!(queue.front_slices::<2>(&pool).len(), len);
            queue.pop::<2>(&mut pool, Claim::Control);
        }
        assert!(queue.is_empty() && queue.front::<2>(&pool).is_none());
        assert_eq!(pool.taken(), 0);
    }

    #[test]
    fn a_record_that_does_not_fit_changes_nothing() {
        let mut pool = pool();
        let mut queue = Records::new();
        assert!(queue.push(&mut pool, [], &[&[1; 10]], 20, Claim::Control));
        assert!(!queue.push(&mut pool, [], &[&[2; 10]], 20, Claim::Control), "over the limit");
        while pool.take(Claim::Control).is_some() {}
        let big = [3; PBUF_BLOCK_SIZE];
        assert!(!queue.push(&mut pool, [], &[&big], usize::MAX, Claim::Control), "no memory");
        assert_eq!(queue.chain.len(), 12);
        assert_eq!(queue.front_slices::<0>(&pool).flatten().copied().collect::<std::vec::Vec<_>>(), [1; 10]);
    }
}
