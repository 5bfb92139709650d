//! Does one work on RV32IMAC in QEMU: `-append "STACK WORK AMOUNT"`. Prints the instructions that it took, and the frames
//! from A and from B. With QEMU's `-icount shift=0` that is the same in each run.
#![no_std]
#![no_main]

#[allow(dead_code, reason = "there are no keys to read")]
#[path = "../../../../boards/qemu-rv32/src/console.rs"]
mod console;
#[path = "../../../../boards/qemu-rv32/src/device_tree.rs"]
mod device_tree;
mod heap;
#[allow(dead_code, reason = "nothing is painted")]
#[path = "../../../../boards/qemu-rv32/src/machine.rs"]
mod machine;

use console::println;
use core::arch::asm;
use device_tree::DeviceTree;
use lwipgen_works::{ALL, Failure, Stack, Tally};

/// Called once, by the start code, with what QEMU gives: the hart's number and its device tree.
#[unsafe(no_mangle)]
extern "C" fn main(_hart: usize, tree: *const u8) -> ! {
    // SAFETY: QEMU puts a tree there, which nothing changes.
    let tree = unsafe { DeviceTree::at(tree) };
    match run(&tree) {
        Ok(Tally { spent, frames_a, frames_b, .. }) => {
            println!("{spent} {frames_a} {frames_b}");
            machine::exit(0)
        }
        Err(failure) => {
            println!("error: {failure}");
            machine::exit(1)
        }
    }
}

fn run(tree: &DeviceTree) -> Result<Tally, Failure> {
    let words =
        tree.property("bootargs").unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
    let mut words = core::str::from_utf8(words).unwrap_or_default().split_ascii_whitespace();
    let stack = words.next().and_then(|name| Stack::ALL.into_iter().find(|stack| stack.name() == name));
    let work = words.next().and_then(|name| ALL.into_iter().find(|work| work.name == name));
    let amount = words.next().and_then(|amount| amount.parse().ok());
    let (Some(stack), Some(work), Some(amount)) = (stack, work, amount) else {
        return Err(Failure::from("expected a stack, a work and an amount"));
    };
    stack.run(work, amount, false, instructions)
}

/// Instructions retired since the start.
fn instructions() -> u64 {
    loop {
        let (high, low, again): (u32, u32, u32);
        // SAFETY: reads the counter and nothing else.
        unsafe {
            asm!("csrr {}, minstreth", "csrr {}, minstret", "csrr {}, minstreth",
                out(reg) high, out(reg) low, out(reg) again, options(nomem, nostack));
        }
        if high == again {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}
