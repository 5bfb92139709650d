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
        let (Some(src), Some(dst)) = (as_v6(&received.src), as_v6(&received.dst)) else { return };
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
        let netif = received.netif;
        #[cfg(feature = "ipv6-autoconf")]
        if header.kind == icmpv6::ROUTER_ADVERTISEMENT {
            return self.nd6_router(netif, src, header, fixed, options, now);
        }
        let (Some(target), Some(last)) =
            (fixed.first_chunk().map(Ip6::read), fixed.last_chunk().map(Ip6::read))
        else {
            return;
        };
        // One that stands for an address of the other version is of no station here (RFC 4291 §2.5.5.2).
        if target.is_mapped() || last.is_mapped() {
            return self.dropped(Drop::Malformed);
        }
        match header.kind {
            #[cfg(feature = "nd6-redirect")]
            icmpv6::REDIRECT => self.nd6_redirect(netif, src, &target, &last, options, now),
            icmpv6::NEIGHBOR_SOLICITATION => self.nd6_solicited(netif, src, dst, &target, options, now),
            icmpv6::NEIGHBOR_ADVERTISEMENT => {
                self.nd6_advertised(netif, dst, &target, header.rest[0], options, now);
            }
            _ => self.dropped(Drop::Protocol),
        }
    }

    /// Sends a message to the station `mac`, or to whoever `dst` is.
    fn nd6_send(&mut self, netif: u8, message: &Message<'_>, mac: Option<&[u8; 6]>) {
        let Message { kind, flags, src, dst, target, option, body } = *message;
        let mut bytes = [0; 32];
        (bytes[0], bytes[4]) = (kind, flags);
        let len = if target.is_some() { 32 } else { 16 };
        let bytes = bytes.get_mut(..len).unwrap_or_default();
        if let (Some(target), Some(place)) = (target, bytes.get_mut(8..).and_then(|b| b.first_chunk_mut())) {
            target.write(place);
        }
        if let Some([at, eights, place @ ..]) = bytes.last_chunk_mut::<8>() {
            (*at, *eights, *place) = (option, 1, *body);
        }
        icmpv6::finish(src, dst, bytes);
        let ip = crate::wire::ipv6::header(src, dst, protocol::ICMPV6, bytes.len() as u16, ON_LINK);
        let own = crate::netif::at(&self.netifs, netif).map(|entry| entry.mac);
        // A whole frame: what asks for an address must not wait for one, and an answer asks for nothing.
        if let (Some(mac), Some(own)) = (mac, own) {
            let ethertype = crate::wire::ethernet::TYPE_IPV6.to_be_bytes();
            self.queue_frame(netif, &[mac, &own, &ethertype, &ip, bytes]);
        } else {
            self.queue_packet(netif, &v6(*dst), &[&ip, bytes], crate::pbuf::Claim::Control);
        }
    }
}

/// A message with one option, the only kind that hosts send.
#[derive(Clone, Copy)]
struct Message<'a> {
    kind: u8,
    flags: u8,
    src: &'a Ip6,
    dst: &'a Ip6,
    target: Option<&'a Ip6>,
    option: u8,
    body: &'a [u8; 6],
}
