//! Emitted crates of the shipped profiles: what is in them, what the compiler says of them, how they are stored.
//!
//! A change of the template or of a profile shows in `golden`: read the difference, then accept it with
//! `INSTA_UPDATE=always cargo test -p lwipgen-core --test emit`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use lwipgen_core::budget::{Budget, budget};
use lwipgen_core::emit::store::{self, Changes, Difference, StoreError};
use lwipgen_core::emit::{self, Emitted};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::{Resolved, SHIPPED};
use lwipgen_core::template::Template;

fn priced(profile: &str, target: Target, overrides: &[&str]) -> (Emitted, Budget) {
    let overrides: Vec<String> = overrides.iter().map(|set| (*set).to_owned()).collect();
    let resolved = Resolved::load(profile, &overrides).expect("a sound profile");
    let (template, selection) = (Template::stack(), resolved.selection());
    let budget = budget(&template, &selection, target).expect("a budget");
    let emitted =
        emit::stack(&template, &selection, &resolved.profile.description, &budget).expect("a crate");
    (emitted, budget)
}

fn emitted(profile: &str) -> Emitted {
    priced(profile, Target::RISCV32, &[]).0
}

/// Compiles the library in `directory` and then `program` over it.
fn rustc(directory: &Path, crate_type: &str, file: &str, more: &[&str]) -> Output {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Command::new(rustc)
        .current_dir(directory)
        .args(["--edition", "2024", "--crate-type", crate_type, "--cap-lints", "warn", file])
        .args(more)
        .output()
        .expect("rustc runs")
}

#[test]
fn golden() {
    for profile in ["minimal-v4", "udp-beacon"] {
        let files = emitted(profile).files;
        let mut text = files.keys().fold(String::new(), |text, path| text + path + "\n");
        for path in ["Cargo.toml", "src/config.rs", "src/event.rs"] {
            let _ = write!(text, "\n---- {path}\n{}", files[path]);
        }
        text.push_str("\n---- proofs\n");
        for (path, file) in &files {
            for (line, code) in
                file.lines().enumerate().filter(|(_, code)| code.contains("assert!(size_of::<"))
            {
                let width = file.lines().nth(line.saturating_sub(1)).filter(|above| above.contains("width"));
                let _ = writeln!(text, "{path}: {}{code}", width.unwrap_or_default());
            }
        }
        insta::assert_snapshot!(profile, text);
    }
}

#[test]
fn nothing_that_the_profile_does_not_select_is_left() {
    for (profile, _) in SHIPPED {
        for (path, text) in &emitted(profile).files {
            for left in ["cfg(feature", "feature = \"", "cfg!(feature", "[features]"] {
                assert!(!text.contains(left), "{profile}: {path} contains {left}");
            }
        }
    }
    let tcp = |word: &str| word.to_ascii_lowercase().starts_with("tcp");
    for (path, text) in emitted("udp-beacon").files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            assert!(!words.any(tcp), "{path}: {line}");
        }
    }
}

