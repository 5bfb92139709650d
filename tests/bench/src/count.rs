//! Instruction counts: each work is done twice, so that set-up cancels out.

use lwipgen_works::{Stack, Work};

use crate::report::{Better, Cell, Report, Row};

/// What counts the instructions of a work.
pub trait Counter {
    /// What the report is called.
    fn title(&self) -> String;
    /// The smaller of the two amounts; the other is three times it.
    fn amount(&self, work: Work) -> u64;
    /// Does a work once.
    fn once(&self, stack: Stack, work: Work, amount: u64) -> Result<Result<Counts, Failure>, String>;
}

/// What a work took in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub instructions: u64,
    /// Frames of both ends, if they are told.
    pub frames: Option<u64>,
}

/// Why a stack could not do a work: a result too.
pub type Failure = String;

/// Counts with two amounts; the difference is divided by the difference of the amounts, and of the frames.
pub fn count(counter: &impl Counter, stacks: &[Stack], works: &[Work]) -> Result<Report, String> {
    let mut rows = Vec::new();
    for work in works {
        eprintln!("counting {}", work.name);
        let (mut cells, mut by_frame) = (Vec::new(), Vec::new());
        for stack in stacks {
            let (cell, frame) = match stack.takes(*work) {
                true => cells_of(counter, *stack, *work)?,
                false => (Cell::Absent, None),
            };
            cells.push(cell);
            by_frame.push(frame.unwrap_or(Cell::Absent));
        }
        rows.push(Row::new(work.name, if work.in_bytes() { "Ir/byte" } else { "Ir/op" }, cells));
        if work.in_bytes() && by_frame.iter().any(|cell| !matches!(cell, Cell::Absent)) {
            rows.push(Row::new(work.name, "Ir/frame", by_frame));
        }
    }
    Ok(Report::new(&counter.title(), Better::Lower, stacks, rows))
}

/// Instructions per unit of work, and per frame. A stack that fails is a result; a counter that fails is an error.
fn cells_of(counter: &impl Counter, stack: Stack, work: Work) -> Result<(Cell, Option<Cell>), String> {
    let small = counter.amount(work);
    let measured = |value| Cell::Measured { value, low: None, high: None, frames: None };
    let (first, second) = match (counter.once(stack, work, small)?, counter.once(stack, work, 3 * small)?) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(failure), _) | (_, Err(failure)) => return Ok((Cell::Failed { failure }, None)),
    };
    let instructions = second.instructions.saturating_sub(first.instructions) as f64;
    let frames = second.frames.zip(first.frames).map(|(second, first)| second.saturating_sub(first));
    let by_frame = frames.filter(|frames| *frames > 0).map(|frames| measured(instructions / frames as f64));
    Ok((measured(instructions / (2 * small) as f64), by_frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1000 instructions to begin with, 7 for a byte or an operation, a frame for ten of them.
    struct Fixed;

    impl Counter for Fixed {
        fn title(&self) -> String {
            "Test".to_owned()
        }

        fn amount(&self, _: Work) -> u64 {
            100
        }

        fn once(&self, stack: Stack, _: Work, amount: u64) -> Result<Result<Counts, Failure>, String> {
            Ok(match stack {
                Stack::Smoltcp => Err("does not like it".to_owned()),
                _ => Ok(Counts { instructions: 1000 + 7 * amount, frames: Some(3 + amount / 10) }),
            })
        }
    }

    #[test]
    fn what_is_there_at_the_beginning_cancels_out() {
        let report = count(&Fixed, &[Stack::Ours, Stack::Smoltcp], &Work::select("bulk-5840")).unwrap();
        let text = report.text();
        assert!(text.contains("bulk-5840  Ir/byte   7.00   failed: does not like it"), "{text}");
        assert!(text.contains("bulk-5840  Ir/frame  70.00  -"), "{text}");
        assert!(!report.complete());
    }
}
