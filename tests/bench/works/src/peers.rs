//! The stacks that take part, and which build of ours stands for which work.

mod ours;
mod smoltcp;

use crate::node::Failure;
use crate::pair::{Meter, Tally};
use crate::work::{SMALL_WINDOW, Work};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    /// Generated from profiles whose memory fills the windows, as smoltcp's does.
    Ours,
    /// Generated from `minimal-v4` as it is, where connections share 16 KiB.
    Minimal,
    Smoltcp,
}

impl Stack {
    /// All of them, in the order of the reports.
    pub const ALL: [Self; 3] = [Self::Ours, Self::Minimal, Self::Smoltcp];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Minimal => "minimal-v4",
            Self::Smoltcp => "smoltcp",
        }
    }

    /// Whether the stack has windows of the work's size.
    pub fn takes(self, work: Work) -> bool {
        self != Self::Minimal || work.window == SMALL_WINDOW
    }

    pub fn run(self, work: Work, amount: u64, check: bool, meter: Meter) -> Result<Tally, Failure> {
        match self {
            Self::Ours if work.window == SMALL_WINDOW => {
                work.run::<ours::four_segments::OurNode>(amount, check, meter)
            }
            Self::Ours => work.run::<ours::throughput::OurNode>(amount, check, meter),
            Self::Minimal => work.run::<ours::minimal::OurNode>(amount, check, meter),
            Self::Smoltcp => work.run::<smoltcp::SmoltcpNode>(amount, check, meter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work;

    #[test]
    fn every_stack_does_every_work_with_the_right_bytes() {
        for stack in Stack::ALL {
            for work in work::ALL.into_iter().filter(|work| stack.takes(*work)) {
                let amount = work.small_amount() / 8;
                if let Err(failure) = stack.run(work, amount, true, || 0) {
                    panic!("{} {}: {failure}", stack.name(), work.name);
                }
            }
        }
    }
}
