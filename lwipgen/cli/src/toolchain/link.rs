//! `lwipgen link-xtensa`, the linker of Xtensa programs where Debian's compiler makes them.
//!
//! LLVM 22 puts constants where no instruction finds them when it writes an object file for Xtensa itself
//! (llvm-project issue 190204), but not when it writes assembly. So rustc is told to leave bitcode, from which assembly
//! is made here, from that an object, and of all objects the program.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode};

use super::{LINKER_FOR_XTENSA, Machine};
use crate::{Refused, refuse};

/// LLVM's tools: bitcode as text, its compiler, its assembler.
const DISASSEMBLER: &str = "llvm-dis-22";
const COMPILER: &str = "llc-22";
pub const ASSEMBLER: &str = "llvm-mc-22";

/// The one core with register windows that LLVM 22 knows.
pub const CPU: &str = "esp32";

/// Stands in each function: code of no byte that the compiler takes for a large one.
///
/// It reserves room to save a register only in functions whose branches may need one, or whose frame is over 2 KiB, and
/// gives up where a smaller frame needs one too ("Cannot scavenge register").
const LARGE: &str = r#"  call void asm sideeffect ".if 0\0A.space 262144\0A.endif", ""()"#;

/// What bitcode and a wrapper of it begin with.
const BITCODE: [[u8; 4]; 2] = [*b"BC\xC0\xDE", [0xde, 0xc0, 0x17, 0x0b]];

/// Link an Xtensa program: for rustc, not for people
#[derive(clap::Args)]
pub struct Args {
    /// What the core has more or less than an ESP32's, as LLVM says it: -fp,-mul32high
    #[arg(long, allow_hyphen_values = true)]
    features: String,
    /// What rustc tells its linker
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Compiles, assembles and links.
pub fn run(args: Args) -> Result<ExitCode, Refused> {
    let tools = Tools::find(&args.features)?;
    let arguments = expanded(args.arguments)?;
    let output = arguments.iter().skip_while(|argument| *argument != "-o").nth(1);
    let output = Path::new(output.ok_or_else(|| refuse(&"there is no `-o FILE`"))?);
    let mut command = Command::new(&tools.linker);
    for argument in arguments.iter().filter(|argument| !is_for_a_plugin(argument)) {
        let file = Path::new(argument);
        let beside = |extension| output.with_file_name(name(file)).with_extension(extension);
        match file.extension().and_then(OsStr::to_str) {
            Some("S") => {
                let object = beside("S.o");
                tools.assemble(file, &object)?;
                command.arg(object);
            }
            Some("o") if is_bitcode(file) => {
                let object = beside("xtensa.o");
                tools.compile(file, &object)?;
                command.arg(object);
            }
            Some("rlib") => {
                command.arg(tools.library(file)?);
            }
            _ => {
                command.arg(argument);
            }
        }
    }
    succeed(&mut command)?;
    Ok(ExitCode::SUCCESS)
}

/// The arguments, those in files (`@FILE`, one a line) too.
fn expanded(arguments: Vec<OsString>) -> Result<Vec<OsString>, Refused> {
    let mut all = Vec::new();
    for argument in arguments {
        match argument.to_str().and_then(|argument| argument.strip_prefix('@')) {
            Some(file) => {
                all.extend(read(Path::new(file))?.lines().map(|line| line.trim_matches('"').into()))
            }
            None => all.push(argument),
        }
    }
    Ok(all)
}

/// Whether an argument is for a linker that compiles bitcode itself.
fn is_for_a_plugin(argument: &OsStr) -> bool {
    argument.to_str().is_some_and(|argument| argument.starts_with("-plugin"))
}

fn is_bitcode(file: &Path) -> bool {
    let begins = fs::read(file).ok().and_then(|bytes| bytes.first_chunk().copied());
    begins.is_some_and(|bytes| BITCODE.contains(&bytes))
}

/// The programs that make one.
struct Tools {
    disassembler: PathBuf,
    compiler: PathBuf,
    assembler: PathBuf,
    linker: PathBuf,
    /// What core the compiler and the assembler work for.
    core: [String; 2],
}

impl Tools {
    fn find(features: &str) -> Result<Self, Refused> {
        let machine = Machine::this();
        let program =
            |name: &str| machine.program(name).ok_or_else(|| refuse(&format!("{name} is not installed")));
        Ok(Self {
            disassembler: program(DISASSEMBLER)?,
            compiler: program(COMPILER)?,
            assembler: program(ASSEMBLER)?,
            linker: program(LINKER_FOR_XTENSA)?,
            core: [format!("-mcpu={CPU}"), format!("-mattr={features}")],
        })
    }

