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
use crate::addr::{Ip, Ip6, as_v6, known_v6};
use crate::stats::Drop;
use crate::wire::checksum::Sum;
use crate::wire::icmpv6::{self, Header, Options, option};
use crate::wire::protocol;
use crate::{Instant, Stack};

/// Hop limit of all neighbour discovery: a router would have lowered it, so the sender is on the link.
const ON_LINK: u8 = 255;
/// Bits of a neighbour advertisement.
#[cfg(feature = "ipv6-autoconf")]
const ROUTER: u8 = 0x80;
const SOLICITED: u8 = 0x40;
const OVERRIDE: u8 = 0x20;
/// Who passes packets on says that it is a router (RFC 4861 §4.4).
const FORWARDS: u8 = if cfg!(feature = "ipv6-forward") { 0x80 } else { 0 };

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
        #[cfg(feature = "ipv6-autoconf")]
        if header.kind == icmpv6::ROUTER_ADVERTISEMENT {
            return self.nd6_router(received, header, fixed, options, now);
        }
        let Some(target) = fixed.first_chunk().map(Ip::read) else { return };
        // One that stands for an address of the other version is of no station here (RFC 4291 §2.5.5.2).
        if as_v6(&target).is_none() {
            return self.dropped(Drop::Malformed);
        }
        match header.kind {
            #[cfg(feature = "nd6-redirect")]
            icmpv6::REDIRECT => self.nd6_redirect(received, &target, fixed, options, now),
            icmpv6::NEIGHBOR_SOLICITATION => self.nd6_solicited(received, &target, options, now),
            icmpv6::NEIGHBOR_ADVERTISEMENT => {
                self.nd6_advertised(received, &target, header.rest[0], options, now);
            }
            _ => self.dropped(Drop::Protocol),
        }
    }

    /// Sends a message with one option, the only kind that hosts send: to the station `mac`, or to whoever `dst` is.
    /// Without a source address it asks whether another station has `target`.
    fn nd6_send(
        &mut self,
        netif: u8,
        kind: u8,
        [src, dst]: [&Ip; 2],
        target: Option<&Ip6>,
        mac: Option<&[u8; 6]>,
    ) {
        let Some(own) = crate::netif::at(&self.netifs, netif).map(|entry| entry.mac) else { return };
        let (src, to) = (known_v6(src), known_v6(dst));
        let advertises = kind == icmpv6::NEIGHBOR_ADVERTISEMENT;
        let mut bytes = [0; 32];
        bytes[0] = kind;
        if advertises {
            bytes[4] = if to.is_multicast() { OVERRIDE } else { SOLICITED | OVERRIDE } | FORWARDS;
        }
        let nonce;
        let (mut option, mut tells, mut len) =
            (if advertises { option::TARGET_MAC } else { option::SOURCE_MAC }, &own, 16);
        if let (Some(target), Some(place)) = (target, bytes[8..].first_chunk_mut()) {
            target.write(place);
            len = 32;
            if src.is_unspecified() {
                nonce = self.nd6_nonce(target);
                (option, tells) = (neighbor::NONCE, &nonce);
            }
        }
        let message = bytes.get_mut(..len).unwrap_or_default();
        if let Some([kind, eights, place @ ..]) = message.last_chunk_mut::<8>() {
            (*kind, *eights, *place) = (option, 1, *tells);
        }
        icmpv6::finish(src, to, message, 0, Sum::new());
        let mut ip = [0; crate::wire::ipv6::HEADER_LEN];
        crate::wire::ipv6::write(&mut ip, src, to, protocol::ICMPV6, len as u16, ON_LINK);
        // A whole frame: what asks for an address must not wait for one, and an answer asks for nothing.
        let ethertype = crate::wire::ethernet::TYPE_IPV6.to_be_bytes();
        let parts: [&[u8]; 5] = [mac.unwrap_or(&own), &own, &ethertype, &ip, message];
        match mac {
            Some(_) => self.queue_frame(netif, &parts),
            None => self.queue_packet(netif, dst, &parts[3..], crate::pbuf::Claim::Control),
        };
    }
}
