//! Every profile on every board that supports it, each pair with its budget and what the limits say of it.

use crate::board::Board;
use crate::budget::Pricer;
use crate::profile::{Resolved, Verdict};
use crate::template::TemplateError;
use serde::Serialize;

/// A profile on a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The profile.
    pub profile: String,
    /// The board.
    pub board: &'static str,
    /// What sizes are computed for.
    pub target: &'static str,
    /// Bytes of RAM.
    pub total_bytes: u64,
    /// What the limits say.
    pub verdict: Word,
    /// Why, where it does not just fit.
    pub reason: Option<String>,
}

/// What is said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// All is well.
    Fits,
    /// More than the profile wishes for.
    Warning,
    /// More than the profile allows, or than the chip that it names leaves it on the board.
    TooMuch,
    /// More than the board's chip leaves it. The profile does not claim that chip, so this is no fault of it.
    DoesNotFit,
    /// The board does not support the profile.
    Unsupported,
}

impl Word {
    /// The word as it is told.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Warning => "warning",
            Self::TooMuch => "too much",
            Self::DoesNotFit => "does not fit",
            Self::Unsupported => "unsupported",
        }
    }
}

/// All pairs, in the order of the profiles.
///
/// # Errors
/// A fault of the template.
pub fn matrix(profiles: &[Resolved], boards: &[Board]) -> Result<Vec<Cell>, TemplateError> {
    let pricers: Vec<Pricer> = boards.iter().map(|board| Pricer::new(board.target)).collect();
    let pairs =
        profiles.iter().flat_map(|profile| boards.iter().zip(&pricers).map(move |board| (profile, board)));
    pairs.map(|(profile, (board, pricer))| cell(profile, board, pricer)).collect()
}

fn cell(resolved: &Resolved, board: &Board, pricer: &Pricer) -> Result<Cell, TemplateError> {
    let selection = resolved.selection();
    let total_bytes = pricer.total(&selection)?;
    let limits = resolved.limits();
    let left = board.chip.map(|chip| (chip, chip.ram.saturating_sub(board.taken)));
    let left = left.filter(|(_, left)| total_bytes > *left);
    let (verdict, reason) = match (board.objection(&selection), limits.judge(total_bytes), left) {
        (Some(objection), ..) => (Word::Unsupported, Some(objection)),
        (_, Verdict::TooMuch(excess), _) => (Word::TooMuch, Some(excess.message)),
        (_, _, Some((chip, left))) => {
            let is_claimed = limits.chip.as_ref().is_some_and(|(claimed, _)| *claimed == chip);
            let verdict = if is_claimed { Word::TooMuch } else { Word::DoesNotFit };
            let program = match (board.taken, board.estimated) {
                (0, _) => "",
                (_, false) => " beside the rest of the program",
                (_, true) => " beside the rest of the program, by an estimate",
            };
            (verdict, Some(format!("the {} has {left} bytes of RAM{program}", chip.name)))
        }
        (_, Verdict::Warning(warning), _) => (Word::Warning, Some(warning.message)),
        (None, Verdict::Fits, None) => (Word::Fits, None),
    };
    Ok(Cell {
        profile: resolved.name.clone(),
        board: board.name,
        target: board.target.name,
        total_bytes,
        verdict,
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Chip;
    use crate::layout::Target;

    #[test]
    fn each_pair_has_the_budget_of_its_target_and_its_verdict() {
        let load = |sets: &[&str], text: &str| {
            let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
            Resolved::from_text("node", text, &sets).unwrap()
        };
        let linux = Board::all().unwrap().into_iter().find(|board| board.name == "linux").unwrap();
        let profiles = [
            load(&[], "extends = \"throughput\""),
            load(&[], "extends = \"udp-beacon\"\nbudget.max = 100"),
            load(&[], "extends = \"udp-beacon\"\nbudget.warn = 100"),
            load(&["tcp.pcbs=4"], "extends = \"iot-sensor\""),
        ];
        let chip = Chip::find("esp32c6");
        let taken = chip.unwrap().ram - 1000;
        let busy = Board { target: Target::RISCV32, chip, taken, estimated: true, ..linux.clone() };
        let cell = |profile| matrix(&[profile], std::slice::from_ref(&busy)).unwrap().remove(0);
        let unclaimed = cell(profiles[2].clone());
        let reason = unclaimed.reason.unwrap();
        assert!(reason.contains("1000 bytes of RAM beside the rest of the program, by an"), "{reason}");
        assert_eq!(unclaimed.verdict, Word::DoesNotFit);
        let claimed = cell(load(&[], "extends = \"udp-beacon\"\nbudget.chip = \"esp32c6\""));
        assert_eq!(claimed.verdict, Word::TooMuch);
        let small = Board { target: Target::RISCV32, chip: Chip::find("esp32"), ..linux.clone() };
        let cells = matrix(&profiles, &[linux, small]).unwrap();
        let words: Vec<Word> = cells.iter().map(|cell| cell.verdict).collect();
        use Word::{DoesNotFit, Fits, TooMuch, Warning};
        assert_eq!(words, [Fits, DoesNotFit, TooMuch, TooMuch, Warning, Warning, Fits, Fits]);
        let pricer = Pricer::new(Target::RISCV32);
        assert_eq!(cells[7].total_bytes, pricer.total(&profiles[3].selection()).unwrap());
        assert!(cells[6].total_bytes >= cells[7].total_bytes);
    }
}
