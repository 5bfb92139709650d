//! `lwipgen toolchain`, and what compiles a program for a board: this machine's own Rust, one with the target, Espressif's, or Debian's.

pub mod link;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::{Refused, cargo};

/// The folder of the tool-chain that espup installs, below rustup's.
const ESP: &str = "toolchains/esp";

/// Linkers for RISC-V, where the compiler brings none: names, in the order of preference.
const LINKERS: [&str; 5] = ["ld.lld-22", "rust-lld", "ld.lld", "ld.lld-21", "ld.lld-20"];

/// A file that tells rustc of a target that it does not know.
type About = (&'static str, &'static str);

/// Xtensa cores as LLVM's own tools compile for them: QEMU's, and that of the ESP32, whose instructions an ESP32-S3 has too.
const XTENSA: [About; 2] = [
    ("xtensa-dc232b-none-elf.json", include_str!("toolchain/xtensa-dc232b-none-elf.json")),
    ("xtensa-lx6-none-elf.json", include_str!("toolchain/xtensa-lx6-none-elf.json")),
];
/// Leaves bitcode for the linker, also of the library that takes no part in link-time optimisation.
const XTENSA_FLAGS: &str = "-Clinker-plugin-lto --emit=llvm-bc";

/// What is told of one of these cores.
fn xtensa(triple: &str) -> Option<About> {
    XTENSA.into_iter().find(|(file, _)| file.strip_suffix(".json") == Some(triple))
}

