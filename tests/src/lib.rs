//! What the tests across the line share: the tool, the members it writes, and cargo to build them.

pub mod namespace;

use lwipgen_core::emit::{self, store};
use lwipgen_core::profile::Resolved;
use lwipgen_core::template::Template;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock};

/// The checkout.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Profiles of the tests' own, for what the shipped ones do not show.
pub const OWN_PROFILES: [&str; 3] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/full-without.toml"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/older-groups.toml"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/opaque.toml"),
];

/// What goes wrong in a test, in words.
pub type Failure = String;

/// The `lwipgen` command, built first if need be.
pub fn lwipgen() -> Result<Command, Failure> {
    static PROGRAM: OnceLock<Result<PathBuf, Failure>> = OnceLock::new();
    PROGRAM.get_or_init(build_lwipgen).clone().map(Command::new)
}

fn build_lwipgen() -> Result<PathBuf, Failure> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "-q", "-p", "lwipgen", "--message-format=json-render-diagnostics"])
        .current_dir(ROOT);
    let messages = succeed(&mut cargo)?;
    let program = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    program.ok_or_else(|| "cargo built no executable".to_owned())
}

/// Runs a command that must succeed; gives its standard output.
pub fn succeed(command: &mut Command) -> Result<String, Failure> {
    let output = run(command)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {}\n{text}\n{said}", output.status))
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Result<Output, Failure> {
    command.output().map_err(|error| format!("{command:?}: {error}"))
}

/// A crate that the tests write and build.
pub struct Crate {
    /// Where it lies.
    pub directory: PathBuf,
}

impl Crate {
    /// The crate `name` below `base`, a directory that a run of the tests leaves to the next, for it holds what was
    /// compiled.
    pub fn new(base: &str, name: &str) -> Result<Self, Failure> {
        let directory = Path::new(base).join(name);
        let shown = directory.display().to_string();
        fs::create_dir_all(directory.join("src")).map_err(|error| format!("{shown}: {error}"))?;
        // The versions of the checkout, so that nothing needs to be resolved anew.
        let locked = fs::copy(Path::new(ROOT).join("Cargo.lock"), directory.join("Cargo.lock"));
        locked.map_err(|error| format!("{shown}/Cargo.lock: {error}"))?;
        Ok(Self { directory })
    }

    /// Writes a file of it.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        fs::write(self.directory.join(path), text)
            .map_err(|error| format!("{}/{path}: {error}", self.directory.display()))
    }

    /// A cargo command in it: warnings are errors, and what is compiled is shared with all other crates.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let target = self.directory.parent().unwrap_or(&self.directory).join("target");
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(arguments)
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            .env("RUSTFLAGS", "-D warnings -D unused-crate-dependencies");
        cargo
    }
}

/// Writes the board's program over the crate of a profile, which lies beside it and bears the profile's name.
pub fn board(base: &str, profile: &str) -> Result<Crate, Failure> {
    let template = Template::board("linux").ok_or("there is no board `linux`")?;
    let resolved = Resolved::load(profile, &[]).map_err(|errors| format!("{profile}: {errors:?}"))?;
    let name = &resolved.name;
    let emitted = emit::board(&template, "linux", &resolved.selection(), &format!("../{name}"))
        .map_err(|error| error.to_string())?;
    let directory = Crate::new(base, &format!("{name}-linux"))?;
    store::write(&directory.directory, &emitted).map_err(|error| error.to_string())?;
    Ok(directory)
}

/// Writes the crate of a profile with the tool, once in a run.
pub fn stack(base: &str, profile: &str) -> Result<Crate, Failure> {
    static WRITTEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut written = WRITTEN.lock().map_err(|error| error.to_string())?;
    // The name of a shipped profile, or the path of another.
    let name = Path::new(profile).file_stem().map_or(profile.into(), |stem| stem.to_string_lossy());
    if written.contains(profile) {
        return Ok(Crate { directory: Path::new(base).join(&*name) });
    }
    let member = Crate::new(base, &name)?;
    succeed(lwipgen()?.args(["generate", profile, "--out"]).arg(&member.directory))?;
    written.insert(profile.to_owned());
    Ok(member)
}