#[test]
fn a_crate_depends_on_what_its_profile_asks_for() {
    let manifest = |set: &[&str]| priced("udp-beacon", Target::RISCV32, set).0.files["Cargo.toml"].clone();
    assert!(!manifest(&[]).contains("\n[dependencies]"));
    assert!(manifest(&["driver.embassy=true"]).contains("\n[dependencies]\nembassy-net-driver = \"0.2\"\n"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(emitted("full"), emitted("full"));
    let other = priced("full", Target::RISCV32, &["tcp.pcbs=3"]).0;
    assert_ne!(emitted("full").files["lwipgen.toml"], other.files["lwipgen.toml"]);
}

#[test]
fn the_compiler_agrees_with_every_number() {
    let sets: [&[&str]; 3] = [&[], &["memory=heap"], &["memory=arena", "timers=periodic", "stats=true"]];
    for ((profile, _), set) in SHIPPED.iter().zip(sets.iter().cycle()) {
        let directory = tempfile::tempdir().expect("a directory");
        // Alone, rustc knows no other crate; what lies on one is not in the `Stack`.
        let set = [*set, &["driver.embassy=false"]].concat();
        let (emitted, budget) = priced(profile, Target::HOST, &set);
        store::write(directory.path(), &emitted).expect("writes");
        let library = rustc(directory.path(), "lib", "src/lib.rs", &["--crate-name", "lwip"]);
        assert!(library.status.success(), "{profile} {set:?}: {}", String::from_utf8_lossy(&library.stderr));
        fs::write(
            directory.path().join("size.rs"),
            "fn main() { println!(\"{}\", size_of::<lwip::Stack>()) }",
        )
        .expect("writes");
        let program = rustc(directory.path(), "bin", "size.rs", &["--extern", "lwip=liblwip.rlib"]);
        assert!(program.status.success(), "{profile}: {}", String::from_utf8_lossy(&program.stderr));
        let output = Command::new(directory.path().join("size")).output().expect("runs");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            budget.stack_bytes.to_string(),
            "{profile}"
        );
        assert_eq!(budget.lines.iter().map(|line| line.bytes).sum::<u64>(), budget.total_bytes);
        assert!(budget.lines.iter().all(|line| line.count * line.size == line.bytes));
    }
}

#[test]
fn a_wrong_number_does_not_compile() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut emitted = emitted("udp-beacon");
    let proofs: Vec<(String, String)> = emitted
        .files
        .iter()
        .flat_map(|(path, text)| {
            let proofs = text.lines().filter(|line| line.starts_with("const _: () = assert!(size_of::<"));
            proofs.map(|line| (path.clone(), line.to_owned()))
        })
        .collect();
    assert!(proofs.len() > 5, "{proofs:?}");
    let original = emitted.files.clone();
    for (path, proof) in proofs.iter().filter(|(_, proof)| proof.contains("Stack>") || proof.contains("Pcb>"))
    {
        let wrong = proof.replace(");", " + 1);");
        let text = original[path].replace(proof.as_str(), &wrong);
        emitted.files.insert(path.clone(), text);
        store::write(directory.path(), &emitted).expect("writes");
        let output = rustc(directory.path(), "lib", "src/lib.rs", &["--emit", "metadata"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(&wrong), "{path}: {wrong}\n{said}");
        emitted.files.clone_from(&original);
    }
}

fn small(texts: &[(&str, &str)]) -> Emitted {
    let manifest = texts.iter().fold("template-hash = \"x\"\n[files]\n".to_owned(), |text, (path, _)| {
        format!("{text}\"{path}\" = \"\"\n")
    });
    let mut files: BTreeMap<String, String> =
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    files.insert("lwipgen.toml".to_owned(), manifest);
    Emitted { package: "lwip-small".to_owned(), files }
}

#[test]
fn writing_touches_only_what_changed_and_removes_what_is_stale() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    let first = small(&[("Cargo.toml", "a"), ("src/lib.rs", "b"), ("src/deep/x.rs", "c")]);
    assert_eq!(store::write(root, &first).expect("writes"), Changes { written: 4, removed: 0 });
    let time = |path: &str| fs::metadata(root.join(path)).and_then(|data| data.modified()).expect("a time");
    let before = time("src/lib.rs");
    assert_eq!(store::write(root, &first).expect("writes"), Changes::default());
    // Build products and the user's own files stay.
    fs::create_dir(root.join("target")).expect("creates");
    fs::write(root.join("target/x"), "product").expect("writes");
    fs::write(root.join("notes.txt"), "mine").expect("writes");
    let second = small(&[("Cargo.toml", "A"), ("src/lib.rs", "b")]);
    assert_eq!(store::write(root, &second).expect("writes"), Changes { written: 2, removed: 1 });
    assert_eq!(time("src/lib.rs"), before);
    assert!(!root.join("src/deep").exists());
    assert!(root.join("notes.txt").exists() && root.join("target/x").exists());
    assert_eq!(store::check(root, &second).expect("checks"), [Difference::Extra("notes.txt".to_owned())]);
}

