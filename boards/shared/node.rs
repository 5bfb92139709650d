//! What a machine of QEMU does once it has a network card: one loop. The stack takes and gives frames, the services
//! answer, then the core sleeps until the stack's own deadline, a frame or a key.
//!
//! `c` prints the counters; `q` prints them and ends the program; `d` measures the depth of the call stack from then on.

use crate::arguments::Arguments;
use crate::clock::now;
use crate::console::{self, Console, println};
use crate::depth::{self, Depths};
use crate::memory;
use crate::nic::Nic;
use crate::report::line;
use crate::sleep::{Sleep, Wakeups};
use lwip::{NetifConfig, NetifId, Stack};

/// Runs the stack with this hardware address on the card until `q` is pressed. To be called once.
pub fn run(
    arguments: &Arguments,
    seed: [u8; 16],
    mac: [u8; 6],
    nic: &mut Nic,
    sleep: &Sleep,
) -> Result<(), &'static str> {
    let (stack, services) = memory::take(seed);
    let netif = bring_up(stack, arguments, mac).map_err(|_| "cannot use these addresses")?;
    services.open(stack);
    println!("MTU {}; {services}", lwip::config::NETIF_MTU);

    let mut wakeups = Wakeups::default();
    let mut depths = Depths::default();
    loop {
        let now = now();
        let next = depths.measure(|depths| &mut depths.service, || stack.service(netif, nic, now));
        let mut tell = |stack: &Stack, event| tell(stack, netif, event);
        let busy = depths.measure(|depths| &mut depths.application, || services.run(stack, now, &mut tell));
        let key = console::key();
        depths.enabled |= key == Some(b'd');
        if matches!(key, Some(b'c' | b'q')) {
            print_counters(stack, nic, &wakeups, &depths).map_err(|_| "cannot print")?;
        }
        if key == Some(b'q') {
            return Ok(());
        }
        if !busy && key.is_none() {
            wakeups.count(sleep.until(next, nic));
        }
    }
}

fn bring_up(stack: &mut Stack, arguments: &Arguments, mac: [u8; 6]) -> Result<NetifId, lwip::Error> {
    let netif = stack.add_netif(NetifConfig { mac, mtu: lwip::config::NETIF_MTU })?;
    #[cfg(feature = "ipv4")]
    if let Some((address, prefix_len)) = arguments.ip {
        stack.set_ipv4(netif, address, prefix_len, arguments.gateway)?;
        println!("{address}/{prefix_len}");
    }
    stack.set_link(netif, true);
    #[cfg(feature = "ipv6")]
    {
        // The link-local address comes first.
        stack.poll(now());
        if let Some((address, prefix_len)) = arguments.ip6 {
            stack.add_ipv6(netif, address, prefix_len, now())?;
        }
    }
    Ok(netif)
}

/// Tells what the services do not deal with.
fn tell(stack: &Stack, netif: NetifId, event: lwip::Event) {
    #[cfg(feature = "ipv6")]
    if matches!(event, lwip::Event::Ipv6(_)) {
        for (address, state) in stack.ipv6(netif) {
            println!("{address} {state:?}");
        }
        return;
    }
    let _ = (stack, netif);
    println!("{event:?}");
}

fn print_counters(stack: &Stack, nic: &Nic, wakeups: &Wakeups, depths: &Depths) -> core::fmt::Result {
    let mut console = Console;
    line(&mut console, "wakeups_frame", wakeups.frame)?;
    line(&mut console, "wakeups_timer", wakeups.timer)?;
    line(&mut console, "wakeups_key", wakeups.key)?;
    line(&mut console, "frames_in", nic.frames_in)?;
    line(&mut console, "frames_out", nic.frames_out)?;
    line(&mut console, "call_stack_peak", depth::peak())?;
    if depths.enabled {
        line(&mut console, "service_depth_peak", depths.service)?;
        line(&mut console, "application_depth_peak", depths.application)?;
    }
    #[cfg(feature = "stats")]
    crate::report::stack(&mut console, stack)?;
    let _ = stack;
    println!();
    Ok(())
}
