//! The README shows what the tool prints and what the documentation of the stack compiles. With `UPDATE_README=1` the
//! blocks are written anew.

use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// The table of the budget report, up to the total.
fn report() -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_lwipgen")).args(["budget", "iot-sensor"]).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let table: Vec<&str> = text.lines().take_while(|line| !line.starts_with("TCP windows")).collect();
    format!("$ lwipgen budget iot-sensor\n{}\n", table.join("\n").trim_end())
}

/// The example in the documentation of the TCP module, as a reader of a profile with IPv4 sees it.
fn application() -> String {
    let source = read("stack-template/src/tcp/mod.rs");
    let lines = source.lines().skip_while(|line| *line != "//! ```").skip(1);
    let shown = |line: &str| match line.strip_prefix("#![cfg_attr(feature = \"ipv4\", doc = \"") {
        Some(doc) => doc.trim_end_matches("\")]").to_owned(),
        None => line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default().to_owned(),
    };
    let code: Vec<String> = lines
        .take_while(|line| *line != "//! ```")
        .map(shown)
        .filter(|line| !line.starts_with("# "))
        .collect();
    format!("{}\n", code.join("\n"))
}

/// The text of the fenced block whose opening line and first characters are `opening`.
fn block<'r>(readme: &'r str, opening: &str) -> &'r str {
    let start = readme.find(opening).unwrap_or_else(|| panic!("no block that starts with {opening:?}"));
    let start = start + opening.find('\n').unwrap() + 1;
    let end = readme[start..].find("```").unwrap();
    &readme[start..start + end]
}

#[test]
fn the_readme_shows_what_is() {
    let mut readme = read("README.md");
    for (opening, truth) in [("```\n$ lwipgen budget", report()), ("```rust\n", application())] {
        let shown = block(&readme, opening).to_owned();
        if shown != truth && std::env::var_os("UPDATE_README").is_some() {
            readme = readme.replacen(&shown, &truth, 1);
            std::fs::write(Path::new(ROOT).join("README.md"), &readme).unwrap();
        } else {
            assert!(
                shown == truth,
                "README.md is not up to date: UPDATE_README=1 cargo test -p lwipgen\n{truth}"
            );
        }
    }
}
