//! The `lwipgen` command: one module for each subcommand, this file only names them.

mod check;
mod list;
mod profiles;
mod schema;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Chooses, prices and generates TCP/IP stacks for microcontrollers.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::Args),
    Check(check::Args),
    Schema(schema::Args),
}

/// Exit status 1: the profile or the budget says no, and why is on stderr. Clap itself exits with 2.
#[derive(Debug)]
struct Refused;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::List(args) => list::run(args),
        Command::Check(args) => check::run(args),
        Command::Schema(args) => schema::run(args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Refused) => ExitCode::FAILURE,
    }
}
