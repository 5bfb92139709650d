//! `budget`, `generate`, `build` and `run` as a user sees them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn lwipgen(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lwipgen"))
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .args(arguments)
        .output()
        .expect("runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_budget_as_json_is_alone_on_stdout_and_adds_up() {
    let output = lwipgen(here(), &["budget", "udp-beacon", "--target", "host", "--format", "json"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let budget: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let lines = budget["lines"].as_array().expect("lines");
    let sum: u64 = lines.iter().filter_map(|line| line["bytes"].as_u64()).sum();
    assert_eq!(Some(sum), budget["total_bytes"].as_u64());
    assert_eq!(budget["stack_bytes"], budget["total_bytes"]);
    for line in lines {
        assert_eq!(
            line["bytes"].as_u64(),
            line["count"].as_u64().zip(line["size"].as_u64()).map(|(count, size)| count * size)
        );
        assert!(line["name"].is_string() && line["type"].is_string());
    }
}

#[test]
fn a_budget_reads_in_80_columns_and_obeys_overrides() {
    let bytes = |sets: &[&str]| {
        let output = lwipgen(here(), &[&["budget", "udp-beacon"], sets].concat());
        assert_eq!(output.status.code(), Some(0));
        let text = text(&output.stdout).to_owned();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let size =
            text.lines().find(|line| line.starts_with("size_of::<Stack>()")).expect("the size").to_owned();
        size.trim_start_matches("size_of::<Stack>()").replace(' ', "").parse::<u64>().expect("a number")
    };
    // A block and its link: 256 + 1, and nothing is rounded up to 4 that was not before.
    assert_eq!(bytes(&["--set", "pbuf.pool_size=12"]) - bytes(&[]), 4 * 257);
}

#[test]
fn too_much_is_refused_with_what_takes_most() {
    let output = lwipgen(here(), &["budget", "udp-beacon", "--max", "2KiB"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("more than the 2048 allowed") && said.contains("pool.blocks"), "{said}");
    assert!(said.contains("--set pbuf.block_size=128 would save 1024"), "{said}");
    assert_eq!(lwipgen(here(), &["budget", "udp-beacon", "--max", "4 KiB"]).status.code(), Some(0));
}

#[test]
fn wrong_command_lines_exit_with_2_and_refusals_with_1() {
    for arguments in [
        &["budget", "udp-beacon", "--max", "lots"][..],
        &["budget", "udp-beacon", "--target", "z80"],
        &["generate"],
        &["generate", "udp-beacon", "--all"],
        &["run", "linux"],
    ] {
        assert_eq!(lwipgen(here(), arguments).status.code(), Some(2), "{arguments:?}");
    }
    for arguments in [
        &["budget", "no-such-profile"][..],
        &["generate", "udp-beacon", "--set", "arp.table_size=0"],
        &["build", "udp-beacon", "--board", "commodore"],
        &["run", "commodore", "udp-beacon"],
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let output = lwipgen(directory.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
        assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 0, "{arguments:?}");
    }
}

#[test]
fn generating_checking_and_generating_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    let missing = lwipgen(root, &["generate", "udp-beacon", "--check"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("Cargo.toml: missing"));
    assert!(!root.join("generated").exists());

    assert_eq!(lwipgen(root, &["generate", "udp-beacon"]).status.code(), Some(0));
    assert!(root.join("generated/udp-beacon/Cargo.toml").exists());
    assert_eq!(lwipgen(root, &["generate", "udp-beacon", "--check"]).status.code(), Some(0));
    let again = lwipgen(root, &["generate", "udp-beacon"]);
    assert!(text(&again.stderr).contains("Unchanged"), "{}", text(&again.stderr));

    fs::write(root.join("generated/udp-beacon/src/event.rs"), "// edited\n").expect("writes");
    let edited = lwipgen(root, &["generate", "udp-beacon", "--check"]);
    assert_eq!(edited.status.code(), Some(1));
    let said = text(&edited.stderr);
    assert!(
        said.contains("generated/udp-beacon/src/event.rs: differs") && said.lines().count() == 1,
        "{said}"
    );

    let out = lwipgen(root, &["generate", "udp-beacon", "--out", "stack"]);
    assert_eq!(out.status.code(), Some(0));
    assert!(root.join("stack/src/lib.rs").exists());
}

#[test]
fn building_goes_all_the_way_and_hands_on_a_failure() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    let output = lwipgen(root, &["build", "udp-beacon"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for step in ["Checked udp-beacon", "Budget", "Generated", "Compiling lwip-udp-beacon", "Built"] {
        assert!(said.contains(step), "no {step} in {said}");
    }
    assert!(text(&output.stdout).contains("test result: ok"), "the crate runs its own tests");
    assert!(root.join("target/lwipgen/debug").is_dir());

    // A compiler that fails: its exit status is ours.
    let failing = Command::new(env!("CARGO_BIN_EXE_lwipgen"))
        .current_dir(root)
        .env("CARGO_TARGET_DIR", root.join("other"))
        .env("RUSTC", "/bin/false")
        .args(["build", "udp-beacon"])
        .output()
        .expect("runs");
    assert_eq!(failing.status.code(), Some(101), "{}", text(&failing.stderr));
}
