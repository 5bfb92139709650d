//! An IPv4 address as the stack keeps it: one word, which small machines copy and compare at once.

use core::net::Ipv4Addr;

/// An IPv4 address by its bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Ip4(u32);

const _: () = assert!(size_of::<Ip4>() == 4);

impl Ip4 {
    /// No address; all bytes zero.
    pub const UNSPECIFIED: Self = Self(0);

    /// The limited broadcast (RFC 919 §7).
    pub const BROADCAST: Self = Self(u32::MAX);

    /// The address `a.b.c.d`.
    pub const fn new(a: u8, b: u8, c: u8, d: u8) -> Self {
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    /// The address with these bits.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Its bits, as a number.
    pub const fn to_bits(self) -> u32 {
        self.0
    }

    /// Its bytes as they are sent.
    pub const fn octets(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    /// The address that is sent as these bytes.
    pub const fn read(octets: &[u8; 4]) -> Self {
        Self(u32::from_be_bytes(*octets))
    }

    /// Its words, for sums and hashes.
    pub const fn words(&self) -> &[u32] {
        core::slice::from_ref(&self.0)
    }

    /// Whether it is `0.0.0.0`.
    pub const fn is_unspecified(self) -> bool {
        self.0 == 0
    }

    /// Whether it is in `127.0.0.0/8` (RFC 1122 §3.2.1.3 (g)).
    pub const fn is_loopback(self) -> bool {
        self.0 >> 24 == 127
    }

    /// Whether it is a group's (RFC 1112 §4).
    pub const fn is_multicast(self) -> bool {
        self.0 >> 28 == 0xe
    }

    /// Whether it is the limited broadcast (RFC 919 §7).
    pub const fn is_broadcast(self) -> bool {
        self.0 == u32::MAX
    }
}

impl From<[u8; 4]> for Ip4 {
    fn from(octets: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(octets))
    }
}

impl From<Ipv4Addr> for Ip4 {
    fn from(addr: Ipv4Addr) -> Self {
        Self(addr.to_bits())
    }
}

impl From<Ip4> for Ipv4Addr {
    fn from(addr: Ip4) -> Self {
        Self::from_bits(addr.0)
    }
}

impl core::fmt::Debug for Ip4 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&Ipv4Addr::from(*self), f)
    }
}

#[cfg(test)]
impl Ip4 {
    /// `127.0.0.1`.
    pub const LOCALHOST: Self = Self::new(127, 0, 0, 1);
}

#[cfg(test)]
impl PartialEq<Ip4> for Ipv4Addr {
    fn eq(&self, other: &Ip4) -> bool {
        Ip4::from(*self) == *other
    }
}
