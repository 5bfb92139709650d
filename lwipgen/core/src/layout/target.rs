//! Targets: what the size of a type depends on.

use std::str::FromStr;

/// Pointer width and alignment of a family of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Name on the command line.
    pub name: &'static str,
    /// Bytes of a pointer and of `usize`.
    pub pointer: u64,
    /// Largest alignment that a primitive type has.
    pub max_align: u64,
}

impl Target {
    /// RV32, as in the ESP32-C6.
    pub const RISCV32: Target = Target { name: "riscv32", pointer: 4, max_align: 8 };
    /// Xtensa, as in the ESP32 and the ESP32-S3.
    pub const XTENSA: Target = Target { name: "xtensa", pointer: 4, max_align: 8 };
    /// The machine that this program runs on.
    pub const HOST: Target =
        Target { name: "host", pointer: size_of::<usize>() as u64, max_align: align_of::<u128>() as u64 };
    /// A 64-bit machine.
    pub const BITS_64: Target = Target { name: "64 bits", pointer: 8, max_align: 16 };
    /// The targets that have a name on the command line.
    pub const ALL: [Target; 3] = [Target::RISCV32, Target::XTENSA, Target::HOST];
}

impl FromStr for Target {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Target::ALL.into_iter().find(|target| target.name == name).ok_or_else(|| {
            let names: Vec<_> = Target::ALL.iter().map(|target| target.name).collect();
            format!("`{name}` is not a target: {}", names.join(", "))
        })
    }
}
