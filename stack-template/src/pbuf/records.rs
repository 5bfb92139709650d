//! A queue of packets in one chain: each record is a header of fixed size, a length, and the packet's bytes.

use super::Payload;
#[cfg(feature = "udp")]
use super::chain::Slices;
use super::chain::{Chain, Mark};
use super::pool::{Claim, Pool};

/// Packets in the order of their arrival. The first `H` bytes of a record are its user's, two more its length.
#[derive(Debug)]
#[repr(C)]
pub struct Records {
    chain: Chain,
}

/// A record as it stands first in its queue.
#[derive(Clone, Copy, Debug)]
pub struct Record<const H: usize> {
    /// What the user wrote; the last two bytes are the length.
    pub header: [u8; H],
    /// Bytes of the packet.
    pub len: usize,
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

    /// Whether `bytes` more, with the headers of records, fit the limit and the claim has the memory for them.
    #[cfg(any(feature = "ipv4-fragmentation", feature = "ipv6-fragmentation"))]
    pub fn has_room(&self, pool: &Pool, bytes: usize, limit: usize, claim: Claim) -> bool {
        self.chain.len() + bytes <= limit && self.chain.can_grow(pool, bytes, claim)
    }

    /// Writes the header of a record of `len` bytes that the caller will [`extend`](Self::extend). The last two bytes
    /// of the header take the length.
    pub fn reserve<const H: usize>(
        &mut self,
        pool: &mut Pool,
        mut header: [u8; H],
        len: usize,
        limit: usize,
        claim: Claim,
    ) -> bool {
        let Ok(wire_len) = u16::try_from(len) else { return false };
        if self.chain.len() + H + len > limit || !self.chain.can_grow(pool, H + len, claim) {
            return false;
        }
        if let Some(place) = header.last_chunk_mut() {
            *place = wire_len.to_be_bytes();
        }
        self.chain.push(pool, &header, claim);
        true
    }

    /// Appends bytes to the record that was reserved last.
    pub fn append(&mut self, pool: &mut Pool, bytes: &[u8], claim: Claim) {
        self.chain.push(pool, bytes, claim);
    }

    /// Appends bytes to the record that was reserved last, from wherever they lie.
    pub fn append_payload(&mut self, pool: &mut Pool, payload: Payload<'_>, claim: Claim) {
        match payload {
            Payload::Frame(bytes) => self.append(pool, bytes, claim),
            #[cfg(feature = "reassembly")]
            Payload::Chain { .. } => {
                let mut piece = [0; super::payload::PIECE];
                let mut done = 0;
                loop {
                    let n = payload.copy(pool, done, &mut piece);
                    if n == 0 {
                        return;
                    }
                    self.append(pool, piece.get(..n).unwrap_or_default(), claim);
                    done += n;
                }
            }
        }
    }

    /// Appends `len` bytes to the record that was reserved last, through `fill`, which gets each contiguous piece in
    /// turn.
    #[cfg(feature = "udp")]
    pub fn extend(&mut self, pool: &mut Pool, mut len: usize, claim: Claim, mut fill: impl FnMut(&mut [u8])) {
        while len > 0 {
            let piece = self.chain.tail_mut(pool, claim);
            let n = piece.len().min(len);
            if n == 0 {
                return;
            }
            fill(&mut piece[..n]);
            self.chain.advance(n);
            len -= n;
        }
    }

    /// Where the next byte will stand.
    pub fn mark(&mut self, pool: &mut Pool, claim: Claim) -> Mark {
        self.chain.mark(pool, claim)
    }

    /// The first record.
    pub fn front<const H: usize>(&self, pool: &Pool) -> Option<Record<H>> {
        let header: [u8; H] = self.chain.front(pool)?;
        let len = header.last_chunk().map_or(0, |len| usize::from(u16::from_be_bytes(*len)));
        Some(Record { header, len })
    }

    /// Copies the packet of the first record, `record`, from `at` on to `out`; gives how much there was.
    pub fn copy_front<const H: usize>(
        &self,
        pool: &Pool,
        record: &Record<H>,
        at: usize,
        out: &mut [u8],
    ) -> usize {
        let len = record.len.saturating_sub(at).min(out.len());
        self.chain.copy_at(pool, H + at, out.get_mut(..len).unwrap_or_default())
    }

    /// Bytes of all records.
    #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
    pub fn bytes(&self) -> usize {
        self.chain.len()
    }

