//! The address types of the profile: they shrink to what the enabled IP versions need. Calls take and give those of
//! the standard library; inside there are words.

mod dual;
mod ip4;
mod ip6;

use dual as family;

pub(crate) use family::{ADDR_LEN, Ip, NONE, covers, header_len, parts, same_version, scope};
pub use family::{ANY, IpAddr, SocketAddr};
// Members of IPv6 without UDP have it for their tests alone.
pub(crate) use family::is_group;
pub(crate) use family::socket;
pub(crate) use family::{as_v4, v4};
pub(crate) use family::{as_v6, socket_on, v6};
pub(crate) use ip4::Ip4;
pub(crate) use ip6::Ip6;
