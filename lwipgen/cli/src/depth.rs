//! `lwipgen depth`: how much of the call stack functions of a linked program take at most, read from its machine code.

mod graph;
mod riscv;

use std::path::PathBuf;

use serde_json::json;

use crate::{Refused, refuse};
use graph::{Depth, Graph};

/// Bound the call stack that functions of a linked program take, from its machine code (RISC-V, 32 bits)
#[derive(clap::Args)]
pub struct Args {
    /// The program: an ELF file with its symbols
    program: PathBuf,
    /// The functions: a part of their paths, such as `Stack::service`; may be repeated
    #[arg(long, value_name = "PART", required = true)]
    of: Vec<String>,
    /// Calls by address, in functions whose paths have this part, reach the functions with this part whose addresses
    /// are taken somewhere; without it they are named as not known
    #[arg(long, value_name = "PART")]
    by_address: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Reads and reports.
pub fn run(args: &Args) -> Result<(), Refused> {
    let wrong = |error: &dyn std::fmt::Display| refuse(&format!("{}: {error}", args.program.display()));
    let program = std::fs::read(&args.program).map_err(|error| wrong(&error))?;
    let mut graph = Graph::read(&program).map_err(|error| wrong(&error))?;
    for part in &args.by_address {
        graph.resolve(part).iter().for_each(|name| crate::progress("By address", format_args!("{name}")));
    }
    let mut depths = Vec::new();
    for part in &args.of {
        let found = graph.named(part);
        if found.is_empty() {
            return Err(wrong(&format!("no function is called `{part}`: it may be inlined")));
        }
        depths.extend(found.into_iter().map(|(at, function)| (function.name.as_str(), graph.depth(at))));
    }
    match args.format {
        Format::Text => depths.iter().for_each(|(name, depth)| text(name, depth)),
        Format::Json => {
            let list = depths.iter().map(|(name, Depth { bytes, way, doubts })| {
                let way: Vec<_> =
                    way.iter().map(|(name, frame)| json!({ "function": name, "frame": frame })).collect();
                json!({ "function": name, "bytes": bytes, "way": way, "doubts": doubts })
            });
            anstream::println!("{:#}", json!(list.collect::<Vec<_>>()));
        }
    }
    Ok(())
}

fn text(name: &str, Depth { bytes, way, doubts }: &Depth) {
    let most = if doubts.is_empty() { "at most" } else { "at least" };
    anstream::println!("{name}: {most} {bytes} bytes");
    way.iter().for_each(|(name, frame)| anstream::println!("  {frame:>6}  {name}"));
    doubts.iter().for_each(|doubt| anstream::println!("  not known: {doubt}"));
}
