//! `lwipgen run`: builds the program of a board over the crate of a profile and becomes it.

use std::process::{Command, ExitCode};

use crate::Refused;
use crate::places::Places;
use crate::profiles::{Overrides, load};
use crate::{build, cargo};

/// Run the program of a board over the crate of a profile
#[derive(clap::Args)]
pub struct Args {
    /// The board: linux, qemu-rv32, …
    board: String,
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Optimise
    #[arg(long)]
    release: bool,
    #[command(flatten)]
    overrides: Overrides,
    /// What the program is told
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// Builds and runs.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let places = Places::find();
    let board = build::Board::find(&args.board)?;
    let resolved = load(&args.profile, &args.overrides)?;
    let toolchain = board.toolchain_for(&resolved)?;
    build::stack(&places, &resolved)?;
    let directory = board.generate(&places, &resolved)?;
    let mut command = cargo::command(&places, &toolchain, &directory, "run", args.release);
    command.arg("--").args(&args.arguments);
    become_it(&mut command)
}

/// Gives the process to the program, so that signals reach it alone.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<ExitCode, Refused> {
    use std::os::unix::process::CommandExt;
    Err(crate::refuse(&format!("cannot run cargo: {}", command.exec())))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<ExitCode, Refused> {
    match cargo::succeed(command) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(failure) => failure,
    }
}
