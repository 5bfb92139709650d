//! Hands the board's linker script to the linker.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let board = format!("{here}/../../../boards/qemu-rv32");
    println!("cargo::rerun-if-changed={board}/link.x");
    println!("cargo::rustc-link-search={board}");
    println!("cargo::rustc-link-arg=-Tlink.x");
}
