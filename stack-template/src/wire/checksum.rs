//! The Internet checksum (RFC 1071).

/// A running one's complement sum over bytes that come in pieces.
///
/// Words are summed in the machine's byte order, which only swaps the bytes of the result (RFC 1071 §2 B).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    folded: u32,
    odd: bool,
}

/// Whether the processor loads words from anywhere. One that does not would assemble each from its bytes.
const UNALIGNED: bool = cfg!(not(any(target_arch = "riscv32", target_arch = "xtensa")));

impl Sum {
    /// The empty sum.
    pub const fn new() -> Self {
        Self { folded: 0, odd: false }
    }

    /// Adds `bytes` behind all that was added before.
    pub fn add(&mut self, bytes: &[u8]) {
        *self = self.with(bytes);
    }

    /// The sum of this and of `bytes` behind it.
    pub fn with(self, bytes: &[u8]) -> Self {
        let partial = if UNALIGNED { sum_words(bytes) } else { sum_bytes(bytes) };
        // A byte further is a factor of 256, and 2^32 is 1 here: what a turn by eight bits does.
        let partial = if self.odd { partial.rotate_left(8) } else { partial };
        Self { folded: fold(plus(self.folded, partial)), odd: self.odd ^ !bytes.len().is_multiple_of(2) }
    }

    /// The sum of this and of `other`, whose bytes stand behind an even number of these.
    pub fn and(self, other: Self) -> Self {
        Self { folded: fold(self.folded + other.folded), odd: other.odd }
    }

    /// The sum of what was added, not complemented, as it stands in a header: all ones if a checksum is right.
    pub fn bytes(self) -> [u8; 2] {
        (self.folded as u16).to_ne_bytes()
    }

    /// The checksum to put in a header: the complement of the sum.
    pub fn checksum(self) -> [u8; 2] {
        (!(self.folded as u16)).to_ne_bytes()
    }

    /// Whether the bytes, checksum included, sum up right.
    pub fn is_right(self) -> bool {
        self.folded == 0xffff
    }
}

/// The sum of one piece, with its pseudo-header already in `sum`.
pub fn of(bytes: &[u8]) -> Sum {
    Sum::new().with(bytes)
}

/// The start of a transport checksum: the pseudo-header of two addresses by their words (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1).
pub fn pseudo(src: &[u32], dst: &[u32], protocol: u8, len: u16) -> Sum {
    let sum = src.iter().chain(dst).fold(u32::from(protocol) + u32::from(len), |sum, word| plus(sum, *word));
    Sum { folded: u32::from((fold(sum) as u16).to_be()), odd: false }
}

/// The one's complement sum of two words.
fn plus(a: u32, b: u32) -> u32 {
    let (sum, carry) = a.overflowing_add(b);
    sum + u32::from(carry)
}

/// The one's complement sum of a word's halves: the upper half of what the word and its turn give, with their carry.
fn fold(sum: u32) -> u32 {
    sum.wrapping_add(sum.rotate_left(16)) >> 16
}

/// The sum by words of eight bytes.
fn sum_words(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0u64, |sum, word| {
        let (sum, carry) = sum.overflowing_add(u64::from_ne_bytes(*word));
        sum.wrapping_add(u64::from(carry))
    });
    let sum = (sum & 0xffff_ffff) + (sum >> 32);
    let sum = (sum & 0xffff_ffff) + (sum >> 32);
    let (halves, last) = rest.as_chunks::<2>();
    let halves = halves.iter().fold(fold(sum as u32), |sum, half| sum + u32::from(u16::from_ne_bytes(*half)));
    last.first().map_or(halves, |byte| halves + u32::from(u16::from_ne_bytes([*byte, 0])))
}

