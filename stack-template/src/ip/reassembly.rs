//! Datagrams that come in fragments, of both IP versions (RFC 791 §3.2, RFC 815, RFC 8200 §4.5).
//!
//! A fragment's bytes go to their place in a chain of the pool, so a datagram is complete when its ranges have become
//! one. Bytes that came before are no harm if they are the same; anything else that overlaps ends the datagram for
//! good (RFC 5722 §4), and so does what the profile's bounds do not allow. Nobody can fill the table, nor the memory
//! set apart for it, and keep others out: what is new pushes out what is oldest. Holding it would take a stranger a
//! stream of fragments; refusing what is new would let him do it with a few, once every timeout.

use super::Received;
use super::output::Part;
use crate::addr::{Ip, NONE};
use crate::config::{
    PBUF_BLOCK_SIZE, REASSEMBLY_DATAGRAMS, REASSEMBLY_MEMORY, REASSEMBLY_RANGES, REASSEMBLY_SIZE,
};
use crate::pbuf::{Chain, Claim, Overlap, Payload, Pool, Ranges};
use crate::stats::Drop;
use crate::{Instant, Stack};

/// Blocks that all datagrams together may hold.
const MOST_BLOCKS: usize = REASSEMBLY_MEMORY / PBUF_BLOCK_SIZE;
/// Bytes of the longest datagram: a length field of IP tells no more.
const LONGEST: usize = if REASSEMBLY_SIZE < 65_535 { REASSEMBLY_SIZE } else { 65_535 };

/// What has become of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum State {
    Free,
    /// Fragments are collected.
    Open,
    /// It was given up; fragments that still come are dropped.
    Dead,
}

/// A datagram that is not yet complete.
#[repr(C)]
struct Datagram {
    chain: Chain,
    /// When its first fragment came.
    since: u32,
    id: u32,
    src: Ip,
    dst: Ip,
    have: Ranges<u16, REASSEMBLY_RANGES>,
    /// Bytes in all, 0 until the last fragment has come.
    len: u16,
    /// Bytes of headers in front of the transport's.
    skip: u16,
    /// Told by the first fragment.
    protocol: u8,
    netif: u8,
    state: State,
    group: bool,
}

impl Datagram {
    const fn new() -> Self {
        Self {
            chain: Chain::new(),
            since: 0,
            id: 0,
            src: NONE,
            dst: NONE,
            have: Ranges::new(),
            len: 0,
            skip: 0,
            protocol: 0,
            netif: 0,
            state: State::Free,
            group: false,
        }
    }

    fn is_of(&self, received: &Received, id: u32) -> bool {
        self.state != State::Free && (self.id, self.src, self.dst) == (id, received.src, received.dst)
    }

    fn deadline(&self) -> Instant {
        Instant::from_millis(self.since).after(timeout_ms(&self.src))
    }

    /// Gives up the datagram, but not the knowledge of it.
    fn abandon(&mut self, pool: &mut Pool) {
        self.chain.clear(pool, Claim::Spare);
        self.state = State::Dead;
    }

    /// Puts a fragment in its place; `false` when the datagram cannot be right any more.
    fn place(&mut self, pool: &mut Pool, fragment: &Fragment<'_>) -> bool {
        let (start, end) = (fragment.at, fragment.at + fragment.bytes.len());
        let known = usize::from(self.len);
        if fragment.more {
            if known != 0 && end > known {
                return false;
            }
        } else {
            if (known != 0 && end != known) || end < self.have.end() {
                return false;
            }
            self.len = end as u16;
        }
        match self.have.overlap(start, end) {
            Overlap::None => {}
            Overlap::Whole => return self.chain.has_at(pool, start, fragment.bytes),
            Overlap::Part => return false,
        }
        if !self.have.insert(start, end) {
            return false;
        }
        if start == 0 {
            (self.protocol, self.skip) = (fragment.protocol, fragment.skip);
        }
        let written = self.chain.write_at(pool, start, fragment.bytes, Claim::Spare);
        self.chain.advance(end.saturating_sub(self.chain.len()));
        written == fragment.bytes.len()
    }
}

