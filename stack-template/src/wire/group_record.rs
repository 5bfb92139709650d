//! The group records of reports: the same in IGMPv3 (RFC 3376 §4.2.4) and MLDv2 (RFC 3810 §5.2.5) but for the address.

/// The group is listened to, from any source; the answer to a query.
pub const IS_EXCLUDE: u8 = 2;
/// The group was left.
pub const TO_INCLUDE: u8 = 3;
/// The group was joined.
pub const TO_EXCLUDE: u8 = 4;

/// Records that one report carries at most.
pub const MOST: usize = 8;
/// Bytes of a record without its address.
const FIXED: usize = 4;
/// Bytes of the longest address.
const ADDR_LEN: usize = if cfg!(feature = "mld-version-v2") { 16 } else { 4 };

/// The records of a report, none of which names sources.
pub struct Records {
    bytes: [u8; MOST * (FIXED + ADDR_LEN)],
    len: usize,
    count: u8,
}

impl Default for Records {
    fn default() -> Self {
        Self { bytes: [0; MOST * (FIXED + ADDR_LEN)], len: 0, count: 0 }
    }
}

impl Records {
    /// How many records there are.
    pub fn count(&self) -> u8 {
        self.count
    }

    /// Whether no more fits.
    pub fn is_full(&self) -> bool {
        usize::from(self.count) == MOST
    }

    /// Adds a record of this kind, unless the report is full.
    pub fn push(&mut self, kind: u8, group: &[u8]) {
        let place = self.bytes.get_mut(self.len..).and_then(|rest| rest.get_mut(..FIXED + group.len()));
        let Some((fixed, address)) = place.and_then(|place| place.split_at_mut_checked(FIXED)) else {
            return;
        };
        fixed.copy_from_slice(&[kind, 0, 0, 0]);
        address.copy_from_slice(group);
        self.len += FIXED + group.len();
        self.count += 1;
    }
}

impl core::ops::Deref for Records {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stand_one_behind_the_other() {
        let mut records = Records::default();
        let group = [7; ADDR_LEN];
        for _ in 0..MOST + 1 {
            records.push(TO_EXCLUDE, &group);
        }
        assert!(records.is_full());
        assert_eq!((usize::from(records.count()), records.len()), (MOST, MOST * (FIXED + ADDR_LEN)));
        assert_eq!(&records[..4], [TO_EXCLUDE, 0, 0, 0]);
        assert_eq!(&records[4..FIXED + ADDR_LEN], group);
    }
}
