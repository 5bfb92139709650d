//! The boot parameters that QEMU hands over as a list of tags, as Linux on Xtensa takes them.

/// Tags of the list.
const FIRST: u16 = 0x7b0b;
const LAST: u16 = 0x7e0b;
const COMMAND_LINE: u16 = 0x1001;

/// What each entry begins with; its data follows.
#[repr(C, align(4))]
#[derive(Clone, Copy)]
struct Tag {
    tag: u16,
    len: u16,
}

/// The command line; empty if there is none.
///
/// # Safety
/// At `list` lies a word, and a whole list if that is its first tag, which nothing changes.
pub unsafe fn command_line(list: *const u8) -> &'static [u8] {
    let mut at = list.cast::<Tag>();
    // SAFETY: an entry is read only after the one before said that it is there.
    unsafe {
        if (*at).tag != FIRST {
            return &[];
        }
        loop {
            let Tag { tag, len } = *at;
            let data = at.add(1).cast::<u8>();
            match tag {
                COMMAND_LINE => return core::slice::from_raw_parts(data, len.into()),
                LAST => return &[],
                _ => at = data.add(len.into()).cast(),
            }
        }
    }
}
