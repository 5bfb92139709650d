//! The budget gate: whether a profile takes no more RAM than it allows itself.

use lwipgen_core::budget::{self, Budget, Pricer};
use lwipgen_core::profile::{Resolved, Verdict};

use crate::profiles::tell;
use crate::{Refused, refuse};

/// Judges a budget by the profile's own limits. A warning is said, an excess refused with what takes most.
pub fn judge(pricer: &Pricer, resolved: &Resolved, budget: &Budget) -> Result<(), Refused> {
    match resolved.limits().judge(budget.total_bytes) {
        Verdict::Fits => Ok(()),
        Verdict::Warning(warning) => {
            tell(&warning, anstyle::AnsiColor::Yellow);
            Ok(())
        }
        Verdict::TooMuch(excess) => {
            tell(&excess, anstyle::AnsiColor::Red);
            consumers(pricer, resolved, budget)?;
            Err(Refused)
        }
    }
}

/// Judges a budget by a limit of the command line.
pub fn judge_max(pricer: &Pricer, resolved: &Resolved, budget: &Budget, max: u64) -> Result<(), Refused> {
    let Some(over) = budget.total_bytes.checked_sub(max).filter(|over| *over > 0) else { return Ok(()) };
    let refused =
        refuse(&format!("{} bytes are {over} more than the {max} allowed; most take", budget.total_bytes));
    consumers(pricer, resolved, budget)?;
    Err(refused)
}

/// Says what takes most and what would save most.
fn consumers(pricer: &Pricer, resolved: &Resolved, budget: &Budget) -> Result<(), Refused> {
    for line in budget.largest(3) {
        anstream::eprintln!("  {:18} {:>9} bytes: {} x {}", line.name, line.bytes, line.count, line.size);
    }
    for lever in budget::levers(pricer, resolved, budget).map_err(|error| refuse(&error))?.iter().take(3) {
        anstream::eprintln!("  --set {} would save {}", lever.set, lever.saves);
    }
    Ok(())
}
