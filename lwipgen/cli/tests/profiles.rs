//! `list` and `check` as a user sees them: exit status, what goes to stdout and what to stderr.

use std::process::{Command, Output};

fn lwipgen(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lwipgen")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn list_names_the_shipped_profiles() {
    let output = lwipgen(&["list"]);
    assert_eq!(output.status.code(), Some(0));
    let first = text(&output.stdout).lines().next().unwrap();
    assert!(first.starts_with("minimal-v4 "), "{first}");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn json_is_alone_on_stdout() {
    let output = lwipgen(&["list", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let beacon = list.as_array().unwrap().iter().find(|profile| profile["name"] == "udp-beacon").unwrap();
    assert!(!beacon["features"].as_array().unwrap().contains(&"tcp".into()));
    assert!(!beacon["description"].as_str().unwrap().is_empty());
}

#[test]
fn every_shipped_profile_is_fine() {
    let output = lwipgen(&["list", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&str> =
        list.as_array().unwrap().iter().filter_map(|profile| profile["name"].as_str()).collect();
    assert!(names.len() >= 5);
    let output = lwipgen(&[&["check"], &names[..]].concat());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn a_broken_profile_is_shown_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.toml");
    std::fs::write(&path, "extends = \"minimal-v4\"\n\n[tcp]\nmss = 40 # too small\n").unwrap();
    let path = path.to_str().unwrap();
    let output = lwipgen(&["check", "udp-beacon", path]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    let expected = format!(
        "udp-beacon: fine\n\
         {path}:4:7: tcp.mss = 40 is out of range 64 to 1460; nearest valid value: 64\n  \
           |\n\
         4 | mss = 40 # too small\n  \
           |       ^^\n"
    );
    assert_eq!(text(&output.stderr), expected);
}

#[test]
fn an_override_is_checked_like_a_profile() {
    let output = lwipgen(&["check", "minimal-v4", "--set", "tcp.wnd=8 * mss", "--set", "pbuf.pool_size=64"]);
    assert_eq!(output.status.code(), Some(0));
    let output = lwipgen(&["check", "minimal-v4", "--set", "tcp.wnd=64 * mss"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("--set tcp.wnd=64 * mss: tcp.wnd must be at most 65535"));
}

#[test]
fn a_wrong_command_line_is_status_two() {
    for arguments in [&["check"][..], &["check", "minimal-v4", "--set", "tcp.mss"], &["chekc"], &[]] {
        assert_eq!(lwipgen(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
