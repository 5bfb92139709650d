//! The specialiser on small sources: one concern a test.

use std::fmt::Write as _;

use super::*;
use crate::selection::{Alias, Constant};

const MANIFEST: &str = "[package]\nname = \"t\"\n[features]\ndefault = [\"a\"]\na = []\nb = []\nc = []\n";

fn selection(on: &[&str]) -> Selection {
    Selection {
        name: "test".to_owned(),
        features: on.iter().map(|name| (*name).to_owned()).collect(),
        constants: vec![
            Constant { name: "MSS".to_owned(), ty: "u16", value: 1440, doc: String::new() },
            Constant { name: "WND".to_owned(), ty: "usize", value: 5760, doc: String::new() },
        ],
        aliases: vec![Alias { name: "Index".to_owned(), ty: "u8", doc: String::new() }],
    }
}

fn template(files: &[(&str, &str)]) -> Template {
    let mut template = Template::default();
    template.files.insert("Cargo.toml".to_owned(), MANIFEST.to_owned());
    for (path, text) in files {
        template.files.insert((*path).to_owned(), (*text).to_owned());
    }
    template
}

fn run(files: &[(&str, &str)], on: &[&str]) -> Result<Sources, TemplateError> {
    evaluate(&template(files), &selection(on), "pub const MSS: u16 = 1440;\n")
}

/// The library's root with the features `on`.
fn lib(text: &str, on: &[&str]) -> String {
    run(&[("src/lib.rs", text)], on).expect("specialises").remove("src/lib.rs").expect("a library")
}

/// The body of a function with the feature `a` on.
fn body(text: &str) -> String {
    let text: String = text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{}{line}", if line.is_empty() { "" } else { "    " });
        all
    });
    let out = lib(&format!("fn f() {{\n{text}}}\n"), &["a"]);
    let inner = out.strip_prefix("fn f() {\n").and_then(|out| out.strip_suffix("}\n"));
    let inner = inner.unwrap_or_else(|| panic!("{out:?}"));
    inner.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{}", line.strip_prefix("    ").unwrap_or(line));
        all
    })
}

fn error(text: &str) -> String {
    run(&[("src/lib.rs", text)], &["a"]).expect_err("an error").to_string()
}