/// Milliseconds for which the fragments of a datagram from `src` are collected.
fn timeout_ms(src: &Ip) -> u32 {
    #[cfg(feature = "ipv6-reassembly")]
    if crate::addr::as_v6(src).is_some() {
        return u32::from(crate::config::IPV6_REASSEMBLY_TIMEOUT_S) * 1000;
    }
    let _ = src;
    #[cfg(feature = "ipv4-reassembly")]
    return u32::from(crate::config::IPV4_REASSEMBLY_TIMEOUT_S) * 1000;
    #[cfg(not(feature = "ipv4-reassembly"))]
    0
}

/// All datagrams that are not yet complete.
#[repr(C)]
pub struct Reassembly {
    datagrams: [Datagram; REASSEMBLY_DATAGRAMS],
}

impl Reassembly {
    pub(crate) const fn new() -> Self {
        Self { datagrams: [const { Datagram::new() }; REASSEMBLY_DATAGRAMS] }
    }

    /// The oldest datagram of those that `fits`.
    fn oldest(&self, now: Instant, fits: impl Fn(usize, &Datagram) -> bool) -> Option<usize> {
        let all = self.datagrams.iter().enumerate().filter(|(index, datagram)| fits(*index, datagram));
        // Wrapping: nothing is older than its timeout, if the timers run.
        all.max_by_key(|(_, datagram)| now.as_millis().wrapping_sub(datagram.since)).map(|(index, _)| index)
    }

    fn blocks(&self) -> usize {
        self.datagrams.iter().map(|datagram| datagram.chain.blocks()).sum()
    }
}

/// A fragment that was found to be well-formed.
pub(super) struct Fragment<'a> {
    /// What the fragments of a datagram have in common, beside their addresses.
    pub id: u32,
    /// Where its bytes belong.
    pub at: usize,
    pub more: bool,
    /// What the first fragment tells: who takes the datagram, and the bytes of headers before.
    pub protocol: u8,
    pub skip: u16,
    pub bytes: &'a [u8],
}

/// A datagram of which all fragments have come.
pub(super) struct Whole {
    chain: Chain,
    id: u32,
    skip: u16,
    pub protocol: u8,
}

impl<H: crate::Hooks> Stack<H> {
    /// Takes a fragment of what `received` tells the addresses of; gives the datagram when it is the last one missing.
    fn reassemble(&mut self, received: &Received, fragment: &Fragment<'_>, now: Instant) -> Option<Whole> {
        let Stack { reassembly, pool, .. } = self;
        let end = fragment.at + fragment.bytes.len();
        let found = reassembly.datagrams.iter().position(|d| d.is_of(received, fragment.id));
        let free = || reassembly.datagrams.iter().position(|d| d.state == State::Free);
        let index = found.or_else(free).or_else(|| reassembly.oldest(now, |_, _| true))?;
        if found.is_none() {
            let lost = reassembly.datagrams.get(index).is_some_and(|d| d.state == State::Open);
            let datagram = reassembly.datagrams.get_mut(index)?;
            datagram.chain.clear(pool, Claim::Spare);
            *datagram = Datagram {
                since: now.as_millis(),
                id: fragment.id,
                src: received.src,
                dst: received.dst,
                netif: received.netif,
                state: State::Open,
                group: received.group,
                ..Datagram::new()
            };
            if lost {
                self.dropped(Drop::Memory);
            }
        }
        let fits = end <= LONGEST && self.make_room(index, end, now);
        let Stack { reassembly, pool, .. } = self;
        let datagram = reassembly.datagrams.get_mut(index)?;
        if datagram.state == State::Dead || !fits || !datagram.place(pool, fragment) {
            datagram.abandon(pool);
            self.dropped(Drop::Fragment);
            return None;
        }
        if datagram.len == 0 || datagram.have.in_order() != usize::from(datagram.len) {
            return None;
        }
        let datagram = core::mem::replace(datagram, Datagram::new());
        let Datagram { chain, id, skip, protocol, .. } = datagram;
        Some(Whole { chain, id, skip, protocol })
    }

