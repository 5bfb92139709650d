//! The layout calculator against the compiler that builds it, and on what it must refuse.

use super::*;
use crate::specialise::Sources;

/// Types of every kind, compiled here and read as text.
mod types;

fn program(text: &str) -> Program {
    let sources = Sources::from([("src/lib.rs".to_owned(), text.to_owned())]);
    Program::parse(&sources).expect("parses")
}

fn layout(text: &str, target: Target) -> Result<(u64, u64), String> {
    let program = program(text);
    let layouts = Layouts::new(&program, target);
    let layout = layouts.layout(&layouts.root("T")).map_err(|error| error.to_string())?;
    Ok((layout.size, layout.align))
}

#[test]
fn sizes_agree_with_the_compiler() {
    let program = program(include_str!("tests/types.rs"));
    let layouts = Layouts::new(&program, Target::HOST);
    for (name, size, align) in types::measured() {
        let found = layouts.layout(&layouts.root(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((found.size, found.align), (size as u64, align as u64), "{name}");
    }
    assert!(types::measured().len() > 25);
}

#[test]
fn the_target_decides_pointers_and_alignment() {
    let text = "#[repr(C)] struct T { a: u8, b: usize, c: u64, d: Option<Box<[u8]>>, e: &'static u8 }";
    assert_eq!(layout(text, Target::RISCV32), Ok((32, 8)));
    assert_eq!(layout(text, Target::XTENSA), Ok((32, 8)));
    assert_eq!(layout(text, Target::BITS_64), Ok((48, 8)));
    let wide = "#[repr(C)] struct T { a: u8, b: u128 }";
    assert_eq!(layout(wide, Target::RISCV32), Ok((24, 8)));
    assert_eq!(layout(wide, Target::BITS_64), Ok((32, 16)));
    let length = "#[repr(C)] struct T { a: [u8; size_of::<usize>() * 3] }";
    assert_eq!(layout(length, Target::RISCV32), Ok((12, 1)));
}

#[test]
fn modules_imports_and_tests_are_told_apart() {
    let text = "
        use a::Pcb as First;
        pub mod a {
            use crate::N;
            #[repr(C)] pub struct Pcb { x: [u32; N] }
            mod inner { #[repr(C)] struct Pcb { x: [u8; 3], y: super::super::Index } }
        }
        pub mod b { #[repr(C)] pub struct Pcb { x: u64 } #[repr(C)] pub struct Own { p: Pcb } }
        #[cfg(test)] mod tests { struct Own; const N: usize = 9; }
        const N: usize = M / 2;
        const M: usize = { 3 + 3 };
        type Index = u16;
        #[repr(C)] struct T { a: First, b: b::Own, c: crate::b::Pcb }";
    assert_eq!(layout(text, Target::RISCV32), Ok((32, 8)));
}

#[test]
fn generics_stand_for_their_arguments() {
    let text = "
        #[repr(C)] struct Table<T, const N: usize> { slots: [Slot<T>; N], used: u8 }
        #[repr(C)] struct Slot<T> { value: T, generation: u16 }
        #[repr(C)] struct Held<H = u8> { hook: H, x: u32 }
        const N: usize = 3;
        #[repr(C)] struct T { a: Table<u32, 2>, b: Table<u8, N>, c: Table<Slot<u8>, { N + 1 }>, d: Held }";
    // Table<u32, 2>: 2 × 8 + 1 → 20; Table<u8, 3>: 3 × 4 + 1 → 14; Slot<Slot<u8>>: 6, so 24 + 1 → 26.
    assert_eq!(layout(text, Target::RISCV32), Ok((68, 4)));
}

#[test]
fn what_is_not_guaranteed_is_refused_with_its_place() {
    for (text, expected) in [
        (
            "#[repr(C)]\nstruct T {\n    a: Plain,\n}\nstruct Plain(u8);",
            "src/lib.rs:5:1: `Plain` counts in the budget",
        ),
        ("#[repr(C)]\nstruct T {\n    a: Missing,\n}", "src/lib.rs:3:8: the size of `Missing` is not known"),
        (
            "#[repr(C)] struct T { a: Option<u32> }",
            "src/lib.rs:1:26: an `Option` of `u32` has no fixed layout",
        ),
        ("#[repr(C)] struct T { a: (u8, u16) }", "src/lib.rs:1:26: a tuple has no fixed layout"),
        ("#[repr(C)] struct T { a: [u8; f()] }", "src/lib.rs:1:31: the value of this length is not known"),
        ("#[repr(C)] struct T { a: E } enum E { A }", "src/lib.rs:1:30: `E` counts in the budget"),
        ("#[repr(C, packed)] struct T { a: u8, b: u16 }", "src/lib.rs:1:1: `T` has `packed`"),
        ("#[cfg(unix)] #[repr(C)] struct T { a: u8 }", "src/lib.rs:1:1: `T` has `cfg`"),
        ("#[repr(C)] struct T { a: T }", "src/lib.rs:1:26: types nest too deeply"),
        (
            "#[repr(C)] struct T { a: [u32; 0xffff_ffff_ffff_ffff] }",
            "src/lib.rs:1:26: the array is too large",
        ),
        (
            "#[repr(C)] struct T { a: P } mod a { struct P; } mod b { struct P; }",
            "src/lib.rs:1:26: `P` is ambiguous: src/lib.rs and src/lib.rs declare it",
        ),
    ] {
        let error = layout(text, Target::RISCV32).expect_err(text);
        assert!(error.starts_with(expected), "{text}\n{error}");
    }
}
