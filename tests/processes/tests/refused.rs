//! Directories in which nothing can be counted are errors that say what to do, and the program counts for itself.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

const WORKER: &str = env!("CARGO_BIN_EXE_processes-tests");

fn directory(name: &str) -> PathBuf {
    let path = env::temp_dir().join(format!("tallymark-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a directory");
    path
}

/// Runs a command of the worker, by itself or by others, and returns what it wrote.
fn output(before: &[&str], command: &str, directory: &Path, variables: &[(&str, &Path)]) -> String {
    let all: Vec<&str> = before.iter().copied().chain([WORKER, command]).collect();
    let mut process = Command::new(all[0]);
    process.args(&all[1..]).arg(directory).envs(variables.iter().copied());
    let output = process.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What `Builder::start` says, and what `status` says where the environment names the directory. In both cases the program
/// counts for itself.
fn both(before: &[&str], directory: &Path, variables: &[(&str, &Path)]) -> [String; 2] {
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let started = output(before, "start", directory, variables);
    let named: Vec<(&str, &Path)> =
        variables.iter().copied().chain([("TALLYMARK_PROCESSES_DIR", directory)]).collect();
    let status = output(before, "status", directory, &named);
    assert!(status.contains("\ntests_things_total 1\n"), "{status}");
    [first(&started), first(&status)]
}

fn skipped(why: &str) {
    // Where the test's output is not kept back.
    let _ = io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
}

#[test]
fn a_directory_that_is_a_file_or_missing_cannot_be_used() {
    let directory = directory("refused");
    let file = directory.join("file");
    fs::write(&file, b"").expect("written");
    for said in both(&[], &file, &[]) {
        assert!(said.starts_with("Directory: ") && said.contains(file.to_str().expect("text")), "{said}");
    }
    let missing = directory.join("missing");
    let variable = [("TALLYMARK_PROCESSES_DIR", missing.as_path())];
    let said = output(&[], "status", &missing, &variable);
    assert!(said.starts_with("Directory: ") && said.contains("No such file"), "{said}");
    // The builder makes it.
    assert_eq!(output(&[], "start", &missing, &[]), "true\n");
    assert!(missing.is_dir());
    fs::remove_dir_all(directory).expect("it is there");
}

#[test]
fn a_directory_that_is_not_writable_is_said_to_be() {
    let directory = directory("read-only");
    // The directory is the third argument.
    let script = "mount --bind \"$3\" \"$3\" && mount -o remount,bind,ro \"$3\" && exec \"$@\"";
    let before = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"];
    let can = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).output();
    if !can.is_ok_and(|output| output.status.success()) {
        skipped("unshare --mount fails here");
        return;
    }
    for said in both(&before, &directory, &[]) {
        assert!(
            said.starts_with("File: no file could be created in ") && said.contains("Read-only"),
            "{said}"
        );
    }
    fs::remove_dir_all(directory).expect("it is there");
}

#[test]
fn a_directory_on_a_network_file_system_is_refused() {
    let directory = directory("network");
    // A file system says what it is in a number, which is another one here.
    let source = directory.join("nfs.c");
    let text = "#include <sys/statfs.h>\n#include <string.h>\nint fstatfs(int fd, struct statfs *s) { (void)fd; memset(s, 0, sizeof *s); \
                s->f_type = 0x6969; return 0; }\nint fstatfs64(int fd, void *s) { return fstatfs(fd, s); }\n";
    fs::write(&source, text).expect("written");
    let library = directory.join("nfs.so");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        skipped("there is no C compiler that makes a shared library");
        return;
    }
    for said in both(&[], &directory, &[("LD_PRELOAD", &library)]) {
        assert!(said.starts_with("Network: ") && said.contains("/dev/shm"), "{said}");
    }
    fs::remove_dir_all(directory).expect("it is there");
}
