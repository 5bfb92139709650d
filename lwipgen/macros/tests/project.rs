//! A project that uses the macros: what it is told when its profile changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lwipgen_core::budget::Pricer;
use lwipgen_core::layout::Target;
use lwipgen_core::profile::Resolved;

const MAIN: &str = r#"mod net {
    lwipgen_macros::stack!("product.toml");
}

struct Mine;

#[lwipgen_macros::hooks("product.toml")]
impl net::Hooks for Mine {
    fn ip4_input(&mut self, _: net::NetifId, _: &[u8]) -> net::hooks::Filter {
        net::hooks::Filter::Take
    }
}

lwipgen_macros::budget!("product.toml");

fn main() {
    println!("{} {}", net::config::UDP_PCBS, size_of::<net::Stack<Mine>>());
}
"#;

/// A package in a folder of its own that shares what is built with this one.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = format!(
            "[package]\nname = \"product\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nlwipgen-macros = {{ path = {:?} }}\n\n[workspace]\n",
            here.display().to_string()
        );
        fs::create_dir(folder.path().join("src")).expect("src");
        let lock = here.join("../../Cargo.lock");
        fs::copy(lock, folder.path().join("Cargo.lock")).expect("the versions of this workspace");
        let project = Self { folder };
        project.write("Cargo.toml", &manifest);
        project.write("src/main.rs", MAIN);
        project
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect(name);
    }

    /// What the program prints, or what the compiler says.
    fn run(&self) -> Result<String, String> {
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("project");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["run", "-q", "--offline", "--color=never"]).current_dir(self.folder.path());
        let output = command.env("CARGO_TARGET_DIR", target).output().expect("cargo runs");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

#[test]
fn a_project_follows_its_profile() {
    let project = Project::new();
    let base = "extends = \"minimal-v4\"\n[hooks]\nip4_input = true\n[budget]\nmax = \"1 MiB\"\n";
    project.write("base.toml", base);
    project.write("product.toml", "extends = \"base.toml\"\nudp.pcbs = 2\n");
    let profile = || {
        let path = project.folder.path().join("product.toml");
        Resolved::load(path.to_str().expect("UTF-8"), &[]).expect("valid")
    };
    let target = if cfg!(target_pointer_width = "64") { Target::BITS_64 } else { Target::RISCV32 };
    let total = |resolved: &Resolved| Pricer::new(target).total(&resolved.selection()).expect("priced");

    let bytes = total(&profile());
    assert_eq!(project.run().unwrap(), format!("2 {bytes}\n"), "the value is as large as the budget says");

    // The profile itself changes, then the one that it extends.
    project.write("product.toml", "extends = \"base.toml\"\nudp.pcbs = 3\n");
    let bytes = total(&profile());
    assert_eq!(project.run().unwrap(), format!("3 {bytes}\n"));
    project.write("base.toml", &format!("{base}warn = 1\n").replace("1 MiB", "1 KiB"));
    let said = project.run().unwrap_err();
    let over = total(&profile()) - 1024;
    assert!(said.contains(&format!("bytes of RAM are {over} more than the 1024 allowed")), "{said}");
    assert!(said.contains("base.toml:5:7:") && said.contains("pool.blocks"), "{said}");
    assert!(said.contains("pbuf.pool_size=") && said.contains(" would save "), "{said}");

    project.write("base.toml", &base.replace("ip4_input", "tcp_isn"));
    let said = project.run().unwrap_err();
    assert!(said.contains("does not enable the hook `ip4_input`"), "{said}");
    assert!(said.contains("enables the hook `tcp_isn`, which is missing here"), "{said}");

    project.write("base.toml", &format!("{base}\n[tcp]\nmss = 536\nwnd = 500\n"));
    let said = project.run().unwrap_err();
    assert!(said.contains("base.toml:9:7: tcp.wnd must be at least tcp.mss"), "{said}");
    assert!(said.contains("nearest valid value: tcp.wnd = 536 [rule wnd-holds-a-segment]"), "{said}");
    assert!(said.contains("9 | wnd = 500\n"), "{said}");
}
