//! Randomness and keyed hashing from the application's seed (SipHash-2-4, Aumasson and Bernstein 2012).

/// The secret that the application gave, and a counter that makes each draw new.
#[repr(C)]
pub struct Random {
    key: [u32; 4],
    draws: u32,
}

impl Random {
    pub(crate) const fn new(seed: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = seed;
        Self {
            key: [
                u32::from_le_bytes([a, b, c, d]),
                u32::from_le_bytes([e, f, g, h]),
                u32::from_le_bytes([i, j, k, l]),
                u32::from_le_bytes([m, n, o, p]),
            ],
            draws: 0,
        }
    }

    /// A keyed pseudo-random function of `words` (the F of RFC 6528 §3).
    pub(crate) fn hash(&self, words: &[u32]) -> u32 {
        let out = siphash(self.key, words);
        (out ^ (out >> 32)) as u32
    }

    /// The same with a result twice as long.
    #[cfg(feature = "ipv6-interface-id-opaque")]
    pub(crate) fn hash64(&self, words: &[u32]) -> u64 {
        siphash(self.key, words)
    }

    /// The next random number.
    #[inline(never)]
    pub(crate) fn next(&mut self) -> u32 {
        self.draws = self.draws.wrapping_add(1);
        // The second word keeps draws apart from every other use of the key.
        self.hash(&[self.draws, u32::from_le_bytes(*b"draw")])
    }

    /// A random number below `limit`.
    // In one place: with a limit that is known, the remainder would be found by multiplications.
    #[cfg(feature = "ipv6")]
    #[inline(never)]
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.next() % limit.max(1)
    }
}

/// SipHash-2-4 over little-endian words.
fn siphash(key: [u32; 4], words: &[u32]) -> u64 {
    let double = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    let [a, b, c, d] = key;
    let (k0, k1) = (double(a, b), double(c, d));
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    // Two rounds for each pair of words, of which the last holds the length, and four more in the end.
    let last = words.len() / 2;
    for at in 0..last + 3 {
        let word = |at: usize| words.get(at).copied().unwrap_or(0);
        let length = if at == last { (words.len() as u32) << 26 } else { 0 };
        let word = double(word(2 * at), word(2 * at + 1) | length);
        if at == last + 1 {
            v[2] ^= 0xff;
        }
        v[3] ^= word;
        for _ in 0..2 {
            v[0] = v[0].wrapping_add(v[1]);
            v[1] = v[1].rotate_left(13) ^ v[0];
            v[0] = v[0].rotate_left(32);
            v[2] = v[2].wrapping_add(v[3]);
            v[3] = v[3].rotate_left(16) ^ v[2];
            v[0] = v[0].wrapping_add(v[3]);
            v[3] = v[3].rotate_left(21) ^ v[0];
            v[2] = v[2].wrapping_add(v[1]);
            v[1] = v[1].rotate_left(17) ^ v[2];
            v[2] = v[2].rotate_left(32);
        }
        v[0] ^= word;
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference vectors of the SipHash authors: key 00..0f, messages of 0, 4 and 8 bytes 00, 01, …
    #[test]
    fn siphash_matches_the_reference_vectors() {
        let key = [0x0302_0100, 0x0706_0504, 0x0b0a_0908, 0x0f0e_0d0c];
        assert_eq!(siphash(key, &[]), 0x726f_db47_dd0e_0e31);
        assert_eq!(siphash(key, &[0x0302_0100]), 0xcf27_94e0_2771_87b7);
        assert_eq!(siphash(key, &[0x0302_0100, 0x0706_0504]), 0x93f5_f579_9a93_2462);
    }

    #[test]
    fn draws_differ_and_depend_on_the_seed() {
        let (mut a, mut b) = (Random::new([1; 16]), Random::new([2; 16]));
        let (first, second) = (a.next(), a.next());
        assert_ne!(first, second);
        assert_ne!(first, b.next());
    }
}
