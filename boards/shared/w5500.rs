//! Ethernet over the SPI of an ESP32-C6: WIZnet's W5500 as a carrier of frames, its own TCP/IP left alone.
//!
//! Told by the environment when the program is built: `W5500_CS=10 SPI_MHZ=26 cargo run --release`.

use embassy_executor::Spawner;
use embassy_net_wiznet::chip::W5500;
use embassy_net_wiznet::{Device, InitError, Runner, State};
use embassy_time::Delay;
use embedded_hal_bus::spi::{DeviceError, ExclusiveDevice};
use esp_hal::Async;
use esp_hal::efuse::base_mac_address;
use esp_hal::gpio::{AnyPin, Input, InputConfig, Level, Output, OutputConfig, Pull};
use esp_hal::peripherals::SPI2;
use esp_hal::spi::Mode;
use esp_hal::spi::master::{Config, Spi};
use esp_hal::time::Rate;
use esp_println::println;
use static_cell::ConstStaticCell;

/// The pins, in the order of [`PINS`].
const SCK: usize = 0;
const MOSI: usize = 1;
const MISO: usize = 2;
const CS: usize = 3;
const INT: usize = 4;
const RST: usize = 5;

/// Their numbers.
const PINS: [u8; 6] = [
    number(env!("W5500_SCK")),
    number(env!("W5500_MOSI")),
    number(env!("W5500_MISO")),
    number(env!("W5500_CS")),
    number(env!("W5500_INT")),
    number(env!("W5500_RST")),
];

/// The first of the pins that the flash has.
const FLASH: u8 = 24;

/// The clock of the bus.
const SPI_MHZ: u8 = number(env!("SPI_MHZ"));

/// Frames of 1514 bytes that wait for the stack, and for the chip, which has 16 KiB more in each direction.
const RX_FRAMES: usize = 2;
const TX_FRAMES: usize = 2;

type Bus = ExclusiveDevice<Spi<'static, Async>, Output<'static>, Delay>;
type Failure = InitError<DeviceError<esp_hal::spi::Error, core::convert::Infallible>>;

static STATE: ConstStaticCell<State<RX_FRAMES, TX_FRAMES>> = ConstStaticCell::new(State::new());

/// Resets and starts the chip; gives the driver of its frames. To be called once.
pub async fn start(spi: SPI2<'static>, spawner: Spawner) -> Result<Device<'static>, Failure> {
    let config = Config::default().with_frequency(Rate::from_mhz(SPI_MHZ.into())).with_mode(Mode::_0);
    let spi = Spi::new(spi, config).expect("SPI_MHZ is a clock that the chip has");
    let spi = spi.with_sck(pin(SCK)).with_mosi(pin(MOSI)).with_miso(pin(MISO)).into_async();
    let output = |index, level| Output::new(pin(index), level, OutputConfig::default());
    let bus = match ExclusiveDevice::new(spi, output(CS, Level::High), Delay) {
        Ok(bus) => bus,
        Err(never) => match never {},
    };
    let interrupt = Input::new(pin(INT), InputConfig::default().with_pull(Pull::Up));
    // The chip has no address of its own.
    let mac = base_mac_address().as_bytes().try_into().expect("it has six bytes");
    let reset = output(RST, Level::High);
    let (device, runner) = embassy_net_wiznet::new(mac, STATE.take(), bus, interrupt, reset).await?;
    println!("W5500 at {SPI_MHZ} MHz");
    spawner.spawn(carry(runner).expect("the task is spawned once"));
    Ok(device)
}

#[embassy_executor::task]
async fn carry(runner: Runner<'static, W5500, Bus, Input<'static>, Output<'static>>) -> ! {
    runner.run().await
}

/// A pin, which its only user takes once.
fn pin(index: usize) -> AnyPin<'static> {
    // SAFETY: the numbers differ, and the program uses no other pins.
    unsafe { AnyPin::steal(PINS[index]) }
}

/// A number in the environment.
const fn number(text: &str) -> u8 {
    match u8::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => panic!("W5500_SCK, MOSI, MISO, CS, INT, RST and SPI_MHZ: a number each"),
    }
}

const _: () = {
    let mut at = 0;
    while at < PINS.len() {
        assert!(PINS[at] < FLASH, "the pins from GPIO24 on are the flash's");
        let mut other = at + 1;
        while other < PINS.len() {
            assert!(PINS[at] != PINS[other], "each pin has one use");
            other += 1;
        }
        at += 1;
    }
};
