//! Neighbour discovery (RFC 4861): what is valid, and how it is sent.

#[cfg(feature = "ipv6-autoconf")]
mod dns;
#[cfg(feature = "ipv6-autoconf")]
mod learned;
#[cfg(feature = "ipv6-autoconf")]
mod link;
mod neighbor;
#[cfg(feature = "nd6-redirect")]
mod redirect;
#[cfg(feature = "ipv6-autoconf")]
mod router;
#[cfg(feature = "ipv6-autoconf")]
mod routers;
#[cfg(feature = "nd6-search-list")]
mod search_list;

#[cfg(feature = "ipv6-autoconf")]
pub use link::RouterFlags;
#[cfg(feature = "ipv6-autoconf")]
pub use router::Nd6;

use super::Received;
use crate::addr::{Ip6, as_v6, v6};
use crate::stats::Drop;
use crate::wire::icmpv6::{self, Header, Options};
use crate::wire::protocol;
use crate::{Instant, Stack};

/// Hop limit of all neighbour discovery: a router would have lowered it, so the sender is on the link.
const ON_LINK: u8 = 255;
const ALL_NODES: Ip6 = Ip6::from_words([0xff02_0000, 0, 0, 1]);
/// Bits of a neighbour advertisement.
#[cfg(any(feature = "ipv6-autoconf", feature = "ipv6-forward"))]
const ROUTER: u8 = 0x80;
const SOLICITED: u8 = 0x40;
const OVERRIDE: u8 = 0x20;

impl<H: crate::Hooks> Stack<H> {
    /// A received message of neighbour discovery; `hop_limit` is the packet's.
    pub(crate) fn nd6_input(
        &mut self,
        received: &Received,
        header: &Header,
        data: &[u8],
        hop_limit: u8,
        now: Instant,
    ) {
        let (Some(src), Some(dst)) = (as_v6(received.src), as_v6(received.dst)) else { return };
        // RFC 4861 §6.1.2, §7.1.1, §7.1.2: validity.
        let fixed = match header.kind {
            icmpv6::NEIGHBOR_SOLICITATION | icmpv6::NEIGHBOR_ADVERTISEMENT => 16,
            icmpv6::ROUTER_ADVERTISEMENT => 8,
            #[cfg(feature = "nd6-redirect")]
            icmpv6::REDIRECT => 32,
            _ => return self.dropped(Drop::Protocol),
        };
        let Some((fixed, options)) = data.split_at_checked(fixed) else {
            return self.dropped(Drop::Malformed);
        };
        let Some(options) = Options::parse(options).filter(|_| hop_limit == ON_LINK && header.code == 0)
        else {
            return self.dropped(Drop::Malformed);
        };
        match header.kind {
            #[cfg(feature = "ipv6-autoconf")]
            icmpv6::ROUTER_ADVERTISEMENT => self.nd6_router(received.netif, src, header, fixed, options, now),
            #[cfg(feature = "nd6-redirect")]
            icmpv6::REDIRECT => {
                let ([target, to], _) = fixed.as_chunks::<16>() else { return };
                let addresses = [Ip6::read(target), Ip6::read(to)];
                self.nd6_redirect(received.netif, src, addresses, options, now);
            }
            icmpv6::NEIGHBOR_SOLICITATION => {
                let Some(target) = fixed.first_chunk::<16>().map(Ip6::read) else { return };
                self.nd6_solicited(received.netif, src, dst, target, options, now);
            }
            icmpv6::NEIGHBOR_ADVERTISEMENT => {
                let Some(target) = fixed.first_chunk::<16>().map(Ip6::read) else { return };
                self.nd6_advertised(received.netif, dst, target, header.rest[0], options, now);
            }
            _ => self.dropped(Drop::Protocol),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of one message")]
    fn nd6_send(
        &mut self,
        netif: u8,
        src: Ip6,
        dst: Ip6,
        mac: Option<[u8; 6]>,
        header: Header,
        fixed: &[u8],
        option: &[u8; 8],
    ) {
        let mut data = [0; 24];
        let len = fixed.len() + option.len();
        for (to, from) in data.iter_mut().zip(fixed.iter().chain(option)) {
            *to = *from;
        }
        let data = data.get(..len).unwrap_or_default();
        let bytes = header.to_bytes(src, dst, data);
        let ip = self.ipv6_header(src, dst, protocol::ICMPV6, bytes.len() + data.len(), ON_LINK);
        let Some(own) = self.netifs.get(usize::from(netif)).map(|entry| entry.mac) else { return };
        // A whole frame: what asks for an address must not wait for one.
        let known = || self.neighbors.known(netif, v6(dst)).flatten();
        let mac = if dst.is_multicast() {
            Some(crate::wire::ethernet::multicast_v6(dst))
        } else {
            mac.or_else(known)
        };
        match mac {
            Some(mac) => {
                let mut link = [0; crate::wire::ethernet::HEADER_LEN];
                let ethertype = crate::wire::ethernet::TYPE_IPV6;
                crate::wire::ethernet::Header { dst: mac, src: own, ethertype }.emit(&mut link);
                self.queue_frame(netif, &[&link, &ip, &bytes, data]);
            }
            None => {
                self.queue_packet(netif, v6(dst), &[&ip, &bytes, data], crate::pbuf::Claim::Control);
            }
        }
    }
}
