//! An emulated W5500 in MACRAW mode, by WIZnet's data sheet 1.1.0: what its driver touches, and a wire.

use core::convert::Infallible;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use embedded_hal::digital::{ErrorType as DigitalErrorType, OutputPin};
use embedded_hal::spi::{ErrorType as SpiErrorType, Operation};
use embedded_hal_async::digital::Wait;
use embedded_hal_async::spi::SpiDevice;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

/// Bytes of its memory in each direction, all of them socket 0's.
const MEMORY: usize = 0x4000;

/// Common registers.
const MODE: usize = 0x00;
const ADDRESS: usize = 0x09;
const INTERRUPT_OF_SOCKETS: usize = 0x18;
const PHY: usize = 0x2e;
const VERSION: usize = 0x39;

/// Registers of socket 0.
const SOCKET_MODE: usize = 0x00;
const COMMAND: usize = 0x01;
const INTERRUPT: usize = 0x02;
const TX_FREE: usize = 0x20;
const TX_WRITE: usize = 0x24;
const RX_SIZE: usize = 0x26;
const RX_READ: usize = 0x28;
const INTERRUPT_MASK: usize = 0x2c;

/// Bits and values of theirs.
const RESET: u8 = 0x80;
const MACRAW: u8 = 4;
const FILTER: u8 = 0x80;
const BLOCKS_MULTICAST: u8 = 0x20;
const RECEIVED: u8 = 4;
const OPEN: u8 = 0x01;
const SEND: u8 = 0x20;
const RECEIVE: u8 = 0x40;

/// The chip, on its bus and on its wire.
#[derive(Clone, Default)]
pub struct W5500(Arc<Mutex<State>>);

struct State {
    common: [u8; 0x40],
    socket: [u8; 0x30],
    tx: Vec<u8>,
    rx: Vec<u8>,
    is_open: bool,
    /// Up to where the memories were sent, received into, and read.
    sent: u16,
    received: u16,
    read: u16,
    wire: VecDeque<Vec<u8>>,
    waiter: Option<Waker>,
}

impl Default for State {
    fn default() -> Self {
        let mut common = [0; 0x40];
        common[VERSION] = 4;
        let mut socket = [0; 0x30];
        socket[INTERRUPT_MASK] = 0xff;
        Self {
            common,
            socket,
            tx: vec![0; MEMORY],
            rx: vec![0; MEMORY],
            is_open: false,
            sent: 0,
            received: 0,
            read: 0,
            wire: VecDeque::new(),
            waiter: None,
        }
    }
}

impl W5500 {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody panicked")
    }

    /// Plugs the cable in, or pulls it out.
    pub fn set_link(&self, is_up: bool) {
        self.lock().common[PHY] = is_up.into();
    }

    /// A frame on the wire for the chip; says whether it has taken it.
    pub fn deliver(&self, frame: &[u8]) -> bool {
        self.lock().take(frame)
    }

    /// The next frame that the chip has sent.
    pub fn sent(&self) -> Option<Vec<u8>> {
        self.lock().wire.pop_front()
    }
}

impl State {
    /// Whether the interrupt's pin is low.
    fn is_low(&self) -> bool {
        let socket = self.socket[INTERRUPT] & self.socket[INTERRUPT_MASK] != 0;
        socket && self.common[INTERRUPT_OF_SOCKETS] & 1 != 0
    }

    fn word(&self, register: usize) -> u16 {
        u16::from_be_bytes([self.socket[register], self.socket[register + 1]])
    }

    fn put(&mut self, register: usize, word: u16) {
        self.socket[register..register + 2].copy_from_slice(&word.to_be_bytes());
    }

    fn take(&mut self, frame: &[u8]) -> bool {
        let mode = self.socket[SOCKET_MODE];
        let to = &frame[..6];
        let is_ours = match to {
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => true,
            [first, ..] if first & 1 != 0 => mode & BLOCKS_MULTICAST == 0,
            _ => mode & FILTER == 0 || to == &self.common[ADDRESS..ADDRESS + 6],
        };
        let len = frame.len() + 2;
        let used = usize::from(self.received.wrapping_sub(self.read));
        if !self.is_open || self.common[PHY] & 1 == 0 || !is_ours || used + len > MEMORY {
            return false;
        }
        let head = u16::try_from(len).expect("frames are short").to_be_bytes();
        for byte in head.iter().chain(frame) {
            self.rx[usize::from(self.received) % MEMORY] = *byte;
            self.received = self.received.wrapping_add(1);
        }
        self.tell();
        true
    }

