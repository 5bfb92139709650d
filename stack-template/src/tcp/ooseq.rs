//! Which bytes behind the expected one have come already: they lie in place in the receive queue.

use crate::config::{TCP_OOSEQ_RANGES, WindowSize};

/// Distances from `rcv_nxt`, sorted, apart from each other; empty ones stand last.
#[derive(Debug)]
#[repr(C)]
pub struct Ranges {
    ranges: [Range; TCP_OOSEQ_RANGES],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
struct Range {
    start: WindowSize,
    end: WindowSize,
}

const EMPTY: Range = Range { start: 0, end: 0 };

impl Range {
    fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

impl Ranges {
    pub const fn new() -> Self {
        Self { ranges: [EMPTY; TCP_OOSEQ_RANGES] }
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.first().is_none_or(|range| range.is_empty())
    }

    /// Where the last range ends.
    pub fn end(&self) -> usize {
        self.ranges.iter().map(|range| range.end as usize).max().unwrap_or(0)
    }

    /// Notes that `start..end` has come; `false`, with nothing changed, when there are too many holes to note it.
    pub fn insert(&mut self, start: usize, end: usize) -> bool {
        let mut new = Range { start: start as WindowSize, end: end as WindowSize };
        // A range more than the table holds, so that joining comes before counting.
        let mut out = [EMPTY; TCP_OOSEQ_RANGES];
        let mut count = 0;
        let mut placed = false;
        let mut put = |range: Range| {
            let slot = out.get_mut(count);
            count += 1;
            slot.map(|slot| *slot = range).is_some()
        };
        let mut fits = true;
        for range in self.ranges.iter().copied().filter(|range| !range.is_empty()) {
            if range.end < new.start {
                fits &= put(range);
            } else if new.end < range.start {
                if !placed {
                    fits &= put(new);
                    placed = true;
                }
                fits &= put(range);
            } else {
                new = Range { start: new.start.min(range.start), end: new.end.max(range.end) };
            }
        }
        if !placed {
            fits &= put(new);
        }
        if fits {
            self.ranges = out;
        }
        fits
    }

    /// Moves the origin on by `n` bytes that came in order; gives how many more are in order now.
    pub fn advance(&mut self, n: usize) -> usize {
        let mut joined = 0;
        let mut out = [EMPTY; TCP_OOSEQ_RANGES];
        let mut slots = out.iter_mut();
        for range in self.ranges.iter().filter(|range| !range.is_empty()) {
            let start = (range.start as usize).saturating_sub(n);
            let end = (range.end as usize).saturating_sub(n);
            if start == 0 {
                joined = joined.max(end);
            } else if let Some(slot) = slots.next() {
                *slot = Range { start: start as WindowSize, end: end as WindowSize };
            }
        }
        self.ranges = out;
        // At most one range touches the origin, so the others stay behind what it joins.
        if joined > 0 {
            for range in &mut self.ranges {
                range.start = range.start.saturating_sub(joined as WindowSize);
                range.end = range.end.saturating_sub(joined as WindowSize);
            }
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn filling_the_gap_joins_the_range_behind_it() {
        let mut ranges = Ranges::new();
        assert!(ranges.insert(100, 200));
        assert_eq!(ranges.advance(50), 0);
        assert_eq!(ranges.advance(50), 100);
        assert!(ranges.is_empty());
    }

    #[test]
    fn too_many_holes_change_nothing() {
        let mut ranges = Ranges::new();
        for i in 0..TCP_OOSEQ_RANGES {
            assert!(ranges.insert(10 + i * 20, 20 + i * 20));
        }
        let before = std::format!("{ranges:?}");
        assert!(!ranges.insert(10 + TCP_OOSEQ_RANGES * 20, 20 + TCP_OOSEQ_RANGES * 20));
        assert_eq!(before, std::format!("{ranges:?}"));
        assert!(ranges.insert(12, 25), "one that joins needs no room");
    }

    proptest! {
        #[test]
        fn ranges_are_a_set_of_bytes(
            steps in proptest::collection::vec((any::<bool>(), 1usize..100, 1usize..60), 0..30),
        ) {
            let mut ranges = Ranges::new();
            let mut model = [false; 4096];
            for (fill, at, len) in steps {
                if fill {
                    let mut in_order: usize = len;
                    model.copy_within(len.., 0);
                    model[4096 - len..].fill(false);
                    let joined = ranges.advance(len);
                    in_order = in_order.saturating_sub(len);
                    let more = model.iter().skip(in_order).take_while(|b| **b).count();
                    prop_assert_eq!(joined, more);
                    model.copy_within(more.., 0);
                    model[4096 - more..].fill(false);
                } else if ranges.insert(at, at + len) {
                    model[at..at + len].fill(true);
                }
                let held: Vec<usize> = ranges
                    .ranges
                    .iter()
                    .flat_map(|r| r.start as usize..r.end as usize)
                    .collect();
                let expected: Vec<usize> = (0..4096).filter(|i| model[*i]).collect();
                prop_assert_eq!(held, expected);
            }
        }
    }
}
