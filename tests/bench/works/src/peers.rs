//! The stacks that take part, and which build of ours stands for which work.

mod ours;
mod smoltcp;

use crate::node::Failure;
use crate::pair::Tally;
use crate::works::{SMALL_WINDOW, Work};

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Stack {
    /// Generated from profiles whose memory fills the windows, as smoltcp's does.
    Ours,
    /// Generated from `minimal-v4` as it is, where connections share 16 KiB.
    #[value(name = "minimal-v4")]
    Minimal,
    Smoltcp,
}

impl Stack {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Minimal => "minimal-v4",
            Self::Smoltcp => "smoltcp",
        }
    }

    /// What exactly ran; the versions are those of the lock file.
    pub fn description(self) -> String {
        let version = |package| locked_version(package).unwrap_or("?");
        match self {
            Self::Ours => format!(
                "profile `bench-4mss` (`minimal-v4` with a larger pool), for windows of 65535 bytes `throughput`; lwipgen {}",
                version("lwip-bench-4mss")
            ),
            Self::Minimal => "profile `minimal-v4` as it is, where all connections share 16 KiB".to_owned(),
            Self::Smoltcp => format!("{} with Reno", version("smoltcp")),
        }
    }

    /// Whether the stack has windows of the work's size.
    pub fn takes(self, work: Work) -> bool {
        self != Self::Minimal || work.window == SMALL_WINDOW
    }

    pub fn run(self, work: Work, amount: u64, check: bool) -> Result<Tally, Failure> {
        match self {
            Self::Ours if work.window == SMALL_WINDOW => {
                work.run::<ours::four_segments::OurNode>(amount, check)
            }
            Self::Ours => work.run::<ours::throughput::OurNode>(amount, check),
            Self::Minimal => work.run::<ours::minimal::OurNode>(amount, check),
            Self::Smoltcp => work.run::<smoltcp::SmoltcpNode>(amount, check),
        }
    }
}

/// The version of a dependency that this binary was built with.
fn locked_version(package: &str) -> Option<&'static str> {
    let (_, entry) =
        include_str!("../Cargo.lock").split_once(&format!("name = \"{package}\"\nversion = \""))?;
    entry.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::works;

    #[test]
    fn the_locked_version_is_found() {
        assert!(locked_version("smoltcp").is_some_and(|version| version.starts_with("0.")));
        assert_eq!(locked_version("no-such-package"), None);
    }

    #[test]
    fn every_stack_does_every_work_with_the_right_bytes() {
        for stack in <Stack as clap::ValueEnum>::value_variants() {
            for work in works::ALL.into_iter().filter(|work| stack.takes(*work)) {
                let amount = work.small_amount() / 8;
                if let Err(failure) = stack.run(work, amount, true) {
                    panic!("{} {}: {failure}", stack.name(), work.name);
                }
            }
        }
    }
}
