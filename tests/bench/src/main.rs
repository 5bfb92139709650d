//! `lwipgen-bench`: the same works on generated stacks and on smoltcp, in one process, without the OS's network.

mod callgrind;
mod cli;
mod count;
mod document;
mod qemu;
mod report;
mod timing;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::execute(cli::Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
