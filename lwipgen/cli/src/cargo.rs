//! Running cargo on generated crates.

use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};

use crate::Refused;
use crate::places::Places;
use crate::toolchain::Toolchain;

/// A cargo command in `directory`, its products where all crates that this tool-chain builds share them.
pub fn command(
    places: &Places,
    toolchain: &Toolchain,
    directory: &Path,
    subcommand: &str,
    release: bool,
) -> Command {
    let products = places.products(toolchain);
    let mut command = toolchain.cargo(subcommand, &products);
    command.current_dir(directory).env("CARGO_TARGET_DIR", products);
    if release {
        command.arg("--release");
    }
    command
}

/// Runs a command to its end; its own failure is `Err` with its status.
pub fn succeed(command: &mut Command) -> Result<(), Result<ExitCode, Refused>> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Ok(exit_code(status))),
        Err(error) => Err(Err(crate::refuse(&format!("cannot run cargo: {error}")))),
    }
}

/// A failed command's exit status.
pub fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
