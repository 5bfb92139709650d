//! Reports of many groups: the same in IGMPv3 (RFC 3376 §4.2) and MLDv2 (RFC 3810 §5.2) but for their type and the
//! addresses.

/// The group is listened to, from any source; the answer to a query.
pub const IS_EXCLUDE: u8 = 2;
/// The group was left.
pub const TO_INCLUDE: u8 = 3;
/// The group was joined.
pub const TO_EXCLUDE: u8 = 4;

/// Records that one report carries at most.
pub const MOST: usize = 8;
/// Bytes in front of the records; the number of these is the last.
const HEADER_LEN: usize = 8;
/// Bytes of a record without its address.
const FIXED: usize = 4;
/// Bytes of the longest address.
const ADDR_LEN: usize = if cfg!(feature = "mld-version-v2") { 16 } else { 4 };

/// A report without checksum, whose records name no sources.
pub struct Report {
    bytes: [u8; HEADER_LEN + MOST * (FIXED + ADDR_LEN)],
    len: usize,
}

impl Default for Report {
    fn default() -> Self {
        Self { bytes: [0; HEADER_LEN + MOST * (FIXED + ADDR_LEN)], len: HEADER_LEN }
    }
}

impl Report {
    /// Whether no record more fits.
    pub fn is_full(&self) -> bool {
        usize::from(self.bytes[HEADER_LEN - 1]) >= MOST
    }

    /// Adds a record of this kind, if it fits.
    pub fn push(&mut self, kind: u8, group: &[u8]) {
        let end = self.len + FIXED + group.len();
        let Some([to, _, _, _, address @ ..]) = self.bytes.get_mut(self.len..end) else { return };
        *to = kind;
        address.copy_from_slice(group);
        self.len = end;
        self.bytes[HEADER_LEN - 1] += 1;
    }

    /// The message, of this type.
    pub fn message(&mut self, kind: u8) -> &mut [u8] {
        self.bytes[0] = kind;
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stand_one_behind_the_other() {
        let mut report = Report::default();
        let group = [7; ADDR_LEN];
        for _ in 0..MOST + 1 {
            report.push(TO_EXCLUDE, &group);
        }
        assert!(report.is_full());
        let message = report.message(9);
        assert_eq!(message.len(), HEADER_LEN + MOST * (FIXED + ADDR_LEN));
        let (header, records) = message.split_at(HEADER_LEN);
        assert_eq!(header, [9, 0, 0, 0, 0, 0, 0, MOST as u8]);
        for record in records.chunks(FIXED + ADDR_LEN) {
            assert_eq!((&record[..FIXED], &record[FIXED..]), (&[TO_EXCLUDE, 0, 0, 0][..], &group[..]));
        }
    }
}