    /// Makes sure that datagram `index` can hold `end` bytes: older ones give way.
    fn make_room(&mut self, index: usize, end: usize, now: Instant) -> bool {
        for _ in 0..REASSEMBLY_DATAGRAMS {
            let Stack { reassembly, pool, .. } = self;
            let Some(chain) = reassembly.datagrams.get(index).map(|datagram| &datagram.chain) else { break };
            let more = chain.blocks_for(end).saturating_sub(chain.blocks());
            if reassembly.blocks() + more <= MOST_BLOCKS && more <= pool.available(Claim::Spare) {
                return true;
            }
            let others = |other: usize, datagram: &Datagram| other != index && datagram.chain.blocks() > 0;
            let oldest = reassembly.oldest(now, others);
            let Some(oldest) = oldest.and_then(|other| reassembly.datagrams.get_mut(other)) else { break };
            oldest.abandon(pool);
            self.dropped(Drop::Memory);
        }
        false
    }

    /// Hands a complete datagram to its protocol.
    fn reassembled(&mut self, whole: Whole, received: &Received, now: Instant) {
        let Whole { mut chain, id, skip, protocol } = whole;
        let part = Part { id, at: 0, len: chain.len(), more: false };
        let headers = self.fragment_header(&received.src, &received.dst, protocol, part);
        let payload = Payload::Chain { chain: &chain, at: 0, len: chain.len() }.skip(usize::from(skip));
        self.deliver(protocol, &Received { headers: &headers, payload, ..*received }, None, now);
        chain.clear(&mut self.pool, Claim::Spare);
    }

    /// When a datagram has waited long enough.
    pub(crate) fn reassembly_deadline(&self) -> Option<Instant> {
        let waiting = self.reassembly.datagrams.iter().filter(|d| d.state != State::Free);
        waiting.fold(None, |next, datagram| Instant::earliest(next, Some(datagram.deadline())))
    }

    /// Gives up datagrams that have waited long enough. Who sent the first fragment is told (RFC 1122 §3.3.2, RFC 8200
    /// §4.5).
    #[inline(never)]
    pub(crate) fn reassembly_timers(&mut self, now: Instant) {
        for index in 0..REASSEMBLY_DATAGRAMS {
            let Some(datagram) = self.reassembly.datagrams.get_mut(index) else { continue };
            if datagram.state == State::Free || !now.reached(datagram.deadline()) {
                continue;
            }
            let mut datagram = core::mem::replace(datagram, Datagram::new());
            if datagram.state == State::Open {
                self.dropped(Drop::Fragment);
            }
            if datagram.state == State::Open && datagram.have.in_order() > 0 {
                self.reassembly_failed(&datagram, now);
            }
            datagram.chain.clear(&mut self.pool, Claim::Spare);
        }
    }

    fn reassembly_failed(&mut self, datagram: &Datagram, now: Instant) {
        let Datagram { chain, src, dst, id, netif, group, .. } = datagram;
        let len = datagram.have.in_order();
        let part = Part { id: *id, at: 0, len, more: true };
        let headers = self.fragment_header(src, dst, datagram.protocol, part);
        let payload = Payload::Chain { chain, at: 0, len };
        let received =
            Received { netif: *netif, src: *src, dst: *dst, group: *group, headers: &headers, payload };
        #[cfg(feature = "ipv6-reassembly")]
        if crate::addr::as_v6(src).is_some() {
            use crate::wire::icmpv6::{FRAGMENTS_MISSING, TIME_EXCEEDED};
            return self.icmpv6_error(TIME_EXCEEDED, FRAGMENTS_MISSING, [0; 4], &received, false, now);
        }
        #[cfg(all(feature = "ipv4-reassembly", feature = "icmp-unreachable"))]
        {
            use crate::wire::icmpv4::{FRAGMENTS_MISSING, Header, TIME_EXCEEDED};
            let header = Header { kind: TIME_EXCEEDED, code: FRAGMENTS_MISSING, rest: [0; 4] };
            self.icmp_error(header, &received, now);
        }
        let _ = (received, now);
    }
}

