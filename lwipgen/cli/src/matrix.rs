//! `lwipgen matrix`: every profile on every board that supports it.

mod build;

use std::process::ExitCode;

use lwipgen_core::board::Board;
use lwipgen_core::matrix::{Cell, Word, matrix};
use lwipgen_core::profile::{Resolved, SHIPPED};

use crate::profiles::{Overrides, load};
use crate::{Refused, refuse};

/// Judge every profile on every board that supports it, and build them
#[derive(clap::Args)]
pub struct Args {
    /// Paths of profiles, or names of shipped ones [default: all shipped ones]
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Only this board; may be repeated
    #[arg(long = "board", value_name = "BOARD")]
    boards: Vec<String>,
    /// How to write it; github is the value of `strategy.matrix` with the pairs that fit
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Build the program of each pair that fits, unless nothing changed since it was built
    #[arg(long)]
    run: bool,
    /// Build what did not change too
    #[arg(long, requires = "run")]
    force: bool,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Github,
}

/// Writes the matrix to stdout. A pair that takes too much, or is not built, is a failure; so is one that does not fit, if
/// both its profile and its board were asked for by name.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let shipped = || SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let is_asked_for = !args.profiles.is_empty() && !args.boards.is_empty();
    let names: Vec<String> = if args.profiles.is_empty() { shipped() } else { args.profiles };
    let none = Overrides { set: Vec::new() };
    let profiles = names.iter().map(|name| load(name, &none)).collect::<Result<Vec<Resolved>, _>>()?;
    let boards = boards(&args.boards)?;
    let cells = matrix(&profiles, &boards).map_err(|error| refuse(&error))?;
    match args.format {
        Format::Text => table(&cells),
        Format::Json => println!("{}", serde_json::to_string_pretty(&cells).map_err(|error| refuse(&error))?),
        Format::Github => println!("{}", strategy(&cells)),
    }
    let fits = cells.iter().all(|cell| match cell.verdict {
        Word::TooMuch => false,
        Word::DoesNotFit => !is_asked_for,
        Word::Fits | Word::Warning | Word::Unsupported => true,
    });
    let built = !args.run || build::all(&cells, &profiles, args.force)?;
    Ok(if fits && built { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The boards of these names; all if there are none.
fn boards(names: &[String]) -> Result<Vec<Board>, Refused> {
    if names.is_empty() {
        return Board::all().map_err(|error| refuse(&error));
    }
    names.iter().map(|name| crate::build::Board::find(name).map(|board| board.about)).collect()
}

/// Whether a pair is worth building.
fn is_buildable(cell: &Cell) -> bool {
    matches!(cell.verdict, Word::Fits | Word::Warning)
}

fn table(cells: &[Cell]) {
    anstream::println!("{:20} {:14} {:10} {:>10}  verdict", "profile", "board", "target", "RAM");
    for cell in cells {
        let color = match cell.verdict {
            Word::Fits => anstyle::AnsiColor::Green,
            Word::Warning => anstyle::AnsiColor::Yellow,
            Word::TooMuch => anstyle::AnsiColor::Red,
            Word::DoesNotFit | Word::Unsupported => anstyle::AnsiColor::BrightBlack,
        };
        let style = color.on_default();
        let reason = cell.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        anstream::println!(
            "{:20} {:14} {:10} {:>10}  {style}{}{style:#}{reason}",
            cell.profile,
            cell.board,
            cell.target,
            cell.total_bytes,
            cell.verdict.told()
        );
    }
}

fn strategy(cells: &[Cell]) -> serde_json::Value {
    let pairs = cells.iter().filter(|cell| is_buildable(cell));
    let pairs: Vec<_> =
        pairs.map(|cell| serde_json::json!({ "profile": cell.profile, "board": cell.board })).collect();
    serde_json::json!({ "include": pairs })
}
