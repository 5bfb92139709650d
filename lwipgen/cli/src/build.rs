//! `lwipgen build`: a profile checked, priced, generated, compiled and tested.

use std::path::PathBuf;
use std::process::ExitCode;

use lwipgen_core::budget::Pricer;
use lwipgen_core::emit::{self, Emitted};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::Resolved;
use lwipgen_core::template::Template;

use crate::Refused;
use crate::places::{Places, relative};
use crate::profiles::{Overrides, load};
use crate::{cargo, generate};

/// Check, price, generate, compile and test the crate of a profile
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Build the program of a board as well: linux
    #[arg(long)]
    board: Option<String>,
    /// Optimise
    #[arg(long)]
    release: bool,
    #[command(flatten)]
    overrides: Overrides,
}

/// Takes a profile all the way.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let places = Places::find();
    let board = args.board.as_deref().map(Board::find).transpose()?;
    let resolved = load(&args.profile, &args.overrides)?;
    crate::progress("Checked", format_args!("{}", resolved.name));
    let stack = stack(&places, &resolved)?;
    let board = board.map(|board| board.generate(&places, &resolved)).transpose()?;
    let mut steps = vec![(&stack, "build"), (&stack, "test")];
    steps.extend(board.as_ref().map(|board| (board, "build")));
    for (directory, subcommand) in steps {
        if let Err(failure) =
            cargo::succeed(&mut cargo::command(&places, directory, subcommand, args.release))
        {
            return failure;
        }
    }
    crate::progress("Built", format_args!("{}", stack.display()));
    Ok(ExitCode::SUCCESS)
}

/// Writes the crate of a profile and says what it takes; gives its directory.
pub fn stack(places: &Places, resolved: &Resolved) -> Result<PathBuf, Refused> {
    let template = Template::stack();
    let budget = crate::budget::compute(resolved, Target::RISCV32)?;
    let largest = budget.lines.iter().max_by_key(|line| line.bytes);
    let largest = largest.map(|line| format!(", {} of them {}", line.bytes, line.name)).unwrap_or_default();
    let target = budget.target;
    crate::progress("Budget", format_args!("{} bytes of RAM on {target}{largest}", budget.total_bytes));
    let description = &resolved.profile.description;
    crate::gate::judge(&Pricer::new(Target::RISCV32), resolved, &budget)?;
    let emitted = emit::stack(&template, &resolved.selection(), description, &budget)
        .map_err(|error| crate::refuse(&error))?;
    let directory = places.generated(&resolved.name);
    generate::write(&directory, &emitted)?;
    Ok(directory)
}

/// The program of a board.
pub struct Board<'a> {
    name: &'a str,
    template: Template,
}

impl<'a> Board<'a> {
    /// The board of this name.
    pub fn find(name: &'a str) -> Result<Self, Refused> {
        Template::board(name).map(|template| Board { name, template }).ok_or_else(|| {
            let boards: Vec<_> = Template::boards().collect();
            crate::refuse(&format!("there is no board `{name}`: {}", boards.join(", ")))
        })
    }

    /// Writes the program over the crate of a profile; gives its directory.
    pub fn generate(&self, places: &Places, resolved: &Resolved) -> Result<PathBuf, Refused> {
        let (directory, emitted) = self.emit(places, resolved)?;
        generate::write(&directory, &emitted)?;
        Ok(directory)
    }

    /// The program over the crate of a profile, and the directory where it belongs.
    pub fn emit(&self, places: &Places, resolved: &Resolved) -> Result<(PathBuf, Emitted), Refused> {
        let directory = places.board(self.name, &resolved.name);
        let stack = relative(&directory, &places.generated(&resolved.name));
        let emitted = emit::board(&self.template, self.name, &resolved.selection(), &stack)
            .map_err(|error| crate::refuse(&format!("boards/{}/{error}", self.name)))?;
        Ok((directory, emitted))
    }
}
