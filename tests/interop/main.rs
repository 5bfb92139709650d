//! Interop: members of the line on a TAP device, with the Linux kernel as their peer.
//!
//! Everything happens in a network namespace of its own, so nothing of the machine is touched. Where that is not
//! permitted, the tests are skipped and say so; with `CI=true` they fail instead.

mod board;
mod cases;
mod namespace;
mod tools;

use board::Member;
use libtest_mimic::{Arguments, Failed, Trial};
use lwipgen_core::profile::{Resolved, SHIPPED};
use lwipgen_tests::Failure;
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
    arguments.test_threads.get_or_insert(8);
    Ok(libtest_mimic::run(&arguments, trials(&members)).exit_code())
}

/// Whether nothing may be skipped.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}

/// The shipped profiles that the kernel can reach by IPv4.
fn members() -> Result<Vec<Member>, Failure> {
    let mut members = Vec::new();
    for (profile, _) in SHIPPED {
        let resolved = Resolved::load(profile, &[]).map_err(|errors| format!("{profile}: {errors:?}"))?;
        let selection = resolved.selection();
        if selection.features.contains("ipv4") {
            members.push(Member::new(profile, &selection));
        }
    }
    Ok(members)
}

/// What every member must do.
fn trials(members: &[Member]) -> Vec<Trial> {
    let inside = namespace::is_inside();
    let mut trials = Vec::new();
    for member in members {
        let mut add_with = |tool: &str, name: &str, case: cases::Case| {
            let number = trials.len() as u8 + 1;
            let (member, name) = (*member, format!("{}::{name}", member.profile));
            let absent = !is_ci() && tools::need(tool).is_err();
            if absent && inside {
                eprintln!("SKIPPED: {name}: `{tool}` is not installed");
            }
            let trial = Trial::test(name, move || case(&member, number).map_err(Failed::from));
            trials.push(trial.with_ignored_flag(absent));
        };
        add_with("ping", "ping_loses_none", cases::ping_loses_none);
        if member.listeners > 0 {
            add_with("socat", "socat", tools::socat);
        }
        if member.listeners > 2 {
            add_with("curl", "curl", tools::curl);
        }
        let mut add = |name: &str, case: cases::Case| add_with("sh", name, case);
        if member.listeners > 0 {
            // The long ones first.
            add("tcp_echo_through_faults", cases::tcp::echo_through_faults);
        }
        add("idle_makes_no_wake_up", cases::idle_makes_no_wake_up);
        add("udp_echo", cases::udp_echo);
        add("udp_closed_port", cases::udp_closed_port);
        add("sigterm_ends_it", cases::sigterm_ends_it);
        add("pcap_holds_what_passed", cases::pcap_holds_what_passed);
        if member.listeners > 0 {
            add("tcp_echo", cases::tcp::echo);
            add("tcp_closed_port", cases::tcp::closed_port);
            add("tcp_connections_at_once", cases::tcp::connections_at_once);
            add("tcp_connections_in_turn", cases::tcp::connections_in_turn);
            add("tcp_reset_by_peer", cases::tcp::reset_by_peer);
        }
        if member.listeners > 1 {
            add("tcp_discard", cases::tcp::discard);
        }
        if member.listeners > 2 {
            add("tcp_chargen", cases::tcp::chargen);
        }
    }
    trials
}
