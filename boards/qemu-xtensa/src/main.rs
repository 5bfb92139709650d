//! Runs the stack on QEMU's `kc705` machine with an Xtensa core: answers ping and serves echo, discard and chargen.
#![no_std]
#![no_main]

#[path = "../../shared/arguments.rs"]
mod arguments;
mod clock;
mod console;
#[path = "../../shared/depth.rs"]
mod depth;
#[cfg(feature = "memory-heap")]
#[path = "../../shared/heap.rs"]
mod heap;
mod machine;
#[path = "../../shared/memory.rs"]
mod memory;
mod nic;
#[path = "../../shared/node.rs"]
mod node;
mod parameters;
#[path = "../../shared/report.rs"]
mod report;
#[path = "../../shared/services/mod.rs"]
mod services;
mod sleep;

use arguments::Arguments;
use console::println;
use machine::exit;
use nic::Nic;
use sleep::Sleep;

/// The exit status when something is wrong with the arguments or the machine; 2 is a panic, 3 an exception.
const FAILURE: u32 = 1;

/// The hardware address, if the arguments give none: the card has none of its own.
const MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];

/// Called once, by the start code, with the boot parameters that QEMU gives.
#[unsafe(no_mangle)]
extern "C" fn main(parameters: *const u8) -> ! {
    // SAFETY: QEMU puts a list there, which nothing changes.
    let words = unsafe { parameters::command_line(parameters) };
    match run(words) {
        Ok(()) => exit(0),
        Err(error) => {
            println!("error: {error}");
            exit(FAILURE)
        }
    }
}

fn run(words: &[u8]) -> Result<(), &'static str> {
    let words = words.split(|byte| *byte == 0).next().unwrap_or_default();
    let words = core::str::from_utf8(words).map_err(|_| "the arguments are not UTF-8")?;
    let arguments = Arguments::parse(words)?;
    let seed = machine::entropy().ok_or("QEMU gives no entropy")?;
    let mac = arguments.mac.unwrap_or(MAC);
    node::run(&arguments, seed, mac, &mut Nic::open(mac), &Sleep::new())
}