#[test]
fn what_is_not_ours_is_never_overwritten() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    fs::write(root.join("main.rs"), "mine").expect("writes");
    let emitted = small(&[("Cargo.toml", "a"), ("src/lib.rs", "b")]);
    let refused = store::write(root, &emitted).expect_err("refuses");
    assert!(matches!(&refused, StoreError::Foreign { file, .. } if file == "main.rs"), "{refused}");
    assert!(!root.join("Cargo.toml").exists());
    fs::remove_file(root.join("main.rs")).expect("removes");
    store::write(root, &emitted).expect("writes");
    // A file of the user's own in the place of one that comes later.
    fs::write(root.join("src/new.rs"), "mine").expect("writes");
    let more = small(&[("Cargo.toml", "a"), ("src/lib.rs", "b"), ("src/new.rs", "ours")]);
    let refused = store::write(root, &more).expect_err("refuses");
    assert!(matches!(&refused, StoreError::Foreign { file, .. } if file == "src/new.rs"), "{refused}");
    // A manifest cannot make us remove what lies elsewhere.
    let outside = root.join("outside");
    fs::write(&outside, "mine").expect("writes");
    let inner = root.join("inner");
    fs::create_dir(&inner).expect("creates");
    fs::write(inner.join("lwipgen.toml"), "template-hash = \"x\"\n[files]\n\"../outside\" = \"\"\n")
        .expect("writes");
    store::write(&inner, &emitted).expect("writes");
    assert!(outside.exists());
}

#[test]
fn a_report_that_is_kept_without_its_crate_is_ours() {
    let directory = tempfile::tempdir().expect("a directory");
    let emitted = emitted("udp-beacon");
    fs::write(directory.path().join("BUDGET.md"), "# RAM of lwip-udp-beacon\n\nold\n").expect("writes");
    store::write(directory.path(), &emitted).expect("writes");
    assert_eq!(store::check(directory.path(), &emitted).expect("checks"), []);
}

#[test]
fn checking_names_each_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    let emitted = emitted("udp-beacon");
    store::write(root, &emitted).expect("writes");
    assert_eq!(store::check(root, &emitted).expect("checks"), []);
    fs::write(root.join("src/event.rs"), "edited").expect("writes");
    fs::remove_file(root.join("src/time.rs")).expect("removes");
    fs::write(root.join("src/more.rs"), "").expect("writes");
    fs::write(root.join("Cargo.lock"), "").expect("writes");
    let found: Vec<String> =
        store::check(root, &emitted).expect("checks").iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        ["src/event.rs: differs", "src/time.rs: missing", "src/more.rs: not part of the crate"]
    );
}

#[test]
fn a_board_is_specialised_over_the_crate() {
    let board = Template::board("linux").expect("the board");
    let selection = Resolved::load("udp-beacon", &[]).expect("a profile").selection();
    let emitted = emit::board(&board, "linux", &selection, "../../generated/udp-beacon").expect("a program");
    assert_eq!(emitted.package, "lwip-udp-beacon-linux");
    let manifest: toml_edit::DocumentMut = emitted.files["Cargo.toml"].parse().expect("TOML");
    assert_eq!(manifest["dependencies"]["lwip"]["path"].as_str(), Some("../../generated/udp-beacon"));
    assert_eq!(manifest["dependencies"]["lwip"]["package"].as_str(), Some("lwip-udp-beacon"));
    assert!(manifest.get("features").is_none() && manifest.get("lints").is_none());
    assert!(emitted.files.contains_key("src/main.rs"));
    assert!(!emitted.files["src/main.rs"].contains("feature"));
}

#[test]
fn a_board_takes_along_what_it_shares_and_what_its_linker_needs() {
    let board = Template::board("qemu-rv32").expect("the board");
    let selection = Resolved::load("udp-beacon", &[]).expect("a profile").selection();
    let emitted = emit::board(&board, "qemu-rv32", &selection, "../stack").expect("a program");
    for path in [".cargo/config.toml", "build.rs", "link.x", "src/start.S", "src/services/udp.rs"] {
        assert!(emitted.files.contains_key(path), "{path}");
    }
    assert!(!emitted.files.contains_key("src/services/tcp.rs"), "the profile has no TCP");
    assert!(!emitted.files["src/main.rs"].contains("#[path"));
    assert!(!emitted.files["Cargo.toml"].contains("linked_list_allocator"));
}
