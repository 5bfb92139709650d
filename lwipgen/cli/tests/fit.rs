//! `fit`, `audit`, `docs`, `completions` and `man` as a user sees them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn lwipgen(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lwipgen")).current_dir(directory).args(arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn fit_shows_before_it_writes_and_lands_within_a_block() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let before = "extends = \"iot-sensor\"\n";
    fs::write(root.join("node.toml"), before).unwrap();
    let arguments = ["fit", "node.toml", "--ram", "40KiB", "--maximize", "tcp.wnd"];
    let shown = lwipgen(root, &arguments);
    assert_eq!(shown.status.code(), Some(0), "{}", said(&shown.stderr));
    assert_eq!(fs::read_to_string(root.join("node.toml")).unwrap(), before);
    let written = lwipgen(root, &[&arguments[..], &["--write"]].concat());
    assert_eq!(written.status.code(), Some(0), "{}", said(&written.stderr));
    assert!(said(&written.stdout).starts_with(said(&shown.stdout)));
    let budget = lwipgen(root, &["budget", "node.toml", "--format", "json"]);
    let budget: serde_json::Value = serde_json::from_slice(&budget.stdout).unwrap();
    let total = budget["total_bytes"].as_u64().unwrap();
    let blocks =
        budget["lines"].as_array().unwrap().iter().find(|line| line["name"] == "pool.blocks").unwrap();
    let block = blocks["size"].as_u64().unwrap() + 1;
    assert!(total <= 40960 && total + block > 40960, "{total}");
    assert!(said(&shown.stdout).contains(&format!("{total} of 40960 bytes")));
}

#[test]
fn fit_refuses_what_cannot_be() {
    let here = Path::new(".");
    for (arguments, why) in [
        (&["--maximize", "tcp.wmd"][..], "did you mean `tcp.wnd`"),
        (&["--maximize", "tcp.ooseq"], "not a number"),
        (&["--maximize", "tcp.wnd", "--write"], "shipped profile"),
        (&["--maximize", "udp.pcbs", "--ram", "10"], "even the smallest values take"),
    ] {
        let ram = if arguments.contains(&"--ram") { &[][..] } else { &["--ram", "40KiB"] };
        let output = lwipgen(here, &[&["fit", "iot-sensor"], arguments, ram].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said(&output.stderr).contains(why), "{}", said(&output.stderr));
    }
}

#[test]
fn audit_names_the_choice_its_line_and_the_reason() {
    let here = Path::new(".");
    let output = lwipgen(here, &["audit", "iot-sensor", "--set", "checksum.check_tcp=false", "--strict"]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output.stdout);
    assert!(text.contains("checksum.check_tcp = false (--set checksum.check_tcp=false)"), "{text}");
    assert!(text.contains("robustness: damaged segments pass"), "{text}");
    assert_eq!(lwipgen(here, &["audit", "iot-sensor"]).status.code(), Some(0));
}

#[test]
fn every_command_is_described() {
    let here = Path::new(".");
    let help = lwipgen(here, &["--help"]);
    let commands: Vec<&str> = said(&help.stdout)
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 15);
    for shell in ["bash", "zsh", "fish"] {
        let script = lwipgen(here, &["completions", shell]);
        assert!(commands.iter().all(|command| said(&script.stdout).contains(command)), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(lwipgen(folder.path(), &["man", "--out", "man"]).status.code(), Some(0));
    for command in commands.iter().filter(|command| **command != "help") {
        assert!(folder.path().join(format!("man/lwipgen-{command}.1")).is_file(), "{command}");
    }
    assert!(said(&lwipgen(here, &["docs"]).stdout).contains("### `tcp.wnd`"));
}

#[test]
fn options_have_the_names_that_people_type() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("node.toml"), "extends = \"iot-sensor\"\n").unwrap();
    let fit = |key| lwipgen(root, &["fit", "node.toml", "--ram", "40KiB", "--maximize", key]).stdout;
    assert_eq!(said(&fit("tcp.window")), said(&fit("tcp.wnd")));
    let set = lwipgen(root, &["set", "node.toml", "tcp.window=5 * mss"]);
    assert_eq!(set.status.code(), Some(0), "{}", said(&set.stderr));
    assert!(fs::read_to_string(root.join("node.toml")).unwrap().contains("wnd = \"5 * mss\""));
    let get = |key| lwipgen(root, &["get", "node.toml", key]).stdout;
    assert_eq!(said(&get("tcp.window")), said(&get("tcp.wnd")));
}

#[test]
fn limits_are_searched_for_and_explained_like_options() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("node.toml"), "extends = \"iot-sensor\"\n[budget]\nmax = \"40 KiB\"\n").unwrap();
    let found = lwipgen(root, &["search", "budget"]).stdout;
    assert!(said(&found).lines().any(|line| line.starts_with("budget.max ")), "{}", said(&found));
    let told = lwipgen(root, &["explain", "budget.max", "--profile", "node.toml"]).stdout;
    assert!(said(&told).contains("40960, set by node.toml:3:7"), "{}", said(&told));
    assert!(said(&told).contains("a size such as"), "{}", said(&told));
    let unset = lwipgen(root, &["explain", "budget.chip"]).stdout;
    assert!(said(&unset).contains("\"esp32c6\"") && said(&unset).contains("not set"), "{}", said(&unset));
}
