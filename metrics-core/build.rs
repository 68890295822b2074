//! Says where cells can be shared between processes, and which compiler it is.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(shared_cells)");
    if let Some(version) = rustc() {
        println!("cargo::rustc-env=TALLYMARK_RUSTC={version}");
    }
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let asked_for = env::var_os("CARGO_FEATURE_PROCESSES").is_some();
    let modelled = ["CARGO_CFG_MIRI", "CARGO_CFG_LOOM"].iter().any(|name| env::var_os(name).is_some());
    // Miri maps no files, and loom knows no memory but its own.
    let possible = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_POINTER_WIDTH", "64");
    if asked_for && possible && !modelled {
        println!("cargo::rustc-cfg=shared_cells");
    }
}

/// The version of the compiler; cargo runs this again when there is another one.
fn rustc() -> Option<String> {
    let output = Command::new(env::var_os("RUSTC")?).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(' ').nth(1).map(|version| version.trim().to_owned())
}
