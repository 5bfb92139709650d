//! Runs the stack on an ESP32 with its own Ethernet MAC: answers ping and serves echo, discard and chargen. What it does
//! stands in `esp`, which the boards with Espressif's chips share.
#![no_std]
#![no_main]

#[path = "../../shared/esp/mod.rs"]
mod esp;
#[path = "../../shared/ethernet.rs"]
mod ethernet;
#[path = "../../shared/report.rs"]
mod report;
#[path = "../../shared/services/mod.rs"]
mod services;

use embassy_executor::Spawner;
use esp_backtrace as _;

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(_spawner: Spawner) -> ! {
    let chip = esp::chip::init();
    // In what only the boot loader used.
    #[cfg(feature = "memory-heap")]
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: 64 * 1024);
    esp::chip::start(chip.TIMG0, chip.FROM_CPU_INTR0);
    let seed = esp::chip::seed(chip.RNG, chip.ADC1);
    let parts = ethernet::Parts {
        eth: chip.ETH,
        in0: chip.GPIO0,
        out16: chip.GPIO16,
        out17: chip.GPIO17,
        mdio: chip.GPIO18,
        txd0: chip.GPIO19,
        tx_en: chip.GPIO21,
        txd1: chip.GPIO22,
        mdc: chip.GPIO23,
        rxd0: chip.GPIO25,
        rxd1: chip.GPIO26,
        rx_dv: chip.GPIO27,
    };
    let ethernet = ethernet::start(parts).await.expect("the PHY answers");
    esp::serve(ethernet, seed, |_| Ok(())).await
}
