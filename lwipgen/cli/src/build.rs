//! `lwipgen build`: a profile checked, priced, generated, compiled and tested.

use std::path::PathBuf;
use std::process::ExitCode;

use lwipgen_core::board;
use lwipgen_core::budget::Pricer;
use lwipgen_core::emit::{self, Emitted};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::Resolved;
use lwipgen_core::template::Template;

use crate::Refused;
use crate::places::{Places, relative};
use crate::profiles::{Overrides, load};
use crate::toolchain::Toolchain;
use crate::{cargo, generate};

/// Check, price, generate, compile and test the crate of a profile
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Build the program of a board as well: linux, qemu-rv32, …
    #[arg(long)]
    board: Option<String>,
    /// Optimise
    #[arg(long)]
    release: bool,
    /// Leave out the crate's own tests
    #[arg(long)]
    no_test: bool,
    #[command(flatten)]
    overrides: Overrides,
}

/// Takes a profile all the way.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let places = Places::find();
    let board = args.board.as_deref().map(Board::find).transpose()?;
    let resolved = load(&args.profile, &args.overrides)?;
    let board = board.map(|board| Ok((board.toolchain_for(&resolved)?, board))).transpose()?;
    crate::progress("Checked", format_args!("{}", resolved.name));
    let stack = stack(&places, &resolved)?;
    let host = Toolchain::host();
    let mut steps = vec![(stack.clone(), "build", &host)];
    if !args.no_test {
        steps.push((stack.clone(), "test", &host));
    }
    let mut built = stack;
    if let Some((toolchain, board)) = &board {
        steps.push((board.generate(&places, &resolved)?, "build", toolchain));
        built = board.program(&places, toolchain, &resolved, args.release);
    }
    for (directory, subcommand, toolchain) in steps {
        let mut command = cargo::command(&places, toolchain, &directory, subcommand, args.release);
        if let Err(failure) = cargo::succeed(&mut command) {
            return failure;
        }
    }
    crate::progress("Built", format_args!("{}", built.display()));
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
pub struct Board {
    /// What its manifest says.
    pub about: board::Board,
    template: Template,
}

impl Board {
    /// The board of this name.
    pub fn find(name: &str) -> Result<Self, Refused> {
        let found = board::Board::find(name).map_err(|error| crate::refuse(&error))?;
        let Some((about, template)) = found.zip(Template::board(name)) else {
            let boards: Vec<_> = Template::boards().collect();
            return Err(crate::refuse(&format!("there is no board `{name}`: {}", boards.join(", "))));
        };
        Ok(Self { about, template })
    }

    /// What compiles it here, which is told, if it supports the profile.
    pub fn toolchain_for(&self, resolved: &Resolved) -> Result<Toolchain, Refused> {
        let Self { about, .. } = self;
        if let Some(objection) = about.objection(&resolved.selection()) {
            let (board, profile) = (about.name, &resolved.name);
            return Err(crate::refuse(&format!("{board} does not support {profile}: it {objection}")));
        }
        let toolchain = Toolchain::find(about.triple.as_deref()).map_err(|advice| crate::refuse(&advice))?;
        if about.triple.is_some() {
            crate::progress("Using", format_args!("{}", toolchain.name));
        }
        Ok(toolchain)
    }

    /// Writes the program over the crate of a profile; gives its directory.
    pub fn generate(&self, places: &Places, resolved: &Resolved) -> Result<PathBuf, Refused> {
        let (directory, emitted) = self.emit(places, resolved)?;
        generate::write(&directory, &emitted)?;
        Ok(directory)
    }

    /// The file that cargo builds.
    pub fn program(
        &self,
        places: &Places,
        toolchain: &Toolchain,
        resolved: &Resolved,
        release: bool,
    ) -> PathBuf {
        let target = places.products(toolchain).join(toolchain.triple.as_deref().unwrap_or_default());
        let kind = if release { "release" } else { "debug" };
        target.join(kind).join(format!("lwip-{}-{}", resolved.name, self.about.name))
    }

    /// The program over the crate of a profile, and the directory where it belongs.
    pub fn emit(&self, places: &Places, resolved: &Resolved) -> Result<(PathBuf, Emitted), Refused> {
        let name = self.about.name;
        let directory = places.board(name, &resolved.name);
        let stack = relative(&directory, &places.generated(&resolved.name));
        let emitted = emit::board(&self.template, name, &resolved.selection(), &stack)
            .map_err(|error| crate::refuse(&format!("boards/{name}/{error}")))?;
        Ok((directory, emitted))
    }
}
