//! `new`, `get`, `set` and `unset` as a user sees them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn lwipgen(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lwipgen")).current_dir(directory).args(arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn fine(directory: &Path, arguments: &[&str]) -> String {
    let output = lwipgen(directory, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    said(&output.stdout).to_owned()
}

#[test]
fn a_profile_is_started_changed_and_asked() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fine(root, &["new", "node", "--from", "iot-sensor", "--chip", "ESP32-C6", "--description", "A node."]);
    let started = fs::read_to_string(root.join("node.toml")).unwrap();
    assert_eq!(
        started,
        "description = \"A node.\"\nextends = \"iot-sensor\"\n\n[budget]\nchip = \"esp32c6\"\n"
    );
    assert_eq!(fine(root, &["get", "node.toml", "tcp.mss"]), "1440\n");

    let diff = fine(root, &["set", "node.toml", "tcp.mss=1000", "tcp.wnd=2 * mss"]);
    assert_eq!(diff, "+\n+[tcp]\n+mss = 1000\n+wnd = \"2 * mss\"\n");
    assert_eq!(fine(root, &["get", "node.toml", "tcp.wnd"]), "2000\n");
    assert!(fine(root, &["get", "node.toml"]).lines().any(|line| line == "tcp.wnd = 2000"));

    assert_eq!(fine(root, &["set", "node.toml", "tcp.mss=1440"]), "-mss = 1000\n");
    fine(root, &["unset", "node.toml", "tcp.wnd"]);
    assert_eq!(fine(root, &["set", "node.toml", "budget.max=40 KiB"]), "+max = \"40 KiB\"\n");
    assert_eq!(fine(root, &["get", "node.toml", "budget.max"]), "40960\n");
    fine(root, &["unset", "node.toml", "budget.max"]);
    assert_eq!(fs::read_to_string(root.join("node.toml")).unwrap(), started);
}

#[test]
fn what_would_break_the_profile_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fine(root, &["new", "node"]);
    let before = fs::read(root.join("node.toml")).unwrap();
    for (arguments, why) in [
        (&["set", "node.toml", "tcp.mss=40"][..], "nearest valid value: 64"),
        (&["set", "node.toml", "tcp.wnd=1 MiB"], "[rule wnd-needs-scaling]"),
        (&["set", "node.toml", "tcp.wmd=1", "tcp.mss=x"], "did you mean `tcp.wnd`"),
        (&["set", "minimal-v4", "tcp.mss=536"], "lwipgen new NAME --from minimal-v4"),
        (&["unset", "node.toml", "tcp.wmd"], "did you mean `tcp.wnd`"),
        (&["get", "node.toml", "tcp.wmd"], "did you mean `tcp.wnd`"),
        (&["new", "node"], "node.toml exists"),
        (&["new", "Node"], "lower-case"),
        (&["new", "other", "--from", "minmal-v4"], "did you mean the shipped profile `minimal-v4`"),
    ] {
        let output = lwipgen(root, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said(&output.stderr).contains(why), "{arguments:?}: {}", said(&output.stderr));
        assert_eq!(said(&output.stdout), "");
    }
    assert_eq!(fs::read(root.join("node.toml")).unwrap(), before);
    assert_eq!(fs::read_dir(root).unwrap().count(), 1);
}
