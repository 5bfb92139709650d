//! One byte from A to B and back, Nagle off; one operation is one round trip.

use super::PORT;
use crate::node::{Failure, Node};
use crate::pair::{Pair, Tally};

pub fn run<N: Node>(mut pair: Pair<N>, amount: u64, check: bool) -> Result<Tally, Failure> {
    pair.establish(PORT)?;
    pair.a.no_delay()?;
    pair.b.no_delay()?;
    let start = pair.tally();
    let (mut asked, mut answered) = (0u64, 0u64);
    while answered < amount {
        pair.turn(
            |a, _| {
                let mut byte = [0];
                if asked > answered {
                    if a.read(&mut byte)? == 0 {
                        return Ok(false);
                    }
                    if check && byte[0] != answered as u8 {
                        return Err(Failure::from("another byte came back than was sent"));
                    }
                    answered += 1;
                }
                if asked < amount && a.write(&[asked as u8])? == 1 {
                    asked += 1;
                }
                Ok(true)
            },
            |b, _| {
                let mut byte = [0];
                if b.read(&mut byte)? == 0 {
                    return Ok(false);
                }
                match b.write(&byte)? {
                    1 => Ok(true),
                    _ => Err(Failure::from("no room for one byte")),
                }
            },
        )?;
    }
    Ok(pair.tally() - start)
}
