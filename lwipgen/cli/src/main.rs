//! The `lwipgen` command: one module for each subcommand, this file only names them.

mod assign;
mod audit;
mod budget;
mod build;
mod cargo;
mod check;
mod completions;
mod depth;
mod diff;
mod docs;
mod explain;
mod export;
mod fit;
mod footprint;
mod gate;
mod generate;
mod get;
mod import;
mod list;
mod man;
mod matrix;
mod menuconfig;
mod new;
mod places;
mod profiles;
mod run;
mod schema;
mod search;
mod toolchain;
mod why;

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
    New(new::Args),
    Menuconfig(menuconfig::Args),
    Get(get::Args),
    Set(assign::SetArgs),
    Unset(assign::UnsetArgs),
    Search(search::Args),
    Explain(explain::Args),
    Why(why::Args),
    Diff(diff::Args),
    Budget(budget::Args),
    Fit(fit::Args),
    Audit(audit::Args),
    Generate(generate::Args),
    Build(build::Args),
    Matrix(matrix::Args),
    Footprint(footprint::Args),
    Depth(depth::Args),
    Run(run::Args),
    Toolchain(toolchain::Args),
    #[command(hide = true)]
    LinkXtensa(toolchain::link::Args),
    Schema(schema::Args),
    Docs(docs::Args),
    Completions(completions::Args),
    Man(man::Args),
    Import(import::Args),
    Export(export::Args),
}

/// Exit status 1: the profile or the budget says no, and why is on stderr. Clap itself exits with 2.
#[derive(Debug)]
struct Refused;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::List(args) => done(list::run(args)),
        Command::Check(args) => done(check::run(args)),
        Command::Menuconfig(args) => done(menuconfig::run(args)),
        Command::New(args) => done(new::run(args)),
        Command::Get(args) => done(get::run(args)),
        Command::Set(args) => done(assign::set(args)),
        Command::Unset(args) => done(assign::unset(args)),
        Command::Search(args) => done(search::run(args)),
        Command::Explain(args) => done(explain::run(args)),
        Command::Why(args) => done(why::run(args)),
        Command::Diff(args) => done(diff::run(args)),
        Command::Budget(args) => budget::run(args),
        Command::Fit(args) => done(fit::run(args)),
        Command::Audit(args) => audit::run(args),
        Command::Generate(args) => generate::run(args),
        Command::Matrix(args) => matrix::run(args),
        Command::Footprint(args) => footprint::run(args),
        Command::Depth(args) => done(depth::run(&args)),
        Command::Build(args) => build::run(args),
        Command::Run(args) => run::run(args),
        Command::Toolchain(args) => toolchain::run(args),
        Command::LinkXtensa(args) => toolchain::link::run(args),
        Command::Schema(args) => done(schema::run(args)),
        Command::Docs(args) => done(docs::run(args)),
        Command::Completions(args) => done(completions::run(args)),
        Command::Man(args) => done(man::run(args)),
        Command::Import(args) => done(import::run(args)),
        Command::Export(args) => done(export::run(args)),
    };
    outcome.unwrap_or(ExitCode::FAILURE)
}

/// A command that is either fine or refused.
fn done(outcome: Result<(), Refused>) -> Result<ExitCode, Refused> {
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Says on stderr why something is refused.
fn refuse(error: &dyn std::fmt::Display) -> Refused {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    anstream::eprintln!("{red}error:{red:#} {error}");
    Refused
}

/// Tells people what has been done, as cargo does.
fn progress(done: &str, what: std::fmt::Arguments<'_>) {
    let green = anstyle::AnsiColor::Green.on_default().bold();
    anstream::eprintln!("{green}{done:>12}{green:#} {what}");
}
