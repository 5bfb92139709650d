//! The release build of an emitted crate holds no call into `core::panicking`: no frame and no API call can panic.

use std::fs;
use std::path::Path;
use std::process::Command;

use lwipgen_core::budget::budget;
use lwipgen_core::emit::{self, store};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::{Resolved, SHIPPED};
use lwipgen_core::template::Template;

/// Emits `profile` with `overrides` into `directory`.
fn emit(profile: &str, overrides: &[String], directory: &Path) {
    let resolved = Resolved::load(profile, overrides).expect("a sound profile");
    let (template, selection) = (Template::stack(), resolved.selection());
    let budget = budget(&template, &selection, Target::RISCV32).expect("a budget");
    let emitted =
        emit::stack(&template, &selection, &resolved.profile.description, &budget).expect("a crate");
    store::write(directory, &emitted).expect("writes");
}

/// What programs are optimised for: speed, and size, where the compiler proves less.
const LEVELS: [&str; 2] = ["opt-level=3", "opt-level=s"];

/// The object file of the crate in `directory`, optimised as one unit.
fn object(directory: &Path, level: &str) -> Vec<u8> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let options = ["--edition", "2024", "--crate-type", "lib", "--crate-name", "lwip", "--emit", "obj"];
    let out = Command::new(rustc)
        .current_dir(directory)
        .args(options)
        .args(["-C", level, "-C", "codegen-units=1", "-o", "stack.o", "src/lib.rs"])
        .output()
        .expect("rustc runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    fs::read(directory.join("stack.o")).expect("an object file")
}

fn mentions(object: &[u8], word: &str) -> bool {
    object.windows(word.len()).any(|bytes| bytes == word.as_bytes())
}

#[test]
fn no_shipped_profile_can_panic() {
    for (profile, _) in SHIPPED {
        let directory = tempfile::tempdir().expect("a directory");
        // Alone, rustc knows no other crate; and a stack with hooks is generic: it gives code where its hooks are known.
        let mut off = vec!["driver.embassy=false".to_owned()];
        let features = Resolved::load(profile, &[]).expect("a sound profile").selection().features;
        let hooks = features.iter().filter_map(|feature| feature.strip_prefix("hooks-"));
        off.extend(hooks.map(|hook| format!("hooks.{}=false", hook.replace('-', "_"))));
        emit(profile, &off, directory.path());
        for level in LEVELS {
            let object = object(directory.path(), level);
            assert!(mentions(&object, "egress"), "{profile}: the object holds the stack");
            assert!(!mentions(&object, "panicking"), "{profile}, {level}: some call can panic");
        }
    }
}