    /// There is something to read.
    fn tell(&mut self) {
        self.socket[INTERRUPT] |= RECEIVED;
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }

    fn command(&mut self, command: u8) {
        match command {
            OPEN => {
                assert_eq!(self.socket[SOCKET_MODE] & 0x0f, MACRAW);
                self.is_open = true;
            }
            SEND => {
                let end = self.word(TX_WRITE);
                let mut frame = Vec::new();
                while self.sent != end {
                    frame.push(self.tx[usize::from(self.sent) % MEMORY]);
                    self.sent = self.sent.wrapping_add(1);
                }
                assert!((14..=1514).contains(&frame.len()), "a frame of {} bytes", frame.len());
                self.wire.push_back(frame);
            }
            RECEIVE => {
                self.read = self.word(RX_READ);
                // Asserted again as long as there is more.
                if self.read != self.received {
                    self.tell();
                }
            }
            other => panic!("command {other:#x}"),
        }
    }

    fn get(&mut self, block: u8, address: u16) -> u8 {
        let at = usize::from(address);
        self.put(TX_FREE, MEMORY as u16);
        self.put(RX_SIZE, self.received.wrapping_sub(self.read));
        match block {
            0 => self.common[at],
            1 => self.socket[at],
            3 => self.rx[at % MEMORY],
            other => panic!("block {other} is read"),
        }
    }

    fn set(&mut self, block: u8, address: u16, byte: u8) {
        let at = usize::from(address);
        match (block, at) {
            (0, MODE) if byte & RESET != 0 => {
                let (phy, waiter) = (self.common[PHY], self.waiter.take());
                *self = Self { waiter, ..Self::default() };
                self.common[PHY] = phy;
            }
            (0, at) => self.common[at] = byte,
            (1, COMMAND) => self.command(byte),
            // Ones clear.
            (1, INTERRUPT) => self.socket[INTERRUPT] &= !byte,
            (1, at) => self.socket[at] = byte,
            (2, at) => self.tx[at % MEMORY] = byte,
            (other, _) => panic!("block {other} is written"),
        }
    }
}

impl SpiErrorType for W5500 {
    type Error = Infallible;
}

impl SpiDevice for W5500 {
    async fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        let mut state = self.lock();
        // Two bytes of address, one of control, then data.
        let mut head = Vec::new();
        let mut address = 0_u16;
        for operation in operations {
            match operation {
                Operation::Write(bytes) => {
                    for byte in *bytes {
                        if head.len() < 3 {
                            head.push(*byte);
                            address = u16::from_be_bytes([head[0], *head.get(1).unwrap_or(&0)]);
                            continue;
                        }
                        assert_eq!(head[2] & 7, 4, "a write of any length");
                        state.set(head[2] >> 3, address, *byte);
                        address = address.wrapping_add(1);
                    }
                }
                Operation::Read(bytes) | Operation::TransferInPlace(bytes) => {
                    assert_eq!((head.len(), head[2] & 7), (3, 0), "a read of any length");
                    for byte in bytes.iter_mut() {
                        *byte = state.get(head[2] >> 3, address);
                        address = address.wrapping_add(1);
                    }
                }
                _ => panic!("the driver does nothing else"),
            }
        }
        Ok(())
    }
}

/// Its interrupt's pin, low while there is something to tell.
pub struct Interrupt(pub W5500);

impl DigitalErrorType for Interrupt {
    type Error = Infallible;
}

impl Interrupt {
    async fn wait(&self, is_low: bool) {
        poll_fn(|cx| {
            let mut state = self.0.lock();
            state.waiter = Some(cx.waker().clone());
            if state.is_low() == is_low { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Wait for Interrupt {
    async fn wait_for_high(&mut self) -> Result<(), Infallible> {
        self.wait(false).await;
        Ok(())
    }

    async fn wait_for_low(&mut self) -> Result<(), Infallible> {
        self.wait(true).await;
        Ok(())
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Infallible> {
        self.wait(true).await;
        self.wait_for_high().await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Infallible> {
        self.wait(false).await;
        self.wait_for_low().await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Infallible> {
        let is_low = self.0.lock().is_low();
        self.wait(!is_low).await;
        Ok(())
    }
}

/// Its reset's pin.
pub struct Reset(pub W5500);

impl DigitalErrorType for Reset {
    type Error = Infallible;
}

impl OutputPin for Reset {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.lock().set(0, MODE as u16, RESET);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
