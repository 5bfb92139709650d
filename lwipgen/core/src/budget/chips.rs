//! RAM of the chips that the share of is told.

use serde::Serialize;

/// A chip and the RAM that a program has for its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Its name.
    pub name: &'static str,
    /// Bytes.
    pub ram: u64,
    /// The address of its first byte.
    pub ram_at: u64,
}

/// RAM for data and stack as esp-hal's `ld/<chip>/memory.x` lays it out; on the S3 and the C6 code that runs
/// from RAM shares it.
pub static CHIPS: [Chip; 3] = [
    Chip { name: "ESP32", ram: 192 * 1024, ram_at: 0x3ffb_0000 },
    Chip { name: "ESP32-S3", ram: 341_760, ram_at: 0x3fc8_8000 },
    Chip { name: "ESP32-C6", ram: 452_112, ram_at: 0x4080_0000 },
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

    /// Whether `bytes` from `address` on lie in its RAM.
    #[must_use]
    pub fn holds(&self, address: u64, bytes: u64) -> bool {
        address.checked_sub(self.ram_at).is_some_and(|before| before + bytes <= self.ram)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_holds_what_begins_and_ends_in_its_ram() {
        let chip = Chip { name: "toaster", ram: 100, ram_at: 1000 };
        for (address, bytes, expected) in
            [(1000, 100, true), (1099, 1, true), (999, 10, false), (1001, 100, false), (1100, 1, false)]
        {
            assert_eq!(chip.holds(address, bytes), expected, "{bytes} bytes at {address}");
        }
    }
}
