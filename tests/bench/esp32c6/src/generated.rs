//! The services of boards/esp32c6 over a generated stack; as quiet as stack.rs is.

#[path = "../../../../boards/shared/esp/clock.rs"]
mod clock;
#[path = "../../../../boards/shared/esp/memory.rs"]
mod memory;

use super::settings::SETTINGS;
use embassy_net_driver::Driver;
use esp_println::println;
use lwip::EmbassyNetif;

/// Serves for ever over `driver`.
pub async fn serve_over(driver: impl Driver, seed: [u8; 16]) -> ! {
    let (stack, services) = memory::take(seed);
    let mut netif = EmbassyNetif::new(stack, driver).expect("the profile suits the driver");
    if let Some((address, prefix_len, gateway)) = SETTINGS.ipv4() {
        stack.set_ipv4(netif.netif(), address, prefix_len, gateway).expect("the address is a host's");
        println!("{address}/{prefix_len}");
    }
    services.open(stack);
    netif.run(stack, &clock::EmbassyClock, |stack, now, _| services.run(stack, now, |_, _| {})).await
}
