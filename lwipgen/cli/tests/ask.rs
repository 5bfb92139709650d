//! `search`, `explain`, `why` and `diff` as a user sees them.

use std::path::Path;
use std::process::{Command, Output};

fn lwipgen(arguments: &[&str]) -> Output {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_lwipgen")).current_dir(here).args(arguments).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = lwipgen(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{1b}'), "colour where nobody looks");
    text
}

fn total(profile: &str, set: &str) -> i64 {
    let budget = stdout(&["budget", profile, "--format", "json", "--set", set]);
    serde_json::from_str::<serde_json::Value>(&budget).unwrap()["total_bytes"].as_i64().unwrap()
}

#[test]
fn search_finds_names_of_lwip() {
    assert!(stdout(&["search", "memp_num_tcp_pcb"]).starts_with("tcp.pcbs "));
    assert_eq!(lwipgen(&["search", "weather"]).status.code(), Some(1));
}

#[test]
fn explain_prices_a_step_as_the_budget_does() {
    let text = stdout(&["explain", "tcp.pcbs", "--profile", "iot-sensor"]);
    let change = total("iot-sensor", "tcp.pcbs=5") - total("iot-sensor", "tcp.pcbs=4");
    assert!(change > 0);
    for said in [
        "CONFIG_LWIP_MAX_ACTIVE_TCP",
        "1 to 253 connections",
        "set by <shipped>/minimal-v4.toml:",
        &format!("tcp.pcbs = 5: {change:+} bytes of RAM"),
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(stdout(&["explain", "ipv4"]).contains("some-ip-version"));
}

#[test]
fn why_names_the_line_the_rule_and_the_way_out() {
    let text = stdout(&["why", "iot-sensor", "tcp.mss"]);
    assert!(text.contains("set by         <shipped>/iot-sensor.toml:"), "{text}");
    assert!(
        text.contains("[rule snd-buf-holds-two-segments]") || text.contains("the option's range"),
        "{text}"
    );
    let text = stdout(&["why", "iot-sensor", "tcp.wnd_shift"]);
    assert!(text.contains("freed by       tcp.wnd_scale = true"), "{text}");
}

#[test]
fn diff_adds_up() {
    let found = stdout(&["diff", "iot-sensor", "udp-beacon", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let change =
        |line: &serde_json::Value| line["second"].as_i64().unwrap() - line["first"].as_i64().unwrap();
    let lines = found["lines"].as_array().unwrap();
    assert_eq!(lines.iter().map(change).sum::<i64>(), change(&found["total"]));
    assert!(stdout(&["diff", "iot-sensor", "udp-beacon"]).contains("tcp.pcbs"));
}

#[test]
fn machine_output_holds_no_colour_even_if_it_is_forced() {
    for arguments in [
        &["budget", "iot-sensor", "--format", "json"][..],
        &["diff", "iot-sensor", "full", "--format", "json"],
        &["matrix", "--format", "json"],
        &["matrix", "--format", "github"],
        &["list", "--format", "json"],
        &["get", "iot-sensor", "tcp.mss"],
        &["schema"],
        &["docs"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_lwipgen"))
            .env("CLICOLOR_FORCE", "1")
            .env("FORCE_COLOR", "1")
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!output.stdout.is_empty() && !output.stdout.contains(&0x1b), "{arguments:?}");
    }
}
