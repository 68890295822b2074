//! Processes that do not see one another: a sidecar with a read-only mount, containers with process namespaces of their own; and
//! a process that becomes another program.

use std::{
    collections::BTreeSet,
    env,
    ffi::OsStr,
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const WORKER: &str = env!("CARGO_BIN_EXE_processes-tests");

fn directory(name: &str) -> PathBuf {
    let path = env::temp_dir().join(format!("tallymark-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a directory");
    path
}

/// Whether namespaces can be made here. If not, that is said where the test's output is not kept back.
fn can_unshare(options: &[&str]) -> bool {
    let made = Command::new("unshare").args(options).arg("true").output();
    let can = made.is_ok_and(|output| output.status.success());
    if !can {
        let _ =
            io::stderr().write_all(format!("SKIPPED: unshare {} fails here\n", options.join(" ")).as_bytes());
    }
    can
}

/// Starts a command, and waits until it says that it is ready.
fn start(command: &mut Command, ready: &str) -> Child {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it reads");
    assert_eq!(line, format!("{ready}\n"));
    child
}

fn end(mut child: Child) {
    child.kill().expect("it is there");
    child.wait().expect("it ends");
}

/// Kills the first process of a namespace. That which made the namespace ends behind it.
fn end_contained(mut outside: Child) {
    let children = format!("/proc/{0}/task/{0}/children", outside.id());
    let children = fs::read_to_string(children).expect("it is there");
    assert!(
        Command::new("kill")
            .arg("-KILL")
            .args(children.split_whitespace())
            .status()
            .expect("it runs")
            .success()
    );
    outside.wait().expect("it ends");
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn scrape(directory: &Path) -> String {
    output(Command::new(WORKER).arg("scrape").arg(directory))
}

fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).expect("it is there").flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[test]
fn a_sidecar_reads_what_it_cannot_write() {
    if !can_unshare(&["--map-root-user", "--mount"]) {
        return;
    }
    let directory = directory("sidecar");
    let level = |level: &str| {
        start(
            Command::new(WORKER).args([
                "level".as_ref(),
                directory.as_os_str(),
                level.as_ref(),
                level.as_ref(),
            ]),
            "ready",
        )
    };
    let alive = level("3");
    end(level("4"));
    let before = names(&directory);
    let script = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && ! touch \"$1/x\" 2> /dev/null && exec \"$0\" read \"$1\"";
    let sidecar = || {
        let shell = ["--map-root-user", "--mount", "sh", "-c", script, WORKER];
        output(Command::new("unshare").args(shell).arg(&directory))
    };
    for _ in 0..2 {
        let text = sidecar();
        assert_eq!(value(&text, "tests_left_open"), Some(7.0), "{text}");
        assert_eq!(value(&text, "tallymark_processes"), Some(1.0), "{text}");
        assert_eq!(value(&text, "tallymark_processes_failed_folds"), Some(0.0), "{text}");
        // What the dead one has left is there until a process that can write is scraped.
        assert_eq!(names(&directory), before);
    }
    scrape(&directory);
    assert!(names(&directory).contains("accumulator"));
    let text = sidecar();
    assert_eq!(value(&text, "tests_left_open"), Some(7.0), "{text}");
    end(alive);
    fs::remove_dir_all(directory).expect("it is there");
}

#[test]
fn containers_with_process_namespaces_are_one_group() {
    let options = ["--map-root-user", "--pid", "--fork", "--kill-child"];
    if !can_unshare(&options) {
        return;
    }
    let directory = directory("containers");
    // Without a label of its own, a process is called what its id is, which is 1 in each of them.
    let contained = |command: &str, rest: &[&str]| {
        let mut unshare = Command::new("unshare");
        let command: [&OsStr; 3] = [WORKER.as_ref(), command.as_ref(), directory.as_os_str()];
        unshare.args(options).args(command).args(rest);
        unshare
    };
    let one = start(&mut contained("level", &["", "10"]), "ready");
    let two = start(&mut contained("level", &["", "20"]), "ready");
    for text in [scrape(&directory), output(&mut contained("scrape", &[]))] {
        assert_eq!(value(&text, "tallymark_processes"), Some(3.0), "{text}");
        assert_eq!(value(&text, "tests_left_open"), Some(30.0), "{text}");
        assert_eq!(value(&text, "tests_level{pid=\"1\"}"), Some(10.0), "{text}");
        let other = text.lines().find(|line| line.starts_with("tests_level{pid=\"1-"));
        assert!(other.is_some_and(|line| line.ends_with(" 20.0") || line.ends_with(" 20")), "{text}");
    }
    // The scraper of another namespace folds what is gone, and nothing that is alive.
    end_contained(one);
    for _ in 0..2 {
        let text = output(&mut contained("scrape", &[]));
        assert_eq!(value(&text, "tallymark_processes"), Some(2.0), "{text}");
        assert_eq!(value(&text, "tests_left_open"), Some(30.0), "{text}");
    }
    end_contained(two);
    let text = scrape(&directory);
    assert_eq!(value(&text, "tallymark_processes"), Some(1.0), "{text}");
    assert_eq!(value(&text, "tests_left_open"), Some(30.0), "{text}");
    fs::remove_dir_all(directory).expect("it is there");
}

#[test]
fn a_program_that_becomes_another_one_is_a_new_process() {
    let directory = directory("exec");
    // It counts one before, and the program that it becomes counts one.
    let child = start(Command::new(WORKER).arg("exec").arg(&directory), "done");
    for _ in 0..2 {
        let text = scrape(&directory);
        assert_eq!(value(&text, "tests_things_total"), Some(2.0), "{text}");
        assert_eq!(value(&text, "tallymark_processes"), Some(2.0), "{text}");
    }
    end(child);
    assert_eq!(value(&scrape(&directory), "tests_things_total"), Some(2.0));
    fs::remove_dir_all(directory).expect("it is there");
}