/// What makes a program of bitcode for it, beside what [`link`] names.
const LINKER_FOR_XTENSA: &str = "xtensa-lx106-elf-ld";

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
    let products = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target"));
    let products = std::path::absolute(products).map_err(|error| crate::refuse(&error))?;
    let mut command = toolchain.cargo(subcommand, &products);
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
    /// What rustc is told of a target that it does not know: name and text of a file.
    about: Option<About>,
    arguments: Vec<String>,
    /// For rustc, in addition to the user's.
    flags: &'static str,
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
            about: None,
            arguments: Vec::new(),
            flags: "",
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

    /// `cargo <subcommand>`; what rustc must be told of the target is put into `folder`.
    pub fn cargo(&self, subcommand: &str, folder: &Path) -> Command {
        let mut command = Command::new(&self.cargo);
        for name in &self.removed {
            command.env_remove(name);
        }
        command.arg(subcommand).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some((name, text)) = self.about {
            let file = folder.join(name);
            // Always at the same place, for cargo takes another path for another target. It says so if there is no file.
            if std::fs::read_to_string(&file).ok().as_deref() != Some(text) {
                let _ = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, text));
            }
            command.arg("--target").arg(file);
        }
        if !self.flags.is_empty() {
            let flags = env::var("RUSTFLAGS").unwrap_or_default();
            command.env("RUSTFLAGS", format!("{flags} {}", self.flags));
        }
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
        (triple.starts_with("xtensa-esp") && folder.join("rustc").exists() && cargo.exists()).then(|| {
            Toolchain {
                name: "Espressif's Rust (the tool-chain `esp`)".to_owned(),
                folder: Some("esp"),
                triple: Some(triple.to_owned()),
                cargo: cargo.into(),
                about: None,
                flags: "",
                arguments: [target(triple), vec!["-Zbuild-std=core,alloc".to_owned()]].concat(),
                environment: vec![("RUSTC".to_owned(), folder.join("rustc").into())],
                removed: vec!["RUSTUP_TOOLCHAIN"],
            }
        })
    }

    /// Debian's package rustc-web with the library's source, for RISC-V and, with LLVM's tools, for Xtensa.
    fn debian(&self, triple: &str) -> Option<Toolchain> {
        let [rustc, cargo, source] = self.debians();
        if ![&rustc, &cargo, &source].iter().all(|file| file.exists()) {
            return None;
        }
        let version = said(Command::new(&rustc).arg("--version"))?;
        // Without the commit and where it was built.
        let version = version.split(" (").next().unwrap_or_default();
        let from_source = "-Zbuild-std=core,alloc".to_owned();
        let mut toolchain = Toolchain {
            name: format!("Debian's {version}, the library from source"),
            folder: Some("debian"),
            triple: Some(triple.to_owned()),
            cargo: cargo.into(),
            about: None,
            arguments: vec![from_source],
            flags: "",
            environment: vec![("RUSTC".to_owned(), rustc.into()), ("RUSTC_BOOTSTRAP".to_owned(), "1".into())],
            removed: vec!["RUSTUP_TOOLCHAIN", "RUSTC_WORKSPACE_WRAPPER"],
        };
        let linker = if let Some(about) = xtensa(triple) {
            [link::ASSEMBLER, LINKER_FOR_XTENSA]
                .iter()
                .all(|name| self.program(name).is_some())
                .then_some(())?;
            toolchain.about = Some(about);
            toolchain.arguments.push("-Zjson-target-spec".to_owned());
            toolchain.flags = XTENSA_FLAGS;
            toolchain.removed.push("CARGO_ENCODED_RUSTFLAGS");
            // With the subcommand that the target file names.
            env::current_exe().ok()?
        } else if triple.starts_with("riscv32") {
            toolchain.arguments.extend(target(triple));
            LINKERS.iter().find_map(|name| self.program(name))?
        } else {
            return None;
        };
        let upper = triple.to_uppercase().replace('-', "_");
        toolchain.environment.push((format!("CARGO_TARGET_{upper}_LINKER"), linker.into()));
        Some(toolchain)
    }

    /// Debian's compiler, its cargo, and a file of the library's source.
    fn debians(&self) -> [PathBuf; 3] {
        ["bin/rustc", "bin/cargo", "lib/rustlib/src/rust/library/core/src/lib.rs"]
            .map(|file| self.usr.join(file))
    }

    /// The file of a program.
    fn program(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|folder| folder.join(name)).find(|file| file.is_file())
    }

    /// What to install.
    fn advice(&self, triple: &str) -> String {
        if xtensa(triple).is_some() {
            let [rustc, cargo, source] = self.debians().map(|file| file.exists());
            let [assembler, linker] =
                [link::ASSEMBLER, LINKER_FOR_XTENSA].map(|name| self.program(name).is_some());
            let missing: Vec<&str> = [
                (rustc, "rustc-web"),
                (cargo, "cargo-web"),
                (source, "rust-web-src"),
                (assembler, "llvm-22"),
                (linker, "binutils-xtensa-lx106"),
            ]
            .into_iter()
            .filter_map(|(is_there, package)| (!is_there).then_some(package))
            .collect();
            return format!(
                "nothing here compiles for {triple}. On Debian install what is missing and try \
                 again:\n    apt-get install {}    (or boards/setup-debian.sh)",
                missing.join(" ")
            );
        }
        let nothing = format!("nothing here compiles for {triple}. Install one of these and try again:\n");
        if let Some(chip) = triple.strip_prefix("xtensa-").and_then(|rest| rest.strip_suffix("-none-elf")) {
            return nothing
                + "  Espressif's Rust, https://docs.espressif.com/projects/rust:\n    \
                     cargo install espup --locked && espup install && . ~/export-esp.sh\n"
                + &format!(
                    "Debian's compiler makes no firmware for it, but links the stack at the chip's addresses, to be \
                     measured:\n    --board {chip}-linked"
                );
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
    const ESP32S3: &str = "xtensa-esp32s3-none-elf";
    const QEMU: &str = "xtensa-dc232b-none-elf";
    const ESP32: &str = "xtensa-lx6-none-elf";

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
        assert!(machine(root.path()).toolchain(ESP32S3).is_err());
    }

    #[test]
    fn debians_makes_programs_for_xtensa_with_llvms_tools() {
        let root = TempDir::new().unwrap();
        debian(root.path());
        script(root.path(), &format!("bin/{LINKER_FOR_XTENSA}"), "");
        let advice = machine(root.path()).toolchain(QEMU).unwrap_err();
        assert!(advice.contains("apt-get install llvm-22 "), "{advice}");
        script(root.path(), &format!("bin/{}", link::ASSEMBLER), "");
        // Espressif's does not know these targets.
        for name in ["rustc", "cargo"] {
            script(root.path(), &format!("rustup/toolchains/esp/bin/{name}"), "");
        }
        for triple in [QEMU, ESP32] {
            let found = machine(root.path()).toolchain(triple).unwrap();
            assert_eq!(found.folder, Some("debian"));
            let command = found.cargo("build", &root.path().join("products"));
            let arguments: Vec<_> = command.get_args().filter_map(|argument| argument.to_str()).collect();
            let target = arguments.iter().skip_while(|argument| **argument != "--target").nth(1).unwrap();
            assert_eq!(fs::read_to_string(target).unwrap(), xtensa(triple).unwrap().1);
            let flags =
                command.get_envs().find(|(name, _)| *name == "RUSTFLAGS").and_then(|(_, flags)| flags);
            assert!(flags.unwrap().to_str().unwrap().ends_with(XTENSA_FLAGS));
        }
    }

    #[test]
    fn rustc_and_the_linker_are_told_the_same_of_a_core() {
        for (file, text) in XTENSA {
            let about: serde_json::Value = serde_json::from_str(text).unwrap();
            let features = about["features"].as_str().unwrap();
            let told = &about["pre-link-args"]["gnu"];
            assert_eq!(*told, serde_json::json!(["link-xtensa", format!("--features={features}")]), "{file}");
            assert_eq!(about["cpu"], link::CPU, "{file}");
        }
    }

    #[test]
    fn espressifs_is_for_xtensa() {
        let root = TempDir::new().unwrap();
        for name in ["rustc", "cargo"] {
            script(root.path(), &format!("rustup/toolchains/esp/bin/{name}"), "");
        }
        assert_eq!(machine(root.path()).toolchain(ESP32S3).unwrap().folder, Some("esp"));
        assert!(machine(root.path()).toolchain(RISCV).is_err());
    }

    #[test]
    fn where_nothing_is_found_it_says_what_to_install() {
        let root = TempDir::new().unwrap();
        let advice = |triple| machine(root.path()).toolchain(triple).unwrap_err();
        assert!(advice(RISCV).contains("rustup target add riscv32imac-unknown-none-elf"));
        assert!(advice(RISCV).contains("apt-get install rustc-web"));
        assert!(advice(ESP32S3).contains("espup install"));
        assert!(advice(ESP32S3).contains("--board esp32s3-linked"));
        let all = "apt-get install rustc-web cargo-web rust-web-src llvm-22 binutils-xtensa-lx106 ";
        assert!(advice(QEMU).contains(all), "{}", advice(QEMU));
        assert!(advice(ESP32).contains(all), "{}", advice(ESP32));
    }
}
