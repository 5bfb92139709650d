//! What programs do that are linked, not run: all that firmware asks of the stack, over two mailboxes.

use crate::mailbox::Mailboxes;
use crate::memory;
#[cfg(feature = "ipv4")]
use core::net::Ipv4Addr;
use core::panic::PanicInfo;
use lwip::{Instant, NetifConfig};

/// Cycles in a millisecond, at the chip's highest clock. Their counter wraps after 18 s, which nobody lives to see.
const CYCLES: u32 = 240_000;

/// The hardware address.
const MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];

/// The address, the length of its network's prefix and the gateway, as the firmware's own are by default.
#[cfg(feature = "ipv4")]
const IPV4: (Ipv4Addr, u8, Ipv4Addr) = (Ipv4Addr::new(192, 168, 1, 50), 24, Ipv4Addr::new(192, 168, 1, 1));

unsafe extern "C" {
    /// In `xtensa/start.S`.
    safe fn cycles() -> u32;
}

/// Serves for ever.
pub fn serve() -> ! {
    // No secret, for nobody is served.
    let (stack, services) = memory::take([cycles() as u8; 16]);
    let mut card = Mailboxes::open();
    let config = NetifConfig { mac: MAC, mtu: lwip::config::NETIF_MTU };
    let netif = stack.add_netif(config).unwrap_or_else(|_| stop());
    #[cfg(feature = "ipv4")]
    {
        let (address, prefix_len, gateway) = IPV4;
        stack.set_ipv4(netif, address, prefix_len, Some(gateway)).unwrap_or_else(|_| stop());
    }
    stack.set_link(netif, true);
    services.open(stack);
    loop {
        let now = Instant::from_millis(cycles() / CYCLES);
        stack.service(netif, &mut card, now);
        services.run(stack, now, |_, _| {});
    }
}

fn stop() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    stop()
}

/// Where the compiler's own library goes when it cannot go on.
#[unsafe(no_mangle)]
extern "C" fn abort() -> ! {
    stop()
}

/// Where the start code goes on an exception.
#[unsafe(no_mangle)]
extern "C" fn trapped() -> ! {
    stop()
}
