//! What programs for Espressif's chips share: the stack on any driver of frames, and the services on the stack.
//!
//! One task drives the stack and sleeps until a frame comes, a deadline of the stack, or the time to print the counters.

pub mod chip;
mod clock;
mod counters;
mod memory;
#[cfg(feature = "ipv4")]
mod settings;

use clock::EmbassyClock;
use counters::{Count, Counters};
use embassy_net_driver::Driver;
use esp_println::println;
use lwip::{EmbassyNetif, Event, NetifId, Stack};
#[cfg(feature = "ipv4")]
use settings::SETTINGS;

/// Serves for ever over `driver`; `count` prints what it counts.
pub async fn serve(driver: impl Driver, seed: [u8; 16], count: Count) -> ! {
    let (stack, services) = memory::take(seed);
    let mut netif = EmbassyNetif::new(stack, driver).expect("the profile suits the driver");
    let id = netif.netif();
    #[cfg(feature = "ipv4")]
    match SETTINGS.ipv4() {
        Some((address, prefix_len, gateway)) => {
            stack.set_ipv4(id, address, prefix_len, gateway).expect("the address is a host's");
            println!("{address}/{prefix_len}");
        }
        None => println!("no IPv4: set IP to an address and a prefix such as 192.168.1.50/24"),
    }
    services.open(stack);
    println!("MTU {}; {services}", lwip::config::NETIF_MTU);

    let mut counters = Counters::new(count);
    netif
        .run(stack, &EmbassyClock, |stack, now, cx| {
            let busy = services.run(stack, now, |stack, event| tell(stack, id, event));
            counters.round(stack, cx);
            busy
        })
        .await
}

/// Tells what the services do not deal with.
fn tell(stack: &Stack, netif: NetifId, event: Event) {
    #[cfg(feature = "ipv6")]
    if matches!(event, Event::Ipv6(_)) {
        for (address, state) in stack.ipv6(netif) {
            println!("{address} {state:?}");
        }
        return;
    }
    let _ = (stack, netif);
    println!("{event:?}");
}
