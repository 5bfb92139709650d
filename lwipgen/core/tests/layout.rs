//! Property: the layout calculator gives random structs the sizes that rustc gives them.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use lwipgen_core::layout::{Layouts, Program, Target};
use lwipgen_core::specialise::Sources;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A field: its type, in which `#` stands for an earlier declaration.
fn field() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(vec!["u8", "u16", "u32", "u64", "u128", "usize", "bool", "i16", "char", "f64"]),
        2 => prop::sample::select(vec![
            "core::net::Ipv4Addr", "core::net::Ipv6Addr", "core::net::IpAddr", "core::num::NonZeroU16",
            "Option<core::num::NonZero<u32>>", "Option<Box<u8>>", "Option<Box<[u16]>>", "&'static str",
            "core::cell::Cell<u16>", "core::marker::PhantomData<u64>", "fn(u8)", "()",
        ]),
        3 => Just("#"),
    ]
    .prop_map(str::to_owned);
    (leaf, prop::collection::vec(0usize..5, 0..3)).prop_map(|(leaf, lengths)| {
        lengths.iter().fold(leaf, |ty, length| match length {
            0 => format!("[{ty}; N - 3]"),
            length => format!("[{ty}; {length}]"),
        })
    })
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Struct,
    Aligned,
    Union,
    Tagged,
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![6 => Just(Kind::Struct), 1 => Just(Kind::Aligned), 1 => Just(Kind::Union), 1 => Just(Kind::Tagged)]
}

/// A crate of declarations, each over the ones before it.
fn declarations(all: &[(Kind, Vec<String>, usize)]) -> String {
    let mut text = String::from(
        "#![allow(dead_code)]\nconst N: usize = 7 / 2 + 1;\n#[repr(C)] pub struct T0 { a: u8 }\n",
    );
    for (i, (kind, fields, pick)) in all.iter().enumerate() {
        let name = i + 1;
        let earlier = |ty: &str, j: usize| ty.replace('#', &format!("T{}", (pick + j) % name));
        let fields: Vec<String> = fields.iter().enumerate().map(|(j, ty)| earlier(ty, j)).collect();
        let _ = match kind {
            Kind::Struct => writeln!(text, "#[repr(C)] pub struct T{name}({});", fields.join(", ")),
            Kind::Aligned => {
                writeln!(text, "#[repr(C, align(8))] pub struct T{name}({});", fields.join(", "))
            }
            Kind::Union => {
                writeln!(text, "#[repr(u8)] pub enum T{name} {{ A({}), B, C(u16) }}", fields.join(", "))
            }
            Kind::Tagged => {
                writeln!(
                    text,
                    "#[repr(C, u16)] pub enum T{name} {{ A, B({}), C {{ x: u32 }} }}",
                    fields.join(", ")
                )
            }
        };
    }
    text
}

#[test]
fn random_types_have_the_sizes_that_rustc_gives_them() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec((kind(), prop::collection::vec(field(), 1..7), 0usize..100), 60);
    for case in 0..3 {
        let all = strategy.new_tree(&mut runner).expect("a case").current();
        let mut text = declarations(&all);
        let program =
            Program::parse(&Sources::from([("src/lib.rs".to_owned(), text.clone())])).expect("parses");
        let layouts = Layouts::new(&program, Target::HOST);
        for i in 0..=all.len() {
            let layout =
                layouts.layout(&layouts.root(&format!("T{i}"))).unwrap_or_else(|e| panic!("{e}\n{text}"));
            let _ = writeln!(text, "const _: () = assert!(size_of::<T{i}>() == {});", layout.size);
            let _ = writeln!(text, "const _: () = assert!(align_of::<T{i}>() == {});", layout.align);
        }
        let file = directory.path().join(format!("case{case}.rs"));
        fs::write(&file, &text).expect("writes");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(rustc)
            .args(["--crate-type", "lib", "--edition", "2024", "--emit", "metadata", "--out-dir"])
            .arg(directory.path())
            .arg(&file)
            .output()
            .expect("rustc runs");
        assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    }
}
