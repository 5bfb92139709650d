//! A chain of blocks as a byte stream: append, write at an offset, read at an offset, drop from the front.

use super::pool::{Claim, Link, Pool};
use crate::config::{BlockIndex, PBUF_BLOCK_SIZE};

/// A byte stream in blocks. Blocks may reach beyond `len`: room to append, or data that came out of order.
///
/// A chain is a handle: its owner must [`clear`](Self::clear) it before it forgets it.
#[derive(Debug)]
#[repr(C)]
pub struct Chain {
    len: u32,
    /// Bytes at the start of the first block that were dropped.
    offset: u16,
    head: BlockIndex,
    tail: BlockIndex,
    blocks: BlockIndex,
}

impl Chain {
    pub const fn new() -> Self {
        Self { len: 0, offset: 0, head: 0, tail: 0, blocks: 0 }
    }

    /// Bytes in the stream.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Blocks taken.
    pub fn blocks(&self) -> usize {
        usize::from(self.blocks)
    }

    /// Bytes that fit behind the stream without another block.
    pub fn room(&self) -> usize {
        self.blocks() * PBUF_BLOCK_SIZE - usize::from(self.offset) - self.len()
    }

    /// Blocks in all that a stream of `len` bytes needs from where this one starts.
    pub fn blocks_for(&self, len: usize) -> usize {
        (usize::from(self.offset) + len).div_ceil(PBUF_BLOCK_SIZE)
    }

    /// Bytes that `blocks` blocks hold from where this stream starts.
    #[cfg(feature = "tcp")]
    pub fn capacity_of(&self, blocks: usize) -> usize {
        (blocks * PBUF_BLOCK_SIZE).saturating_sub(usize::from(self.offset))
    }

    /// Whether the claim has the blocks for `len` bytes more.
    pub fn can_grow(&self, pool: &Pool, len: usize, claim: Claim) -> bool {
        self.blocks_for(self.len() + len).saturating_sub(self.blocks()) <= pool.available(claim)
    }

