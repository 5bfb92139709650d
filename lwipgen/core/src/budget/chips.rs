//! RAM of the chips that the share of is told.

use serde::Serialize;

/// A chip and the RAM that a program has for its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Its name.
    pub name: &'static str,
    /// Bytes.
    pub ram: u64,
}

/// RAM for data and stack as esp-hal's `ld/<chip>/memory.x` lays it out; on the S3 and the C6 code that runs
/// from RAM shares it.
pub static CHIPS: [Chip; 3] = [
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

impl Chip {
    /// The name as it is written in profiles and commands: `esp32c6`.
    #[must_use]
    pub fn key(&self) -> String {
        self.name.to_lowercase().replace('-', "")
    }

    /// The chip of this name, however it is written.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Chip> {
        let key = name.to_lowercase().replace('-', "");
        CHIPS.iter().find(|chip| chip.key() == key)
    }

    /// A total in percent of its RAM, to one decimal.
    #[must_use]
    pub fn percent(&self, total: u64) -> f64 {
        // One decimal is all that is told, so that is all that is kept.
        (total as f64 / self.ram as f64 * 1000.0).round() / 10.0
    }
}

pub(super) fn shares(total: u64) -> Vec<Share> {
    let share = |chip: &Chip| Share { chip: chip.name, ram_bytes: chip.ram, percent: chip.percent(total) };
    CHIPS.iter().map(share).collect()
}
