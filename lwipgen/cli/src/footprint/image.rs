//! An image: sections, objects, and whose code it is, as the debugging information tells for each instruction.

use std::collections::BTreeMap;
use std::path::Path;

use super::{lines, types};
use addr2line::Context;
use lines::Bytes;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags, SymbolKind, elf};

/// What was read of an image.
pub struct Image {
    /// Bytes of code of each module of the stack, the largest first: what is inlined counts where it is written.
    pub modules: Vec<(String, u64)>,
    /// Bytes of code of everything else, by crate.
    pub others: Vec<(String, u64)>,
    /// All that is loaded, but for the call stack.
    pub sections: Vec<Section>,
    /// Static variables, the largest first.
    pub objects: Vec<Object>,
    /// Bytes of the type of the stack, if the debugging information tells.
    pub stack_type: Option<u64>,
}

/// A section that is loaded.
pub struct Section {
    pub name: String,
    pub bytes: u64,
    /// Its contents lie in flash.
    stored: bool,
    /// It lies in RAM.
    in_ram: bool,
}

/// A static variable.
pub struct Object {
    /// Its path, crate first.
    pub name: String,
    pub address: u64,
    pub bytes: u64,
    /// Not all of its bytes are zero at the start, so that it takes flash too.
    pub stored: bool,
}

impl Object {
    /// Whether this is its name, in whatever module it stands.
    pub fn is(&self, name: &str) -> bool {
        self.name.rsplit("::").next() == Some(name)
    }
}

/// Instructions of RV32IMAC start at even addresses; those of Xtensa at any, where this is exact enough.
const STEP: u64 = 2;

impl Image {
    /// Reads the ELF file at `path`; the stack was compiled from the sources below `stack`.
    pub fn read(path: &Path, stack: &Path) -> Result<Self, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let bytes = std::fs::read(path).map_err(|error| text(&error))?;
        let file = object::File::parse(&*bytes).map_err(|error| text(&error))?;
        let dwarf = lines::read(&file).map_err(|error| text(&error))?;
        let stack_type = types::size_of(&dwarf, &["lwip", "stack", "Stack"]).map_err(|error| text(&error))?;
        let mut nowhere = Vec::new();
        let lines = lines::of(dwarf, &mut nowhere).map_err(|error| text(&error))?;
        let stack = stack.canonicalize().map_err(|error| text(&error))?;
        let (mut modules, mut others) = (BTreeMap::new(), BTreeMap::new());
        let mut objects = Vec::new();
        for symbol in file.symbols().filter(|symbol| symbol.size() > 0) {
            let name = symbol.name().map_err(|error| text(&error))?;
            match symbol.kind() {
                SymbolKind::Text => {
                    let end = symbol.address() + symbol.size();
                    for address in (symbol.address()..end).step_by(STEP as usize) {
                        let bytes = STEP.min(end - address);
                        let author = author(&lines, address, &stack)?.unwrap_or_else(|| owner(name));
                        let (list, name) = match author {
                            Author::Module(name) => (&mut modules, name),
                            Author::Crate(name) => (&mut others, name),
                        };
                        *list.entry(name).or_insert(0) += bytes;
                    }
                }
                SymbolKind::Data => {
                    let section = symbol.section_index().and_then(|index| file.section_by_index(index).ok());
                    if let Some(section) = section.filter(|section| is_writable(section.flags())) {
                        let stored = section.file_range().is_some();
                        objects.push(Object {
                            name: demangled(name),
                            address: symbol.address(),
                            bytes: symbol.size(),
                            stored,
                        });
                    }
                }
                _ => {}
            }
        }
        objects.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        let sections = file.sections().filter_map(|section| {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else { return None };
            let name = section.name().ok()?.to_owned();
            let is_loaded = sh_flags.0 & elf::SHF_ALLOC.0 != 0;
            let loaded = is_loaded && section.size() > 0 && !name.starts_with(".stack") && !is_dummy(&name);
            loaded.then(|| Section {
                bytes: section.size(),
                stored: section.file_range().is_some(),
                in_ram: is_writable(section.flags()) || is_code_in_ram(&name),
                name,
            })
        });
        let sections = sections.collect();
        Ok(Self { modules: by_size(modules), others: by_size(others), sections, objects, stack_type })
    }

    /// Bytes of code of the stack.
    pub fn stack_code(&self) -> u64 {
        self.modules.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Bytes that the image takes where it is stored.
    pub fn flash(&self) -> u64 {
        self.sections.iter().filter(|section| section.stored).map(|section| section.bytes).sum()
    }

    /// Bytes of static RAM, code that is copied there too.
    pub fn ram(&self) -> u64 {
        self.sections.iter().filter(|section| section.in_ram).map(|section| section.bytes).sum()
    }
}

