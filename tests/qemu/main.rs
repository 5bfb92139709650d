//! Members of the line on RV32IMAC and on Xtensa in QEMU, with the Linux kernel as their peer.
//!
//! Each case happens in a network namespace of its own. Where QEMU, a compiler for a board, or namespaces are
//! missing, the tests of that board are skipped and say so; with `CI=true` they fail instead. `boards/setup-debian.sh` installs all.

mod cases;
mod machine;

use cases::{Family, LINES, Setting};
use libtest_mimic::{Arguments, Failed, Trial};
use lwipgen_core::profile::{Resolved, SHIPPED};
use lwipgen_tests::{Failure, lwipgen, namespace, succeed};
use machine::{Board, Member};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    match qemu() {
        Ok(status) => status,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn qemu() -> Result<ExitCode, Failure> {
    let mut arguments = Arguments::from_args();
    let members = members()?;
    if !arguments.list && !namespace::is_inside() {
        let is_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        let mut possible = 0;
        for board in Board::ALL {
            let members = members.iter().filter(|member| member.board == board);
            if let Err(refusal) = is_possible(board) {
                if is_ci {
                    return Err(format!("members must run on {} here, but {refusal}", board.name));
                }
                eprintln!("\nSKIPPED: members on {}: {refusal}\n", board.name);
                members.for_each(Member::forget);
                continue;
            }
            possible += 1;
            let is_chosen = |member: &&Member| {
                let chosen =
                    |filter: &str| trials(&[**member]).iter().any(|trial| trial.name().contains(filter));
                arguments.filter.as_deref().is_none_or(chosen)
            };
            members.filter(is_chosen).try_for_each(Member::build)?;
        }
        if possible > 0 {
            return namespace::enter();
        }
    }
    arguments.test_threads.get_or_insert(8);
    Ok(libtest_mimic::run(&arguments, trials(&members)).exit_code())
}

/// Whether members can be built and run on a board here; if not, why.
fn is_possible(board: Board) -> Result<(), Failure> {
    let qemu = succeed(Command::new(board.qemu).arg("--version"));
    qemu.map_err(|error| format!("{} does not run: {error}", board.qemu))?;
    namespace::is_permitted()?;
    succeed(lwipgen()?.args(["toolchain", board.name])).map(|_| ())
}

/// The shipped profiles on each board.
fn members() -> Result<Vec<Member>, Failure> {
    let pairs = Board::ALL.into_iter().flat_map(|board| SHIPPED.iter().map(move |(name, _)| (board, *name)));
    let member = |(board, profile): (Board, &'static str)| {
        let resolved = Resolved::load(profile, &[]).map_err(|errors| format!("{profile}: {errors:?}"))?;
        Ok(Member::new(board, profile, resolved.selection()))
    };
    pairs.map(member).collect()
}

/// What members must do, by each version of IP that they have.
fn trials(members: &[Member]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, needs, case) in LINES {
        for (member, family) in members.iter().flat_map(|member| Family::ALL.map(|family| (*member, family)))
        {
            if !member.has(family.feature()) || !needs(&member) {
                continue;
            }
            let trial = format!("{}::{}::{}::{name}", member.board.name, member.profile, family.feature());
            let trial = Trial::test(trial, move || {
                namespace::fresh()?;
                case(&Setting { member, family }).map_err(Failed::from)
            });
            trials.push(trial.with_ignored_flag(!member.is_built()));
        }
    }
    trials
}
