//! Hands the board's linker script to the linker, with less room for calls: it is painted before each one.

fn main() {
    println!("cargo::rustc-link-search={}", std::env::var("BOARD").unwrap_or_default());
    println!("cargo::rerun-if-env-changed=BOARD");
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rustc-link-arg=--defsym=__stack_size=0x4000");
}
