//! The pool: blocks linked by index, a free list, and the count of blocks that are promised but not yet taken.

use super::Blocks;
use crate::config::{BlockIndex, PBUF_POOL_SIZE};
#[cfg(feature = "tcp")]
use crate::config::{PBUF_BLOCK_SIZE, PBUF_RESERVE, TCP_PCBS, TCP_SND_BUF_MIN, TCP_WND_MIN};

/// Blocks promised to every connection for its receive window.
#[cfg(feature = "tcp")]
pub(crate) const RX_MIN_BLOCKS: usize = TCP_WND_MIN.div_ceil(PBUF_BLOCK_SIZE);
/// Blocks promised to every connection for its send buffer.
#[cfg(feature = "tcp")]
pub(crate) const TX_MIN_BLOCKS: usize = TCP_SND_BUF_MIN.div_ceil(PBUF_BLOCK_SIZE);
/// Blocks promised to every connection.
#[cfg(feature = "tcp")]
const MIN_BLOCKS: usize = RX_MIN_BLOCKS + TX_MIN_BLOCKS;
/// Connections that the pool can give their minimum at once.
#[cfg(feature = "tcp")]
pub(crate) const BACKED: usize = {
    let backed = (PBUF_POOL_SIZE - PBUF_RESERVE) / MIN_BLOCKS;
    if backed < TCP_PCBS { backed } else { TCP_PCBS }
};
#[cfg(feature = "tcp")]
const _: () = assert!(BACKED > 0, "the pool cannot give one connection its minimum");

/// Number of a block, 0 for none. An all-zero pool is a pool of free blocks.
pub(crate) type Link = BlockIndex;

/// In whose name a block is taken and given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// From blocks promised to the taker before; it gets the promise back with the block.
    #[cfg(feature = "tcp")]
    Promised,
    /// From blocks promised to nobody, leaving one for [`Claim::Control`].
    Spare,
    /// From blocks promised to nobody, to the last one: the stack's own answers.
    Control,
}

/// All blocks. `taken + promised <= PBUF_POOL_SIZE` holds at all times, so a promise can always be kept.
#[repr(C)]
pub struct Pool {
    next: [BlockIndex; PBUF_POOL_SIZE],
    /// The first free block, less one.
    free: BlockIndex,
    taken: BlockIndex,
    #[cfg(feature = "tcp")]
    promised: BlockIndex,
    /// Connections that hold a promise of their minimum.
    #[cfg(feature = "tcp")]
    backed: u8,
    #[cfg(feature = "stats")]
    peak: BlockIndex,
    /// These put the blocks two bytes behind a word, as the payload of a frame is: 14 bytes of its link, then words.
    /// A copy between the two goes by words then, which takes a fifth fewer instructions on RV32.
    #[cfg(all(
        feature = "tcp",
        feature = "ethernet",
        not(any(feature = "memory-heap", feature = "memory-arena"))
    ))]
    _word: [u32; 0],
    #[cfg(all(
        feature = "tcp",
        feature = "ethernet",
        not(any(feature = "memory-heap", feature = "memory-arena"))
    ))]
    _lead: [u8; 2],
    blocks: Blocks,
}

#[cfg(all(
    feature = "tcp",
    feature = "ethernet",
    not(any(feature = "memory-heap", feature = "memory-arena"))
))]
const _: () = assert!(
    align_of::<Pool>() == 4
        && core::mem::offset_of!(Pool, blocks) % 4 == crate::wire::ethernet::HEADER_LEN % 4
);

