//! Bulk data from A to B over one TCP connection.

use core::hint::black_box;

use super::PORT;
use crate::node::{Failure, Node};
use crate::pair::{Pair, Tally};
use crate::pattern::{CHUNK, Pattern};

/// Both applications copy between the stack and buffers of their own.
pub fn copying<N: Node>(pair: Pair<N>, amount: u64, check: bool) -> Result<Tally, Failure> {
    let pattern = Pattern::new();
    let mut buffer = [0; CHUNK];
    run(
        pair,
        amount,
        |a, sent| a.write(pattern.at(sent, CHUNK.min((amount - sent) as usize))),
        |b, received| {
            let n = b.read(&mut buffer)?;
            if check {
                pattern.check(received, &buffer[..n])?;
            }
            black_box(&buffer[..n]);
            Ok(n)
        },
    )
}

/// Both applications work in the stack's own buffers; without `check` they leave the bytes alone.
pub fn in_place<N: Node>(pair: Pair<N>, amount: u64, check: bool) -> Result<Tally, Failure> {
    let pattern = Pattern::new();
    run(
        pair,
        amount,
        |a, sent| {
            a.write_in_place(|space| {
                if check {
                    pattern.fill(sent, space);
                }
            })
        },
        |b, received| {
            let mut checked = Ok(());
            let n = b.read_in_place(|bytes| {
                if check {
                    checked = pattern.check(received, bytes);
                }
                black_box(bytes);
            })?;
            checked.map(|()| n)
        },
    )
}

/// Sends until B has received `amount`; each application goes on until its call moves nothing.
fn run<N: Node>(
    mut pair: Pair<N>,
    amount: u64,
    mut send: impl FnMut(&mut N, u64) -> Result<usize, Failure>,
    mut receive: impl FnMut(&mut N, u64) -> Result<usize, Failure>,
) -> Result<Tally, Failure> {
    pair.establish(PORT)?;
    let start = pair.tally();
    let (mut sent, mut received) = (0u64, 0u64);
    while received < amount {
        pair.turn(
            |a, _| drain(a, &mut sent, amount, &mut send),
            |b, _| drain(b, &mut received, u64::MAX, &mut receive),
        )?;
    }
    Ok(pair.tally() - start)
}

fn drain<N: Node>(
    node: &mut N,
    done: &mut u64,
    limit: u64,
    step: &mut impl FnMut(&mut N, u64) -> Result<usize, Failure>,
) -> Result<bool, Failure> {
    let before = *done;
    while *done < limit {
        match step(node, *done)? {
            0 => break,
            n => *done += n as u64,
        }
    }
    Ok(*done != before)
}
