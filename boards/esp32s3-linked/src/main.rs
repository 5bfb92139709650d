//! The stack and the services at the addresses of an ESP32-S3, linked to be measured where Espressif's compiler is missing.
//! It is never run: it starts no clock and feeds no watchdog, and its network card is two mailboxes in memory.
#![no_std]
#![no_main]

#[cfg(feature = "memory-heap")]
#[path = "../../shared/heap.rs"]
mod heap;
#[path = "../../shared/linked.rs"]
mod linked;
#[path = "../../shared/mailbox.rs"]
mod mailbox;
#[path = "../../shared/memory.rs"]
mod memory;
#[path = "../../shared/services/mod.rs"]
mod services;

/// Where the start code goes.
#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    linked::serve()
}
