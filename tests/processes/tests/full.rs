//! A disk that is full costs what is counted beyond it, and nothing else.

use std::{env, fs, process::Command};

#[test]
fn a_file_that_cannot_grow_is_counted_and_no_signal() {
    let directory = env::temp_dir().join(format!("tallymark-full-{}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory");
    let output = Command::new(env!("CARGO_BIN_EXE_processes-tests"))
        .arg("full")
        .arg(&directory)
        .output()
        .expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    let failures = text.lines().find_map(|line| line.strip_prefix("tallymark_processes_failed_growths "));
    assert!(failures.is_some_and(|failures| failures != "0"), "{text}");
    // What was counted before is there.
    assert!(text.contains("\ntests_things_total 1\n"), "{text}");
    fs::remove_dir_all(directory).expect("it is there");
}
