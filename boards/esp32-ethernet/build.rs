//! Hands esp-hal's linker script to the linker.

fn main() {
    println!("cargo::rustc-link-arg=-Tlinkall.x");
}