    /// Appends as much of `bytes` as the claim has memory for; gives how much.
    pub fn push(&mut self, pool: &mut Pool, bytes: &[u8], claim: Claim) -> usize {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..)
            && !rest.is_empty()
        {
            let n = copy(self.tail_mut(pool, claim), rest);
            if n == 0 {
                break;
            }
            self.len += n as u32;
            done += n;
        }
        done
    }

    /// The room behind the stream in its block, a new one if need be; empty when the claim has none.
    pub fn tail_mut<'a>(&mut self, pool: &'a mut Pool, claim: Claim) -> &'a mut [u8] {
        let Mark { link, at } = self.mark(pool, claim);
        pool.block_mut(link, at)
    }

    /// Where the next byte will stand; a block is taken if it needs one.
    pub fn mark(&mut self, pool: &mut Pool, claim: Claim) -> Mark {
        if self.room() == 0 && !self.add_block(pool, claim) {
            return Mark { link: 0, at: 0 };
        }
        let (link, at) = self.end(pool);
        Mark { link, at }
    }

    /// Block and byte behind the stream, when there is room.
    fn end(&self, pool: &Pool) -> (Link, usize) {
        let room = self.room();
        if room <= PBUF_BLOCK_SIZE {
            return (self.tail, PBUF_BLOCK_SIZE - room);
        }
        self.locate(pool, self.len())
    }

    /// Makes the stream longer by `len` bytes that were written behind it.
    pub fn advance(&mut self, len: usize) {
        self.len += len.min(self.room()) as u32;
    }

    /// Writes `bytes` at `at` behind the stream's start, without making the stream longer; gives how much the claim had
    /// memory for.
    #[cfg(any(feature = "tcp", feature = "reassembly"))]
    pub fn write_at(&mut self, pool: &mut Pool, at: usize, bytes: &[u8], claim: Claim) -> usize {
        while self.capacity() < at + bytes.len() && self.add_block(pool, claim) {}
        let mut done = 0;
        let (mut link, mut start) = self.locate(pool, at);
        while done < bytes.len() && at + done < self.capacity() {
            let n = copy(pool.block_mut(link, start), bytes.get(done..).unwrap_or_default());
            if n == 0 {
                break;
            }
            done += n;
            (link, start) = (pool.next(link), 0);
        }
        done
    }

    /// As [`write_at`](Self::write_at), from wherever the bytes lie.
    #[cfg(feature = "tcp")]
    pub fn write_payload(
        &mut self,
        pool: &mut Pool,
        at: usize,
        payload: super::Payload<'_>,
        claim: Claim,
    ) -> usize {
        match payload {
            super::Payload::Frame(bytes) => self.write_at(pool, at, bytes, claim),
            #[cfg(feature = "reassembly")]
            super::Payload::Chain { .. } => {
                let mut piece = [0; super::payload::PIECE];
                let mut done = 0;
                loop {
                    let n = payload.copy(pool, done, &mut piece);
                    let bytes = piece.get(..n).unwrap_or_default();
                    let written = self.write_at(pool, at + done, bytes, claim);
                    done += written;
                    if written < n || n == 0 {
                        return done;
                    }
                }
            }
        }
    }

    /// Whether the stream has `bytes` at `at`.
    #[cfg(feature = "reassembly")]
    pub fn has_at(&self, pool: &Pool, at: usize, mut bytes: &[u8]) -> bool {
        for slice in self.slices_at(pool, at, bytes.len()) {
            match bytes.split_at_checked(slice.len()) {
                Some((these, rest)) if these == slice => bytes = rest,
                _ => return false,
            }
        }
        bytes.is_empty()
    }

    /// Copies from `at` on to `out`; gives how much there was.
    pub fn copy_at(&self, pool: &Pool, at: usize, out: &mut [u8]) -> usize {
        let mut done = 0;
        for slice in self.slices_at(pool, at, out.len()) {
            done += copy(out.get_mut(done..).unwrap_or_default(), slice);
        }
        done
    }

    /// The first `N` bytes of the stream.
    pub fn front<const N: usize>(&self, pool: &Pool) -> Option<[u8; N]> {
        if self.len() < N {
            return None;
        }
        let start = usize::from(self.offset);
        if let Some(bytes) = pool.block(self.head, start).first_chunk() {
            return Some(*bytes);
        }
        let mut bytes = [0; N];
        self.copy_at(pool, 0, &mut bytes);
        Some(bytes)
    }

    /// The stream's contiguous pieces.
    #[cfg(feature = "tcp")]
    pub fn slices<'a>(&self, pool: &'a Pool) -> Slices<'a> {
        self.slices_at(pool, 0, self.len())
    }

    /// The contiguous pieces of `len` bytes from `at` on, or of what there is.
    pub fn slices_at<'a>(&self, pool: &'a Pool, at: usize, len: usize) -> Slices<'a> {
        let at = at.min(self.len());
        let len = len.min(self.len() - at);
        let (link, start) = if len == 0 { (0, 0) } else { self.locate(pool, at) };
        Slices { pool, link, start, len }
    }

    /// Drops `len` bytes from the front and gives back the blocks they filled.
    pub fn drop_front(&mut self, pool: &mut Pool, len: usize, claim: Claim) {
        let len = len.min(self.len());
        self.len -= len as u32;
        let mut offset = usize::from(self.offset) + len;
        while offset >= PBUF_BLOCK_SIZE && self.head != 0 {
            offset -= PBUF_BLOCK_SIZE;
            self.remove_head(pool, claim);
        }
        self.offset = offset as u16;
    }

    /// Gives back all blocks of an empty stream, so that the next byte starts a block.
    pub fn reset_if_empty(&mut self, pool: &mut Pool, claim: Claim) {
        if self.is_empty() {
            self.clear(pool, claim);
        }
    }

    /// Gives back all blocks.
    pub fn clear(&mut self, pool: &mut Pool, claim: Claim) {
        while self.head != 0 {
            self.remove_head(pool, claim);
        }
        *self = Self::new();
    }

    /// Bytes from the stream's start to the end of the last block.
    #[cfg(any(feature = "tcp", feature = "reassembly"))]
    fn capacity(&self) -> usize {
        self.len() + self.room()
    }

    fn add_block(&mut self, pool: &mut Pool, claim: Claim) -> bool {
        let Some(link) = pool.take(claim) else { return false };
        if self.head == 0 {
            self.head = link;
        } else {
            pool.link(self.tail, link);
        }
        self.tail = link;
        self.blocks += 1;
        true
    }

    fn remove_head(&mut self, pool: &mut Pool, claim: Claim) {
        let link = self.head;
        self.head = pool.next(link);
        if self.head == 0 {
            self.tail = 0;
        }
        self.blocks = self.blocks.saturating_sub(1);
        pool.give_back(link, claim);
    }

    /// Block and byte of position `at`.
    fn locate(&self, pool: &Pool, at: usize) -> (Link, usize) {
        let position = usize::from(self.offset) + at;
        let hops = position / PBUF_BLOCK_SIZE;
        let start = position % PBUF_BLOCK_SIZE;
        if hops + 1 == self.blocks() {
            return (self.tail, start);
        }
        let mut link = self.head;
        for _ in 0..hops {
            link = pool.next(link);
        }
        (link, start)
    }
}

/// A place in a chain.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "udp"), allow(dead_code, reason = "datagrams alone are written to later"))]
pub struct Mark {
    link: Link,
    at: usize,
}

