//! The device tree that QEMU hands over: just enough to find a property by its name, wherever it stands.

/// Words that the tree is made of (Devicetree Specification §5.4.1).
const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const PROPERTY: u32 = 3;
const NOTHING: u32 = 4;

/// What a tree begins with.
const MAGIC: u32 = 0xd00d_feed;

/// A flattened device tree.
pub struct DeviceTree(&'static [u8]);

impl DeviceTree {
    /// The tree at this address; empty if there is none.
    ///
    /// # Safety
    /// There lie at least two words, and a tree if the first one is its magic number, which nothing changes.
    pub unsafe fn at(start: *const u8) -> Self {
        // SAFETY: two words.
        let head = unsafe { core::slice::from_raw_parts(start, 8) };
        let len = if word(head, 0) == Some(MAGIC) { word(head, 4) } else { None };
        // SAFETY: the second word is the tree's length.
        Self(unsafe { core::slice::from_raw_parts(start, len.unwrap_or(0) as usize) })
    }

    /// The first property of this name.
    pub fn property(&self, name: &str) -> Option<&'static [u8]> {
        let Self(tree) = *self;
        let mut at = word(tree, 8)? as usize;
        let names = tree.get(word(tree, 12)? as usize..)?;
        loop {
            let token = word(tree, at)?;
            at += 4;
            match token {
                BEGIN_NODE => {
                    let len = tree.get(at..)?.iter().position(|byte| *byte == 0)?;
                    at = (at + len + 1).next_multiple_of(4);
                }
                PROPERTY => {
                    let (len, place) = (word(tree, at)? as usize, word(tree, at + 4)? as usize);
                    let value = tree.get(at + 8..at + 8 + len)?;
                    let rest = names.get(place..)?.strip_prefix(name.as_bytes());
                    if rest.and_then(<[u8]>::first) == Some(&0) {
                        return Some(value);
                    }
                    at = (at + 8 + len).next_multiple_of(4);
                }
                END_NODE | NOTHING => {}
                _ => return None,
            }
        }
    }
}

/// The big-endian word at an offset.
fn word(tree: &[u8], at: usize) -> Option<u32> {
    tree.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}
