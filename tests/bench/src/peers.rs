//! The stacks that take part, and which build of ours stands for which work.

pub mod smoltcp;

use crate::node::Failure;
use crate::pair::Tally;
use crate::works::Work;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Stack {
    Smoltcp,
}

impl Stack {
    pub fn name(self) -> &'static str {
        match self {
            Self::Smoltcp => "smoltcp",
        }
    }

    /// What exactly ran: for smoltcp the version in the lock file.
    pub fn description(self) -> String {
        match self {
            Self::Smoltcp => format!("smoltcp {} with Reno", locked_version("smoltcp").unwrap_or("?")),
        }
    }

    pub fn run(self, work: Work, amount: u64, check: bool) -> Result<Tally, Failure> {
        match self {
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
            for work in works::ALL {
                let amount = work.small_amount() / 8;
                if let Err(failure) = stack.run(work, amount, true) {
                    panic!("{} {}: {failure}", stack.name(), work.name);
                }
            }
        }
    }
}
