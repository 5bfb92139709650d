//! `lwipgen toolchain`, and what compiles a program for a board: this machine's own Rust, one with the target, Espressif's, or Debian's.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::{Refused, cargo};

/// The folder of the tool-chain that espup installs, below rustup's.
const ESP: &str = "toolchains/esp";

/// Linkers for RISC-V, where the compiler brings none: names, in the order of preference.
const LINKERS: [&str; 5] = ["ld.lld-22", "rust-lld", "ld.lld", "ld.lld-21", "ld.lld-20"];

/// Say what compiles for a board here, or what to install; or run it
#[derive(clap::Args)]
pub struct Args {
    /// The board
    board: String,
    /// A subcommand of cargo and its arguments: what it compiles is for the board
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// Writes the name of the tool-chain to stdout, or runs its cargo.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let board = crate::build::Board::find(&args.board)?;
    let toolchain =
        Toolchain::find(board.about.triple.as_deref()).map_err(|advice| crate::refuse(&advice))?;
    let Some((subcommand, arguments)) = args.arguments.split_first() else {
        anstream::println!("{}", toolchain.name);
        return Ok(ExitCode::SUCCESS);
    };
    let mut command = toolchain.cargo(subcommand);
    cargo::succeed(command.args(arguments)).map_or_else(|failure| failure, |()| Ok(ExitCode::SUCCESS))
}

/// A cargo, and how it compiles for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// What it is, for people.
    pub name: String,
    /// Where it builds, apart from others, for their products do not mix.
    pub folder: Option<&'static str>,
    /// The target, where it is not this machine.
    pub triple: Option<String>,
    cargo: OsString,
    arguments: Vec<String>,
    environment: Vec<(String, OsString)>,
    removed: Vec<&'static str>,
}

