//! Connections that carry nothing: A closes when connected, B on A's FIN; one operation is one connection.

use core::cell::Cell;

use super::PORT;
use crate::node::{Failure, Node};
use crate::pair::{Pair, Tally};

pub fn run<N: Node>(mut pair: Pair<N>, amount: u64) -> Result<Tally, Failure> {
    pair.b.listen(PORT)?;
    // The first connection waits for ARP, which is not part of the work.
    cycle(&mut pair, 1)?;
    let start = pair.tally();
    cycle(&mut pair, amount)?;
    Ok(pair.tally() - start)
}

/// Where an end is within a cycle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Idle,
    Open,
    Closing,
}

fn cycle<N: Node>(pair: &mut Pair<N>, amount: u64) -> Result<(), Failure> {
    let (mut opened, closed) = (0u64, Cell::new(0u64));
    let (mut step_a, mut step_b) = (Step::Idle, Step::Idle);
    let mut done = 0u64;
    while done < amount || closed.get() < amount {
        pair.turn(
            |a, now| {
                let before = step_a;
                if step_a == Step::Open && a.connected() {
                    a.close(now)?;
                    step_a = Step::Closing;
                }
                if step_a == Step::Closing && a.ready()? {
                    done += 1;
                    step_a = Step::Idle;
                }
                if step_a == Step::Idle && opened < amount && closed.get() == opened {
                    a.connect(now, PORT)?;
                    opened += 1;
                    step_a = Step::Open;
                }
                Ok(step_a != before)
            },
            |b, now| {
                let before = step_b;
                if step_b == Step::Idle && b.connected() {
                    step_b = Step::Open;
                }
                if step_b == Step::Open && b.finished() {
                    b.close(now)?;
                    step_b = Step::Closing;
                }
                if step_b == Step::Closing && b.ready()? {
                    closed.set(closed.get() + 1);
                    step_b = Step::Idle;
                }
                Ok(step_b != before)
            },
        )?;
    }
    Ok(())
}
