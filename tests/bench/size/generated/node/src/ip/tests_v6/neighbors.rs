//! Neighbour unreachability detection (RFC 4861 §7.3, appendix C: the rows of its table).

use super::autoconf::router;
use super::*;

const OTHER_MAC: [u8; 6] = [2, 9, 9, 9, 9, 9];
/// Bits of an advertisement: solicited, override.
const S: u8 = 0x40;
const O: u8 = 0x20;

/// The states of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Incomplete,
    Reachable,
    Stale,
    Delay,
    Probe,
}

impl Host {
    fn send(&mut self) -> Vec<[u8; 6]> {
        let udp = self.stack.udp_bind(ANY, 0).unwrap();
        self.stack.udp_send_to(udp, b"x", socket(v6(peer()), 9)).unwrap();
        self.stack.udp_close(udp).unwrap();
        self.sent()
            .iter()
            .filter(|(_, header, _)| header.next_header == protocol::UDP)
            .map(|sent| sent.0)
            .collect()
    }

    /// A host whose neighbour is in that state.
    fn neighbour(at: At) -> Self {
        let mut h = Self::ready();
        match at {
            At::Incomplete => drop(h.send()),
            At::Reachable => {
                h.send();
                h.advertise(peer(), local(), S | O, PEER_MAC);
                h.sent();
            }
            At::Stale => h.meet(),
            At::Delay => {
                h.meet();
                h.send();
            }
            At::Probe => {
                h.meet();
                h.send();
                h.wait_for_timer();
                h.sent();
            }
        }
        assert_eq!(h.state(), Some(at));
        h
    }

    /// The neighbour's state, told by how the host behaves: it is asked on a copy of what is known.
    fn state(&self) -> Option<At> {
        use crate::netif::neighbor::State;
        Some(match self.stack.neighbors.state(self.netif.0, &v6(peer()))? {
            State::Incomplete => At::Incomplete,
            State::Reachable => At::Reachable,
            State::Stale => At::Stale,
            State::Delay => At::Delay,
            State::Probe => At::Probe,
            State::Free => return None,
        })
    }

    fn mac(&mut self) -> Option<[u8; 6]> {
        self.stack.neighbors.mac(self.netif.0, &v6(peer()))
    }

    fn advertise_bare(&mut self, flags: u8) {
        let header = Header { kind: icmpv6::NEIGHBOR_ADVERTISEMENT, code: 0, rest: [flags, 0, 0, 0] };
        self.icmp(peer(), local(), ON_LINK, header, &peer().octets());
    }
}

/// Advertisements with a hardware address, the cached one or another.
#[test]
fn advertisements_change_states_as_in_the_table() {
    use At::*;
    let rows = [
        // state, flags, another address, state after, whose address is known after
        (Incomplete, 0, false, Stale, PEER_MAC),
        (Incomplete, O, false, Stale, PEER_MAC),
        (Incomplete, S, false, Reachable, PEER_MAC),
        (Incomplete, S | O, false, Reachable, PEER_MAC),
        (Reachable, S, false, Reachable, PEER_MAC),
        (Stale, S, false, Reachable, PEER_MAC),
        (Delay, S, false, Reachable, PEER_MAC),
        (Probe, S, false, Reachable, PEER_MAC),
        (Reachable, S, true, Stale, PEER_MAC),
        (Reachable, 0, true, Stale, PEER_MAC),
        (Stale, S, true, Stale, PEER_MAC),
        (Delay, 0, true, Delay, PEER_MAC),
        (Probe, S, true, Probe, PEER_MAC),
        (Reachable, S | O, true, Reachable, OTHER_MAC),
        (Stale, S | O, true, Reachable, OTHER_MAC),
        (Delay, S | O, true, Reachable, OTHER_MAC),
        (Probe, S | O, true, Reachable, OTHER_MAC),
        (Reachable, 0, false, Reachable, PEER_MAC),
        (Stale, 0, false, Stale, PEER_MAC),
        (Delay, O, false, Delay, PEER_MAC),
        (Probe, O, false, Probe, PEER_MAC),
        (Reachable, O, true, Stale, OTHER_MAC),
        (Stale, O, true, Stale, OTHER_MAC),
        (Delay, O, true, Stale, OTHER_MAC),
        (Probe, O, true, Stale, OTHER_MAC),
    ];
    for (before, flags, other, after, mac) in rows {
        let mut h = Host::neighbour(before);
        h.advertise(peer(), local(), flags, if other { OTHER_MAC } else { PEER_MAC });
        assert_eq!((h.state(), h.mac()), (Some(after), Some(mac)), "{before:?} {flags:#x} {other}");
    }
}

