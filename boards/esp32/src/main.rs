//! Runs the stack on an ESP32: a Wi-Fi station, or an access point, that answers ping and serves echo, discard and
//! chargen. What it does stands in `esp`, which the boards with Espressif's chips share.
#![no_std]
#![no_main]

#[path = "../../shared/esp/mod.rs"]
mod esp;
#[path = "../../shared/report.rs"]
mod report;
#[path = "../../shared/services/mod.rs"]
mod services;
#[path = "../../shared/wifi.rs"]
mod wifi;

use embassy_executor::Spawner;
use esp_backtrace as _;

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let chip = esp::chip::init();
    wifi::make_heap();
    esp::chip::start(chip.TIMG0, chip.FROM_CPU_INTR0);
    let seed = esp::chip::seed(chip.RNG, chip.ADC1);
    let radio = wifi::start(chip.WIFI, spawner).expect("the radio starts");
    esp::serve(radio, seed, |out| report::line(out, "heap_used", esp_alloc::HEAP.used())).await
}
