//! Hands the linker script to the linker.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo::rerun-if-changed=link.x");
    println!("cargo::rustc-link-search={here}");
    println!("cargo::rustc-link-arg=-Tlink.x");
}
