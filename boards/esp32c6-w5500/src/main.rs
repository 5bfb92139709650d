//! Runs the stack on an ESP32-C6 with Ethernet by a W5500 on its SPI: answers ping and serves echo, discard and chargen.
//! What it does stands in `esp`, which the boards with Espressif's chips share.
#![no_std]
#![no_main]

#[path = "../../shared/esp/mod.rs"]
mod esp;
#[path = "../../shared/report.rs"]
mod report;
#[path = "../../shared/services/mod.rs"]
mod services;
#[path = "../../shared/w5500.rs"]
mod w5500;

use embassy_executor::Spawner;
use esp_backtrace as _;

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let chip = esp::chip::init();
    // In what only the boot loader used.
    #[cfg(feature = "memory-heap")]
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: 64 * 1024);
    esp::chip::start(chip.TIMG0, chip.FROM_CPU_INTR0);
    let seed = esp::chip::seed(chip.RNG, chip.ADC1);
    let ethernet = w5500::start(chip.SPI2, spawner).await.expect("the W5500 answers");
    esp::serve(ethernet, seed, |_| Ok(())).await
}
