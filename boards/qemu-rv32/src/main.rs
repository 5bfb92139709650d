//! Runs the stack on QEMU's `virt` machine with an RV32IMAC core: answers ping and serves echo, discard and chargen.
//!
//! One loop: the stack takes and gives frames, the services answer, then the core sleeps until the stack's own
//! deadline, a frame or a key. `c` prints the counters; `q` prints them and ends the program; `d` measures the depth of the
//! call stack from then on.
#![no_std]
#![no_main]

#[path = "../../shared/arguments.rs"]
mod arguments;
mod clock;
mod console;
#[path = "../../shared/depth.rs"]
mod depth;
mod device_tree;
mod dma;
#[cfg(feature = "memory-heap")]
#[path = "../../shared/heap.rs"]
mod heap;
mod machine;
#[path = "../../shared/memory.rs"]
mod memory;
mod nic;
#[path = "../../shared/report.rs"]
mod report;
#[path = "../../shared/services/mod.rs"]
mod services;
mod sleep;

use arguments::Arguments;
use clock::now;
use console::{Console, println};
use depth::Depths;
use device_tree::DeviceTree;
use lwip::{NetifConfig, NetifId, Stack};
use machine::exit;
use nic::Nic;
use report::line;
use sleep::{Sleep, Wakeups};

/// The exit status when something is wrong with the arguments or the machine; 2 is a panic, 3 a trap.
const FAILURE: u32 = 1;

/// Called once, by the start code, with what QEMU gives: the hart's number and its device tree.
#[unsafe(no_mangle)]
extern "C" fn main(_hart: usize, tree: *const u8) -> ! {
    // SAFETY: QEMU puts a tree there, which nothing changes.
    let tree = unsafe { DeviceTree::at(tree) };
    match run(&tree) {
        Ok(()) => exit(0),
        Err(error) => {
            println!("error: {error}");
            exit(FAILURE)
        }
    }
}

fn run(tree: &DeviceTree) -> Result<(), &'static str> {
    let words =
        tree.property("bootargs").unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
    let words = core::str::from_utf8(words).map_err(|_| "the arguments are not UTF-8")?;
    let arguments = Arguments::parse(words)?;
    let seed = tree.property("rng-seed").and_then(<[u8]>::first_chunk).ok_or("QEMU gives no entropy")?;
    let mut nic = Nic::open()?;
    let (stack, services) = memory::take(*seed);
    let netif = bring_up(stack, &arguments, nic.mac()).map_err(|_| "cannot use these addresses")?;
    services.open(stack);
    println!("MTU {}; {services}", lwip::config::NETIF_MTU);

    let sleep = Sleep::new(nic.interrupt());
    let mut wakeups = Wakeups::default();
    let mut depths = Depths::default();
    loop {
        let now = now();
        let next = depths.measure(|depths| &mut depths.service, || stack.service(netif, &mut nic, now));
        let mut tell = |stack: &Stack, event| tell(stack, netif, event);
        let busy = depths.measure(|depths| &mut depths.application, || services.run(stack, now, &mut tell));
        let key = console::key();
        depths.enabled |= key == Some(b'd');
        if matches!(key, Some(b'c' | b'q')) {
            print_counters(stack, &nic, &wakeups, &depths).map_err(|_| "cannot print")?;
        }
        if key == Some(b'q') {
            return Ok(());
        }
        if !busy && key.is_none() {
            wakeups.count(sleep.until(next, &mut nic));
        }
    }
}

fn bring_up(stack: &mut Stack, arguments: &Arguments, mac: [u8; 6]) -> Result<NetifId, lwip::Error> {
    let mac = arguments.mac.unwrap_or(mac);
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
    report::stack(&mut console, stack)?;
    let _ = stack;
    println!();
    Ok(())
}
