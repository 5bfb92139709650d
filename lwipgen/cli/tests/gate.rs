//! The budget as a gate, as a what-if and as a picture.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn lwipgen(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lwipgen")).current_dir(directory).args(arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn total(directory: &Path, arguments: &[&str]) -> i64 {
    let output = lwipgen(directory, &[&["budget", "--format", "json"], arguments].concat());
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["total_bytes"].as_i64().unwrap()
}

#[test]
fn a_profile_that_takes_more_than_it_allows_itself_is_refused_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("node.toml"), "extends = \"udp-beacon\"\n[budget]\nmax = \"2 KiB\"\n").unwrap();
    for command in ["check", "budget", "build"] {
        let output = lwipgen(root, &[command, "node.toml"]);
        assert_eq!(output.status.code(), Some(1), "{command}");
        let text = said(&output.stderr);
        assert!(text.contains("node.toml:3:7: ") && text.contains("more than the 2048 allowed"), "{text}");
        assert!(text.contains("pool.blocks") && text.contains("would save"), "{text}");
    }
    assert!(!root.join("generated").exists(), "build wrote a crate that does not fit");
    // A limit of the command line speaks last.
    assert_eq!(lwipgen(root, &["budget", "node.toml", "--max", "4KiB"]).status.code(), Some(0));
    assert_eq!(lwipgen(root, &["check", "node.toml", "--set", "pbuf.block_size=128"]).status.code(), Some(0));
}

#[test]
fn a_wish_that_is_not_met_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("node.toml"), "extends = \"udp-beacon\"\nbudget.warn = 2048\n").unwrap();
    for command in ["check", "budget"] {
        let output = lwipgen(folder.path(), &[command, "node.toml"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(said(&output.stderr).contains("node.toml:2:15: "), "{}", said(&output.stderr));
    }
}

#[test]
fn a_chip_is_a_limit_and_the_only_share_told() {
    let here = Path::new(".");
    let output = lwipgen(here, &["budget", "throughput", "--chip", "esp32"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains("more than the 196608 allowed"));
    let output = lwipgen(here, &["budget", "throughput", "--chip", "ESP32-C6"]);
    assert_eq!(output.status.code(), Some(0));
    let share =
        said(&output.stdout).lines().find(|line| line.starts_with("Share of RAM:")).unwrap().to_owned();
    assert!(share.contains("ESP32-C6") && !share.contains("S3"), "{share}");
    assert_eq!(lwipgen(here, &["budget", "full", "--chip", "z80"]).status.code(), Some(2));
}

#[test]
fn what_if_says_what_the_budget_would_say() {
    let here = Path::new(".");
    let output =
        lwipgen(here, &["budget", "throughput", "--what-if", "tcp.pcbs=8", "udp=false", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["total"]["first"], total(here, &["throughput"]));
    assert_eq!(
        found["total"]["second"],
        total(here, &["throughput", "--set", "tcp.pcbs=8", "--set", "udp=false"])
    );
    assert_eq!(lwipgen(here, &["budget", "throughput", "--what-if", "tcp.pcbs=0"]).status.code(), Some(1));
}

#[test]
fn levers_are_told_when_asked_for() {
    let here = Path::new(".");
    let levers = |arguments: &[&str]| {
        said(&lwipgen(here, &[&["budget", "full"], arguments].concat()).stdout).contains("single changes")
    };
    assert!(levers(&["--levers"]) && !levers(&[]));
}

#[test]
fn the_picture_is_drawn_beside_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let output = lwipgen(folder.path(), &["budget", "iot-sensor", "--svg", "ram.svg"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output.stdout).starts_with("iot-sensor on riscv32: "));
    let picture = fs::read_to_string(folder.path().join("ram.svg")).unwrap();
    assert!(picture.starts_with("<svg ") && picture.contains("pool.blocks"));
}
