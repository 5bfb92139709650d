//! Runs the stack on an ESP32-S3: a Wi-Fi station, or an access point, that answers ping and serves echo, discard and
//! chargen. What it does stands in `esp`, which the boards with Espressif's chips share.
#![no_std]
#![no_main]

#[path = "../../shared/esp/mod.rs"]
mod esp;
#[path = "../../shared/report.rs"]
mod report;
#[path = "../../shared/services/mod.rs"]
mod services;

use embassy_executor::Spawner;
use esp_backtrace as _;

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    esp::run(spawner).await
}
