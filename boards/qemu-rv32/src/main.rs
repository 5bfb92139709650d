//! Runs the stack on QEMU's `virt` machine with an RV32IMAC core: answers ping and serves echo, discard and chargen.
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
#[path = "../../shared/node.rs"]
mod node;
#[path = "../../shared/report.rs"]
mod report;
#[path = "../../shared/services/mod.rs"]
mod services;
mod sleep;

use arguments::Arguments;
use console::println;
use device_tree::DeviceTree;
use machine::exit;
use nic::Nic;
use sleep::Sleep;

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
    let mac = arguments.mac.unwrap_or(nic.mac());
    let sleep = Sleep::new(nic.interrupt());
    node::run(&arguments, *seed, mac, &mut nic, &sleep)
}
