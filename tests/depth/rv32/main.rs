//! Two stacks back to back on RV32IMAC in QEMU. Each call into them is measured: the free part of the call stack is painted
//! before, and what is painted no more was used. Prints the most that each entry took.
#![no_std]
#![no_main]

#[allow(dead_code, reason = "there are no keys to read")]
#[path = "../../../boards/qemu-rv32/src/console.rs"]
mod console;
mod entries;
mod link;
#[path = "../../../boards/qemu-rv32/src/machine.rs"]
mod machine;
#[macro_use]
mod measure;
#[cfg(feature = "tcp")]
mod tcp;
#[cfg(feature = "udp")]
mod udp;
mod world;

use console::println;
use world::World;

/// Called once, by the start code.
#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let Some(mut world) = World::take() else { machine::exit(1) };
    for remote in world.families() {
        #[cfg(feature = "udp")]
        udp::exchange(&mut world, remote);
        #[cfg(feature = "tcp")]
        tcp::exchange(&mut world, remote);
        let _ = remote;
    }
    world.unplug();
    // Whatever has a time to wait for.
    world.pass(300, 1000);
    for (name, bytes) in measure::peaks() {
        println!("{name} {bytes}");
    }
    machine::exit(0)
}
