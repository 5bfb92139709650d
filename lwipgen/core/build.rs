//! Embeds the templates, so that an installed `lwipgen` needs no checkout.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const BOARDS: [&str; 1] = ["linux"];

fn main() -> io::Result<()> {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let root = here.join("../..").canonicalize()?;
    let mut code = String::from("/// The stack template.\n");
    let _ = writeln!(code, "static STACK: &[(&str, &str)] = &{};", embed(&root.join("stack-template"))?);
    code.push_str("/// The board programs.\nstatic BOARDS: &[(&str, &[(&str, &str)])] = &[\n");
    for board in BOARDS {
        let directory = root.join("boards").join(board);
        println!("cargo::rerun-if-changed={}", directory.display());
        if directory.join("Cargo.toml").exists() {
            let _ = writeln!(code, "    ({board:?}, &{}),", embed(&directory)?);
        }
    }
    code.push_str("];\n");
    fs::write(out.join("embedded.rs"), code)
}

/// A Rust array of path and text of each file that makes up the crate in `directory`.
fn embed(directory: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for name in ["Cargo.toml", "README.md", "src", "tests", "examples", "benches"] {
        let path = directory.join(name);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, &mut files)?;
        }
    }
    files.sort();
    let mut code = String::from("[\n");
    for file in files {
        let name = file.strip_prefix(directory).map_err(io::Error::other)?;
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let _ = writeln!(code, "    ({:?}, include_str!({:?})),", name.join("/"), file.display().to_string());
    }
    code.push(']');
    Ok(code)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
        files.push(path.to_path_buf());
    }
    Ok(())
}
