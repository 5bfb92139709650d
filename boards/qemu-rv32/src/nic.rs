//! The network card (virtio-net) as the stack's device.

use crate::dma::Dma;
use core::ptr::NonNull;
use lwip::Device;
use lwip::config::NETIF_MTU;
use virtio_drivers::device::net::VirtIONetRaw;
use virtio_drivers::transport::mmio::{MmioTransport, VirtIOHeader};
use virtio_drivers::transport::{DeviceType, Transport};

/// Buffers in each direction.
const QUEUE: usize = 32;

/// Bytes of a buffer: the card's own header of up to 12 bytes, that of Ethernet, and a packet. The driver takes no
/// receive buffer that is too small for one of 1500 bytes.
const BUFFER: usize = 12 + 14 + 2 + 1500 + (NETIF_MTU as usize).saturating_sub(1500).next_multiple_of(4);

#[repr(C, align(4))]
#[derive(Clone, Copy)]
struct Buffer([u8; BUFFER]);

static mut RECEIVED: [Buffer; QUEUE] = [Buffer([0; BUFFER]); QUEUE];
static mut SENDING: [Buffer; QUEUE] = [Buffer([0; BUFFER]); QUEUE];

/// The network card. What it receives is read in its own buffers, and what is sent is written into them.
pub struct Nic {
    net: VirtIONetRaw<Dma, MmioTransport<'static>, QUEUE>,
    slot: usize,
    received: &'static mut [Buffer; QUEUE],
    sending: &'static mut [Buffer; QUEUE],
    /// By token: the buffer that the card fills.
    filling: [u8; QUEUE],
    /// By buffer: the token and the bytes that the card sends.
    in_flight: [Option<(u16, u16)>; QUEUE],
    pub frames_in: u64,
    pub frames_out: u64,
}

impl Nic {
    /// Finds the card and lends it all receive buffers. To be called once.
    pub fn open() -> Result<Self, &'static str> {
        let (transport, slot) = find().ok_or("there is no virtio-net device")?;
        let net = VirtIONetRaw::new(transport).map_err(|_| "the virtio-net device does not start")?;
        // SAFETY: one hart, and only this function names the two.
        let (received, sending) = unsafe { (&mut *(&raw mut RECEIVED), &mut *(&raw mut SENDING)) };
        let (filling, in_flight) = ([0; QUEUE], [None; QUEUE]);
        let mut nic = Self { net, slot, received, sending, filling, in_flight, frames_in: 0, frames_out: 0 };
        if (0..QUEUE).all(|buffer| nic.lend(buffer)) { Ok(nic) } else { Err("the card takes no buffers") }
    }

    /// The card's own hardware address.
    pub fn mac(&self) -> [u8; 6] {
        self.net.mac_address()
    }

    /// Source of its interrupt at the interrupt controller.
    pub fn interrupt(&self) -> usize {
        self.slot + 1
    }

    /// Whether a frame waits.
    pub fn has_frame(&self) -> bool {
        self.net.poll_receive().is_some()
    }

    /// Takes note of its interrupt.
    pub fn acknowledge(&mut self) {
        self.net.ack_interrupt();
    }

    /// Lends a receive buffer to the card; says whether it took it.
    fn lend(&mut self, buffer: usize) -> bool {
        let Some(Buffer(bytes)) = self.received.get_mut(buffer) else { return false };
        // SAFETY: the buffer is static, and nothing touches it before `receive_complete`.
        let Ok(token) = (unsafe { self.net.receive_begin(bytes) }) else { return false };
        let Some(place) = self.filling.get_mut(usize::from(token)) else { return false };
        *place = buffer as u8;
        true
    }

    /// Takes back the buffers that were sent.
    fn reap(&mut self) {
        while let Some(token) = self.net.poll_transmit() {
            for (place, Buffer(bytes)) in self.in_flight.iter_mut().zip(self.sending.iter()) {
                if let Some((sent, len)) = *place
                    && sent == token
                    && let Some(frame) = bytes.get(..usize::from(len))
                {
                    // SAFETY: these are the bytes that were lent under this token.
                    let _ = unsafe { self.net.transmit_complete(token, frame) };
                    *place = None;
                }
            }
        }
    }
}

impl Device for Nic {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        let Some(token) = self.net.poll_receive() else { return false };
        let Some(&buffer) = self.filling.get(usize::from(token)) else { return false };
        let Some(Buffer(bytes)) = self.received.get_mut(usize::from(buffer)) else { return false };
        // SAFETY: this is the buffer that was lent under this token.
        let Ok((header, len)) = (unsafe { self.net.receive_complete(token, bytes) }) else { return false };
        self.frames_in += 1;
        read(bytes.get(header..header + len).unwrap_or_default());
        self.lend(usize::from(buffer));
        true
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        self.reap();
        let mut buffers = self.in_flight.iter_mut().zip(self.sending.iter_mut());
        let Some((place, Buffer(bytes))) = buffers.find(|(place, _)| place.is_none()) else { return false };
        let Ok(header) = self.net.fill_buffer_header(bytes) else { return false };
        let Some(frame) = bytes.get_mut(header..header + len) else { return false };
        write(frame);
        let frame = bytes.get(..header + len).unwrap_or_default();
        // SAFETY: the buffer is static, and nothing touches it before `transmit_complete`.
        if let Ok(token) = unsafe { self.net.transmit_begin(frame) } {
            *place = Some((token, (header + len) as u16));
            self.frames_out += 1;
        }
        true
    }
}

/// The card and its slot.
fn find() -> Option<(MmioTransport<'static>, usize)> {
    (0..8).find_map(|slot| {
        let header = NonNull::new((0x1000_1000 + slot * 0x1000) as *mut VirtIOHeader)?;
        // SAFETY: the machine has eight slots of this size, and only this function opens them.
        let transport = unsafe { MmioTransport::new(header, 0x1000) }.ok()?;
        (transport.device_type() == DeviceType::Network).then_some((transport, slot))
    })
}
