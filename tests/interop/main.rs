//! Interop: members of the line on a TAP device, with the Linux kernel as their peer.
//!
//! Each case happens in a network namespace of its own, so nothing of the machine is touched. Where that is not
//! permitted, the tests are skipped and say so; with `CI=true` they fail instead.

mod board;
mod cases;
mod routers;
mod setting;
mod tools;

use board::Member;
use cases::{LINES, Line};
use libtest_mimic::{Arguments, Failed, Trial};
use lwipgen_core::profile::SHIPPED;
use lwipgen_tests::{Failure, OWN_PROFILES, namespace};
use setting::{Family, Setting};
use std::collections::BTreeMap;
use std::process::ExitCode;

fn main() -> ExitCode {
    match interop() {
        Ok(status) => status,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn interop() -> Result<ExitCode, Failure> {
    let mut arguments = Arguments::from_args();
    let members = members()?;
    if !arguments.list && !namespace::is_inside() {
        if let Err(refusal) = namespace::is_permitted() {
            if is_ci() {
                return Err(format!("interop must run here, but {refusal}"));
            }
            eprintln!("\nSKIPPED: interop with the Linux kernel: {refusal}\n");
            let ignored = trials(&members).into_iter().map(|trial| trial.with_ignored_flag(true)).collect();
            return Ok(libtest_mimic::run(&arguments, ignored).exit_code());
        }
        for member in &members {
            member.build()?;
        }
        return namespace::enter();
    }
    // Most of the time they wait for the clock.
    arguments.test_threads.get_or_insert(16);
    Ok(libtest_mimic::run(&arguments, trials(&members)).exit_code())
}

/// Whether nothing may be skipped.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}

/// The shipped profiles, and the tests' own.
fn members() -> Result<Vec<Member>, Failure> {
    SHIPPED.iter().map(|(profile, _)| *profile).chain(OWN_PROFILES).map(Member::of).collect()
}

/// What members must do, by each version of IP that they have.
fn trials(members: &[Member]) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut absent: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Line { name, tool, own_too, needs, case } in LINES {
        for (member, family) in members.iter().flat_map(|member| Family::ALL.map(|family| (*member, family)))
        {
            let asked = member.is_shipped() || *own_too;
            if !asked || !member.has(family.feature()) || !needs(&member, family) {
                continue;
            }
            let name = format!("{}::{}::{name}", member.profile(), family.feature());
            let skipped = !tool.is_empty() && !is_ci() && !tools::is_installed(tool);
            if skipped {
                absent.entry(tool).or_default().push(name.clone());
            }
            let trial = Trial::test(name.clone(), move || {
                namespace::fresh()?;
                case(&Setting { member, family, name }).map_err(Failed::from)
            });
            trials.push(trial.with_ignored_flag(skipped));
        }
    }
    for (tool, cases) in absent.iter().filter(|_| namespace::is_inside()) {
        eprintln!("\nSKIPPED: {} cases, for `{tool}` is not installed: {}", cases.len(), cases.join(", "));
    }
    trials
}