impl Toolchain {
    /// That of this machine.
    pub fn host() -> Self {
        Self {
            name: "this machine's Rust".to_owned(),
            folder: None,
            triple: None,
            cargo: env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")),
            arguments: Vec::new(),
            environment: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// What can compile for `triple`; else what to install, in words.
    pub fn find(triple: Option<&str>) -> Result<Self, String> {
        match triple {
            None => Ok(Self::host()),
            Some(triple) => Machine::this().toolchain(triple),
        }
    }

    /// `cargo <subcommand>`.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.cargo);
        for name in &self.removed {
            command.env_remove(name);
        }
        command.arg(subcommand).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Where tool-chains are looked for.
struct Machine {
    /// The compiler that `cargo` uses.
    rustc: OsString,
    /// Where Debian's compiler lies.
    usr: PathBuf,
    /// rustup's folder.
    rustup: Option<PathBuf>,
    /// Where programs lie.
    path: Vec<PathBuf>,
}

impl Machine {
    fn this() -> Self {
        let home = env::var_os("HOME").map(PathBuf::from);
        let rustup = env::var_os("RUSTUP_HOME").map(PathBuf::from);
        Self {
            rustc: env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")),
            usr: PathBuf::from("/usr"),
            rustup: rustup.or_else(|| Some(home?.join(".rustup"))),
            path: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
        }
    }

    fn toolchain(&self, triple: &str) -> Result<Toolchain, String> {
        let found =
            self.with_target(triple).or_else(|| self.espressif(triple)).or_else(|| self.debian(triple));
        found.ok_or_else(|| self.advice(triple))
    }

    /// The cargo of this machine, if its compiler has the target's library.
    fn with_target(&self, triple: &str) -> Option<Toolchain> {
        let libraries =
            said(Command::new(&self.rustc).args(["--print", "target-libdir", "--target", triple]))?;
        let mut files = Path::new(&libraries).read_dir().ok()?.flatten();
        files.any(|file| file.file_name().to_string_lossy().starts_with("libcore-")).then(|| Toolchain {
            name: format!("this machine's Rust with the target {triple}"),
            triple: Some(triple.to_owned()),
            arguments: target(triple),
            ..Toolchain::host()
        })
    }

    /// Espressif's, for Xtensa.
    fn espressif(&self, triple: &str) -> Option<Toolchain> {
        let folder = self.rustup.as_ref()?.join(ESP).join("bin");
        let cargo = folder.join("cargo");
        (triple.starts_with("xtensa-") && folder.join("rustc").exists() && cargo.exists()).then(|| {
            Toolchain {
                name: "Espressif's Rust (the tool-chain `esp`)".to_owned(),
                folder: Some("esp"),
                triple: Some(triple.to_owned()),
                cargo: cargo.into(),
                arguments: [target(triple), vec!["-Zbuild-std=core,alloc".to_owned()]].concat(),
                environment: vec![("RUSTC".to_owned(), folder.join("rustc").into())],
                removed: vec!["RUSTUP_TOOLCHAIN"],
            }
        })
    }

    /// Debian's package rustc-web with the library's source, for RISC-V.
    fn debian(&self, triple: &str) -> Option<Toolchain> {
        let (rustc, cargo) = (self.usr.join("bin/rustc"), self.usr.join("bin/cargo"));
        let source = self.usr.join("lib/rustlib/src/rust/library/core/src/lib.rs");
        if !triple.starts_with("riscv32") || ![&rustc, &cargo, &source].iter().all(|file| file.exists()) {
            return None;
        }
        let version = said(Command::new(&rustc).arg("--version"))?;
        // Without the commit and where it was built.
        let version = version.split(" (").next().unwrap_or_default();
        let linker = LINKERS.iter().find_map(|name| self.program(name))?;
        let upper = triple.to_uppercase().replace('-', "_");
        Some(Toolchain {
            name: format!("Debian's {version}, the library from source"),
            folder: Some("debian"),
            triple: Some(triple.to_owned()),
            cargo: cargo.into(),
            arguments: [target(triple), vec!["-Zbuild-std=core,alloc".to_owned()]].concat(),
            environment: vec![
                ("RUSTC".to_owned(), rustc.into()),
                ("RUSTC_BOOTSTRAP".to_owned(), "1".into()),
                (format!("CARGO_TARGET_{upper}_LINKER"), linker.into()),
            ],
            removed: vec!["RUSTUP_TOOLCHAIN", "RUSTC_WORKSPACE_WRAPPER"],
        })
    }

    /// The file of a program.
    fn program(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|folder| folder.join(name)).find(|file| file.is_file())
    }

    /// What to install.
    fn advice(&self, triple: &str) -> String {
        let nothing = format!("nothing here compiles for {triple}. Install one of these and try again:\n");
        if triple.starts_with("xtensa-") {
            return nothing
                + "  Espressif's Rust, https://docs.espressif.com/projects/rust:\n    \
                     cargo install espup --locked && espup install && . ~/export-esp.sh";
        }
        nothing
            + &format!("  the target, with rustup:\n    rustup target add {triple}\n")
            + "  on Debian, without rustup:\n    \
                 apt-get install rustc-web cargo-web rust-web-src lld-22    (or boards/setup-debian.sh)"
    }
}

fn target(triple: &str) -> Vec<String> {
    vec!["--target".to_owned(), triple.to_owned()]
}

/// What a command that succeeds says.
fn said(command: &mut Command) -> Option<String> {
    let output = command.env_remove("RUSTC_BOOTSTRAP").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    const RISCV: &str = "riscv32imac-unknown-none-elf";
    const XTENSA: &str = "xtensa-esp32s3-none-elf";

    /// A machine whose every folder is below `root`.
    fn machine(root: &Path) -> Machine {
        Machine {
            rustc: root.join("own/rustc").into(),
            usr: root.join("usr"),
            rustup: Some(root.join("rustup")),
            path: vec![root.join("bin")],
        }
    }

    fn script(root: &Path, name: &str, says: &str) {
        let file = root.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn debian(root: &Path) {
        script(root, "usr/bin/rustc", "rustc 1.96.0");
        script(root, "usr/bin/cargo", "");
        script(root, "usr/lib/rustlib/src/rust/library/core/src/lib.rs", "");
    }

    #[test]
    fn a_target_that_is_installed_comes_first() {
        let root = TempDir::new().unwrap();
        let libraries = root.path().join("libraries");
        script(root.path(), "own/rustc", &libraries.display().to_string());
        debian(root.path());
        script(root.path(), "bin/ld.lld-22", "");
        let found = || machine(root.path()).toolchain(RISCV).unwrap();
        assert_eq!(found().folder, Some("debian"));
        script(root.path(), "libraries/libcore-0123.rlib", "");
        assert_eq!((found().folder, found().arguments), (None, target(RISCV)));
    }

    #[test]
    fn debians_needs_source_and_linker() {
        let root = TempDir::new().unwrap();
        debian(root.path());
        assert!(machine(root.path()).toolchain(RISCV).is_err());
        script(root.path(), "bin/ld.lld-22", "");
        let found = machine(root.path()).toolchain(RISCV).unwrap();
        assert!(found.name.contains("rustc 1.96.0"), "{}", found.name);
        let linker = ("CARGO_TARGET_RISCV32IMAC_UNKNOWN_NONE_ELF_LINKER", root.path().join("bin/ld.lld-22"));
        assert!(found.environment.contains(&(linker.0.to_owned(), linker.1.into())));
        // It cannot make programs for Xtensa.
        assert!(machine(root.path()).toolchain(XTENSA).is_err());
    }

    #[test]
    fn espressifs_is_for_xtensa() {
        let root = TempDir::new().unwrap();
        for name in ["rustc", "cargo"] {
            script(root.path(), &format!("rustup/toolchains/esp/bin/{name}"), "");
        }
        assert_eq!(machine(root.path()).toolchain(XTENSA).unwrap().folder, Some("esp"));
        assert!(machine(root.path()).toolchain(RISCV).is_err());
    }

    #[test]
    fn where_nothing_is_found_it_says_what_to_install() {
        let root = TempDir::new().unwrap();
        let advice = |triple| machine(root.path()).toolchain(triple).unwrap_err();
        assert!(advice(RISCV).contains("rustup target add riscv32imac-unknown-none-elf"));
        assert!(advice(RISCV).contains("apt-get install rustc-web"));
        assert!(advice(XTENSA).contains("espup install"));
    }
}