impl Pool {
    pub const fn new(blocks: Blocks) -> Self {
        Self {
            next: [0; PBUF_POOL_SIZE],
            free: 0,
            taken: 0,
            #[cfg(feature = "tcp")]
            promised: 0,
            #[cfg(feature = "tcp")]
            backed: 0,
            #[cfg(feature = "stats")]
            peak: 0,
            #[cfg(all(
                feature = "tcp",
                feature = "ethernet",
                not(any(feature = "memory-heap", feature = "memory-arena"))
            ))]
            _word: [],
            #[cfg(all(
                feature = "tcp",
                feature = "ethernet",
                not(any(feature = "memory-heap", feature = "memory-arena"))
            ))]
            _lead: [0; 2],
            blocks,
        }
    }

    /// Blocks that are neither taken nor promised.
    pub(crate) fn spare(&self) -> usize {
        let free = PBUF_POOL_SIZE - usize::from(self.taken);
        #[cfg(feature = "tcp")]
        let free = free - usize::from(self.promised);
        free
    }

    /// Blocks that a taker with `claim` could get now.
    pub(crate) fn available(&self, claim: Claim) -> usize {
        match claim {
            #[cfg(feature = "tcp")]
            Claim::Promised => usize::from(self.promised),
            Claim::Spare => self.spare().saturating_sub(1),
            Claim::Control => self.spare(),
        }
    }

    /// Blocks in use now.
    #[cfg(any(test, feature = "stats"))]
    pub(crate) fn taken(&self) -> usize {
        usize::from(self.taken)
    }

    /// Most blocks that were ever in use at once.
    #[cfg(feature = "stats")]
    pub(crate) fn peak(&self) -> usize {
        usize::from(self.peak)
    }

    /// Blocks promised and not taken.
    #[cfg(all(test, feature = "tcp"))]
    pub(crate) fn promised(&self) -> usize {
        usize::from(self.promised)
    }

    /// Blocks that can be promised beyond the reserve, and beyond what connections to come need for their minimum.
    #[cfg(feature = "tcp")]
    #[inline(never)]
    pub(crate) fn lendable(&self) -> usize {
        let aside = BACKED.saturating_sub(usize::from(self.backed)) * MIN_BLOCKS;
        self.spare().saturating_sub(PBUF_RESERVE + aside)
    }

    /// Promises up to `wanted` of the blocks that are lendable; gives how many.
    #[cfg(feature = "tcp")]
    pub(crate) fn promise(&mut self, wanted: usize) -> BlockIndex {
        let granted = wanted.min(self.lendable()) as BlockIndex;
        self.promised += granted;
        granted
    }

    /// Promises a new connection its minimum; `false` when that cannot be.
    #[cfg(feature = "tcp")]
    pub(crate) fn back(&mut self) -> bool {
        // Its own is part of what was set aside for connections to come.
        self.backed += 1;
        let backed = self.lendable() >= MIN_BLOCKS;
        if backed {
            self.promised += MIN_BLOCKS as BlockIndex;
        } else {
            self.backed -= 1;
        }
        backed
    }

    /// Takes back all that was promised to a connection, of which `count` blocks are not taken.
    #[cfg(feature = "tcp")]
    pub(crate) fn unback(&mut self, count: usize) {
        self.backed = self.backed.saturating_sub(1);
        self.unpromise(count);
    }

    /// Connections that hold a promise of their minimum.
    #[cfg(all(test, feature = "tcp"))]
    pub(crate) fn backed(&self) -> u8 {
        self.backed
    }

    /// Takes back a promise of `count` blocks.
    #[cfg(feature = "tcp")]
    pub(crate) fn unpromise(&mut self, count: usize) {
        self.promised = self.promised.saturating_sub(count as BlockIndex);
    }

    /// Takes a block, `None` when the claim has none left.
    pub(crate) fn take(&mut self, claim: Claim) -> Option<Link> {
        if self.available(claim) == 0 {
            return None;
        }
        let link = self.free.wrapping_add(1);
        // A free block tells how far the next one is from the one behind it, so that zeros are a list of all.
        self.free = link.wrapping_add(self.next(link));
        #[cfg(feature = "memory-heap")]
        self.blocks.take(index(link));
        self.link(link, 0);
        self.taken += 1;
        #[cfg(feature = "tcp")]
        if claim == Claim::Promised {
            self.promised -= 1;
        }
        #[cfg(feature = "stats")]
        {
            self.peak = self.peak.max(self.taken);
        }
        Some(link)
    }

    /// Gives block `link` back, and with [`Claim::Promised`] the promise to its owner.
    pub(crate) fn give_back(&mut self, link: Link, claim: Claim) {
        #[cfg(feature = "memory-heap")]
        self.blocks.release(index(link));
        self.link(link, self.free.wrapping_sub(link));
        self.free = link.wrapping_sub(1);
        self.taken = self.taken.saturating_sub(1);
        match claim {
            #[cfg(feature = "tcp")]
            Claim::Promised => self.promised += 1,
            Claim::Spare | Claim::Control => {}
        }
    }

    /// The block that follows `link` in its chain.
    pub(crate) fn next(&self, link: Link) -> Link {
        self.next.get(index(link)).copied().unwrap_or(0)
    }

    /// Lets `to` follow `link`.
    pub(crate) fn link(&mut self, link: Link, to: Link) {
        if let Some(next) = self.next.get_mut(index(link)) {
            *next = to;
        }
    }

    /// The bytes of block `link` from `at` on.
    pub(crate) fn block(&self, link: Link, at: usize) -> &[u8] {
        self.blocks.get(index(link)).get(at..).unwrap_or_default()
    }

    /// The bytes of block `link` from `at` on, to be written.
    pub(crate) fn block_mut(&mut self, link: Link, at: usize) -> &mut [u8] {
        self.blocks.get_mut(index(link)).get_mut(at..).unwrap_or_default()
    }
}

