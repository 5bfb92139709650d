//! Domain names as sequences of labels (RFC 1035 §3.1), without compression.

use core::fmt;

/// A name: labels, each behind its length, up to the empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    /// The name at the start of `bytes` and what follows it; refused: a label of more than 63 bytes, which compression
    /// would be, a name of more than 255, one without an end.
    pub fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut at = 0;
        while at < 255 {
            match usize::from(*bytes.get(at)?) {
                0 => {
                    let (name, rest) = bytes.split_at_checked(at + 1)?;
                    return Some((Self(name), rest));
                }
                len @ 1..=63 => at += 1 + len,
                _ => return None,
            }
        }
        None
    }

    /// Its bytes, the empty label with them.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Its labels, without the empty one.
    pub fn labels(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (len, more) = rest.split_first()?;
            let (label, more) = more.split_at_checked((*len).into())?;
            rest = more;
            (!label.is_empty()).then_some(label)
        })
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, label) in self.labels().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            fmt::Display::fmt(&label.escape_ascii(), f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn names_are_read_label_by_label() {
        let (name, rest) = Name::split(b"\x03www\x07example\x00\x01").unwrap();
        assert_eq!((name.to_string().as_str(), rest, name.as_bytes().len()), ("www.example", &[1][..], 13));
        assert_eq!(
            Name::split(b"\x02\x00.\x00").unwrap().0.to_string(),
            "\\x00.",
            "bytes are shown as what they are"
        );
        assert_eq!(Name::split(b"\0").unwrap().0.to_string(), "");
    }

    /// Bug class 13: no end, pointers, labels and names that are too long.
    #[test]
    fn names_that_are_not_valid_are_refused() {
        for bytes in [&b""[..], b"\x03ww", b"\x03www", b"\xc0\x00", b"\x40aaaaaaaa\x00"] {
            assert_eq!(Name::split(bytes), None, "{bytes:?}");
        }
        let long = [&[63; 64][..]; 4].concat();
        assert_eq!(Name::split(&[&long[..], &[0]].concat()), None, "257 bytes");
        assert!(Name::split(&[&long[..192], &[61; 62], &[0]].concat()).is_some(), "255 bytes");
    }

    proptest! {
        #[test]
        fn any_bytes_are_split_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some((name, rest)) = Name::split(&bytes) {
                prop_assert_eq!(name.as_bytes().len() + rest.len(), bytes.len());
                prop_assert!(name.labels().map(|label| label.len() + 1).sum::<usize>() < name.as_bytes().len() + 1);
                let _ = name.to_string();
            }
        }
    }
}