/// Advertisements without a hardware address.
#[test]
fn bare_advertisements_confirm_or_say_nothing() {
    use At::*;
    for before in [Incomplete, Reachable, Stale, Delay, Probe] {
        for flags in [0, O, S, S | O] {
            let mut h = Host::neighbour(before);
            h.advertise_bare(flags);
            let after = if flags & S != 0 && before != Incomplete { Reachable } else { before };
            assert_eq!(h.state(), Some(after), "{before:?} {flags:#x}");
        }
    }
}

/// Solicitations and router advertisements tell a hardware address by the way.
#[test]
fn what_is_mentioned_is_stale_unless_it_was_known() {
    use At::*;
    for before in [Incomplete, Reachable, Stale, Delay, Probe] {
        for mac in [PEER_MAC, OTHER_MAC] {
            let mut h = Host::neighbour(before);
            h.solicit(peer(), local(), local(), ON_LINK, &mac_option(option::SOURCE_MAC, mac));
            let same = mac == PEER_MAC && before != Incomplete;
            assert_eq!(
                (h.state(), h.mac()),
                (Some(if same { before } else { Stale }), Some(mac)),
                "{before:?}"
            );
        }
    }
    let mut h = Host::ready();
    h.advertisement(peer(), ON_LINK, [0; 4], [0; 2], &mac_option(option::SOURCE_MAC, PEER_MAC));
    assert_eq!(h.state(), Some(Stale), "a new entry");
    h.advertisement(router(), ON_LINK, [0; 4], [0; 2], &[]);
    assert_eq!(h.stack.neighbor_count(), 1, "none without a hardware address");
}

/// The rows that time and sending lead through, to the end of the entry.
#[test]
fn a_neighbour_in_use_is_confirmed_or_discarded() {
    let mut h = Host::neighbour(At::Reachable);
    let reachable = h.stack.nd6_times(h.netif.0).0;
    h.now = h.now.after(reachable - 1);
    assert_eq!((h.send(), h.state()), ([PEER_MAC].to_vec(), Some(At::Reachable)));
    h.now = h.now.after(1);
    assert_eq!((h.send(), h.state()), ([PEER_MAC].to_vec(), Some(At::Delay)), "through Stale");
    assert_eq!((h.wait_for_timer(), h.state()), (5000, Some(At::Probe)));
    assert_eq!(h.one().0, PEER_MAC, "RFC 4861 §7.3.3: to the neighbour alone");
    assert_eq!(h.send(), [PEER_MAC], "packets go on meanwhile");
    for _ in 0..2 {
        h.wait_for_timer();
        assert_eq!((h.one().0, h.state()), (PEER_MAC, Some(At::Probe)));
    }
    h.wait_for_timer();
    assert_eq!((h.state(), h.stack.next_deadline()), (None, None));
    assert_eq!((h.send(), h.state()), (Vec::new(), Some(At::Incomplete)), "everybody is asked");
}

/// RFC 4861 §7.3.1: word from a transport confirms, but not what is unknown.
#[test]
fn a_transport_confirms() {
    use At::*;
    for before in [Incomplete, Reachable, Stale, Delay, Probe] {
        let mut h = Host::neighbour(before);
        h.stack.neighbors.confirm(h.netif.0, &v6(peer()), h.now);
        let after = if before == Incomplete { Incomplete } else { Reachable };
        assert_eq!(h.state(), Some(after), "{before:?}");
        assert_eq!(h.stack.next_deadline().is_some(), before == Incomplete, "no probe is pending");
    }
}

/// Bug class 20: a flood of strangers does not push out neighbours that answered.
#[test]
fn strangers_push_out_strangers() {
    let mut h = Host::neighbour(At::Reachable);
    h.now = h.now.after(1000);
    for i in 0..10_000u16 {
        let src = Ip6::new([0xfe80, 0, 0, 0, 0, 0, 1, i]);
        h.solicit(src, local(), local(), ON_LINK, &mac_option(option::SOURCE_MAC, OTHER_MAC));
        if i % 64 == 0 {
            h.sent();
        }
    }
    h.sent();
    assert_eq!((h.state(), h.stack.pool.taken()), (Some(At::Reachable), 0));
}
