//! Starting a chip.

use esp_hal::clock::CpuClock;
use esp_hal::peripherals::{ADC1, FROM_CPU_INTR0, Peripherals, RNG, TIMG0};
use esp_hal::rng::{Trng, TrngSource};
use esp_hal::timer::timg::TimerGroup;

/// The chip at its highest clock. To be called first, and once.
pub fn init() -> Peripherals {
    esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()))
}

/// Starts the executor's time. To be called once.
pub fn start(timers: TIMG0<'static>, interrupt: FROM_CPU_INTR0<'static>) {
    esp_rtos::start(TimerGroup::new(timers).timer0, interrupt);
}

/// The secret seed of a stack.
pub fn seed(generator: RNG<'_>, adc: ADC1<'_>) -> [u8; 16] {
    let mut seed = [0; 16];
    // The noise of the ADC is there before any radio is.
    let _noise = TrngSource::new(generator, adc);
    if let Ok(random) = Trng::try_new() {
        random.read(&mut seed);
    }
    seed
}
