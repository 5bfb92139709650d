//! The matrix: every shipped profile is generated, built without a warning, tested, and weighed by the compiler.

mod versions;

use libtest_mimic::{Arguments, Failed, Trial};
use lwipgen_core::profile::SHIPPED;
use lwipgen_tests::{Crate, Failure, OWN_PROFILES, lwipgen, run, stack, succeed};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Shared with the other tests, for it holds what was compiled.
const BASE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/line");

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for (profile, _) in SHIPPED {
        let mut add = |what: &str, test: fn(&str) -> Result<(), Failure>| {
            trials
                .push(Trial::test(format!("{profile}::{what}"), move || test(profile).map_err(Failed::from)));
        };
        add("runs_its_own_tests", runs_its_own_tests);
        add("takes_what_the_budget_says", takes_what_the_budget_says);
        add("leaves_nothing_to_choose", leaves_nothing_to_choose);
        add("is_the_same_each_time", is_the_same_each_time);
        add("an_edit_is_found", an_edit_is_found);
    }
    for profile in OWN_PROFILES {
        let name = Path::new(profile).file_stem().unwrap_or_default().to_string_lossy();
        trials.push(Trial::test(format!("{name}::runs_its_own_tests"), move || {
            runs_its_own_tests(profile).map_err(Failed::from)
        }));
    }
    for profile in versions::profiles() {
        trials.push(Trial::test(format!("{profile}::holds_no_other_version_of_ip"), move || {
            versions::holds_no_other_version_of_ip(profile).map_err(Failed::from)
        }));
    }
    trials.push(Trial::test("udp-beacon::holds_no_tcp", || holds_no_tcp().map_err(Failed::from)));
    trials.push(Trial::test("udp-beacon::every_wrong_proof_fails", || {
        every_wrong_proof_fails().map_err(Failed::from)
    }));
    trials
        .push(Trial::test("board::runs_its_own_tests", || board_runs_its_own_tests().map_err(Failed::from)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn runs_its_own_tests(profile: &str) -> Result<(), Failure> {
    let said = succeed(&mut stack(BASE, profile)?.cargo(&["test"]))?;
    let passed = said.lines().filter(|line| line.starts_with("test result: ok")).count();
    let tests = said.lines().filter(|line| line.ends_with("... ok")).count();
    if passed < 2 || tests < 20 {
        return Err(format!("only {tests} tests in {passed} runs:\n{said}"));
    }
    Ok(())
}

/// The board's tests travel along as the stack's do; the smallest profile leaves out the most.
fn board_runs_its_own_tests() -> Result<(), Failure> {
    stack(BASE, "udp-beacon")?;
    let board = lwipgen_tests::board(BASE, "udp-beacon")?;
    succeed(&mut board.cargo(&["test"])).map(|_| ())
}

fn takes_what_the_budget_says(profile: &str) -> Result<(), Failure> {
    let arguments = ["budget", profile, "--target", "host", "--format", "json"];
    let budget = succeed(lwipgen()?.args(arguments))?;
    let budget: serde_json::Value = serde_json::from_str(&budget).map_err(|error| error.to_string())?;
    stack(BASE, profile)?;
    let probe = Crate::new(BASE, &format!("{profile}-probe"))?;
    probe.write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"probe-{profile}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nlwip = {{ package = \"lwip-{profile}\", path = \"../{profile}\" }}\n"
        ),
    )?;
    probe.write("src/main.rs", PROBE)?;
    let said = succeed(&mut probe.cargo(&["run", "-q"]))?;
    let told = format!("{} bytes, 0 of them not zero", budget["stack_bytes"]);
    if told != said.trim() { Err(format!("the budget says {told}, the compiler {said}")) } else { Ok(()) }
}

/// Tells the size of a stack, and how much of it a program carries: what is not zero would be in flash as well.
const PROBE: &str = r#"
use std::sync::Mutex;

static STACK: Mutex<lwip::Stack> = Mutex::new(lwip::Stack::new([0; 16]));

fn main() {
    let stack = STACK.lock().unwrap();
    let size = size_of::<lwip::Stack>();
    // SAFETY: the bytes are those of a static, which are all written, and nobody else has them.
    let bytes = unsafe { core::slice::from_raw_parts((&raw const *stack).cast::<u8>(), size) };
    println!("{size} bytes, {} of them not zero", bytes.iter().filter(|byte| **byte != 0).count());
}
"#;

fn leaves_nothing_to_choose(profile: &str) -> Result<(), Failure> {
    let member = stack(BASE, profile)?;
    for (path, text) in files(&member.directory)? {
        let feature = text.contains("cfg(feature") || text.contains("feature = \"");
        let table = path == "Cargo.toml" && text.contains("[features]");
        if feature || table {
            return Err(format!("{path} still has features"));
        }
    }
    Ok(())
}