    /// The record whose header starts at byte `at` of all.
    #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
    pub fn at<const H: usize>(&self, pool: &Pool, at: usize) -> Option<Record<H>> {
        let mut header = [0; H];
        if self.copy_at(pool, at, &mut header) < H {
            return None;
        }
        let len = header.last_chunk().map_or(0, |len| usize::from(u16::from_be_bytes(*len)));
        Some(Record { header, len })
    }

    /// Copies from byte `at` of all records on to `out`; gives how much there was.
    #[cfg(all(feature = "udp-multicast-tx", feature = "netif-loopback"))]
    pub fn copy_at(&self, pool: &Pool, at: usize, out: &mut [u8]) -> usize {
        let room = self.chain.len().saturating_sub(at).min(out.len());
        self.chain.copy_at(pool, at, out.get_mut(..room).unwrap_or_default())
    }

    /// The pieces of the packet of the first record, `record`.
    #[cfg(feature = "udp")]
    pub fn front_slices<'a, const H: usize>(&self, pool: &'a Pool, record: &Record<H>) -> Slices<'a> {
        self.chain.slices_at(pool, H, record.len)
    }

    /// Drops the first record, `record`.
    pub fn pop<const H: usize>(&mut self, pool: &mut Pool, record: &Record<H>, claim: Claim) {
        self.drop_packet::<H>(pool, record.len, claim);
    }

    /// Copies the packet of the first record to `out`, which has its length.
    pub fn copy_packet<const H: usize>(&self, pool: &Pool, out: &mut [u8]) {
        self.chain.copy_at(pool, H, out);
    }

    /// Drops the first record, whose packet has `len` bytes.
    pub fn drop_packet<const H: usize>(&mut self, pool: &mut Pool, len: usize, claim: Claim) {
        self.chain.drop_front(pool, H + len, claim);
        self.chain.reset_if_empty(pool, claim);
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
            assert!(queue.push(&mut pool, [i, 0xee, 0, 0], &[&body, b"end"], 10_000, Claim::Control));
        }
        for i in 0..5u8 {
            let record = queue.front::<4>(&pool).unwrap();
            let len = usize::from(i) * 100 + 3;
            assert_eq!((&record.header[..2], record.len), (&[i, 0xee][..], len));
            let mut out = std::vec![0; 2000];
            assert_eq!(queue.copy_front(&pool, &record, 0, &mut out), len);
            assert_eq!(&out[len - 3..len], b"end");
            queue.pop(&mut pool, &record, Claim::Control);
        }
        assert!(queue.is_empty() && queue.front::<4>(&pool).is_none());
        assert_eq!(pool.taken(), 0);
    }

    #[test]
    fn a_record_that_does_not_fit_changes_nothing() {
        let mut pool = pool();
        let mut queue = Records::new();
        assert!(queue.push(&mut pool, [0; 2], &[&[1; 10]], 20, Claim::Control));
        assert!(!queue.push(&mut pool, [0; 2], &[&[2; 10]], 20, Claim::Control), "over the limit");
        while pool.take(Claim::Control).is_some() {}
        let big = [3; PBUF_BLOCK_SIZE];
        assert!(!queue.push(&mut pool, [0; 2], &[&big], usize::MAX, Claim::Control), "no memory");
        let record = queue.front::<2>(&pool).unwrap();
        let mut out = [0; 20];
        assert_eq!((queue.chain.len(), queue.copy_front(&pool, &record, 0, &mut out)), (12, 10));
        assert_eq!(out[..10], [1; 10]);
    }

    #[test]
    fn a_mark_reaches_over_the_border_of_a_block() {
        let mut pool = pool();
        let mut queue = Records::new();
        let before = PBUF_BLOCK_SIZE - 5;
        assert!(queue.reserve(&mut pool, [0; 2], before + 10, usize::MAX, Claim::Control));
        queue.append(&mut pool, &std::vec![0; before], Claim::Control);
        let mark = queue.mark(&mut pool, Claim::Control);
        queue.append(&mut pool, &[0; 10], Claim::Control);
        mark.write(&mut pool, 2, b"ab");
        let record = queue.front::<2>(&pool).unwrap();
        let mut out = [9; 10];
        queue.copy_front(&pool, &record, before, &mut out);
        assert_eq!(out, *b"\0\0ab\0\0\0\0\0\0");
    }
}