    /// The object of a library, made once for all programs from the bitcode beside it.
    fn library(&self, library: &Path) -> Result<PathBuf, Refused> {
        let name = name(library).to_string_lossy().into_owned();
        let bitcode = library.with_file_name(name.strip_prefix("lib").unwrap_or(&name)).with_extension("bc");
        let object = bitcode.with_extension("xtensa.o");
        let age = |file: &Path| fs::metadata(file).and_then(|about| about.modified()).ok();
        if age(&object) <= age(&bitcode) {
            // Under a name of its own until it is whole, for others may be linking too.
            let new = object.with_extension(format!("{}.o", process::id()));
            self.compile(&bitcode, &new)?;
            fs::rename(&new, &object).map_err(|error| cannot(&object, &error))?;
        }
        Ok(object)
    }

    fn compile(&self, bitcode: &Path, object: &Path) -> Result<(), Refused> {
        let [text, assembly] = ["ll", "s"].map(|extension| object.with_extension(extension));
        succeed(Command::new(&self.disassembler).arg(bitcode).arg("-o").arg(&text))?;
        write(&text, &with_large_functions(&read(&text)?))?;
        let mut compiler = Command::new(&self.compiler);
        compiler.args(["-O2", "-relocation-model=static", "-function-sections", "-data-sections"]);
        compiler
            .args(["-filetype=asm", "-asm-verbose=false"])
            .args(&self.core)
            .arg(&text)
            .arg("-o")
            .arg(&assembly);
        succeed(&mut compiler)?;
        write(&assembly, &without_unwinding(&read(&assembly)?))?;
        self.assemble(&assembly, object)?;
        for file in [text, assembly] {
            fs::remove_file(&file).map_err(|error| cannot(&file, &error))?;
        }
        Ok(())
    }

    fn assemble(&self, assembly: &Path, object: &Path) -> Result<(), Refused> {
        let mut assembler = Command::new(&self.assembler);
        assembler.args(["--triple=xtensa-none-elf", "-filetype=obj"]).args(&self.core);
        succeed(assembler.arg(assembly).arg("-o").arg(object))
    }
}

/// LLVM's text with [`LARGE`] where each function begins.
fn with_large_functions(text: &str) -> String {
    let mut all = String::with_capacity(text.len() + text.len() / 8);
    let mut begins = false;
    for line in text.split_inclusive('\n') {
        // The first block may have a label.
        let label = begins && !line.starts_with(' ');
        if begins && !label {
            all += LARGE;
            all.push('\n');
        }
        all += line;
        if label {
            all += LARGE;
            all.push('\n');
        }
        begins = line.starts_with("define ");
    }
    all
}

/// Assembly without what unwinding needs: the assembler does not read it, and nothing unwinds.
fn without_unwinding(assembly: &str) -> String {
    assembly.split_inclusive('\n').filter(|line| !line.trim_start().starts_with(".cfi_")).collect()
}

fn name(file: &Path) -> &OsStr {
    file.file_name().unwrap_or_default()
}

fn read(file: &Path) -> Result<String, Refused> {
    fs::read_to_string(file).map_err(|error| cannot(file, &error))
}

fn write(file: &Path, text: &str) -> Result<(), Refused> {
    fs::write(file, text).map_err(|error| cannot(file, &error))
}

fn cannot(file: &Path, error: &dyn Display) -> Refused {
    refuse(&format!("{}: {error}", file.display()))
}

fn succeed(command: &mut Command) -> Result<(), Refused> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(refuse(&format!("{command:?}: {status}"))),
        Err(error) => Err(refuse(&format!("{command:?}: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_is_large_to_the_compiler() {
        let text = "define void @a() !dbg !1 {\nstart:\n  ret void\n}\n\ndeclare void @c()\n\n\
                    define i32 @b(i32 %0) {\n  ret i32 %0\n}\n";
        let expected = format!(
            "define void @a() !dbg !1 {{\nstart:\n{LARGE}\n  ret void\n}}\n\ndeclare void @c()\n\n\
             define i32 @b(i32 %0) {{\n{LARGE}\n  ret i32 %0\n}}\n"
        );
        assert_eq!(with_large_functions(text), expected);
    }

    #[test]
    fn what_unwinding_needs_is_left_out() {
        let assembly = "f:\n\t.cfi_startproc\n\tentry\ta1, 32\n\t.cfi_offset a0, -4\n\tretw\n";
        assert_eq!(without_unwinding(assembly), "f:\n\tentry\ta1, 32\n\tretw\n");
    }
}
