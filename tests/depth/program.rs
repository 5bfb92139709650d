//! The program of `rv32/` over the crate of a profile: built, run in QEMU, and read.

use lwipgen_core::profile::Resolved;
use lwipgen_tests::{Failure, ROOT, lwipgen, succeed};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is built here is left to the next run.
const BASE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/depth");
/// Features of the stack that the program speaks of.
const FEATURES: [&str; 4] = ["ipv4", "ipv6", "udp", "tcp"];

/// A program that was built.
pub struct Program {
    image: PathBuf,
}

/// Bytes by entry.
pub type Bytes = BTreeMap<String, u64>;

/// Whether there are QEMU and a compiler.
pub fn is_possible() -> Result<(), Failure> {
    succeed(Command::new("qemu-system-riscv32").arg("--version"))
        .map_err(|error| format!("QEMU does not run: {error}"))?;
    succeed(lwipgen()?.args(["toolchain", "qemu-rv32"])).map(|_| ())
}

impl Program {
    /// Builds it as boards are, for size.
    pub fn build(profile: &str) -> Result<Self, Failure> {
        let directory = Path::new(BASE).join(profile);
        let cannot = |error: std::io::Error| format!("{}: {error}", directory.display());
        fs::create_dir_all(&directory).map_err(cannot)?;
        succeed(lwipgen()?.args(["generate", profile, "--out"]).arg(directory.join("stack")))?;
        fs::write(directory.join("Cargo.toml"), manifest(profile)?).map_err(cannot)?;
        let mut build = lwipgen()?;
        build.args(["toolchain", "qemu-rv32", "--", "build", "--release", "--target-dir"]);
        build.arg(Path::new(BASE).join("target")).current_dir(&directory);
        succeed(
            build.env("BOARD", Path::new(ROOT).join("boards/qemu-rv32")).env("RUSTFLAGS", "-D warnings"),
        )?;
        let image = format!("target/riscv32imac-unknown-none-elf/release/depth-{profile}");
        Ok(Self { image: Path::new(BASE).join(image) })
    }

    /// Lets it measure.
    pub fn measure(&self) -> Result<Bytes, Failure> {
        let mut qemu = Command::new("qemu-system-riscv32");
        qemu.args([
            "-M",
            "virt",
            "-cpu",
            "rv32,f=off,d=off,v=off,zba=off,zbb=off,zbc=off,zbs=off",
            "-m",
            "16M",
        ]);
        qemu.args([
            "-nodefaults",
            "-nographic",
            "-monitor",
            "none",
            "-serial",
            "stdio",
            "-bios",
            "none",
            "-kernel",
        ]);
        let said = succeed(qemu.arg(&self.image))?;
        let line = |line: &str| {
            let (entry, bytes) = line.trim_end().split_once(' ')?;
            Some((entry.to_owned(), bytes.parse().ok()?))
        };
        said.lines().map(|text| line(text).ok_or_else(|| format!("the program says: {text}"))).collect()
    }

    /// Reads the bounds from its code; none of them may be in doubt.
    pub fn bounds(&self) -> Result<Bytes, Failure> {
        let mut depth = lwipgen()?;
        depth.arg("depth").arg(&self.image).args(["--of", "::entries::", "--format", "json"]);
        // What queues a packet is given a closure of the stack that writes the payload.
        depth.args(["--by-address", "lwip::stack::Stack"]);
        let said: serde_json::Value =
            serde_json::from_str(&succeed(&mut depth)?).map_err(|error| error.to_string())?;
        let mut bounds = Bytes::new();
        for function in said.as_array().into_iter().flatten() {
            let name = function["function"].as_str().unwrap_or_default();
            // Closures of the stack's have the entry that they are for in their names, too.
            let Some((_, entry)) = name.split_once("::entries::").filter(|_| !name.starts_with('<')) else {
                continue;
            };
            match (function["bytes"].as_u64(), function["doubts"].as_array()) {
                (Some(bytes), Some(doubts)) if doubts.is_empty() => bounds.insert(entry.to_owned(), bytes),
                _ => return Err(format!("{function:#}")),
            };
        }
        Ok(bounds)
    }
}

fn manifest(profile: &str) -> Result<String, Failure> {
    let resolved = Resolved::load(profile, &[]).map_err(|errors| format!("{profile}: {errors:?}"))?;
    let features = resolved.selection().features;
    let has: Vec<_> = FEATURES.into_iter().filter(|feature| features.contains(*feature)).collect();
    let all: String = FEATURES.map(|feature| format!("{feature} = []\n")).concat();
    let sources = Path::new(ROOT).join("tests/depth/rv32");
    let sources = sources.canonicalize().map_err(|error| error.to_string())?;
    Ok(format!(
        "[package]\nname = \"depth-{profile}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         build = {build:?}\n\n[[bin]]\nname = \"depth-{profile}\"\npath = {main:?}\n\n\
         [features]\ndefault = {has:?}\n{all}\n\
         [dependencies]\nlwip = {{ package = \"lwip-{profile}\", path = \"stack\" }}\n\n\
         [profile.release]\nopt-level = \"s\"\nlto = \"fat\"\ncodegen-units = 1\npanic = \"abort\"\n\n[workspace]\n",
        build = sources.join("build.rs"),
        main = sources.join("main.rs"),
    ))
}