fn is_the_same_each_time(profile: &str) -> Result<(), Failure> {
    let again = Path::new(BASE).join(format!("{profile}-again"));
    // What is already there must not matter.
    let _ = fs::remove_dir_all(&again);
    succeed(lwipgen()?.args(["generate", profile, "--out"]).arg(&again))?;
    let (first, second) = (files(&stack(BASE, profile)?.directory)?, files(&again)?);
    if first != second { Err("two runs differ".to_owned()) } else { Ok(()) }
}

fn an_edit_is_found(profile: &str) -> Result<(), Failure> {
    let edited = Path::new(BASE).join(format!("{profile}-edited"));
    let _ = fs::remove_dir_all(&edited);
    succeed(lwipgen()?.args(["generate", profile, "--out"]).arg(&edited))?;
    let check = || -> Result<(Option<i32>, String), Failure> {
        let check = run(lwipgen()?.args(["generate", profile, "--check", "--out"]).arg(&edited))?;
        Ok((check.status.code(), String::from_utf8_lossy(&check.stderr).into_owned()))
    };
    let written = files(&edited)?;
    let edit = |path: &str, text: &str| fs::write(edited.join(path), text).map_err(|error| error.to_string());
    for (path, text) in &written {
        edit(path, &format!("{text} "))?;
    }
    let (status, said) = check()?;
    if let Some(path) = written.keys().find(|path| status != Some(1) || !said.contains(path.as_str())) {
        return Err(format!("an edit of {path} is not found: {status:?}, {said}"));
    }
    for (path, text) in written.iter().filter(|(path, _)| *path != "src/lib.rs") {
        edit(path, text)?;
    }
    let (status, said) = check()?;
    if status != Some(1) || !said.contains("src/lib.rs") || said.lines().count() != 1 {
        return Err(format!("not just the edit is found: {status:?}, {said}"));
    }
    edit("src/lib.rs", &written["src/lib.rs"])?;
    succeed(lwipgen()?.args(["generate", profile, "--check", "--out"]).arg(&edited)).map(|_| ())
}

fn holds_no_tcp() -> Result<(), Failure> {
    for (path, text) in files(&stack(BASE, "udp-beacon")?.directory)? {
        if path.ends_with(".rs") && (path.contains("tcp") || names_tcp(&text)) {
            return Err(format!("{path} speaks of TCP"));
        }
    }
    Ok(())
}

/// Whether an identifier of a source has TCP in it; comments may have, and so may `TCP/IP`.
fn names_tcp(source: &str) -> bool {
    let code = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    let mut words = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.any(|word| word.to_lowercase().contains("tcp"))
}

/// Each assertion of a size, one higher than it should be, must keep the crate from compiling.
fn every_wrong_proof_fails() -> Result<(), Failure> {
    const PROOF: &str = "const _: () = assert!(size_of::<";
    const OTHER: &str = if cfg!(target_pointer_width = "32") { "\"64\"" } else { "\"32\"" };
    let sources = files(&stack(BASE, "udp-beacon")?.directory)?;
    let wrong = Crate::new(BASE, "udp-beacon-wrong")?;
    succeed(lwipgen()?.args(["generate", "udp-beacon", "--out"]).arg(&wrong.directory))?;
    let mut proofs = 0;
    for (path, text) in &sources {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let elsewhere = number > 0 && lines[number - 1].contains(OTHER);
            let Some((before, size)) = line.rsplit_once("== ").filter(|_| line.contains(PROOF) && !elsewhere)
            else {
                continue;
            };
            let size: usize = size.trim_end_matches(");").parse().map_err(|_| format!("{path}: {line}"))?;
            let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            changed[number] = format!("{before}== {});", size + 1);
            wrong.write(path, &changed.join("\n"))?;
            let check = run(&mut wrong.cargo(&["check", "-q"]))?;
            let said = String::from_utf8_lossy(&check.stderr).into_owned();
            if check.status.success() || !said.contains("assertion failed") || !said.contains(path.as_str()) {
                return Err(format!("{path} compiles with {}\n{said}", changed[number]));
            }
            proofs += 1;
        }
        wrong.write(path, text)?;
    }
    succeed(&mut wrong.cargo(&["check", "-q"]))?;
    if proofs < 5 { Err(format!("only {proofs} proofs")) } else { Ok(()) }
}

/// The files that the tool wrote, by path.
fn files(directory: &Path) -> Result<BTreeMap<String, String>, Failure> {
    fn collect(root: &Path, directory: &Path, found: &mut BTreeMap<String, String>) -> std::io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_dir() {
                collect(root, &path, found)?;
            } else if let Ok(name) = path.strip_prefix(root)
                && name != Path::new("Cargo.lock")
            {
                found.insert(name.display().to_string(), fs::read_to_string(&path)?);
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    collect(directory, directory, &mut found).map_err(|error| format!("{}: {error}", directory.display()))?;
    Ok(found)
}
