//! Mistakes a newcomer makes, and what the compiler says to them.
//!
//! Each file in `ui/fail` holds one mistake and is named for it; the file of the same name with `.stderr` holds the
//! message. Messages that come from the compiler itself change between its versions, so the expected ones are those of
//! the toolchain that `rust-version` names: stable 1.95. After a change that is meant, run
//! `TRYBUILD=overwrite cargo test -p mistakes` with it and read the difference.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
