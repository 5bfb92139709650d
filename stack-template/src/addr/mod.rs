//! The address types of the profile: they shrink to what the enabled IP versions need.

#[cfg(all(feature = "ipv4", feature = "ipv6"))]
mod dual;
#[cfg(all(feature = "ipv4", not(feature = "ipv6")))]
mod only_v4;
#[cfg(all(feature = "ipv6", not(feature = "ipv4")))]
mod only_v6;

#[cfg(all(feature = "ipv4", feature = "ipv6"))]
use dual as family;
#[cfg(all(feature = "ipv4", not(feature = "ipv6")))]
use only_v4 as family;
#[cfg(all(feature = "ipv6", not(feature = "ipv4")))]
use only_v6 as family;

pub(crate) use family::{
    ADDR_LEN, NONE, canonical, covers, from_record, header_len, is_loopback, is_unspecified, parts,
    same_version, scope, to_record,
};
pub use family::{ANY, IpAddr, SocketAddr};
// Members of IPv6 without UDP have it for their tests alone.
#[cfg(any(test, feature = "udp", feature = "hooks-tcp-isn", not(feature = "ipv6")))]
pub(crate) use family::socket;
#[cfg(feature = "tcp")]
pub(crate) use family::{WORDS, is_group, words};
#[cfg(feature = "ipv4")]
pub(crate) use family::{as_v4, v4};
#[cfg(feature = "ipv6")]
pub(crate) use family::{as_v6, socket_on, v6};
