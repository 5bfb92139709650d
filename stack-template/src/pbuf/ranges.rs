//! Which bytes of a stream have come while others before them have not: they lie in place in its chain.

/// A number that positions are kept as.
pub trait Position: Copy + Ord {
    /// The first position.
    const ZERO: Self;
    /// The position `at`, which must not be beyond the type.
    fn new(at: usize) -> Self;
    /// The position.
    fn get(self) -> usize;
}

impl Position for u16 {
    const ZERO: Self = 0;

    fn new(at: usize) -> Self {
        at as u16
    }

    fn get(self) -> usize {
        usize::from(self)
    }
}

impl Position for u32 {
    const ZERO: Self = 0;

    fn new(at: usize) -> Self {
        at as u32
    }

    fn get(self) -> usize {
        self as usize
    }
}

/// Up to `N` ranges of positions, apart from each other; if the first is empty, all are.
#[derive(Debug)]
#[repr(C)]
pub struct Ranges<P, const N: usize> {
    ranges: [Range<P>; N],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
struct Range<P> {
    start: P,
    end: P,
}

impl<P: Position> Range<P> {
    const EMPTY: Self = Self { start: P::ZERO, end: P::ZERO };

    fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// How bytes lie to those that have come.
#[cfg(feature = "reassembly")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// None of them has come.
    None,
    /// All of them have.
    Whole,
    /// Some of them have.
    Part,
}

impl<P: Position, const N: usize> Ranges<P, N> {
    pub const fn new() -> Self {
        Self { ranges: [Range::EMPTY; N] }
    }

    #[cfg(feature = "tcp-ooseq")]
    pub fn is_empty(&self) -> bool {
        self.ranges.first().is_none_or(|range| range.is_empty())
    }

    /// Where the last range ends.
    pub fn end(&self) -> usize {
        self.ranges.iter().map(|range| range.end.get()).max().unwrap_or(0)
    }

    /// Bytes from the start on that have come without a gap.
    #[cfg(feature = "reassembly")]
    pub fn in_order(&self) -> usize {
        self.ranges.iter().find(|range| range.start == P::ZERO).map_or(0, |range| range.end.get())
    }

    /// How `start..end` lies to what has come.
    #[cfg(feature = "reassembly")]
    pub fn overlap(&self, start: usize, end: usize) -> Overlap {
        let mut met = self.ranges.iter().filter(|r| r.start.get() < end && start < r.end.get());
        match met.next() {
            None => Overlap::None,
            Some(range) if range.start.get() <= start && end <= range.end.get() => Overlap::Whole,
            Some(_) => Overlap::Part,
        }
    }

    /// Notes that `start..end` has come; `false`, with nothing changed, when there are too many holes to note it.
    pub fn insert(&mut self, start: usize, end: usize) -> bool {
        let mut new = Range { start: P::new(start), end: P::new(end) };
        let mut free = None;
        for range in &mut self.ranges {
            if !range.is_empty() && range.end >= new.start && new.end >= range.start {
                new = Range { start: new.start.min(range.start), end: new.end.max(range.end) };
                *range = Range::EMPTY;
            }
            if free.is_none() && range.is_empty() {
                free = Some(range);
            }
        }
        free.map(|free| *free = new).is_some()
    }

    /// Moves the origin on by `n` bytes that came in order; gives how many more are in order now.
    #[cfg(feature = "tcp-ooseq")]
    pub fn advance(&mut self, n: usize) -> usize {
        let joined = self.shift(n);
        // At most one range touches the origin, so the others stay behind what it joins.
        self.shift(joined);
        joined
    }

    /// Moves the origin on by `n`; gives where the range that lies over it ends, and takes that out.
    #[cfg(feature = "tcp-ooseq")]
    #[inline(never)]
    fn shift(&mut self, n: usize) -> usize {
        let (mut joined, mut kept) = (0, 0);
        for at in 0..N {
            let Some(range) = self.ranges.get_mut(at) else { break };
            let (start, end) = (range.start.get().saturating_sub(n), range.end.get().saturating_sub(n));
            *range = Range::EMPTY;
            if start == 0 {
                joined = joined.max(end);
            } else if let Some(place) = self.ranges.get_mut(kept) {
                *place = Range { start: P::new(start), end: P::new(end) };
                kept += 1;
            }
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "tcp-ooseq")]
    use proptest::prelude::*;
    #[cfg(feature = "tcp-ooseq")]
    use std::vec::Vec;

    const MOST: usize = 4;
    type Ranges = super::Ranges<u16, MOST>;

    #[cfg(feature = "tcp-ooseq")]
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
        for i in 0..MOST {
            assert!(ranges.insert(10 + i * 20, 20 + i * 20));
        }
        let before = std::format!("{ranges:?}");
        assert!(!ranges.insert(10 + MOST * 20, 20 + MOST * 20));
        assert_eq!(before, std::format!("{ranges:?}"));
        assert!(ranges.insert(12, 25), "one that joins needs no room");
    }

    #[cfg(feature = "reassembly")]
    #[test]
    fn overlaps_are_told() {
        let mut ranges = Ranges::new();
        assert!(ranges.insert(0, 10) && ranges.insert(20, 30));
        assert_eq!(ranges.in_order(), 10);
        for (start, end, overlap) in [
            (10, 20, Overlap::None),
            (30, 40, Overlap::None),
            (0, 10, Overlap::Whole),
            (22, 30, Overlap::Whole),
            (9, 11, Overlap::Part),
            (19, 31, Overlap::Part),
            (0, 30, Overlap::Part),
        ] {
            assert_eq!(ranges.overlap(start, end), overlap, "{start}..{end}");
        }
    }

    #[cfg(feature = "tcp-ooseq")]
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
                prop_assert_eq!(ranges.is_empty(), ranges.ranges.iter().all(|r| r.is_empty()));
                let mut held: Vec<usize> = ranges
                    .ranges
                    .iter()
                    .flat_map(|r| r.start.get()..r.end.get())
                    .collect();
                held.sort_unstable();
                let expected: Vec<usize> = (0..4096).filter(|i| model[*i]).collect();
                prop_assert_eq!(held, expected);
            }
        }
    }
}
