//! An IPv6 address as the stack keeps it: four words, which small machines copy and compare at once.

use core::net::Ipv6Addr;

/// An IPv6 address by its bits, the first word the most significant.
#[derive(Clone, Copy, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Ip6([u32; 4]);

impl Ip6 {
    /// No address; all bytes zero.
    pub const UNSPECIFIED: Self = Self([0; 4]);
    /// The address of the loopback interface (RFC 4291 §2.5.3).
    pub const LOCALHOST: Self = Self([0, 0, 0, 1]);
    /// The group of all nodes of a link (RFC 4291 §2.7.1).
    pub const ALL_NODES: Self = Self([0xff02_0000, 0, 0, 1]);

    /// The address with these words.
    pub const fn from_words(words: [u32; 4]) -> Self {
        Self(words)
    }

    /// The address that is sent as these bytes.
    // In one place, as is what follows: four words are long where bytes lie anywhere.
    #[inline(never)]
    pub fn read(octets: &[u8; 16]) -> Self {
        let (words, _) = octets.as_chunks::<4>();
        let mut read = [0; 4];
        read.iter_mut().zip(words).for_each(|(to, from)| *to = u32::from_be_bytes(*from));
        Self(read)
    }

    /// Its bytes as they are sent.
    #[inline(never)]
    pub fn octets(&self) -> [u8; 16] {
        let mut octets = [0; 16];
        self.write(&mut octets);
        octets
    }

    /// Writes its bytes as they are sent.
    #[inline(never)]
    pub fn write(&self, out: &mut [u8; 16]) {
        let (words, _) = out.as_chunks_mut::<4>();
        words.iter_mut().zip(&self.0).for_each(|(to, from)| *to = from.to_be_bytes());
    }

    /// Its words, for sums and hashes.
    pub const fn words(&self) -> &[u32; 4] {
        &self.0
    }

    /// Its upper half: the prefix of a link.
    pub const fn upper_half(&self) -> u64 {
        (self.0[0] as u64) << 32 | self.0[1] as u64
    }

    /// The address of a prefix and the identifier of an interface.
    pub const fn from_halves(prefix: u64, interface_id: u64) -> Self {
        Self([(prefix >> 32) as u32, prefix as u32, (interface_id >> 32) as u32, interface_id as u32])
    }

    /// Whether it is `::`.
    #[inline(never)]
    pub const fn is_unspecified(&self) -> bool {
        let [a, b, c, d] = self.0;
        a | b | c | d == 0
    }

    /// Whether it is `::1`.
    pub fn is_loopback(&self) -> bool {
        *self == Self::LOCALHOST
    }

    /// Whether it is a group's (RFC 4291 §2.7).
    pub const fn is_multicast(&self) -> bool {
        self.0[0] >> 24 == 0xff
    }

    /// Whether it is in `fe80::/10` (RFC 4291 §2.5.6).
    pub const fn is_unicast_link_local(&self) -> bool {
        self.0[0] >> 22 == 0x3fa
    }

    /// Whether it stands for an IPv4 address (RFC 4291 §2.5.5.2).
    #[inline(never)]
    pub const fn is_mapped(&self) -> bool {
        self.0[0] | self.0[1] | (self.0[2] ^ 0xffff) == 0
    }
}

impl PartialEq for Ip6 {
    #[inline(never)]
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a == b)
    }
}

impl From<[u8; 16]> for Ip6 {
    fn from(octets: [u8; 16]) -> Self {
        Self::read(&octets)
    }
}

impl From<Ipv6Addr> for Ip6 {
    fn from(addr: Ipv6Addr) -> Self {
        Self::read(&addr.octets())
    }
}

impl From<Ip6> for Ipv6Addr {
    fn from(addr: Ip6) -> Self {
        Self::from(addr.octets())
    }
}

impl core::fmt::Debug for Ip6 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&Ipv6Addr::from(*self), f)
    }
}

#[cfg(test)]
impl Ip6 {
    /// The address with these segments.
    pub fn new(segments: [u16; 8]) -> Self {
        Ipv6Addr::from(segments).into()
    }

    /// Its segments.
    pub fn segments(self) -> [u16; 8] {
        Ipv6Addr::from(self).segments()
    }
}

#[cfg(test)]
impl PartialEq<Ip6> for Ipv6Addr {
    fn eq(&self, other: &Ip6) -> bool {
        Ip6::from(*self) == *other
    }
}

#[cfg(test)]
impl core::str::FromStr for Ip6 {
    type Err = core::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Ipv6Addr>().map(Self::from)
    }
}