#[cfg(feature = "ipv4-reassembly")]
impl<H: crate::Hooks> Stack<H> {
    /// A fragment of an IPv4 packet.
    pub(super) fn ipv4_fragment(
        &mut self,
        received: &Received,
        ip: &crate::wire::ipv4::Header,
        bytes: &[u8],
        now: Instant,
    ) {
        use crate::wire::ipv4::{FRAGMENT_OFFSET, MORE_FRAGMENTS};
        let at = usize::from(ip.fragment & FRAGMENT_OFFSET) * 8;
        let more = ip.fragment & MORE_FRAGMENTS != 0;
        let packet = received.headers.len() + at + bytes.len();
        if bytes.is_empty() || (more && !bytes.len().is_multiple_of(8)) || packet > 65_535 {
            return self.dropped(Drop::Malformed);
        }
        // Packets of different protocols may have the same identification (RFC 791 §3.2).
        let id = u32::from(ip.protocol) << 16 | u32::from(ip.id);
        let fragment = Fragment { id, at, more, protocol: ip.protocol, skip: 0, bytes };
        if let Some(whole) = self.reassemble(received, &fragment, now) {
            self.reassembled(whole, received, now);
        }
    }
}

#[cfg(feature = "ipv6-reassembly")]
impl<H: crate::Hooks> Stack<H> {
    /// A fragment of an IPv6 packet.
    pub(super) fn ipv6_fragment(&mut self, received: &Received, bytes: &[u8], now: Instant) {
        use crate::wire::icmpv6::{HEADERS_CUT, PARAMETER_PROBLEM, WRONG_FIELD};
        use crate::wire::ipv6::{self, FRAGMENT_LEN, HEADER_LEN, Walk, walk};
        let Some((header, bytes)) = ipv6::Fragment::parse(bytes) else {
            return self.dropped(Drop::Malformed);
        };
        let at = usize::from(header.offset);
        // The bytes in front of the fragment's own: the fixed header, extensions, the fragment header.
        let before = HEADER_LEN + received.payload.len() - bytes.len();
        let problem = if header.more && !bytes.len().is_multiple_of(8) {
            Some(4)
        } else if before - HEADER_LEN - FRAGMENT_LEN + at + bytes.len() > 65_535 {
            Some(before - FRAGMENT_LEN + 2)
        } else {
            None
        };
        if let Some(pointer) = problem {
            self.dropped(Drop::Malformed);
            let pointer = (pointer as u32).to_be_bytes();
            return self.icmpv6_error(PARAMETER_PROBLEM, WRONG_FIELD, pointer, received, false, now);
        }
        if bytes.is_empty() {
            return self.dropped(Drop::Malformed);
        }
        let (mut protocol, mut skip) = (header.next_header, 0);
        if at == 0 {
            // The first fragment holds all headers, the transport's too (RFC 7112 §5).
            let (code, pointer, always) = match walk(header.next_header, bytes) {
                Walk::Transport(transport, rest) if rest.len() >= least(transport) => {
                    (protocol, skip) = (transport, (bytes.len() - rest.len()) as u16);
                    (None, 0, false)
                }
                Walk::Transport(..) | Walk::Short => (Some(HEADERS_CUT), 0, false),
                Walk::Problem { code, pointer, always } => {
                    (Some(code), pointer + (before - HEADER_LEN) as u32, always)
                }
                Walk::Fragment(..) | Walk::Drop => return self.dropped(Drop::Malformed),
            };
            if let Some(code) = code {
                self.dropped(Drop::Malformed);
                let pointer = pointer.to_be_bytes();
                return self.icmpv6_error(PARAMETER_PROBLEM, code, pointer, received, always, now);
            }
        }
        let fragment = Fragment { id: header.id, at, more: header.more, protocol, skip, bytes };
        if let Some(whole) = self.reassemble(received, &fragment, now) {
            self.reassembled(whole, received, now);
        }
    }
}

/// Bytes of the shortest header of a transport.
#[cfg(feature = "ipv6-reassembly")]
fn least(transport: u8) -> usize {
    #[cfg(feature = "tcp")]
    if transport == crate::wire::protocol::TCP {
        return crate::wire::tcp::HEADER_LEN;
    }
    let _ = transport;
    8
}
