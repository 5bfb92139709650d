//! The works: what is done, by name, and how much of it makes a fair run.

mod bulk;
mod connect;
mod datagrams;
mod round_trip;

use crate::node::{Failure, Node};
use crate::pair::{Meter, Pair, Tally};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The port that every work uses.
const PORT: u16 = 5001;
/// Four segments of 1460 bytes: the default window of lwIP and of ESP-IDF.
pub const SMALL_WINDOW: usize = 4 * 1460;
/// The largest window without scaling.
pub const LARGE_WINDOW: usize = 65535;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One direction of one connection, by copying or in the stack's own buffers.
    Bulk { in_place: bool },
    /// Datagrams from A to B, `batch` of them before B looks.
    Datagrams { size: usize, batch: usize },
    /// One byte there and back, Nagle off.
    RoundTrip,
    /// A connects and closes, B closes on A's FIN.
    Connect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    pub name: &'static str,
    pub kind: Kind,
    pub window: usize,
}

/// All works, in the order of the reports.
pub const ALL: [Work; 10] = [
    Work { name: "bulk-5840", kind: Kind::Bulk { in_place: false }, window: SMALL_WINDOW },
    Work { name: "bulk-5840-inplace", kind: Kind::Bulk { in_place: true }, window: SMALL_WINDOW },
    Work { name: "bulk-65535", kind: Kind::Bulk { in_place: false }, window: LARGE_WINDOW },
    Work { name: "bulk-65535-inplace", kind: Kind::Bulk { in_place: true }, window: LARGE_WINDOW },
    Work { name: "udp-64x16", kind: Kind::Datagrams { size: 64, batch: 16 }, window: SMALL_WINDOW },
    Work { name: "udp-64x1", kind: Kind::Datagrams { size: 64, batch: 1 }, window: SMALL_WINDOW },
    Work { name: "udp-1400x16", kind: Kind::Datagrams { size: 1400, batch: 16 }, window: SMALL_WINDOW },
    Work { name: "udp-1400x1", kind: Kind::Datagrams { size: 1400, batch: 1 }, window: SMALL_WINDOW },
    Work { name: "roundtrip", kind: Kind::RoundTrip, window: SMALL_WINDOW },
    Work { name: "connect", kind: Kind::Connect, window: SMALL_WINDOW },
];

/// The names of all works.
pub fn names() -> String {
    ALL.map(|work| work.name).join(", ")
}

impl Work {
    /// All works whose name is `name` or begins with it.
    pub fn select(name: &str) -> Vec<Self> {
        match ALL.iter().find(|work| work.name == name) {
            Some(work) => vec![*work],
            None => ALL.into_iter().filter(|work| work.name.starts_with(name)).collect(),
        }
    }

    /// Whether the amount is bytes; otherwise it is operations.
    pub fn in_bytes(self) -> bool {
        matches!(self.kind, Kind::Bulk { .. })
    }

    /// The amount that takes a few tenths of a second.
    pub fn amount(self) -> u64 {
        match self.kind {
            Kind::Bulk { .. } => 1 << 30,
            Kind::Datagrams { size, .. } if size < 1000 => 3_000_000,
            Kind::Datagrams { .. } => 1_000_000,
            Kind::RoundTrip => 1_000_000,
            Kind::Connect => 300_000,
        }
    }

    /// The amount that is enough to check contents, and for counting instructions.
    pub fn small_amount(self) -> u64 {
        match self.kind {
            Kind::Bulk { .. } => 4 << 20,
            _ => 4096,
        }
    }

    /// Does the work between two nodes; `check` compares every byte received. What it takes is told by `meter`.
    pub(crate) fn run<N: Node>(self, amount: u64, check: bool, meter: Meter) -> Result<Tally, Failure> {
        let pair = Pair::<N>::new(self.window, meter)?;
        match self.kind {
            Kind::Bulk { in_place: false } => bulk::copying(pair, amount, check),
            Kind::Bulk { in_place: true } => bulk::in_place(pair, amount, check),
            Kind::Datagrams { size, batch } => datagrams::run(pair, size, batch, amount, check),
            Kind::RoundTrip => round_trip::run(pair, amount, check),
            Kind::Connect => connect::run(pair, amount),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn works_are_selected_by_name_and_by_prefix() {
        let names = |name| Work::select(name).iter().map(|work| work.name).collect::<Vec<_>>();
        assert_eq!(names("bulk-5840"), ["bulk-5840"]);
        assert_eq!(names("udp-64"), ["udp-64x16", "udp-64x1"]);
        assert!(names("nothing").is_empty());
    }
}
