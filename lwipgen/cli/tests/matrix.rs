//! `matrix` as a user and CI see it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn lwipgen(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lwipgen"))
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .args(arguments)
        .output()
        .unwrap()
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_shipped_profile_meets_every_board() {
    let here = Path::new(".");
    let output = lwipgen(here, &["matrix", "--format", "json"]);
    assert_eq!((output.status.code(), said(&output.stderr)), (Some(0), ""));
    let cells: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let cells = cells.as_array().unwrap();
    let list = lwipgen(here, &["list", "--format", "json"]);
    let profiles =
        serde_json::from_slice::<serde_json::Value>(&list.stdout).unwrap().as_array().unwrap().len();
    assert_eq!(cells.len() % profiles, 0);
    let budget = lwipgen(here, &["budget", "iot-sensor", "--target", "host", "--format", "json"]);
    let budget: serde_json::Value = serde_json::from_slice(&budget.stdout).unwrap();
    let linux =
        cells.iter().find(|cell| cell["profile"] == "iot-sensor" && cell["board"] == "linux").unwrap();
    assert_eq!(linux["total_bytes"], budget["total_bytes"]);
    assert_eq!(linux["verdict"], "fits");
}

#[test]
fn a_profile_that_takes_too_much_fails_and_is_left_out_of_the_strategy() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("node.toml"), "extends = \"udp-beacon\"\nbudget.max = 100\n").unwrap();
    let output = lwipgen(folder.path(), &["matrix", "node.toml", "udp-beacon", "--format", "github"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output.stdout).lines().count(), 1);
    let strategy: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let pairs = strategy["include"].as_array().unwrap();
    assert!(pairs.iter().any(|pair| pair["profile"] == "udp-beacon" && pair["board"] == "linux"));
    assert!(pairs.iter().all(|pair| pair["profile"] != "node"));
    let text = lwipgen(folder.path(), &["matrix", "node.toml"]);
    assert!(said(&text.stdout).contains("too much: "), "{}", said(&text.stdout));
}

#[test]
fn that_a_chip_is_too_small_fails_only_where_profile_and_board_are_asked_for() {
    let matrix = |arguments: &[&str]| lwipgen(Path::new("."), &[&["matrix"], arguments].concat());
    for arguments in [&["full"][..], &["--board", "esp32"]] {
        let output = matrix(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let line =
            said(&output.stdout).lines().find(|line| line.starts_with("full") && line.contains(" esp32 "));
        let line = line.unwrap();
        assert!(
            line.contains("does not fit: the ESP32 has ") && line.ends_with(", by an estimate"),
            "{line}"
        );
    }
    assert_eq!(matrix(&["full", "--board", "esp32"]).status.code(), Some(1));
}

#[test]
#[cfg(unix)]
fn run_builds_what_changed_and_says_what_cargo_said() {
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    let fake = |script: &str| {
        fs::write(&cargo, format!("#!/bin/sh\necho run >> {0}/runs\n{script}\n", folder.path().display()))
            .unwrap();
        let mut permissions = fs::metadata(&cargo).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
        fs::set_permissions(&cargo, permissions).unwrap();
    };
    let matrix = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_lwipgen"))
            .current_dir(folder.path())
            .env("CARGO", &cargo)
            .env("CARGO_TARGET_DIR", folder.path().join("target"))
            .args([&["matrix", "udp-beacon", "--board", "linux", "--run"], arguments].concat())
            .output()
            .unwrap()
    };
    let runs = || fs::read_to_string(folder.path().join("runs")).unwrap_or_default().lines().count();
    fake("echo it is broken >&2; exit 101");
    let failed = matrix(&[]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(said(&failed.stderr).contains("it is broken"), "{}", said(&failed.stderr));
    fake("exit 0");
    let built = matrix(&[]);
    assert_eq!(built.status.code(), Some(0));
    assert!(said(&built.stderr).contains("built in"));
    assert!(folder.path().join("generated/udp-beacon/Cargo.toml").is_file());
    let again = matrix(&[]);
    assert!(said(&again.stderr).contains("unchanged"));
    assert_eq!(runs(), 2);
    assert!(said(&matrix(&["--force"]).stderr).contains("built in"));
    assert_eq!(runs(), 3);
}

#[test]
fn one_board_can_be_asked_for() {
    let output = lwipgen(Path::new("."), &["matrix", "full", "--board", "qemu-rv32", "--format", "json"]);
    let cells: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let told: Vec<_> = cells.as_array().unwrap().iter().map(|cell| &cell["board"]).collect();
    assert_eq!(told, ["qemu-rv32"]);
    let unknown = lwipgen(Path::new("."), &["matrix", "--board", "toaster"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(said(&unknown.stderr).contains("linux, qemu-rv32"), "{}", said(&unknown.stderr));
}
