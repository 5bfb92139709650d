//! What wakes a host that is in groups of each IP version, has an address from a router, and does nothing.

use crate::config::NETIF_MTU;
use crate::testing::{OWN_MAC, drain, stack};
use crate::{Instant, NetifConfig, NetifId, Stack};
use std::boxed::Box;

const TEN_MINUTES_MS: u32 = 600_000;
/// Period of lwIP's timer of IGMP and MLD (`IGMP_TMR_INTERVAL`, `MLD6_TMR_INTERVAL`).
const TICK_MS: u32 = 100;

struct Host {
    stack: Box<Stack>,
    netif: NetifId,
    now: Instant,
}

impl Host {
    /// A host in a group of each version, with all that it tells by itself told.
    fn new() -> Self {
        let mut stack = stack([7; 16]);
        let netif = stack.add_netif(NetifConfig { mac: OWN_MAC, mtu: NETIF_MTU }).unwrap();
        #[cfg(feature = "ipv4")]
        stack.set_ipv4(netif, crate::testing::OWN_IP.into(), 24, None).unwrap();
        // They are renewed by the clock.
        #[cfg(feature = "ipv6-temporary")]
        stack.set_ipv6_temporary(netif, false).unwrap();
        stack.set_link(netif, true);
        let now = Instant::from_millis(u32::MAX - 100_000);
        #[cfg(feature = "igmp")]
        stack.join_group(netif, crate::addr::v4([224, 0, 0, 251].into()).into(), now).unwrap();
        #[cfg(feature = "mld")]
        stack.join_group(netif, crate::addr::v6("ff02::fb".parse().unwrap()).into(), now).unwrap();
        let mut host = Self { stack, netif, now };
        host.stack.poll(now);
        host.wakes(60_000);
        host
    }

    /// How often the host asks to be woken while `ms` pass.
    fn wakes(&mut self, ms: u32) -> u32 {
        let end = self.now.after(ms);
        let mut count = 0;
        while let Some(next) = self.stack.next_deadline().filter(|next| end.reached(*next)) {
            self.stack.poll(next);
            drain(&mut self.stack, self.netif, next);
            count += 1;
        }
        self.now = end;
        count
    }

    /// A router tells of itself, and of a prefix that is valid for a while.
    #[cfg(feature = "ipv6-autoconf")]
    fn advertise(&mut self, subnet: u8, valid_s: u32) {
        use crate::wire::icmpv6::{Header, ROUTER_ADVERTISEMENT, option};
        use crate::wire::{checksum, ethernet, ipv6, protocol};
        let [src, dst] = ["fe80::fe", "ff02::1"].map(|text| text.parse::<crate::addr::Ip6>().unwrap());
        let [high, low] = 1800u16.to_be_bytes();
        let header = Header { kind: ROUTER_ADVERTISEMENT, code: 0, rest: [64, 0, high, low] };
        let lifetime = valid_s.to_be_bytes();
        let prefix = [0x20, 1, 0xd, 0xb8, 0, 0, 0, subnet, 0, 0, 0, 0, 0, 0, 0, 0];
        let data =
            [&[0; 8], &[option::PREFIX, 4, 64, 0xc0][..], &lifetime, &lifetime, &[0; 4], &prefix].concat();
        let mut message = [&header.to_bytes(&src, &dst, &data), &data[..]].concat();
        message[2..4].fill(0);
        let mut sum = checksum::pseudo(src.words(), dst.words(), protocol::ICMPV6, message.len() as u16);
        sum.add(&message);
        message[2..4].copy_from_slice(&sum.checksum());
        let mut packet = [0; ipv6::HEADER_LEN];
        let payload_len = message.len() as u16;
        let fields = ipv6::Header { src, dst, next_header: protocol::ICMPV6, hop_limit: 255, payload_len };
        fields.emit(&mut packet);
        let frame = crate::testing::frame(ethernet::TYPE_IPV6, &[&packet, &message[..]].concat());
        self.stack.input(self.netif, &frame, self.now);
    }
}

/// DESIGN §7: with timers on demand nothing wakes the host while nothing ends; lwIP's ticks do so all the time.
#[test]
fn an_idle_member_of_groups_sleeps() {
    let mut h = Host::new();
    #[cfg(feature = "ipv6-autoconf")]
    if crate::config::IPV6_ADDRESSES > 1 {
        h.advertise(0, 7200);
        h.wakes(60_000);
        let made = h.stack.ipv6(h.netif).any(|(address, _)| address.segments()[..2] == [0x2001, 0xdb8]);
        assert!(made, "an address from the router");
    }
    let ticks = if cfg!(feature = "timers-periodic") { TEN_MINUTES_MS / TICK_MS } else { 0 };
    assert_eq!(h.wakes(TEN_MINUTES_MS), ticks);
}

/// And it is woken once for what ends meanwhile.
#[cfg(all(feature = "ipv6-autoconf", not(feature = "timers-periodic")))]
#[test]
fn the_end_of_an_address_wakes_the_host_once() {
    let mut h = Host::new();
    if crate::config::IPV6_ADDRESSES > 1 {
        h.advertise(1, 300);
        h.wakes(60_000);
        // Where each address has an identifier of its own it has a group of its own, whose end is told again
        // (RFC 3810 §6.1), but in version 1.
        let told_again = cfg!(all(feature = "mld-version-v2", not(feature = "ipv6-interface-id-eui64")));
        assert_eq!(h.wakes(TEN_MINUTES_MS), 1 + u32::from(told_again));
    }
}
