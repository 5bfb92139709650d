//! The command line.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use lwipgen_works::{self as works, Stack, Work};

use crate::callgrind::Callgrind;
use crate::count::count;
use crate::document::{self, Part};
use crate::qemu::Qemu;
use crate::report::{Format, Report};
use crate::timing;

/// Side-by-side benchmarks: two nodes of one stack over in-memory rings, on a virtual clock, in one thread.
#[derive(Parser)]
#[command(name = "lwipgen-bench", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures CPU time: the stacks take turns, the median of the rounds counts.
    Run {
        #[command(flatten)]
        choice: Choice,
        /// Rounds for each work and stack.
        #[arg(long, default_value_t = timing::ROUNDS, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
        /// How much of the usual amount of work to do, in percent.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
        percent: u32,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Counts instructions under callgrind: two runs of different size, their difference per byte or operation.
    Count {
        #[command(flatten)]
        choice: Choice,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Keeps callgrind's files here, for callgrind_annotate.
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
    /// Counts instructions of RV32IMAC in QEMU: two runs of different size, their difference per byte or operation.
    Rv32 {
        #[command(flatten)]
        choice: Choice,
        #[command(flatten)]
        images: Images,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Does every work once and compares every byte received.
    Verify {
        #[command(flatten)]
        choice: Choice,
    },
    /// Runs and counts everything and writes the result as a Markdown document.
    Report {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Only these parts; the others stay as they are in the document.
        #[arg(long = "part", value_enum, value_name = "PART")]
        parts: Vec<Part>,
        #[command(flatten)]
        images: Images,
    },
    /// Does one work once, in silence: what `count` puts under callgrind.
    #[command(hide = true)]
    Once {
        #[arg(long, value_parser = stack_by_name)]
        stack: Stack,
        #[arg(long, value_parser = work_by_name)]
        work: Work,
        #[arg(long)]
        amount: u64,
    },
}

#[derive(Args)]
struct Choice {
    /// Stacks that take part; all without it.
    #[arg(long = "stack", value_name = "NAME", value_parser = stack_by_name)]
    stacks: Vec<Stack>,
    /// Works, by name or beginning of a name; all without it.
    #[arg(long = "work", value_name = "NAME", value_parser = works_by_name)]
    works: Vec<Works>,
}

/// The program for RV32: what run.sh says.
#[derive(Args)]
struct Images {
    /// The folder of its builds, `release` and `small`.
    #[arg(long, value_name = "DIR", default_value = "")]
    images: PathBuf,
    /// What compiled it.
    #[arg(long, value_name = "NAME", default_value = "")]
    compiler: String,
}

impl Images {
    /// By what they were optimised for.
    fn machines(&self) -> [Qemu; 2] {
        [("small", "opt-level s"), ("release", "opt-level 3")].map(|(folder, optimised)| {
            let image = self.images.join(folder).join("lwipgen-bench-rv32");
            Qemu { optimised, image }
        })
    }

    fn count(&self, stacks: &[Stack], works: &[Work]) -> Result<Vec<Report>, String> {
        self.machines().iter().map(|qemu| count(qemu, stacks, works)).collect()
    }
}

/// What one `--work` stands for.
#[derive(Clone)]
struct Works(Vec<Work>);

impl Choice {
    fn stacks(&self) -> &[Stack] {
        if self.stacks.is_empty() { &Stack::ALL } else { &self.stacks }
    }

    fn works(&self) -> Vec<Work> {
        match self.works.is_empty() {
            true => works::ALL.to_vec(),
            false => self.works.iter().flat_map(|works| works.0.iter().copied()).collect(),
        }
    }
}

fn works_by_name(name: &str) -> Result<Works, String> {
    match Work::select(name) {
        works if works.is_empty() => Err(format!("there is no such work; there are {}", works::names())),
        works => Ok(Works(works)),
    }
}

fn stack_by_name(name: &str) -> Result<Stack, String> {
    Stack::ALL.into_iter().find(|stack| stack.name() == name).ok_or_else(|| {
        format!("there is no such stack; there are {}", Stack::ALL.map(Stack::name).join(", "))
    })
}

fn work_by_name(name: &str) -> Result<Work, String> {
    works::ALL.into_iter().find(|work| work.name == name).ok_or_else(|| "there is no such work".into())
}

/// Does what the command line says; false if a stack failed at a work.
pub fn execute(cli: Cli) -> Result<bool, String> {
    match cli.command {
        Command::Run { choice, rounds, percent, format } => {
            show(&timing::measure(choice.stacks(), &choice.works(), rounds, percent), format)
        }
        Command::Count { choice, format, keep } => {
            show(&count(&Callgrind::new(keep.as_deref())?, choice.stacks(), &choice.works())?, format)
        }
        Command::Rv32 { choice, images, format } => {
            let reports = images.count(choice.stacks(), &choice.works())?;
            reports.iter().try_fold(true, |good, report| Ok(show(report, format)? && good))
        }
        Command::Verify { choice } => Ok(verify(choice.stacks(), &choice.works())),
        Command::Report { out, parts, images } => {
            let mut measured = Vec::new();
            for part in Part::ALL.into_iter().filter(|part| parts.is_empty() || parts.contains(part)) {
                let (stacks, works) = (&Stack::ALL, &works::ALL);
                let (by, reports) = match part {
                    Part::Speed => {
                        let times = timing::measure(stacks, works, timing::ROUNDS, 100);
                        (document::machine(), vec![times])
                    }
                    Part::Instructions => {
                        (document::machine(), vec![count(&Callgrind::new(None)?, stacks, works)?])
                    }
                    Part::Rv32 => (images.compiler.clone(), images.count(stacks, works)?),
                };
                measured.push((part, by, reports));
            }
            let before = std::fs::read_to_string(&out).unwrap_or_default();
            let text = document::document(&before, &measured);
            write(&out, &text).map_err(|error| format!("{}: {error}", out.display()))?;
            Ok(measured.iter().flat_map(|(.., reports)| reports).all(Report::complete))
        }
        Command::Once { stack, work, amount } => {
            stack.run(work, amount, false, || 0).map(|_| true).map_err(|failure| failure.to_string())
        }
    }
}

fn show(report: &Report, format: Format) -> Result<bool, String> {
    let text = report.render(format)?;
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(report.complete())
}

fn verify(stacks: &[Stack], works: &[Work]) -> bool {
    let mut good = true;
    for work in works {
        for stack in stacks.iter().filter(|stack| stack.takes(*work)) {
            match stack.run(*work, work.small_amount(), true, || 0) {
                Ok(_) => println!("ok      {:10} {}", stack.name(), work.name),
                Err(failure) => {
                    println!("FAILED  {:10} {}: {failure}", stack.name(), work.name);
                    good = false;
                }
            }
        }
    }
    good
}

/// Replaces `path` at once, so that nobody sees half a document.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
