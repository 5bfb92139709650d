//! `lwipgen footprint`: flash and RAM of a real image, read from it, and the static RAM held against the budget.

mod image;
mod lines;
mod record;
mod types;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lwipgen_core::budget::{Budget, Chip, Pricer};
use lwipgen_core::emit::store;
use lwipgen_core::profile::Resolved;
use serde_json::json;

use crate::build::Board;
use crate::places::Places;
use crate::profiles::{Overrides, load, report};
use crate::toolchain::Toolchain;
use crate::{Refused, cargo, generate, refuse};

use image::{Image, Object};
use record::Row;

/// Measure flash and RAM of a board's image, module by module, and hold its RAM against the budget
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile, or name of a shipped one
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// The board; its program is built with optimisation
    #[arg(long)]
    board: String,
    /// Build without this as well, and say what that saves: ipv6, tcp.ooseq, …; may be repeated
    #[arg(long, value_name = "KEY")]
    without: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the row of this profile and board to docs/footprint.md, and say what changed since the last one
    #[arg(long, conflicts_with = "set")]
    record: bool,
    #[command(flatten)]
    overrides: Overrides,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// What was measured of a profile.
struct Measured {
    /// The image's file.
    file: PathBuf,
    image: Image,
    budget: Budget,
    /// Where it must lie, if that is known.
    chip: Option<&'static Chip>,
}

impl Measured {
    /// The static variable that is the stack.
    fn stack(&self) -> Option<&Object> {
        self.image.objects.iter().find(|object| object.is("STACK"))
    }

    /// The bytes that a cell around the stack adds: a flag that says whether it is taken, and what that is filled up with.
    fn cell(&self) -> u64 {
        let stack = self.stack().zip(self.image.stack_type);
        stack.map_or(0, |(stack, of_type)| stack.bytes.saturating_sub(of_type))
    }

    /// The static RAM of the stack, without its cell, beyond its budget: 0 unless the budget is wrong.
    fn difference(&self) -> Option<i128> {
        Some(i128::from(self.stack()?.bytes - self.cell()) - i128::from(self.budget.stack_bytes))
    }

    /// What is wrong with the static RAM of the stack.
    fn fault(&self) -> Option<String> {
        let profile = &self.budget.profile;
        let Some((stack, difference)) = self.stack().zip(self.difference()) else {
            return Some("the program has no static `STACK` that could be measured".to_owned());
        };
        let (bytes, cell) = (stack.bytes, self.cell());
        let elsewhere = self.chip.filter(|chip| !chip.holds(stack.address, bytes));
        if difference != 0 {
            Some(format!("the Stack of {profile} differs from its budget by {difference:+} bytes"))
        } else if cell > LARGEST_CELL {
            Some(format!("the Stack of {profile} stands in a static variable that is {cell} bytes larger"))
        } else if stack.stored {
            Some(format!(
                "the Stack of {profile} is not all zero at the start, so its {bytes} bytes take flash too"
            ))
        } else {
            let at = stack.address;
            elsewhere.map(|chip| {
                format!("the Stack of {profile} is at {at:#x}, not in the RAM of the {}", chip.name)
            })
        }
    }
}

/// What linkers say when a program takes more memory than the linker script gives.
const OVERFLOW: &str = "overflowed by";

/// A flag, aligned as a stack is.
const LARGEST_CELL: u64 = 8;

/// Where and with what it is measured.
struct Bench {
    places: Places,
    board: Board,
    toolchain: Toolchain,
}

