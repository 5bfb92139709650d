//! Members of the line on RV32IMAC and on Xtensa in QEMU, with the Linux kernel as their peer.
//!
//! Each case happens in a network namespace of its own. Where QEMU, a compiler for the target, or namespaces are
//! missing, the tests are skipped and say so; with `CI=true` they fail instead. `boards/setup-debian.sh` installs all.

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
        let chosen = |member: &&Member| {
            let prefix = format!("{}::{}::", member.board.name, member.profile);
            let filter = arguments.filter.as_deref().filter(|filter| filter.contains("::"));
            filter.is_none_or(|filter| filter.contains(&prefix) || prefix.contains(filter))
        };
        let is_possible =
            is_installed().and_then(|()| namespace::is_permitted()).and_then(|()| can_compile());
        if let Err(refusal) = is_possible {
            if std::env::var_os("CI").is_some_and(|ci| ci == "true") {
                return Err(format!("members must run in QEMU here, but {refusal}"));
            }
            eprintln!("\nSKIPPED: members in QEMU: {refusal}\n");
            let ignored = trials(&members).into_iter().map(|trial| trial.with_ignored_flag(true)).collect();
            return Ok(libtest_mimic::run(&arguments, ignored).exit_code());
        }
        members.iter().filter(chosen).try_for_each(Member::build)?;
        return namespace::enter();
    }
    arguments.test_threads.get_or_insert(8);
    Ok(libtest_mimic::run(&arguments, trials(&members)).exit_code())
}

fn is_installed() -> Result<(), Failure> {
    Board::ALL.iter().try_for_each(|board| {
        let qemu = succeed(Command::new(board.qemu).arg("--version"));
        qemu.map(|_| ()).map_err(|error| format!("{} does not run: {error}", board.qemu))
    })
}

fn can_compile() -> Result<(), Failure> {
    Board::ALL.iter().try_for_each(|board| succeed(lwipgen()?.args(["toolchain", board.name])).map(|_| ()))
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
            trials.push(Trial::test(trial, move || {
                namespace::fresh()?;
                case(&Setting { member, family }).map_err(Failed::from)
            }));
        }
    }
    trials
}
