//! Ethernet by the ESP32's own MAC, with a PHY on RMII such as LAN8720, IP101 or RTL8201.
//!
//! Told by the environment when the program is built: `PHY_CLOCK=out17 PHY_POWER=12 cargo run --release`.

use core::pin::pin;
use core::task::Context;
use embassy_time::{Duration, Ticker, Timer};
use esp_hal::Async;
use esp_hal::efuse::base_mac_address;
use esp_hal::ethernet::clock::{ApllClock, ExternalRefClock};
use esp_hal::ethernet::mac::{Duplex, LinkState, Speed};
use esp_hal::ethernet::phy::generic::GenericPhy;
use esp_hal::ethernet::phy::{MdioBus, Phy, PhyError};
use esp_hal::ethernet::{Error, Ethernet, EthernetDmaStorage, RmiiClockConfig, RmiiPinBundle};
use esp_hal::gpio::{AnyPin, Level, Output, OutputConfig};
use esp_hal::peripherals::*;
use esp_println::println;
use static_cell::ConstStaticCell;

/// Where the 50 MHz that the MAC and the PHY share come from.
#[derive(PartialEq, Eq)]
enum Clock {
    /// The PHY or an oscillator, on GPIO0.
    In0,
    /// The chip, on GPIO16.
    Out16,
    /// The chip, inverted, on GPIO17.
    Out17,
}

const CLOCK: Clock = match env!("PHY_CLOCK").as_bytes() {
    b"in0" => Clock::In0,
    b"out16" => Clock::Out16,
    b"out17" => Clock::Out17,
    _ => panic!("PHY_CLOCK must be `in0`, `out16` or `out17`"),
};

/// The PHY's address on its bus; the first that answers if there is none.
const ADDRESS: Option<u8> = number(env!("PHY_ADDRESS"));

/// The GPIO that is high while the PHY or its oscillator has power, or is not in reset.
const POWER: Option<u8> = number(env!("PHY_POWER"));

/// How long a PHY takes to come up.
const POWER_UP: Duration = Duration::from_millis(50);

/// How often the PHY is asked for the state of the link.
const ASK: Duration = Duration::from_millis(500);

/// Frames of 1524 bytes that wait for the stack, and for the MAC.
const RX_FRAMES: usize = 6;
const TX_FRAMES: usize = 4;

static STORAGE: ConstStaticCell<EthernetDmaStorage<RX_FRAMES, TX_FRAMES>> =
    ConstStaticCell::new(EthernetDmaStorage::new());

/// What the MAC needs of the chip: it is wired to these pins, its clock apart.
pub struct Parts {
    pub eth: ETH<'static>,
    pub in0: GPIO0<'static>,
    pub out16: GPIO16<'static>,
    pub out17: GPIO17<'static>,
    pub mdio: GPIO18<'static>,
    pub txd0: GPIO19<'static>,
    pub tx_en: GPIO21<'static>,
    pub txd1: GPIO22<'static>,
    pub mdc: GPIO23<'static>,
    pub rxd0: GPIO25<'static>,
    pub rxd1: GPIO26<'static>,
    pub rx_dv: GPIO27<'static>,
}

/// The driver of the MAC's frames.
pub type Driver = Ethernet<'static, Async, AskedPhy>;

/// Starts PHY and MAC; gives the driver of its frames. To be called once.
pub async fn start(parts: Parts) -> Result<Driver, Error> {
    if let Some(pin) = POWER {
        // SAFETY: it is none of the pins that the MAC has.
        let pin = unsafe { AnyPin::steal(pin) };
        // Dropped, it would be off.
        core::mem::forget(Output::new(pin, Level::High, OutputConfig::default()));
        Timer::after(POWER_UP).await;
    }
    match CLOCK {
        Clock::In0 => parts.open(|pins| ExternalRefClock::new(pins.0)),
        Clock::Out16 => parts.open(|pins| ApllClock::new(pins.1)),
        Clock::Out17 => parts.open(|pins| ApllClock::new(pins.2)),
    }
}

impl Parts {
    fn open<C: RmiiClockConfig + 'static>(
        self,
        clock: impl FnOnce((GPIO0<'static>, GPIO16<'static>, GPIO17<'static>)) -> C,
    ) -> Result<Driver, Error> {
        let pins = RmiiPinBundle {
            clock: clock((self.in0, self.out16, self.out17)),
            rxd0: self.rxd0,
            rxd1: self.rxd1,
            rx_dv: self.rx_dv,
            txd0: self.txd0,
            txd1: self.txd1,
            tx_en: self.tx_en,
            mdc: self.mdc,
            mdio: self.mdio,
        };
        let mac = base_mac_address().as_bytes().try_into().expect("it has six bytes");
        let ethernet = Ethernet::new(self.eth, STORAGE.take(), mac, AskedPhy::new(), pins)?;
        println!("Ethernet, PHY_CLOCK={}", env!("PHY_CLOCK"));
        Ok(ethernet.into_async())
    }
}

/// A PHY that is asked for its link now and then. The driver would ask with each frame, and never let the core sleep.
pub struct AskedPhy {
    phy: GenericPhy,
    ticker: Ticker,
    link: LinkState,
}

impl AskedPhy {
    fn new() -> Self {
        let phy = match ADDRESS {
            Some(address) => GenericPhy::new(address),
            None => GenericPhy::new_auto(),
        };
        let link = LinkState { up: false, speed: Speed::_100M, duplex: Duplex::Full };
        Self { phy, ticker: Ticker::every(ASK), link }
    }
}

impl Phy for AskedPhy {
    fn init<M: MdioBus>(&mut self, mdio: &mut M) -> Result<(), PhyError> {
        self.phy.init(mdio)
    }

    fn poll_link<M: MdioBus>(&mut self, mdio: &mut M, cx: Option<&mut Context<'_>>) -> LinkState {
        let Some(cx) = cx else { return self.link };
        if pin!(self.ticker.next()).poll(cx).is_ready() {
            self.link = self.phy.poll_link(mdio, None);
            self.ticker.reset();
            // The next tick has to be waited for, too.
            let _ = pin!(self.ticker.next()).poll(cx);
        }
        self.link
    }

    fn address(&self) -> u8 {
        self.phy.address()
    }
}

/// A number in the environment; nothing if it is empty.
const fn number(text: &str) -> Option<u8> {
    if text.is_empty() {
        return None;
    }
    match u8::from_str_radix(text, 10) {
        Ok(number) => Some(number),
        Err(_) => panic!("PHY_ADDRESS and PHY_POWER: a number each, or nothing"),
    }
}

const _: () = assert!(
    match POWER {
        None | Some(2 | 4 | 5 | 12..=15 | 32 | 33) => true,
        Some(0) => !matches!(CLOCK, Clock::In0),
        Some(16) => !matches!(CLOCK, Clock::Out16),
        Some(17) => !matches!(CLOCK, Clock::Out17),
        Some(_) => false,
    },
    "PHY_POWER must be an output that neither the MAC nor the flash has"
);
