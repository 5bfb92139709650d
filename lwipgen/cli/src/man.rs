//! `lwipgen man`: manual pages.

use std::io::Write;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::{Refused, refuse};

/// Write the manual page, or with --out those of all commands
#[derive(clap::Args)]
pub struct Args {
    /// Folder for the pages of all commands
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Writes them.
pub fn run(args: Args) -> Result<(), Refused> {
    let command = crate::Cli::command();
    if let Some(folder) = args.out {
        let written =
            std::fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(command, &folder));
        return written.map_err(|error| refuse(&format!("cannot write to {}: {error}", folder.display())));
    }
    let mut page = Vec::new();
    let rendered = Man::new(command).render(&mut page);
    rendered.and_then(|()| std::io::stdout().write_all(&page)).map_err(|error| refuse(&error))
}
