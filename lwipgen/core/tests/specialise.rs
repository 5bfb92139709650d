//! Properties of the specialiser over random sets of features: what it gives parses, speaks of no feature, and
//! compiles to what the compiler makes of the same features.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use lwipgen_core::profile::Resolved;
use lwipgen_core::selection::Selection;
use lwipgen_core::specialise::{CONFIG, Sources, specialise};
use lwipgen_core::template::Template;
use proptest::prelude::*;

const FEATURES: [&str; 4] = ["a", "b", "c", "d"];

/// A program that prints what of it is there.
const PROGRAM: &str = include_str!("fixture/src/main.rs");

fn fixture() -> Template {
    let manifest = "[package]\nname = \"fixture\"\n[features]\na = []\nb = []\nc = []\nd = []\n";
    let files = [
        ("Cargo.toml", manifest),
        ("src/main.rs", PROGRAM),
        ("src/part.rs", include_str!("fixture/src/part.rs")),
    ];
    Template { files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).into() }
}

fn selection(on: &BTreeSet<String>) -> Selection {
    Selection { name: "random".to_owned(), features: on.clone(), ..Selection::default() }
}

fn check_texts(sources: &Sources) {
    for (path, text) in sources {
        syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
        assert!(!text.contains("cfg(feature") && !text.contains("feature = \""), "{path}:\n{text}");
        assert!(!text.contains("\n\n\n"), "{path} has two blank lines:\n{text}");
        assert!(text.lines().all(|line| line.trim_end() == line), "{path} has trailing blanks:\n{text}");
    }
}

/// What the program in `directory` prints when `features` are on.
fn output(directory: &Path, features: &BTreeSet<String>) -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.current_dir(directory).args([
        "--edition",
        "2024",
        "--cap-lints",
        "allow",
        "-o",
        "program",
        "src/main.rs",
    ]);
    for feature in features {
        command.args(["--cfg", &format!("feature=\"{feature}\"")]);
    }
    let compiled = command.output().expect("rustc runs");
    assert!(compiled.status.success(), "{features:?}: {}", String::from_utf8_lossy(&compiled.stderr));
    let ran = Command::new(directory.join("program")).output().expect("the program runs");
    assert!(ran.status.success());
    String::from_utf8(ran.stdout).expect("text")
}

fn write(directory: &Path, sources: &Sources) {
    fs::create_dir_all(directory.join("src")).expect("a directory");
    for (path, text) in sources {
        fs::write(directory.join(path), text).expect("writes");
    }
}

#[test]
fn every_set_of_features_means_what_the_compiler_makes_of_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let template = fixture();
    for bits in 0u32..1 << FEATURES.len() {
        let on: BTreeSet<String> = FEATURES
            .iter()
            .enumerate()
            .filter(|(i, _)| bits >> i & 1 == 1)
            .map(|(_, f)| (*f).to_owned())
            .collect();
        let sources = specialise(&template, &selection(&on), "").expect("specialises");
        check_texts(&sources);
        let (ours, theirs) = (directory.path().join("ours"), directory.path().join("theirs"));
        let _ = fs::remove_dir_all(&ours);
        write(&ours, &sources);
        write(&theirs, &template.files);
        assert_eq!(
            output(&ours, &BTreeSet::new()),
            output(&theirs, &on),
            "{on:?}\n{}",
            sources["src/main.rs"]
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_features_of_the_stack_give_texts_that_parse(bits in any::<u128>()) {
        let template = Template::stack();
        let known = template.features().expect("features");
        prop_assert!(known.len() <= 128);
        let on = known.into_iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, f)| f).collect();
        let selection = Selection { features: on, ..Resolved::load("full", &[]).expect("a profile").selection() };
        let sources = specialise(&template, &selection, "").expect("specialises");
        prop_assert!(sources.contains_key(CONFIG));
        check_texts(&sources);
    }
}
