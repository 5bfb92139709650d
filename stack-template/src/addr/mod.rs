//! The address types of the profile: they shrink to what the enabled IP versions need. Calls take and give those of
//! the standard library; inside there are words.

#[cfg(all(feature = "ipv4", feature = "ipv6"))]
mod dual;
#[cfg(feature = "ipv4")]
mod ip4;
#[cfg(feature = "ipv6")]
mod ip6;
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

#[cfg(feature = "tcp")]
pub(crate) use family::is_group;
pub(crate) use family::{ADDR_LEN, Ip, NONE, covers, header_len, parts, same_version, scope};
pub use family::{ANY, IpAddr, SocketAddr};
// Members of IPv6 without UDP have it for their tests alone.
#[cfg(any(test, feature = "udp", feature = "hooks-tcp-isn", not(feature = "ipv6")))]
pub(crate) use family::socket;
#[cfg(feature = "ipv4")]
pub(crate) use family::{as_v4, known_v4, v4};
#[cfg(feature = "ipv6")]
pub(crate) use family::{as_v6, known_v6, socket_on, v6};
#[cfg(feature = "ipv4")]
pub(crate) use ip4::Ip4;
#[cfg(feature = "ipv6")]
pub(crate) use ip6::Ip6;
