//! UDP datagrams from A to B; one operation is one datagram sent and received.

use core::cell::Cell;
use core::hint::black_box;

use super::PORT;
use crate::node::{Failure, Node};
use crate::pair::{Pair, Tally};
use crate::pattern::Pattern;

pub fn run<N: Node>(
    mut pair: Pair<N>,
    size: usize,
    batch: usize,
    amount: u64,
    check: bool,
) -> Result<Tally, Failure> {
    let pattern = Pattern::new();
    pair.burst = N::BURST;
    pair.a.bind(PORT)?;
    pair.b.bind(PORT)?;
    // The first datagram waits for ARP, which is not part of the work.
    transfer(&mut pair, &pattern, size, 1, 1, check)?;
    let start = pair.tally();
    transfer(&mut pair, &pattern, size, batch, amount, check)?;
    Ok(pair.tally() - start)
}

fn transfer<N: Node>(
    pair: &mut Pair<N>,
    pattern: &Pattern,
    size: usize,
    batch: usize,
    amount: u64,
    check: bool,
) -> Result<(), Failure> {
    let (mut sent, received) = (0u64, Cell::new(0u64));
    let mut buffer = [0; 1500];
    while received.get() < amount {
        pair.turn(
            |a, _| {
                if received.get() < sent {
                    return Ok(false);
                }
                let end = amount.min(sent + batch as u64);
                let start = sent;
                while sent < end && a.send_datagram(PORT, pattern.at(sent, size))? {
                    sent += 1;
                }
                Ok(sent != start)
            },
            |b, _| {
                let start = received.get();
                while let Some(n) = b.receive_datagram(&mut buffer)? {
                    if n != size {
                        return Err(Failure::from("a datagram has lost its size"));
                    }
                    if check {
                        pattern.check(received.get(), &buffer[..n])?;
                    }
                    black_box(&buffer[..n]);
                    received.set(received.get() + 1);
                }
                Ok(received.get() != start)
            },
        )?;
    }
    Ok(())
}