/// Builds, reads and reports. A `Stack` that is not as large as its budget says, or that takes flash, is a failure.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let board = Board::find(&args.board)?;
    let resolved = load(&args.profile, &args.overrides)?;
    if board.about.triple.is_none() {
        return Err(refuse(&format!("{} is a program of this machine: it has no image", args.board)));
    }
    let toolchain = board.toolchain_for(&resolved)?;
    let places = Places::find();
    let bench = Bench { places: places.scratch("footprint"), board, toolchain };
    let measured = bench.measure(&resolved)?;
    let mut neighbors = Vec::new();
    for key in &args.without {
        neighbors.push((key.as_str(), bench.measure(&without(&resolved, key)?)?));
    }
    match args.format {
        Format::Text => text(&bench, &resolved, &measured, &neighbors),
        Format::Json => println!("{:#}", as_json(&bench, &resolved, &measured, &neighbors)),
    }
    if args.record {
        record(&places.base().join("docs/footprint.md"), &bench, &resolved, &measured)?;
    }
    let all = neighbors.iter().map(|(_, neighbor)| neighbor).chain([&measured]);
    match all.into_iter().find_map(Measured::fault) {
        Some(fault) => Err(refuse(&fault)),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// The profile with an option or a group off.
fn without(resolved: &Resolved, key: &str) -> Result<Resolved, Refused> {
    let mut neighbor = resolved.with(&[format!("{key}=false")]).map_err(|errors| {
        report(&errors);
        Refused
    })?;
    neighbor.name = format!("{}-without-{}", resolved.name, key.replace(['.', '_'], "-"));
    Ok(neighbor)
}

impl Bench {
    fn measure(&self, resolved: &Resolved) -> Result<Measured, Refused> {
        let Self { places, board, toolchain } = self;
        let template = lwipgen_core::template::Template::stack();
        let stack = places.generated(&resolved.name);
        let emitted = generate::emit_stack(&template, resolved)?;
        store::write(&stack, &emitted).map_err(|error| refuse(&error))?;
        let (directory, program) = board.emit(places, resolved)?;
        store::write(&directory, &program).map_err(|error| refuse(&error))?;
        let mut command = cargo::command(places, toolchain, &directory, "build", true);
        let output = command.output().map_err(|error| refuse(&format!("cannot run cargo: {error}")))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let (profile, board) = (&resolved.name, board.about.name);
            return Err(refuse(&match said.lines().find(|line| line.contains(OVERFLOW)) {
                // Without the name of the linker.
                Some(line) => {
                    format!("{profile} does not fit {board}: {}", line.rsplit(": ").next().unwrap_or(line))
                }
                None => format!("{profile} does not build:\n{said}"),
            }));
        }
        let file = board.program(places, toolchain, resolved, true);
        let image = Image::read(&file, &stack.join("src"))
            .map_err(|message| refuse(&format!("{}: {message}", file.display())))?;
        let pricer = Pricer::new(board.about.target);
        let budget = pricer.budget(&resolved.selection()).map_err(|error| refuse(&error))?;
        Ok(Measured { file, image, budget, chip: board.about.chip })
    }

    fn compiler(&self) -> String {
        format!("{}, {}", self.toolchain.triple.as_deref().unwrap_or_default(), self.toolchain.name)
    }
}

/// Static variables with fewer bytes are not listed one by one.
const LISTED: u64 = 64;

