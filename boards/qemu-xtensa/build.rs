//! Hands the linker script and the assembly to the linker.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    for file in ["link.x", "start.S"] {
        println!("cargo::rerun-if-changed={file}");
    }
    println!("cargo::rustc-link-search={here}");
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rustc-link-arg={here}/start.S");
}
