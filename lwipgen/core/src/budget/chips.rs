//! RAM of the chips that the share of is told.

use serde::Serialize;

/// A chip and the RAM that a program has for its data.
#[derive(Clone, Copy, Debug)]
pub struct Chip {
    /// Its name.
    pub name: &'static str,
    /// Bytes.
    pub ram: u64,
}

/// RAM for data and stack as esp-hal's `ld/<chip>/memory.x` lays it out; on the S3 and the C6 code that runs
/// from RAM shares it.
pub const CHIPS: [Chip; 3] = [
    Chip { name: "ESP32", ram: 192 * 1024 },
    Chip { name: "ESP32-S3", ram: 341_760 },
    Chip { name: "ESP32-C6", ram: 452_112 },
];

/// A total beside a chip's RAM.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The chip.
    pub chip: &'static str,
    /// Its RAM.
    pub ram_bytes: u64,
    /// The total in percent of it.
    pub percent: f64,
}

pub(super) fn shares(total: u64) -> Vec<Share> {
    let share = |chip: Chip| Share {
        chip: chip.name,
        ram_bytes: chip.ram,
        // One decimal is all that is told, so that is all that is kept.
        percent: (total as f64 / chip.ram as f64 * 1000.0).round() / 10.0,
    };
    CHIPS.into_iter().map(share).collect()
}
