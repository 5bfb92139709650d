//! Captures in the classic pcap format (draft-ietf-opsawg-pcap), little-endian, in microseconds.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// LINKTYPE_ETHERNET, or LINKTYPE_RAW for packets without a link header.
const LINK_TYPE: u32 = if cfg!(feature = "ethernet") { 1 } else { 101 };

/// A capture that is being written.
pub struct Capture {
    out: BufWriter<File>,
    path: String,
}

impl Capture {
    /// Starts a capture in a new file.
    pub fn create(path: &Path) -> Result<Self, String> {
        let shown = path.display().to_string();
        let file = File::create(path).map_err(|error| format!("cannot write {shown}: {error}"))?;
        let mut capture = Self { out: BufWriter::new(file), path: shown };
        capture.write(&[&header()])?;
        Ok(capture)
    }

    /// Adds a frame that passes now.
    pub fn frame(&mut self, frame: &[u8]) -> Result<(), String> {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.write(&[&record(since_epoch.as_secs(), since_epoch.subsec_micros(), frame.len()), frame])
    }

    /// Makes what was added visible to others.
    pub fn flush(&mut self) -> Result<(), String> {
        self.out.flush().map_err(|error| format!("cannot write {}: {error}", self.path))
    }

    fn write(&mut self, parts: &[&[u8]]) -> Result<(), String> {
        let written = parts.iter().try_for_each(|part| self.out.write_all(part));
        written.map_err(|error| format!("cannot write {}: {error}", self.path))
    }
}

fn header() -> [u8; 24] {
    const SNAP_LEN: u32 = 0x4_0000;
    // Magic number, version 2.4 in one word, two reserved words.
    concat([0xa1b2_c3d4, 0x0004_0002, 0, 0, SNAP_LEN, LINK_TYPE])
}

fn record(seconds: u64, microseconds: u32, len: usize) -> [u8; 16] {
    concat([seconds as u32, microseconds, len as u32, len as u32])
}

fn concat<const WORDS: usize, const BYTES: usize>(words: [u32; WORDS]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_reads_as_the_format_says() {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let path = directory.path().join("x.pcap");
        let mut capture = Capture::create(&path).unwrap_or_else(|error| panic!("{error}"));
        for frame in [&[0xaa; 60][..], &[0xbb; 3]] {
            assert_eq!(capture.frame(frame), Ok(()));
        }
        assert_eq!(capture.flush(), Ok(()));
        let bytes = std::fs::read(&path).unwrap_or_default();
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        assert_eq!(bytes.len(), 24 + 16 + 60 + 16 + 3);
        assert_eq!(bytes[..8], [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
        assert_eq!([8, 12, 16, 20].map(word), [0, 0, 262_144, LINK_TYPE]);
        assert_eq!([32, 36].map(word), [60, 60]);
        assert_eq!(bytes[40..100], [0xaa; 60]);
        assert_eq!([108, 112].map(word), [3, 3]);
        assert_eq!(bytes[116..], [0xbb; 3]);
        let age =
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() - u64::from(word(24));
        assert!(age < 60 && word(28) < 1_000_000);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let error = Capture::create(Path::new("/nowhere/x.pcap")).err().unwrap_or_default();
        assert!(error.starts_with("cannot write /nowhere/x.pcap: "), "{error}");
    }
}
