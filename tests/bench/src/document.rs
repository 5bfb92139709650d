//! The benchmark document. Its parts are measured one by one: what is not measured now stays as it was.

use std::fmt::Write as _;
use std::process::Command;

use lwipgen_works::Stack;

use crate::report::{Report, description};

/// A part of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// CPU time.
    Speed,
    /// Instructions of this machine.
    Instructions,
    /// Instructions of RV32IMAC.
    Rv32,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Speed, Self::Instructions, Self::Rv32];

    fn heading(self) -> &'static str {
        match self {
            Self::Speed => "## Speed",
            Self::Instructions => "## Instructions",
            Self::Rv32 => "## Instructions on RV32",
        }
    }

    /// What it is about, for those who read its tables.
    fn explanation(self) -> String {
        match self {
            Self::Speed => format!(
                "CPU time. Values are medians of {} rounds (lowest-highest), stacks taking turns; `fr` is frames from A and\n\
                 from B, per operation or per 1460 bytes.",
                crate::timing::ROUNDS
            ),
            Self::Instructions => "Two runs of different size, their difference, under callgrind.".to_owned(),
            Self::Rv32 => "RV32IMAC, the ESP32-C6's instruction set, in QEMU with `-icount shift=0`: retired instructions, the same in each\n\
                           run. All stacks are in one image, with the `memcpy` of Rust's compiler-builtins. `Ir/frame` is by all\n\
                           frames, those with acknowledgements too."
                .to_owned(),
        }
    }
}

/// Parts that were measured now.
pub type Measured = (Part, String, Vec<Report>);

/// The document with what was measured, by what compiler; the parts that were not are taken from `before`.
pub fn document(before: &str, measured: &[Measured]) -> String {
    let stacks: String =
        Stack::ALL.iter().map(|stack| format!("* {}: {}\n", stack.name(), description(*stack))).collect();
    let mut text = format!(
        "# Benchmarks\n\nWritten by `tests/bench/run.sh report --out docs/benchmarks.md`, or part by part with `--part`; not to be edited.\n\n\
         Two nodes of one stack in one process and one thread, joined by two rings of 256 frames; MTU 1500, real ARP,\n\
         checksums in software, a virtual clock. `inplace` uses the API without copies, the others copy at both ends.\n\
         Both ends' work is counted.\n\n{stacks}"
    );
    for part in Part::ALL {
        match measured.iter().find(|(measured, ..)| *measured == part) {
            Some((_, by, reports)) => {
                let _ = write!(
                    text,
                    "\n{}\n\nMeasured on {}; {by}.\n\n{}\n",
                    part.heading(),
                    today(),
                    part.explanation()
                );
                reports.iter().for_each(|report| text += &format!("\n{}", report.markdown()));
            }
            None => text.extend(kept(before, part).map(|part| format!("\n{part}"))),
        }
    }
    text
}

/// A part as it stands in a document.
fn kept(before: &str, part: Part) -> Option<String> {
    let heading = part.heading();
    let mut lines = before.lines().skip_while(|line| *line != heading);
    let first = lines.next()?;
    let rest: Vec<_> = lines.take_while(|line| !line.starts_with("## ")).collect();
    Some(format!("{first}\n{}\n", rest.join("\n").trim_end()))
}

/// The date.
fn today() -> String {
    let output = Command::new("date").arg("+%F").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// The processor's own name for itself, and the compiler.
pub fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let name = name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.to_owned());
    format!("{name}; {}", env!("BENCH_RUSTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_not_measured_stays() {
        let before = "# Benchmarks\n\n## Speed\n\nMeasured last year.\n\n| a |\n\n## Instructions\n\nold\n";
        let after = document(before, &[(Part::Instructions, "a compiler".to_owned(), Vec::new())]);
        assert!(
            after.contains("\n## Speed\n\nMeasured last year.\n\n| a |\n\n## Instructions\n\nMeasured on 2"),
            "{after}"
        );
        assert!(after.contains("; a compiler.\n") && !after.contains("old"), "{after}");
        assert!(!after.contains("RV32"), "{after}");
        assert_eq!(document(&after, &[]), after);
    }
}