fn is_writable(flags: SectionFlags) -> bool {
    matches!(flags, SectionFlags::Elf { sh_flags, .. } if sh_flags.0 & elf::SHF_WRITE.0 != 0)
}

/// Whether this only keeps others away from where a section is seen at a second address, by the names in esp-hal's linker
/// scripts.
fn is_dummy(section: &str) -> bool {
    section.ends_with("_dummy")
}

/// Whether this is code that runs in RAM, by the names in esp-hal's linker scripts.
fn is_code_in_ram(section: &str) -> bool {
    section == ".trap" || section.starts_with(".rwtext")
}

/// Who wrote an instruction.
#[derive(Debug, PartialEq, Eq)]
enum Author {
    /// A module of the stack.
    Module(String),
    /// A crate.
    Crate(String),
}

/// The module or the crate that an instruction was written in, or that library code was inlined into.
fn author(lines: &Context<Bytes<'_>>, address: u64, stack: &Path) -> Result<Option<Author>, String> {
    let frames = lines.find_frames(address).skip_all_loads();
    let mut frames = frames.map_err(|error| error.to_string())?;
    let mut outside = None;
    while let Some(frame) = frames.next().map_err(|error| error.to_string())? {
        let Some(file) = frame.location.and_then(|location| location.file) else { continue };
        match of_file(Path::new(file), stack) {
            Author::Module(module) => return Ok(Some(Author::Module(module))),
            // What the library has inlined into others is theirs.
            Author::Crate(name) if outside.as_deref().is_none_or(is_library) => outside = Some(name),
            Author::Crate(_) => {}
        }
    }
    Ok(outside.map(Author::Crate))
}

fn is_library(name: &str) -> bool {
    matches!(name, "core" | "alloc")
}

fn of_file(file: &Path, stack: &Path) -> Author {
    if let Ok(path) = file.strip_prefix(stack) {
        let path = path.with_extension("").display().to_string();
        let path = path.strip_suffix("/mod").unwrap_or(&path);
        return Author::Module(path.replace('/', "::"));
    }
    let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
    let after = |name: &str, skip: usize| {
        let at = parts.iter().position(|part| part == name)?;
        parts.get(at + skip).map(|part| part.to_string())
    };
    // `library/core/src/…` of Rust's own sources, `registry/src/HOST-HASH/NAME-VERSION/src/…` of cargo's.
    let of_registry = after("registry", 3).map(|package| {
        let version = package.rfind('-').unwrap_or(package.len());
        package[..version].to_owned()
    });
    let name = of_registry.or_else(|| after("library", 1)).unwrap_or_else(|| "the program".to_owned());
    Author::Crate(name)
}

/// The crate of a symbol for which there is no debugging information.
fn owner(symbol: &str) -> Author {
    let name = demangled(symbol);
    let path = name.trim_start_matches(['<', '&', '[', '(', '*']);
    match path.split_once("::") {
        Some(("lwip", _)) => Author::Module("without a line".to_owned()),
        Some((first, _)) if !first.contains(' ') => Author::Crate(first.to_owned()),
        _ => Author::Crate("without a line".to_owned()),
    }
}

fn demangled(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

fn by_size(bytes: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut list: Vec<_> = bytes.into_iter().collect();
    list.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_of_a_file() {
        let stack = Path::new("/home/me/generated/node/src");
        let module = |name: &str| Author::Module(name.to_owned());
        let of_crate = |name: &str| Author::Crate(name.to_owned());
        for (file, expected) in [
            ("/home/me/generated/node/src/tcp/input.rs", module("tcp::input")),
            ("/home/me/generated/node/src/tcp/mod.rs", module("tcp")),
            ("/usr/src/rustc-1.96.0/library/core/src/fmt/mod.rs", of_crate("core")),
            (
                "/c/registry/src/index.crates.io-1949cf8c6b5b557f/virtio-drivers-0.13.0/src/lib.rs",
                of_crate("virtio-drivers"),
            ),
            ("/home/me/generated/node-board/src/main.rs", of_crate("the program")),
        ] {
            assert_eq!(of_file(Path::new(file), stack), expected);
        }
    }

    #[test]
    fn the_owner_of_a_symbol() {
        for (symbol, expected) in [
            ("_ZN4core3fmt5write17h0123456789abcdefE", Author::Crate("core".to_owned())),
            ("_ZN4lwip3tcp5input17h0123456789abcdefE", Author::Module("without a line".to_owned())),
            ("memcpy", Author::Crate("without a line".to_owned())),
        ] {
            assert_eq!(owner(symbol), expected);
        }
    }
}
