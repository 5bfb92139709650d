//! The pool: blocks linked by index, a free list, and the count of blocks that are promised but not yet taken.

use super::Blocks;
use crate::config::PBUF_RESERVE;
use crate::config::{BlockIndex, PBUF_POOL_SIZE};

/// Number of a block, 0 for none. An all-zero pool is a pool of free blocks.
pub(crate) type Link = BlockIndex;

/// In whose name a block is taken and given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// From blocks promised to the taker before; it gets the promise back with the block.
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
    free: BlockIndex,
    /// Blocks with a lower index have been taken at least once; the others are not yet in the free list.
    fresh: BlockIndex,
    taken: BlockIndex,
    promised: BlockIndex,
    blocks: Blocks,
}

const _: () = assert!(size_of::<Pool>() == 23380);

impl Pool {
    pub const fn new(blocks: Blocks) -> Self {
        Self {
            next: [0; PBUF_POOL_SIZE],
            free: 0,
            fresh: 0,
            taken: 0,
            promised: 0,
            blocks,
        }
    }

    /// Blocks that are neither taken nor promised.
    pub(crate) fn spare(&self) -> usize {
        let free = PBUF_POOL_SIZE - usize::from(self.taken);
        free - usize::from(self.promised)
    }

    /// Blocks that a taker with `claim` could get now.
    pub(crate) fn available(&self, claim: Claim) -> usize {
        match claim {
            Claim::Promised => usize::from(self.promised),
            Claim::Spare => self.spare().saturating_sub(1),
            Claim::Control => self.spare(),
        }
    }

    /// Blocks in use now.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> usize {
        usize::from(self.taken)
    }

    /// Blocks promised and not taken.
    #[cfg(test)]
    pub(crate) fn promised(&self) -> usize {
        usize::from(self.promised)
    }

    /// Promises up to `wanted` blocks, leaving `PBUF_RESERVE` and `aside` others unpromised; gives how many.
    pub(crate) fn promise(&mut self, wanted: usize, aside: usize) -> usize {
        let granted = wanted.min(self.spare().saturating_sub(PBUF_RESERVE + aside));
        self.promised += granted as BlockIndex;
        granted
    }

    /// Takes back a promise of `count` blocks.
    pub(crate) fn unpromise(&mut self, count: usize) {
        self.promised = self.promised.saturating_sub(count as BlockIndex);
    }

    /// Takes a block, `None` when the claim has none left.
    pub(crate) fn take(&mut self, claim: Claim) -> Option<Link> {
        if self.available(claim) == 0 {
            return None;
        }
        let link = if self.free == 0 {
            self.fresh += 1;
            self.fresh
        } else {
            let link = self.free;
            self.free = self.next(link);
            link
        };
        self.link(link, 0);
        self.taken += 1;
        if claim == Claim::Promised {
            self.promised -= 1;
        }
        Some(link)
    }

    /// Gives block `link` back, and with [`Claim::Promised`] the promise to its owner.
    pub(crate) fn give_back(&mut self, link: Link, claim: Claim) {
        self.link(link, self.free);
        self.free = link;
        self.taken = self.taken.saturating_sub(1);
        match claim {
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

    /// The bytes of block `link`.
    pub(crate) fn block(&self, link: Link) -> &[u8] {
        self.blocks.get(index(link))
    }

    /// The bytes of block `link`, to be written.
    pub(crate) fn block_mut(&mut self, link: Link) -> &mut [u8] {
        self.blocks.get_mut(index(link))
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
        Box::new(Pool::new(Blocks::new()))
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

    #[test]
    fn a_promise_is_kept_when_all_else_is_taken() {
        let mut pool = pool();
        assert_eq!(pool.promise(2, 0), 2.min(PBUF_POOL_SIZE - PBUF_RESERVE));
        while pool.take(Claim::Spare).is_some() {}
        assert!(pool.take(Claim::Control).is_some(), "one block is left for the stack's answers");
        assert!(pool.take(Claim::Control).is_none());
        let kept = pool.take(Claim::Promised).unwrap();
        pool.give_back(kept, Claim::Promised);
        assert!(pool.take(Claim::Control).is_none(), "a block given back is promised again");
        assert!(pool.take(Claim::Promised).is_some());
    }

    #[test]
    fn promises_leave_the_reserve() {
        let mut pool = pool();
        assert_eq!(pool.promise(PBUF_POOL_SIZE, 0), PBUF_POOL_SIZE - PBUF_RESERVE);
        assert_eq!(pool.promise(1, 0), 0);
        pool.unpromise(2);
        assert_eq!(pool.promise(5, 1), 1);
    }
}
