//! A generated stack over Wi-Fi.
#![no_std]
#![no_main]

#[path = "../../../../../boards/shared/esp/chip.rs"]
mod chip;
#[path = "../generated.rs"]
mod generated;
#[path = "../../../../../boards/shared/services/mod.rs"]
mod services;
#[path = "../../../../../boards/shared/esp/settings.rs"]
mod settings;
#[path = "../../../../../boards/shared/wifi.rs"]
mod wifi;

use embassy_executor::Spawner;
use esp_backtrace as _;

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let chip = chip::init();
    wifi::make_heap();
    chip::start(chip.TIMG0, chip.FROM_CPU_INTR0);
    let seed = chip::seed(chip.RNG, chip.ADC1);
    let driver = wifi::start(chip.WIFI, spawner).expect("the radio starts");
    generated::serve_over(driver, seed).await
}
