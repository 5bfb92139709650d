//! Search lists from routers: domains in which names are to be looked for (RFC 8106 §5.2).

use crate::config::ND6_SEARCH_LIST_SIZE;
use crate::netif::ipv6::Lifetime;
use crate::stats::Drop;
use crate::wire::domain::Name;
use crate::{Instant, Stack};

/// Bytes in front of a name: its interface, counted from 1, and its lifetime.
const HEAD: usize = 5;

/// The domains that are known, one behind the other.
#[repr(C)]
pub struct SearchList {
    len: u16,
    bytes: [u8; ND6_SEARCH_LIST_SIZE],
}

/// A domain and where it stands.
struct Entry<'a> {
    at: usize,
    on: u8,
    valid: Lifetime,
    name: Name<'a>,
}

impl Entry<'_> {
    fn size(&self) -> usize {
        HEAD + self.name.as_bytes().len()
    }
}

impl SearchList {
    pub(super) const fn new() -> Self {
        Self { len: 0, bytes: [0; ND6_SEARCH_LIST_SIZE] }
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut at = 0;
        core::iter::from_fn(move || {
            let rest = self.bytes.get(at..self.len.into())?;
            let ([on, valid @ ..], rest) = rest.split_first_chunk::<HEAD>()?;
            let (name, _) = Name::split(rest)?;
            let entry = Entry { at, on: *on, valid: Lifetime::from_bytes(*valid), name };
            at += entry.size();
            Some(entry)
        })
    }

    fn remove(&mut self, at: usize, size: usize) {
        let end = usize::from(self.len).saturating_sub(size);
        for to in at..end {
            let Some(byte) = self.bytes.get(to + size).copied() else { break };
            if let Some(place) = self.bytes.get_mut(to) {
                *place = byte;
            }
        }
        self.len = end as u16;
    }

    /// Writes at `at`, `false` when there is no room.
    fn write(&mut self, at: usize, parts: [&[u8]; 3]) -> bool {
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        let Some(place) = self.bytes.get_mut(at..).and_then(|place| place.get_mut(..len)) else {
            return false;
        };
        place.iter_mut().zip(parts.into_iter().flatten()).for_each(|(to, from)| *to = *from);
        true
    }

    /// Notes a domain for `seconds`; tells whether it is news.
    fn learn(&mut self, netif: u8, name: Name<'_>, seconds: u32, now: Instant) -> bool {
        let (on, valid) = (netif + 1, Lifetime::from_seconds(seconds, now).to_bytes());
        let same = |e: &Entry<'_>| e.on == on && e.name.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        let known = self.entries().find(same).map(|entry| (entry.at, entry.size()));
        match known {
            Some((at, size)) if seconds == 0 => {
                self.remove(at, size);
                true
            }
            Some((at, _)) => {
                self.write(at, [&[on], &valid, &[]]);
                false
            }
            None => {
                let at = usize::from(self.len);
                let written = seconds > 0 && self.write(at, [&[on], &valid, name.as_bytes()]);
                if written {
                    self.len += (HEAD + name.as_bytes().len()) as u16;
                }
                written
            }
        }
    }

    /// Forgets what is over or, with `gone`, all of that interface; tells whether there was any.
    pub(super) fn expire(&mut self, gone: Option<u8>, now: Instant) -> bool {
        let before = self.len;
        let over = |e: &Entry<'_>| e.valid.is_over(now) || gone.is_some_and(|netif| e.on == netif + 1);
        loop {
            let ended = self.entries().find(over).map(|entry| (entry.at, entry.size()));
            let Some((at, size)) = ended else { break };
            self.remove(at, size);
        }
        self.len != before
    }

    /// The end of what ends first.
    pub(super) fn first_end(&self) -> Lifetime {
        self.entries().map(|entry| entry.valid).fold(Lifetime::FOREVER, Lifetime::earlier)
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Domains that a router tells; zeros fill its option.
    pub(super) fn nd6_search_list(&mut self, netif: u8, body: &[u8], now: Instant) {
        let Some(([_, _, lifetime @ ..], mut rest)) = body.split_first_chunk::<6>() else { return };
        let seconds = u32::from_be_bytes(*lifetime);
        while !rest.is_empty() {
            let Some((name, more)) = Name::split(rest) else { return self.dropped(Drop::Malformed) };
            rest = more;
            if name.as_bytes().len() > 1 && self.nd6.search_list.learn(netif, name, seconds, now) {
                self.ipv6_changed(netif);
            }
        }
    }

    /// Domains in which names are to be looked for, as routers tell.
    pub fn ipv6_search_list(&self) -> impl Iterator<Item = Name<'_>> {
        self.nd6.search_list.entries().map(|entry| entry.name)
    }
}
