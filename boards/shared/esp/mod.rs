//! A program for Espressif's chips: Wi-Fi by esp-radio, the stack on its driver, the services on the stack.
//!
//! One task drives the stack and sleeps until a frame comes, a deadline of the stack, or the time to print the counters;
//! another keeps the station connected.

mod clock;
mod counters;
mod memory;
mod settings;
mod wifi;

use clock::EmbassyClock;
use counters::Counters;
use embassy_executor::Spawner;
use esp_hal::clock::CpuClock;
use esp_hal::rng::{Trng, TrngSource};
use esp_hal::timer::timg::TimerGroup;
use esp_println::println;
use lwip::{EmbassyNetif, Event, NetifId, Stack};
use settings::SETTINGS;

/// Bytes of heap for the radio: first those that only the boot loader used, then more.
const RECLAIMED_HEAP: usize = 64 * 1024;
const MORE_HEAP: usize = 36 * 1024;

/// Starts the chip and serves for ever.
pub async fn run(spawner: Spawner) -> ! {
    let chip = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: RECLAIMED_HEAP);
    esp_alloc::heap_allocator!(size: MORE_HEAP);
    let timers = TimerGroup::new(chip.TIMG0);
    esp_rtos::start(timers.timer0, chip.FROM_CPU_INTR0);

    let mut seed = [0; 16];
    {
        // The noise of the ADC is there before the radio is.
        let _noise = TrngSource::new(chip.RNG, chip.ADC1);
        if let Ok(random) = Trng::try_new() {
            random.read(&mut seed);
        }
    }
    let (stack, services) = memory::take(seed);

    let radio = wifi::start(chip.WIFI, spawner).expect("the radio starts");
    let mut netif = EmbassyNetif::new(stack, radio).expect("the profile suits the radio");
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

    let mut counters = Counters::new();
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