fn index(link: Link) -> usize {
    usize::from(link).wrapping_sub(1)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::boxed::Box;

    pub fn pool() -> Box<Pool> {
        #[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
        return Box::new(Pool::new(Blocks::new()));
        #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
        return Box::new(Pool::new(Blocks::new(crate::testing::arena())));
    }

    #[test]
    fn every_block_is_given_once() {
        let mut pool = pool();
        let mut links: std::vec::Vec<_> = core::iter::from_fn(|| pool.take(Claim::Control)).collect();
        assert_eq!(links.len(), PBUF_POOL_SIZE);
        links.sort_unstable();
        links.dedup();
        assert_eq!(links.len(), PBUF_POOL_SIZE);
        for link in links {
            pool.give_back(link, Claim::Control);
        }
        assert_eq!(pool.taken(), 0);
        assert!(pool.take(Claim::Spare).is_some());
    }

    #[cfg(feature = "tcp")]
    #[test]
    fn a_promise_is_kept_when_all_else_is_taken() {
        let mut pool = pool();
        assert!(pool.back());
        while pool.take(Claim::Spare).is_some() {}
        assert!(pool.take(Claim::Control).is_some(), "one block is left for the stack's answers");
        assert!(pool.take(Claim::Control).is_none());
        let kept = pool.take(Claim::Promised).unwrap();
        pool.give_back(kept, Claim::Promised);
        assert!(pool.take(Claim::Control).is_none(), "a block given back is promised again");
        assert!(pool.take(Claim::Promised).is_some());
    }

    #[cfg(feature = "tcp")]
    #[test]
    fn promises_leave_the_reserve_and_the_minimum_of_connections_to_come() {
        let mut pool = pool();
        let lendable = PBUF_POOL_SIZE - PBUF_RESERVE - BACKED * MIN_BLOCKS;
        assert_eq!(usize::from(pool.promise(PBUF_POOL_SIZE)), lendable);
        assert_eq!(pool.promise(1), 0);
        for _ in 0..BACKED {
            assert!(pool.back());
        }
        assert!(!pool.back());
        pool.unpromise(1);
        assert_eq!(pool.promise(5), 1);
        pool.unback(MIN_BLOCKS);
        assert_eq!(pool.promise(1), 0);
        assert!(pool.back());
    }
}
