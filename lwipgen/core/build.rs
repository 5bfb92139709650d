//! Embeds the templates, so that an installed `lwipgen` needs no checkout, and the declarations of the stack
//! alone, so that a budget need not parse all of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item};

const BOARDS: [&str; 10] = [
    "linux",
    "qemu-rv32",
    "qemu-xtensa",
    "esp32c6",
    "esp32c6-w5500",
    "esp32s3",
    "esp32s3-linked",
    "esp32",
    "esp32-linked",
    "esp32-ethernet",
];

/// Sources that boards share: `#[path = "../../shared/…"]` in their own.
const SHARED: &str = "../../shared/";

/// Files for the linker that boards share, as their `build.rs` names them.
const SHARED_WITH_LINKER: &str = "\"../shared/";

fn main() -> io::Result<()> {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let root = here.join("../..").canonicalize()?;
    let mut code = String::from("/// The stack template.\n");
    let _ = writeln!(code, "static STACK: &[(&str, &str)] = &{};", embed(&root.join("stack-template"))?);
    code.push_str("/// Manifest and declarations of the stack template.\n");
    let declarations = declarations(&root.join("stack-template"))?;
    let _ = writeln!(code, "static DECLARATIONS: &[(&str, &str)] = &{declarations};");
    code.push_str("/// The board programs.\nstatic BOARDS: &[(&str, &[(&str, &str)])] = &[\n");
    for board in BOARDS {
        let directory = root.join("boards").join(board);
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
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "target" || name == "Cargo.lock" {
            continue;
        }
        println!("cargo::rerun-if-changed={}", path.display());
        if name == ".cargo" {
            files.push(path.join("config.toml"));
        } else {
            collect(&path, &mut files)?;
        }
    }
    files.sort();
    let mut code = String::from("[\n");
    let mut shared = BTreeSet::new();
    for file in files {
        let mut text = own_modules(&fs::read_to_string(&file)?, &mut shared);
        let name = file.strip_prefix(directory).map_err(io::Error::other)?;
        if name == Path::new("build.rs") {
            for file in shared_with_linker(&text) {
                let path = directory.join("../shared").join(&file);
                println!("cargo::rerun-if-changed={}", path.display());
                let _ = writeln!(code, "    ({file:?}, {:?}),", fs::read_to_string(&path)?);
            }
            text = text.replace(SHARED_WITH_LINKER, "\"");
        }
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let _ = writeln!(code, "    ({:?}, {text:?}),", name.join("/"));
    }
    for name in shared {
        let mut files = Vec::new();
        let home = directory.join("../shared");
        println!("cargo::rerun-if-changed={}", home.join(&name).display());
        collect(&home.join(&name), &mut files)?;
        files.sort();
        for file in files {
            let path = file.strip_prefix(&home).map_err(io::Error::other)?.display().to_string();
            let _ = writeln!(code, "    ({:?}, {:?}),", format!("src/{path}"), fs::read_to_string(&file)?);
        }
    }
    code.push(']');
    Ok(code)
}

/// The text with its shared modules as its own; notes the file or folder of each.
fn own_modules(text: &str, shared: &mut BTreeSet<String>) -> String {
    let mut lines = text.split_inclusive('\n').collect::<Vec<_>>();
    lines.retain(|line| {
        let path = line.trim().strip_prefix("#[path = \"").and_then(|rest| rest.strip_prefix(SHARED));
        let path = path.and_then(|rest| rest.strip_suffix("\"]"));
        shared.extend(path.map(|path| path.strip_suffix("/mod.rs").unwrap_or(path).to_owned()));
        path.is_none()
    });
    lines.concat()
}

/// The paths below `boards/shared` that a `build.rs` names.
fn shared_with_linker(text: &str) -> BTreeSet<String> {
    let named = text.split(SHARED_WITH_LINKER).skip(1);
    named.filter_map(|rest| rest.split_once('"')).map(|(path, _)| path.to_owned()).collect()
}

/// A Rust array of path and text of the manifest and of each source, the latter without functions and the like.
fn declarations(directory: &Path) -> io::Result<String> {
    let mut files = vec![directory.join("Cargo.toml")];
    collect(&directory.join("src"), &mut files)?;
    let mut code = String::from("[\n");
    for file in files {
        let mut text = fs::read_to_string(&file)?;
        let name = file.strip_prefix(directory).map_err(io::Error::other)?;
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        if file.extension().is_some_and(|extension| extension == "rs") {
            let mut ast = syn::parse_file(&text)
                .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
            keep_declarations(&mut ast.attrs, &mut ast.items);
            text = prettyplease::unparse(&ast);
        }
        let _ = writeln!(code, "    ({:?}, {text:?}),", name.join("/"));
    }
    code.push(']');
    Ok(code)
}

/// Leaves what the layout calculator reads.
fn keep_declarations(attributes: &mut Vec<Attribute>, items: &mut Vec<Item>) {
    let keep = |attributes: &mut Vec<Attribute>| {
        attributes.retain(|attribute| {
            ["cfg", "cfg_attr", "repr", "path"].iter().any(|name| attribute.path().is_ident(name))
        });
    };
    keep(attributes);
    items.retain_mut(|item| match item {
        Item::Use(item) => {
            keep(&mut item.attrs);
            true
        }
        Item::Const(item) => {
            keep(&mut item.attrs);
            true
        }
        Item::Type(item) => {
            keep(&mut item.attrs);
            true
        }
        Item::Struct(item) => {
            keep(&mut item.attrs);
            item.fields.iter_mut().for_each(|field| keep(&mut field.attrs));
            true
        }
        Item::Enum(item) => {
            keep(&mut item.attrs);
            for variant in &mut item.variants {
                keep(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| keep(&mut field.attrs));
            }
            true
        }
        // A trait that is cut takes type parameters with it.
        Item::Trait(item) => {
            keep(&mut item.attrs);
            item.items.clear();
            item.supertraits.clear();
            item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"))
        }
        Item::Mod(item) => {
            let mut none = Vec::new();
            let items = item.content.as_mut().map_or(&mut none, |(_, items)| items);
            keep_declarations(&mut item.attrs, items);
            true
        }
        _ => false,
    });
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
