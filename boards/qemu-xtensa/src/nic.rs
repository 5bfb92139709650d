//! The network card (OpenCores' Ethernet MAC) as the stack's device.

use lwip::Device;
use lwip::config::NETIF_MTU;

/// Its bit among the interrupts.
pub const INTERRUPT: u32 = 1 << 1;

/// Buffers in each direction; the card has 128 descriptors.
const SENDING: usize = 16;
const RECEIVING: usize = 64;

/// Bytes of a buffer: the longest frame of the card.
const BUFFER: usize = 1536;
const _: () = assert!(NETIF_MTU as usize + 14 + FCS <= BUFFER, "the card has no longer frames");

/// Bytes that the card puts behind a received frame.
const FCS: usize = 4;

#[repr(C, align(4))]
struct Buffers<const COUNT: usize>([[u8; BUFFER]; COUNT]);

static mut RECEIVED: Buffers<RECEIVING> = Buffers([[0; BUFFER]; RECEIVING]);
static mut SENT: Buffers<SENDING> = Buffers([[0; BUFFER]; SENDING]);

/// Registers, by index of their word.
const REGISTERS: *mut u32 = 0xfd03_0000 as *mut u32;
const MODE: usize = 0;
const INTERRUPT_SOURCE: usize = 1;
const INTERRUPT_MASK: usize = 2;
const SEND_DESCRIPTORS: usize = 8;
const MAC_LOW: usize = 16;
const MAC_HIGH: usize = 17;
const MULTICAST: [usize; 2] = [18, 19];

/// Bits of the mode: short frames are padded, a checksum is added, both directions are on; and the reset.
const RUN: u32 = 1 << 15 | 1 << 13 | 1 << 1 | 1;
const RESET: u32 = 1 << 11;
/// Interrupts: a frame has come, or one found no buffer.
const SOURCES: u32 = 1 << 2 | 1 << 4;

/// Descriptors: length and flags, then an address; first those to send.
const DESCRIPTORS: *mut [u32; 2] = 0xfd03_0400 as *mut [u32; 2];
/// The card owns the buffer: it is to be sent, or to be filled.
const OWNED: u32 = 1 << 15;
const WANTS_INTERRUPT: u32 = 1 << 14;
/// The last one of its ring.
const WRAP: u32 = 1 << 13;
const PAD_AND_CHECKSUM: u32 = 1 << 12 | 1 << 11;

/// Where the core sees physical address 0.
const RAM: usize = 0xd000_0000;

/// The network card. What it receives is read in its own buffers, and what is sent is written into them.
pub struct Nic {
    received: &'static mut Buffers<RECEIVING>,
    sent: &'static mut Buffers<SENDING>,
    /// The buffers that come next.
    receive_at: usize,
    send_at: usize,
    pub frames_in: u64,
    pub frames_out: u64,
}

impl Nic {
    /// Starts the card with this hardware address and lends it all receive buffers. To be called once.
    pub fn open(mac: [u8; 6]) -> Self {
        // SAFETY: one core, and only this function names the two.
        let (received, sent) = unsafe { (&mut *(&raw mut RECEIVED), &mut *(&raw mut SENT)) };
        set(MODE, RESET);
        set(MODE, 0);
        set(SEND_DESCRIPTORS, SENDING as u32);
        let [a, b, c, d, e, f] = mac;
        set(MAC_LOW, u32::from_be_bytes([c, d, e, f]));
        set(MAC_HIGH, u32::from_be_bytes([0, 0, a, b]));
        // The stack itself looks at what multicast it wants.
        MULTICAST.iter().for_each(|half| set(*half, u32::MAX));
        for (index, buffer) in sent.0.iter().enumerate() {
            set_descriptor(index, 0, buffer);
        }
        for (index, buffer) in received.0.iter().enumerate() {
            set_descriptor(SENDING + index, lent(index), buffer);
        }
        set(INTERRUPT_MASK, SOURCES);
        set(MODE, RUN);
        Self { received, sent, receive_at: 0, send_at: 0, frames_in: 0, frames_out: 0 }
    }

    /// Whether a frame waits.
    pub fn has_frame(&self) -> bool {
        flags(SENDING + self.receive_at) & OWNED == 0
    }

    /// Takes note of its interrupt.
    pub fn acknowledge(&mut self) {
        // Bits that are written are cleared.
        set(INTERRUPT_SOURCE, SOURCES);
    }
}

impl Device for Nic {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        let (index, flags) = (self.receive_at, flags(SENDING + self.receive_at));
        if flags & OWNED != 0 {
            return false;
        }
        let Some(buffer) = self.received.0.get(index) else { return false };
        let len = ((flags >> 16) as usize).saturating_sub(FCS);
        self.frames_in += 1;
        read(buffer.get(..len).unwrap_or_default());
        set_descriptor(SENDING + index, lent(index), buffer);
        self.receive_at = (index + 1) % RECEIVING;
        true
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        let index = self.send_at;
        if flags(index) & OWNED != 0 {
            return false;
        }
        let Some(buffer) = self.sent.0.get_mut(index) else { return false };
        let Some(frame) = buffer.get_mut(..len) else { return false };
        write(frame);
        let wrap = if index + 1 == SENDING { WRAP } else { 0 };
        set_descriptor(index, (len as u32) << 16 | OWNED | PAD_AND_CHECKSUM | wrap, buffer);
        self.send_at = (index + 1) % SENDING;
        self.frames_out += 1;
        true
    }
}

/// Flags of a receive buffer that the card is to fill.
fn lent(index: usize) -> u32 {
    OWNED | WANTS_INTERRUPT | if index + 1 == RECEIVING { WRAP } else { 0 }
}

fn set(register: usize, value: u32) {
    // SAFETY: registers of the card; what it reads and writes is only in buffers that it owns.
    unsafe { REGISTERS.add(register).write_volatile(value) }
}

fn flags(descriptor: usize) -> u32 {
    // SAFETY: reading a descriptor has no effect.
    unsafe { (&raw const (*DESCRIPTORS.add(descriptor))[0]).read_volatile() }
}

/// Hands a buffer over, as the flags say.
fn set_descriptor(descriptor: usize, flags: u32, buffer: &[u8; BUFFER]) {
    let address = (buffer.as_ptr() as usize).wrapping_sub(RAM) as u32;
    let place = DESCRIPTORS.wrapping_add(descriptor).cast::<u32>();
    // SAFETY: buffers are static, and the flags come last, with which the card may begin.
    unsafe {
        place.wrapping_add(1).write_volatile(address);
        place.write_volatile(flags);
    }
}
