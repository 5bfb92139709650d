//! Hands the linker scripts and the assembly to the linker.

/// Where what lies; the chip's own addresses are in `memory.x`.
const SCRIPT: &str = "../shared/xtensa/flash.x";
const ASSEMBLY: [&str; 2] = ["../shared/xtensa/start.S", "../shared/xtensa/mailbox.S"];

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo::rerun-if-changed=memory.x");
    println!("cargo::rerun-if-changed={SCRIPT}");
    println!("cargo::rustc-link-search={here}");
    println!("cargo::rustc-link-arg=-T{here}/{SCRIPT}");
    for file in ASSEMBLY {
        println!("cargo::rerun-if-changed={file}");
        println!("cargo::rustc-link-arg={here}/{file}");
    }
}
