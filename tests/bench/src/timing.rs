//! CPU time: every work on every stack in turn, several rounds, the median counts.

use lwipgen_works::{Failure, Stack, Work};

use crate::report::{Better, Cell, Report, Row};

pub const ROUNDS: u32 = 5;
/// What a frame count of bulk work is divided by, to compare stacks segment by segment.
const SEGMENT: f64 = 1460.0;

/// Rounds are interleaved, so that a disturbance of the machine meets all stacks alike.
pub fn measure(stacks: &[Stack], works: &[Work], rounds: u32, percent: u32) -> Report {
    let rows = works.iter().map(|work| row(stacks, *work, rounds, percent)).collect();
    Report::new("CPU time, both ends on one core", Better::Higher, stacks, rows)
}

fn row(stacks: &[Stack], work: Work, rounds: u32, percent: u32) -> Row {
    eprintln!("running {}", work.name);
    let amount = (work.amount() * u64::from(percent) / 100).max(1);
    let mut results = vec![Ok(Vec::new()); stacks.len()];
    let mut frames = vec![[0.0; 2]; stacks.len()];
    for _ in 0..rounds {
        for ((stack, result), frames) in stacks.iter().zip(&mut results).zip(&mut frames) {
            let Ok(rates) = result else { continue };
            if !stack.takes(work) {
                continue;
            }
            match stack.run(work, amount, false, cpu_time) {
                Ok(tally) => {
                    rates.push(rate(work, amount, tally.spent as f64 / 1e9));
                    *frames = [tally.frames_a, tally.frames_b].map(|n| n as f64 / operations(work, amount));
                }
                Err(failure) => *result = Err(failure),
            }
        }
    }
    let cells = results.into_iter().zip(frames).map(|(result, frames)| cell(result, frames)).collect();
    Row::new(work.name, if work.in_bytes() { "MB/s" } else { "k/s" }, cells)
}

fn cell(result: Result<Vec<f64>, Failure>, frames: [f64; 2]) -> Cell {
    match result {
        Ok(rates) if rates.is_empty() => Cell::Absent,
        Ok(mut rates) => {
            rates.sort_by(f64::total_cmp);
            let (low, high) = (rates[0], rates[rates.len() - 1]);
            Cell::Measured { value: median(&rates), low: Some(low), high: Some(high), frames: Some(frames) }
        }
        Err(failure) => Cell::Failed { failure: failure.to_string() },
    }
}

/// Nanoseconds of CPU time that this process has used.
fn cpu_time() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// The middle of sorted values.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

fn rate(work: Work, amount: u64, seconds: f64) -> f64 {
    let scale = if work.in_bytes() { 1e6 } else { 1e3 };
    amount as f64 / scale / seconds.max(1e-9)
}

fn operations(work: Work, amount: u64) -> f64 {
    if work.in_bytes() { amount as f64 / SEGMENT } else { amount as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), 3.0);
    }
}
