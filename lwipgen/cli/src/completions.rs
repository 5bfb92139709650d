//! `lwipgen completions`: what shells complete.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{Refused, refuse};

/// Write the completions of a shell
#[derive(clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes them to stdout.
pub fn run(args: Args) -> Result<(), Refused> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::Cli::command(), "lwipgen", &mut script);
    std::io::stdout().write_all(&script).map_err(|error| refuse(&error))
}
