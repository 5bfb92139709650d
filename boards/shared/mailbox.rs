//! A network card that is no more than two mailboxes in memory: for programs that are linked, not run.

use core::cell::UnsafeCell;
use lwip::Device;
use lwip::config::NETIF_MTU;

/// Bytes of a frame, as in `xtensa/mailbox.S`.
const BYTES: usize = 1536;
const _: () = assert!(NETIF_MTU as usize + 14 <= BYTES, "the mailboxes take no longer frames");

/// The length of a frame, 0 while there is none, and its bytes.
#[repr(C)]
struct Mailbox {
    len: UnsafeCell<u32>,
    frame: UnsafeCell<[u8; BYTES]>,
}

// SAFETY: one core, no interrupt handlers.
unsafe impl Sync for Mailbox {}

unsafe extern "C" {
    /// In `xtensa/mailbox.S`.
    safe static received: Mailbox;
    safe static sent: Mailbox;
}

impl Mailbox {
    fn len(&self) -> usize {
        // SAFETY: the word can be read at any time.
        unsafe { self.len.get().read_volatile() as usize }
    }

    fn set_len(&self, len: usize) {
        // SAFETY: the word can be written at any time.
        unsafe { self.len.get().write_volatile(len as u32) }
    }
}

/// The right to both mailboxes.
pub struct Mailboxes(());

impl Mailboxes {
    /// To be called once.
    pub fn open() -> Self {
        Self(())
    }
}

impl Device for Mailboxes {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        // SAFETY: a frame is the stack's from when its length is there until that is 0 again.
        let frame = unsafe { &*received.frame.get() };
        let Some(frame) = frame.get(..received.len()).filter(|frame| !frame.is_empty()) else { return false };
        read(frame);
        received.set_len(0);
        true
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        if sent.len() != 0 {
            return false;
        }
        // SAFETY: a mailbox without a length is the stack's.
        let frame = unsafe { &mut *sent.frame.get() };
        let Some(frame) = frame.get_mut(..len) else { return false };
        write(frame);
        sent.set_len(len);
        true
    }
}