#[test]
fn items_fields_variants_and_arms() {
    let text = r#"//! Docs.

/// Kept.
#[derive(Clone)]
#[cfg(feature = "a")]
pub struct S {
    /// Of a.
    #[cfg(feature = "a")]
    pub a: u8,
    // The comment goes with its field.
    /// Of b.
    #[cfg(feature = "b")]
    pub b: u8, // and this one too
    pub c: u8, // stays
}

#[cfg(feature = "b")]
/// Gone.
pub fn gone() {
    nested(#[cfg(feature = "a")] 1);
}

pub enum E {
    #[cfg(all(feature = "a", not(feature = "b")))]
    One,
    #[cfg(not(feature = "a"))]
    Two(u8),
}

pub fn arms(e: E) -> u8 {
    match e {
        #[cfg(feature = "a")]
        E::One => 1,
        // Gone.
        #[cfg(not(feature = "a"))]
        E::Two(x) => {
            x
        }
    }
}
"#;
    insta::assert_snapshot!(lib(text, &["a"]), @r"
    //! Docs.

    /// Kept.
    #[derive(Clone)]
    pub struct S {
        /// Of a.
        pub a: u8,
        pub c: u8, // stays
    }

    pub enum E {
        One,
    }

    pub fn arms(e: E) -> u8 {
        match e {
            E::One => 1,
        }
    }
    ");
}

#[test]
fn impls_traits_and_signatures() {
    let text = r#"impl S {
    #[cfg(feature = "b")]
    fn gone(&self) {}
}

impl T for S {
    #[cfg(feature = "b")]
    fn gone(&self) {}
}

trait T {
    #[cfg(feature = "b")]
    fn gone(&self) {}

    #[cfg(feature = "a")]
    const X: u8;
}

impl<#[cfg(feature = "b")] B, A> X<A> {
    fn f(&self, #[cfg(feature = "b")] b: u8, a: u8, #[cfg(not(feature = "a"))] c: u8) {}

    fn g(
        &self,
        #[cfg(feature = "a")] a: u8,
        #[cfg(feature = "b")] b: u8,
    ) {
    }
}
"#;
    insta::assert_snapshot!(lib(text, &["a"]), @r"
    impl T for S {
    }

    trait T {
        const X: u8;
    }

    impl<A> X<A> {
        fn f(&self, a: u8) {}

        fn g(
            &self,
            a: u8,
        ) {
        }
    }
    ");
}

#[test]
fn statements_and_expressions() {
    let out = body(
        r#"#[cfg(feature = "b")]
let x = 1;
#[cfg(feature = "a")]
let x = S { #[cfg(feature = "b")] b: 1, a: [1, #[cfg(feature = "b")] 2] };
let S { a, #[cfg(feature = "b")] b } = x;
call(a, #[cfg(feature = "b")] b);
let t = (a, #[cfg(feature = "b")] b);
#[cfg(feature = "b")]
a.b.c = 5;
#[cfg(feature = "b")]
a += 5;
#[cfg(feature = "a")]
a.call();
let long = S {
    a: 1,
    // About b.
    #[cfg(feature = "b")]
    b: 2,
};
"#,
    );
    insta::assert_snapshot!(out, @r"
    let x = S { a: [1] };
    let S { a } = x;
    call(a);
    let t = (a, );
    a.call();
    let long = S {
        a: 1,
    };
    ");
}

#[test]
fn foreign_cfgs_stay_and_mixed_ones_shrink() {
    let text = r#"#![cfg_attr(not(feature = "a"), no_std)]
#![cfg_attr(feature = "a", allow(dead_code), warn(missing_docs))]
#[cfg(target_os = "linux")]
fn one() {}
#[cfg(all(test, feature = "a"))]
mod tests {
    #[test]
    fn works() {
        assert!(cfg!(feature = "a") && cfg!(debug_assertions), "words");
    }
}
#[cfg(any(feature = "b", test))]
#[cfg_attr(all(feature = "a", test), derive(Debug))]
struct Two;
#[cfg(any(feature = "a", test))]
const ON: bool = cfg!(all(feature = "a", test));
"#;
    insta::assert_snapshot!(lib(text, &["a"]), @r#"
    #![allow(dead_code)] #![warn(missing_docs)]
    #[cfg(target_os = "linux")]
    fn one() {}
    #[cfg(test)]
    mod tests {
        #[test]
        fn works() {
            assert!(cfg!(debug_assertions), "words");
        }
    }
    #[cfg(test)]
    #[cfg_attr(test, derive(Debug))]
    struct Two;
    const ON: bool = cfg!(test);
    "#);
}

/// What the budget's declarations leave of a module of tests.
#[test]
fn a_module_of_imports_goes_whole_whatever_its_cfg() {
    let text = "fn f() {}\n\n#[cfg(all(test, feature = \"a\"))]\nmod tests {\n    use super::*;\n}\n";
    assert_eq!(lib(text, &["a"]), "fn f() {}\n");
    assert_eq!(lib(text, &[]), "fn f() {}\n");
}

#[test]
fn a_taken_branch_loses_its_braces() {
    let out = body(
        r#"if cfg!(feature = "a") {
    // Why.
    one();

    two()
} else {
    three();
}
// Only for b.
if cfg!(feature = "b") {
    gone();
}

if cfg!(feature = "b") { gone() } else { four() }
if cfg!(feature = "a") {
    let bound = 1;
    five(bound);
}
if config::MSS > 536 && ready() {
    six();
} else if cfg!(feature = "b") {
    gone();
} else {
    seven();
}
if config::MSS < 536 {
    gone();
} else if ready() {
    eight("a
        b");
}
if crate::config::WND as u32 > u32::from(u16::MAX) || !cfg!(feature = "a") {
    gone();
} else {
    nine();
}
"#,
    );
    insta::assert_snapshot!(out, @r#"
    // Why.
    one();

    two();

    four();
    {
        let bound = 1;
        five(bound);
    }
    if ready() {
        six();
    } else {
        seven();
    }
    if ready() {
        eight("a
            b");
    }
    nine();
    "#);
}

#[test]
fn branches_as_values() {
    let out = body(
        r#"let a = if cfg!(feature = "a") { 1 + 2 } else { 2 };
let b = 2 * if cfg!(feature = "a") { 1 + 2 } else { 2 };
let c = match a {
    1 => if cfg!(feature = "a") { one() } else { two() }
    2 if cfg!(feature = "b") => gone(),
    3 if cfg!(feature = "a") => three(),
    4 if cfg!(feature = "a") && ready() => four(),
    _ => if cfg!(feature = "b") { gone() },
};
let d = if cfg!(feature = "b") {
    gone()
} else {
    // Why.
    let x = 1;
    x
};
let e = if cfg!(feature = "a") {
    call(
        1,
    )
} else {
    2
};
let f = || if WND > 3 { 1 } else { 2 };
let g = x && cfg!(feature = "a") || cfg!(feature = "b");
let h = !cfg!(feature = "a");
if cfg!(feature = "a") && (x || y) {
    i();
}
if let Some(x) = y && cfg!(feature = "a") {
    j();
}
if cfg!(feature = "b") {
    1
} else {
    let x = 2;
    x
}
"#,
    );
    insta::assert_snapshot!(out, @r"
    let a = 1 + 2;
    let b = 2 * (1 + 2);
    let c = match a {
        1 => one(),
        3 => three(),
        4 if ready() => four(),
        _ => {},
    };
    let d = {
        // Why.
        let x = 1;
        x
    };
    let e = call(
        1,
    );
    let f = || if WND > 3 { 1 } else { 2 };
    let g = x;
    let h = false;
    if x || y {
        i();
    }
    if let Some(x) = y {
        j();
    }
    let x = 2;
    x
    ");
}

#[test]
fn code_behind_a_taken_return_goes() {
    let out = body(
        r#"if cfg!(feature = "a") {
    return 1;
}
let x = 2;
x
"#,
    );
    insta::assert_snapshot!(out, @"return 1;");
    let out = body(
        r#"#[cfg(feature = "a")]
{
    one();
}
#[cfg(not(feature = "a"))]
{
    two();
}
"#,
    );
    insta::assert_snapshot!(out, @"one();");
}

#[test]
fn constants_are_known_by_import_and_by_name() {
    let text = r#"use crate::config::{MSS, WND as WINDOW};

const SEGMENTS: usize = WINDOW / MSS as usize;
const LOCAL: bool = SEGMENTS > 3;
const TWICE: u8 = 1;

fn f() -> u8 {
    const TWICE: u8 = 2;
    if LOCAL {
        one();
    }
    if SEGMENTS == 3 {
        gone();
    }
    if Index::MAX == 255 {
        two();
    }
    if TWICE == 1 {
        open();
    }
    if other::MSS == 1440 {
        open();
    }
}
"#;
    insta::assert_snapshot!(lib(text, &[]), @r"
    use crate::config::{MSS, WND as WINDOW};

    const SEGMENTS: usize = WINDOW / MSS as usize;
    const LOCAL: bool = SEGMENTS > 3;
    const TWICE: u8 = 1;

    fn f() -> u8 {
        const TWICE: u8 = 2;
        one();
        two();
        if TWICE == 1 {
            open();
        }
        if other::MSS == 1440 {
            open();
        }
    }
    ");
}

#[test]
fn modules_that_end_up_empty_disappear() {
    let files = [
        (
            "src/lib.rs",
            "//! Root.\n\nmod config;\n/// Empty.\nmod a;\nmod b;\npub mod tree;\n#[cfg(feature = \"b\")]\nmod off;\n",
        ),
        ("src/config.rs", "pub const MSS: u16 = 536;\n"),
        ("src/a.rs", "//! A.\nuse core::fmt;\n#[cfg(feature = \"b\")]\nfn gone() {}\n"),
        ("src/b.rs", "#![cfg(feature = \"b\")]\nfn gone() {}\n"),
        ("src/off.rs", "fn gone( {}\n"),
        ("src/orphan.rs", "fn gone() {}\n"),
        ("src/tree/mod.rs", "mod leaf;\nmod inline {\n    mod deep;\n}\n"),
        ("src/tree/leaf.rs", "#[cfg(feature = \"b\")]\nfn gone() {}\n"),
        (
            "src/tree/inline/deep.rs",
            "const TEXT: &str = include_str!(\"../t.txt\");\nglobal_asm!(include_str!(\"../start.S\"), options(raw));\n",
        ),
        ("src/tree/t.txt", "text"),
        ("src/tree/start.S", "nop"),
    ];
    let out = run(&files, &["a"]).expect("specialises");
    let names: Vec<&String> = out.keys().collect();
    assert_eq!(
        names,
        [
            "src/config.rs",
            "src/lib.rs",
            "src/tree/inline/deep.rs",
            "src/tree/mod.rs",
            "src/tree/start.S",
            "src/tree/t.txt"
        ]
    );
    assert_eq!(out["src/lib.rs"], "//! Root.\n\nmod config;\npub mod tree;\n");
    assert_eq!(out["src/tree/mod.rs"], "mod inline {\n    mod deep;\n}\n");
    assert_eq!(out["src/config.rs"], "pub const MSS: u16 = 1440;\n");
}

#[test]
fn what_cannot_be_evaluated_is_refused_with_its_place() {
    for (text, expected) in [
        ("#[cfg(feature = \"tpc\")]\nfn f() {}\n", "src/lib.rs:1:17: the template has no feature `tpc`"),
        (
            "mod x {\n    m! { #[cfg(feature = \"a\")] fn f() }\n}\n",
            "src/lib.rs:2:11: a `cfg` attribute inside this macro cannot be evaluated: put it outside",
        ),
        (
            "/// ```\n/// # #[cfg(feature = \"a\")]\n/// ```\nfn f() {}\n",
            "src/lib.rs:2:9: `cfg(feature` here cannot be evaluated; a specialised crate has no features",
        ),
        ("fn f() where #[cfg(feature = \"a\")] T: Copy {}\n", "src/lib.rs:1:14: "),
        ("mod missing;\n", "src/lib.rs:1:1: neither src/missing.rs nor src/missing/mod.rs is there"),
        ("fn f( {}\n", "src/lib.rs:1:"),
        (
            "#[cfg_attr(feature = \"a\", cfg(feature = \"b\"))]\nfn f() {}\n",
            "src/lib.rs:1:27: a `cfg` inside",
        ),
    ] {
        let found = error(text);
        assert!(found.starts_with(expected), "{text}\n{found}");
    }
    let mut unknown = selection(&["a"]);
    unknown.features.insert("d".to_owned());
    let found = evaluate(&template(&[("src/lib.rs", "")]), &unknown, "").expect_err("an error");
    assert!(found.message.contains("`d`"), "{found}");
}

#[test]
fn a_text_without_cfgs_is_not_touched() {
    let text = "fn f()   {  if x   { 1 } else { 2 }\n\n\n\n}\n";
    assert_eq!(lib(text, &["a"]), text);
}

const GENERIC: &str = r#"#[cfg(feature = "a")]
pub trait Ask {
    fn ask(&self);
}

pub struct Whole<'a, H: Ask, const N: usize = 3> {
    part: &'a Part<H>,
    numbers: [u8; N],
    #[cfg(feature = "a")]
    asked: H,
}

pub struct Part<H: Ask> {
    #[cfg(feature = "a")]
    asked: H,
}

impl<H: Ask> Part<H> {
    fn whole<'a>(&'a self) -> Whole<'a, H> {
        Whole::<'a, H, 3> { part: self, numbers: [0; 3], #[cfg(feature = "a")] asked: todo!() }
    }
}

fn take<T: Clone, H: Ask>(part: &Part<H>, other: T) {}

fn lone<const H: usize>(other: Other<H>) {}
"#;

#[test]
fn a_trait_that_is_cut_takes_the_parameters_that_it_bounds() {
    let cut = lib(GENERIC, &[]);
    assert_eq!(
        cut,
        r#"pub struct Whole<'a, const N: usize = 3> {
    part: &'a Part,
    numbers: [u8; N],
}

pub struct Part {
}

impl Part {
    fn whole<'a>(&'a self) -> Whole<'a> {
        Whole::<'a, 3> { part: self, numbers: [0; 3] }
    }
}

fn take<T: Clone>(part: &Part, other: T) {}

fn lone<const H: usize>(other: Other<H>) {}
"#
    );
    let kept = lib(GENERIC, &["a"]);
    assert_eq!(kept.matches("<H: Ask>").count(), 2);
    assert_eq!(kept.matches("<'a, H>").count(), 1);
}

#[test]
fn a_cut_trait_in_another_file_counts_too() {
    let files = [
        ("src/lib.rs", "pub mod ask;\npub struct Part<H: ask::Ask = ask::No> {\n    of: u8,\n}\n"),
        (
            "src/ask.rs",
            "#[cfg(feature = \"a\")]\npub trait Ask {}\n#[cfg(feature = \"a\")]\npub struct No;\n",
        ),
    ];
    let sources = run(&files, &[]).unwrap();
    assert_eq!(sources["src/lib.rs"], "pub struct Part {\n    of: u8,\n}\n");
    assert!(!sources.contains_key("src/ask.rs"));
}

#[test]
fn a_cut_trait_in_a_where_clause_is_an_error() {
    let text = "#[cfg(feature = \"b\")]\ntrait Ask {}\nfn f<H>() where H: Ask {}\n";
    let error = error(text);
    assert!(error.contains("src/lib.rs:3:20: `Ask` is cut by a cfg"), "{error}");
}

#[test]
fn a_feature_brings_those_that_it_implies() {
    let mut template = template(&[("src/lib.rs", "#[cfg(feature = \"c\")]\nfn c() {}\n")]);
    let manifest = MANIFEST.replace("b = []", "b = [\"c\", \"dep/x\"]");
    template.files.insert("Cargo.toml".to_owned(), manifest);
    let lib = |on: &[&str]| evaluate(&template, &selection(on), "").unwrap().remove("src/lib.rs");
    assert_eq!(lib(&["b"]).as_deref(), Some("fn c() {}\n"));
    assert_eq!(lib(&["a"]).as_deref(), Some(""));
}