/// The sum by single bytes: those that stand first in their halves of words, and those that stand second.
// A u32 holds the sum of 65535 bytes without a carry, and no piece is longer than that.
fn sum_bytes(bytes: &[u8]) -> u32 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let (mut first, mut second) = (0u32, 0u32);
    for [a, b, c, d, e, f, g, h] in eights {
        first = first.wrapping_add(wide(a) + wide(c) + wide(e) + wide(g));
        second = second.wrapping_add(wide(b) + wide(d) + wide(f) + wide(h));
    }
    let (pairs, last) = rest.as_chunks::<2>();
    for [a, b] in pairs {
        first = first.wrapping_add(wide(a));
        second = second.wrapping_add(wide(b));
    }
    first = first.wrapping_add(last.first().map_or(0, wide));
    if cfg!(target_endian = "little") {
        first.wrapping_add(second << 8)
    } else {
        (first << 8).wrapping_add(second)
    }
}

fn wide(byte: &u8) -> u32 {
    u32::from(*byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 1071 §3: the sum of 00 01 f2 03 f4 f5 f6 f7 is ddf2.
    #[test]
    fn example_of_rfc_1071() {
        let sum = of(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
        assert_eq!(sum.bytes(), [0xdd, 0xf2]);
        assert_eq!(sum.checksum(), [0x22, 0x0d]);
    }

    #[test]
    fn a_header_with_its_checksum_is_right() {
        let mut header = [0x45, 0, 0, 0x14, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        let [a, b] = of(&header).checksum();
        header[10] = a;
        header[11] = b;
        assert!(of(&header).is_right());
        header[3] ^= 1;
        assert!(!of(&header).is_right());
    }

    fn reference(bytes: &[u8]) -> u16 {
        let sum: u64 = bytes
            .chunks(2)
            .map(|word| u64::from(word[0]) << 8 | word.get(1).map_or(0, |b| u64::from(*b)))
            .sum();
        let sum = (sum & 0xffff) + (sum >> 16);
        ((sum & 0xffff) + (sum >> 16)) as u16
    }

    /// RFC 1071 §2: carries come back at the other end, and the sum is 0 of zeros alone; in any two or three pieces, and
    /// as both kinds of processor sum.
    #[test]
    fn sums_at_the_edges() {
        for fill in [[0, 0], [0xff, 0xff], [0, 1], [1, 0], [0xff, 0xfe], [0xff, 0], [0x80, 0]] {
            for len in 0..35 {
                let bytes: std::vec::Vec<u8> = fill.into_iter().cycle().take(len).collect();
                let right = reference(&bytes);
                assert_eq!(fold(sum_words(&bytes)), fold(sum_bytes(&bytes)));
                for a in 0..=len {
                    for b in a..=len {
                        let sum = of(&bytes[..a]).with(&bytes[a..b]).with(&bytes[b..]);
                        assert_eq!(u16::from_be_bytes(sum.bytes()), right, "{fill:x?} {a} {b} {len}");
                        assert_eq!(sum.odd, len % 2 != 0);
                    }
                }
                let header = pseudo(&[u32::MAX], &[0xffff_0000, 1], 17, len as u16);
                let front = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1, 0, 17, 0, len as u8];
                let all = [&front[..], &bytes].concat();
                assert_eq!(u16::from_be_bytes(header.with(&bytes).bytes()), reference(&all));
                assert_eq!(u16::from_be_bytes(header.and(of(&bytes)).bytes()), reference(&all));
            }
        }
        for high in [0, 1, 2, 0x7fff, 0x8000, 0xfffe, 0xffff] {
            for low in 0..=0xffff {
                let (sum, plain) = (fold(high << 16 | low), high + low);
                assert_eq!(sum, if plain > 0xffff { plain - 0xffff } else { plain });
            }
        }
    }

    proptest! {
        #[test]
        fn any_split_gives_the_reference_sum(
            bytes in proptest::collection::vec(any::<u8>(), 0..3000),
            cuts in proptest::collection::vec(0usize..3000, 0..5),
        ) {
            let mut cuts: std::vec::Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.push(bytes.len());
            cuts.sort_unstable();
            let mut added = Sum::new();
            let mut from = 0;
            for cut in cuts {
                added.add(&bytes[from..cut]);
                from = cut;
            }
            prop_assert_eq!(u16::from_be_bytes(added.bytes()), reference(&bytes));
            prop_assert_eq!(fold(sum_words(&bytes)), fold(sum_bytes(&bytes)));
        }
    }
}
