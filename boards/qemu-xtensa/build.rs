//! Hands the linker script and the assembly to the linker.

/// What all programs for Xtensa start with, and what this machine needs beside it.
const ASSEMBLY: [&str; 2] = ["../shared/xtensa/start.S", "machine.S"];

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo::rerun-if-changed=link.x");
    println!("cargo::rustc-link-search={here}");
    println!("cargo::rustc-link-arg=-Tlink.x");
    for file in ASSEMBLY {
        println!("cargo::rerun-if-changed={file}");
        println!("cargo::rustc-link-arg={here}/{file}");
    }
}