impl Mark {
    /// Overwrites the bytes from `skip` behind the mark on.
    #[cfg(any(test, feature = "udp"))]
    pub fn write(self, pool: &mut Pool, skip: usize, bytes: &[u8]) {
        let (mut link, mut at) = (self.link, self.at + skip);
        for byte in bytes {
            while at >= PBUF_BLOCK_SIZE && link != 0 {
                at -= PBUF_BLOCK_SIZE;
                link = pool.next(link);
            }
            if let Some(place) = pool.block_mut(link, at).first_mut() {
                *place = *byte;
            }
            at += 1;
        }
    }
}

/// The contiguous pieces of a byte stream, in order.
#[derive(Clone)]
pub struct Slices<'a> {
    pool: &'a Pool,
    link: Link,
    start: usize,
    len: usize,
}

impl Slices<'_> {
    /// Bytes in all pieces together.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<'a> Iterator for Slices<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let slice = self.pool.block(self.link, self.start);
        if self.len == 0 || slice.is_empty() {
            return None;
        }
        let slice = slice.get(..self.len).unwrap_or(slice);
        self.len -= slice.len();
        self.link = self.pool.next(self.link);
        self.start = 0;
        Some(slice)
    }
}

/// Copies the start of `src` to the start of `dst`; gives how much fitted.
fn copy(dst: &mut [u8], src: &[u8]) -> usize {
    let len = dst.len().min(src.len());
    dst[..len].copy_from_slice(&src[..len]);
    len
}

#[cfg(all(test, feature = "tcp"))]
mod tests {
    use super::super::pool::tests::pool;
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn bytes_of(chain: &Chain, pool: &Pool) -> Vec<u8> {
        chain.slices(pool).flatten().copied().collect()
    }

    #[test]
    fn data_written_ahead_appears_when_the_gap_is_filled() {
        let mut pool = pool();
        let mut chain = Chain::new();
        let far = PBUF_BLOCK_SIZE + 7;
        assert_eq!(chain.write_at(&mut pool, far, b"tail", Claim::Control), 4);
        assert!(chain.is_empty());
        let gap = std::vec![b'.'; far];
        assert_eq!(chain.push(&mut pool, &gap, Claim::Control), far);
        chain.advance(4);
        assert_eq!(&bytes_of(&chain, &pool)[far - 1..], b".tail");
        assert_eq!(chain.blocks(), 2);
        chain.clear(&mut pool, Claim::Control);
        assert_eq!(pool.taken(), 0);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(Vec<u8>),
        Drop(usize),
        Ahead(usize, Vec<u8>),
        Read(usize, usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let bytes = || proptest::collection::vec(any::<u8>(), 0..3 * PBUF_BLOCK_SIZE);
        prop_oneof![
            bytes().prop_map(Step::Push),
            (0..2 * PBUF_BLOCK_SIZE).prop_map(Step::Drop),
            (0..PBUF_BLOCK_SIZE, bytes()).prop_map(|(at, bytes)| Step::Ahead(at, bytes)),
            (0..3 * PBUF_BLOCK_SIZE, 0..3 * PBUF_BLOCK_SIZE).prop_map(|(at, len)| Step::Read(at, len)),
        ]
    }

    proptest! {
        #[test]
        fn a_chain_is_a_byte_stream(steps in proptest::collection::vec(step(), 0..20)) {
            let mut pool = pool();
            let mut chain = Chain::new();
            let mut model: Vec<u8> = Vec::new();
            for step in steps {
                match step {
                    Step::Push(bytes) => {
                        let fits = chain.room() + pool.available(Claim::Spare) * PBUF_BLOCK_SIZE;
                        let n = chain.push(&mut pool, &bytes, Claim::Spare);
                        prop_assert_eq!(n, bytes.len().min(fits));
                        model.extend(&bytes[..n]);
                    }
                    Step::Drop(len) => {
                        chain.drop_front(&mut pool, len, Claim::Spare);
                        model.drain(..len.min(model.len()));
                    }
                    Step::Ahead(gap, bytes) => {
                        let (taken, at) = (chain.blocks(), chain.len() + gap);
                        let n = chain.write_at(&mut pool, at, &bytes, Claim::Spare);
                        prop_assert!(n == bytes.len() || chain.blocks() >= taken);
                        if gap == 0 {
                            chain.advance(n);
                            model.extend(&bytes[..n]);
                        }
                    }
                    Step::Read(at, len) => {
                        let mut out = std::vec![0; len];
                        let n = chain.copy_at(&pool, at, &mut out);
                        let expected = model.get(at..).unwrap_or(&[]);
                        let expected = &expected[..len.min(expected.len())];
                        prop_assert_eq!(&out[..n], expected);
                    }
                }
                prop_assert_eq!(&bytes_of(&chain, &pool), &model);
                prop_assert_eq!(chain.blocks(), pool.taken());
            }
            chain.clear(&mut pool, Claim::Spare);
            prop_assert_eq!(pool.taken(), 0);
        }
    }
}
