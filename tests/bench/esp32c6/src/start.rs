//! Starts the chip and its radio as boards/shared/esp does.

use super::wifi;
use embassy_executor::Spawner;
use esp_hal::clock::CpuClock;
use esp_hal::rng::{Trng, TrngSource};
use esp_hal::timer::timg::TimerGroup;
use esp_radio::wifi::Interface;

const RECLAIMED_HEAP: usize = 64 * 1024;
const MORE_HEAP: usize = 36 * 1024;

/// The radio's driver, and random bytes.
pub fn start(spawner: Spawner) -> (Interface, [u8; 16]) {
    let chip = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: RECLAIMED_HEAP);
    esp_alloc::heap_allocator!(size: MORE_HEAP);
    let timers = TimerGroup::new(chip.TIMG0);
    esp_rtos::start(timers.timer0, chip.FROM_CPU_INTR0);
    let mut seed = [0; 16];
    {
        let _noise = TrngSource::new(chip.RNG, chip.ADC1);
        if let Ok(random) = Trng::try_new() {
            random.read(&mut seed);
        }
    }
    (wifi::start(chip.WIFI, spawner).expect("the radio starts"), seed)
}