fn text(bench: &Bench, resolved: &Resolved, measured: &Measured, neighbors: &[(&str, Measured)]) {
    let Measured { image, budget, .. } = measured;
    let line = |what: &str, bytes: u64| anstream::println!("  {what:28} {bytes:>8}");
    anstream::println!("{} on {}, measured: {}", resolved.name, bench.board.about.name, bench.compiler());
    anstream::println!("\ncode of the stack              bytes");
    image.modules.iter().for_each(|(module, bytes)| line(module, *bytes));
    line("all modules", image.stack_code());
    anstream::println!("\ncode of others");
    image.others.iter().for_each(|(name, bytes)| line(name, *bytes));
    anstream::println!("\nimage");
    image.sections.iter().for_each(|section| line(&section.name, section.bytes));
    line("flash", image.flash());
    line("RAM without the call stack", image.ram());
    anstream::println!("\nstatic RAM");
    let (large, small): (Vec<_>, Vec<_>) = image.objects.iter().partition(|object| object.bytes >= LISTED);
    large.iter().for_each(|object| line(&object.name, object.bytes));
    line(&format!("{} smaller ones", small.len()), small.iter().map(|object| object.bytes).sum());
    if let Some(difference) = measured.difference() {
        if measured.cell() > 0 {
            line("the cell of the Stack", measured.cell());
        }
        anstream::println!(
            "  {:28} {:>8}  difference {difference}",
            "budget of the Stack",
            budget.stack_bytes
        );
    }
    for (key, neighbor) in neighbors {
        let saved = |now: u64, then: u64| i128::from(now) - i128::from(then);
        anstream::println!("\nwithout {key}: saves");
        let code = saved(image.stack_code(), neighbor.image.stack_code());
        let flash = saved(image.flash(), neighbor.image.flash());
        let ram = saved(budget.total_bytes, neighbor.budget.total_bytes);
        for (what, bytes) in [("code of the stack", code), ("flash", flash), ("RAM of the stack", ram)] {
            anstream::println!("  {what:28} {bytes:>8}");
        }
    }
}

fn as_json(
    bench: &Bench,
    resolved: &Resolved,
    measured: &Measured,
    neighbors: &[(&str, Measured)],
) -> serde_json::Value {
    let of = |measured: &Measured| {
        let Measured { image, budget, .. } = measured;
        json!({
            "program": measured.file,
            "modules": image.modules,
            "stack_code": image.stack_code(),
            "others": image.others,
            "sections": image.sections.iter().map(|section| (section.name.clone(), section.bytes)).collect::<Vec<_>>(),
            "flash": image.flash(),
            "ram": image.ram(),
            "static": image.objects.iter().map(|object| (object.name.clone(), object.bytes)).collect::<Vec<_>>(),
            "budget": { "stack_bytes": budget.stack_bytes, "total_bytes": budget.total_bytes },
            "cell": measured.cell(),
            "difference": measured.difference().and_then(|difference| i64::try_from(difference).ok()),
        })
    };
    let without: serde_json::Map<_, _> =
        neighbors.iter().map(|(key, neighbor)| ((*key).to_owned(), of(neighbor))).collect();
    json!({
        "profile": resolved.name,
        "board": bench.board.about.name,
        "compiler": bench.compiler(),
        "measured": of(measured),
        "without": without,
    })
}

fn record(path: &Path, bench: &Bench, resolved: &Resolved, measured: &Measured) -> Result<(), Refused> {
    let Measured { image, budget, .. } = measured;
    let row = Row {
        profile: resolved.name.clone(),
        board: bench.board.about.name.to_owned(),
        code: image.stack_code(),
        flash: image.flash(),
        stack: budget.stack_bytes,
        ram: image.ram(),
        compiler: bench.compiler(),
    };
    let cannot =
        |error: &dyn std::fmt::Display| refuse(&format!("{}: {error}", PathBuf::from(path).display()));
    let before = std::fs::read_to_string(path).map_err(|error| cannot(&error))?;
    let (after, last) = record::put(&before, &row).ok_or_else(|| cannot(&"it has no table of footprints"))?;
    lwipgen_core::edit::replace(path, &after).map_err(|error| cannot(&error))?;
    match last {
        Some(last) => {
            let change = |now: u64, then: u64| i128::from(now) - i128::from(then);
            let (code, flash) = (change(row.code, last.code), change(row.flash, last.flash));
            let (stack, ram) = (change(row.stack, last.stack), change(row.ram, last.ram));
            crate::progress(
                "Recorded",
                format_args!(
                    "{}: code of the stack {code:+}, flash {flash:+}, Stack {stack:+}, RAM {ram:+}",
                    row.profile
                ),
            );
        }
        None => crate::progress("Recorded", format_args!("{} for the first time", row.profile)),
    }
    Ok(())
}
