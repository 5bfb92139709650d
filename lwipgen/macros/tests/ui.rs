//! What the macros say to mistakes, word by word. `TRYBUILD=overwrite` accepts new words.

#[test]
fn mistakes_are_told_in_words() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
