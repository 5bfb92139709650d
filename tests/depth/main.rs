//! How deep the call stack gets in the calls into the stack on RV32IMAC: measured in QEMU, and bounded by `lwipgen depth`
//! from the machine code of the same image. No call may get deeper than its bound, and no bound may be in doubt: a
//! recursion, a call of an unknown address, or a way to a panic would make it so.
//!
//! Where QEMU or a compiler for the target are missing it is skipped and says so; with `CI=true` it fails instead.
//! With `LWIPGEN_RECORD=true` the table in docs/footprint.md is written.

mod program;
mod table;

use lwipgen_tests::Failure;
use program::Program;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// The smallest, the usual and the largest member.
const PROFILES: [&str; 3] = ["minimal-v4", "dual-stack", "full"];

/// What an entry takes: measured, and at most.
type Depths = BTreeMap<String, (u64, u64)>;

fn main() -> ExitCode {
    if let Err(refusal) = program::is_possible() {
        if std::env::var_os("CI").is_some_and(|ci| ci == "true") {
            eprintln!("call stacks must be measured here, but {refusal}");
            return ExitCode::FAILURE;
        }
        eprintln!("\nSKIPPED: depth of call stacks: {refusal}\n");
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut columns = Vec::new();
    for profile in PROFILES {
        columns.push((profile, depths(profile)?));
    }
    let table = table::render(&columns);
    println!(
        "measured on qemu-rv32, opt-level s: bytes of the call stack, and the bound from the machine code\n\n{table}"
    );
    if std::env::var_os("LWIPGEN_RECORD").is_some_and(|record| record == "true") {
        table::record(&table)?;
    }
    Ok(())
}

/// Measures and bounds the entries of a profile; each bound must hold.
fn depths(profile: &str) -> Result<Depths, Failure> {
    let program = Program::build(profile)?;
    let (mut measured, bounds) = (program.measure()?, program.bounds()?);
    let mut depths = Depths::new();
    for (entry, bound) in bounds {
        let most = measured.remove(&entry).ok_or_else(|| format!("{profile}: {entry} was never called"))?;
        if most > bound {
            return Err(format!("{profile}: {entry} took {most} bytes, at most {bound} by its code"));
        }
        depths.insert(entry, (most, bound));
    }
    match measured.keys().next() {
        Some(entry) => Err(format!("{profile}: {entry} has no bound")),
        None => Ok(depths),
    }
}
