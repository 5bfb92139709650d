//! Building the pairs of the matrix: only what changed, with progress and a summary.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use lwipgen_core::edit;
use lwipgen_core::emit::{Emitted, store};
use lwipgen_core::matrix::Cell;
use lwipgen_core::profile::Resolved;
use lwipgen_core::template::Template;

use crate::build::Board;
use crate::places::Places;
use crate::toolchain::Toolchain;
use crate::{Refused, cargo, generate, refuse};

/// What became of a pair.
enum Outcome {
    Built(Duration),
    Unchanged,
    /// With what cargo said.
    Failed(String),
    /// With what to install.
    NoToolchain(String),
}

/// Builds each pair that fits; says whether all of them are built.
pub fn all(cells: &[Cell], profiles: &[Resolved], force: bool) -> Result<bool, Refused> {
    let places = Places::find();
    let template = Template::stack();
    let pairs: Vec<&Cell> = cells.iter().filter(|cell| super::is_buildable(cell)).collect();
    let bar = ProgressBar::new(pairs.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} [{bar:30}] {elapsed} {msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut outcomes = Vec::new();
    for cell in pairs {
        bar.set_message(format!("{} on {}", cell.profile, cell.board));
        let Some(resolved) = profiles.iter().find(|profile| profile.name == cell.profile) else { continue };
        outcomes.push((cell, pair(&places, &template, resolved, cell.board, force)?));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(summary(&outcomes))
}

fn pair(
    places: &Places,
    template: &Template,
    resolved: &Resolved,
    board: &str,
    force: bool,
) -> Result<Outcome, Refused> {
    let started = Instant::now();
    let stack = generate::emit_stack(template, resolved)?;
    let board = Board::find(board)?;
    let toolchain = match Toolchain::find(board.about.triple.as_deref()) {
        Ok(toolchain) => toolchain,
        Err(advice) => return Ok(Outcome::NoToolchain(advice)),
    };
    let program = board.emit(places, resolved)?;
    let hash = format!("{}\n{}\n", hash(&stack), hash(&program.1));
    let stamp = places.target().join("matrix").join(format!("{}-{}", board.about.name, resolved.name));
    if !force && std::fs::read_to_string(&stamp).is_ok_and(|built| built == hash) {
        return Ok(Outcome::Unchanged);
    }
    let (directory, program) = program;
    let outputs: [(PathBuf, &Emitted); 2] =
        [(places.generated(&resolved.name), &stack), (directory.clone(), &program)];
    for (directory, emitted) in outputs {
        store::write(&directory, emitted).map_err(|error| refuse(&error))?;
    }
    let output = cargo::command(places, &toolchain, &directory, "build", false)
        .output()
        .map_err(|error| refuse(&format!("cannot run cargo: {error}")))?;
    if !output.status.success() {
        return Ok(Outcome::Failed(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    // Without the stamp the pair is built again, which does no harm.
    if let Some(folder) = stamp.parent() {
        let _ = std::fs::create_dir_all(folder).and_then(|()| edit::replace(&stamp, &hash));
    }
    Ok(Outcome::Built(started.elapsed()))
}

fn hash(emitted: &Emitted) -> String {
    Template { files: emitted.files.clone() }.hash()
}

fn summary(outcomes: &[(&Cell, Outcome)]) -> bool {
    let mut fine = true;
    anstream::eprintln!();
    for (cell, outcome) in outcomes {
        let told = match outcome {
            Outcome::Built(time) => format!("built in {:.1} s", time.as_secs_f64()),
            Outcome::Unchanged => "unchanged".to_owned(),
            Outcome::Failed(_) => "failed".to_owned(),
            Outcome::NoToolchain(_) => "not built: no tool-chain".to_owned(),
        };
        anstream::eprintln!("{:20} {:12} {told}", cell.profile, cell.board);
    }
    for (cell, outcome) in outcomes {
        if let Outcome::Failed(said) = outcome {
            fine = false;
            anstream::eprintln!("\n{} on {}:\n{said}", cell.profile, cell.board);
        }
    }
    let advice: BTreeSet<&str> = outcomes
        .iter()
        .filter_map(|(_, outcome)| match outcome {
            Outcome::NoToolchain(advice) => Some(advice.as_str()),
            _ => None,
        })
        .collect();
    advice.iter().for_each(|advice| anstream::eprintln!("\n{advice}"));
    fine && advice.is_empty()
}
