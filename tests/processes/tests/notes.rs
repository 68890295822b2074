//! Exemplars are the newest of all processes, and facts are those of every living one.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

const WORKER: &str = env!("CARGO_BIN_EXE_processes-tests");

fn directory(name: &str) -> PathBuf {
    let path = env::temp_dir().join(format!("tallymark-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a directory");
    path
}

/// A process that does what it is asked for.
struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    fn start(directory: &Path, release: Option<&str>) -> Self {
        let mut child = Command::new(WORKER)
            .arg("note")
            .arg(directory)
            .args(release)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut worker = Self { child, input, output };
        worker.wait();
        worker
    }

    fn wait(&mut self) {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it reads");
        assert_eq!(line, "done\n");
    }

    fn ask(&mut self, what: &str) {
        writeln!(self.input, "{what}").expect("it reads");
        self.wait();
    }

    fn kill(mut self) {
        self.child.kill().expect("it is there");
        self.child.wait().expect("it ends");
    }
}

fn text(command: &str, directory: &Path) -> String {
    let output = Command::new(WORKER).arg(command).arg(directory).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn scrape(directory: &Path) -> String {
    text("scrape", directory)
}

/// The trace that the exemplar of a sample names.
fn trace(text: &str, sample: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    let line = lines.next()?;
    assert_eq!(lines.next(), None, "{sample} is there twice");
    let (_, exemplar) = line.split_once(" # {trace_id=\"")?;
    Some(exemplar.split_once('"').expect("its end").0.to_owned())
}

const FIRST: &str = "tests_traced_bytes_bucket{kind=\"traced\",le=\"1.0\"}";
const SECOND: &str = "tests_traced_bytes_bucket{kind=\"traced\",le=\"2.0\"}";
const LAST: &str = "tests_traced_bytes_bucket{kind=\"traced\",le=\"+Inf\"}";
const CALLS: &str = "tests_calls_total";

fn check(directory: &Path, expected: [(&str, Option<&str>); 4]) {
    // Once by a process of the group, and once by one that only reads.
    for text in [scrape(directory), text("read", directory)] {
        for (sample, name) in expected {
            assert_eq!(trace(&text, sample).as_deref(), name, "{sample}\n{text}");
        }
    }
}

#[test]
fn an_exemplar_is_the_newest_of_all_processes() {
    let directory = directory("exemplars");
    let mut one = Worker::start(&directory, None);
    let mut two = Worker::start(&directory, None);
    one.ask("observe 0.5 one-1");
    two.ask("observe 0.5 two-1");
    one.ask("observe 1.5 one-2");
    two.ask("count two-2");
    one.ask("count one-3");
    check(
        &directory,
        [(FIRST, Some("two-1")), (SECOND, Some("one-2")), (LAST, None), (CALLS, Some("one-3"))],
    );
    // Longer than there is room for at first, and shorter again.
    let long = "ü".repeat(100);
    two.ask(&format!("observe 7 {long}"));
    one.ask("observe 0.25 one-4");
    check(
        &directory,
        [(FIRST, Some("one-4")), (SECOND, Some("one-2")), (LAST, Some(&long)), (CALLS, Some("one-3"))],
    );
    // What a process that is gone has seen stays until there is something newer.
    one.kill();
    two.ask("observe 8 two-3");
    let expected =
        [(FIRST, Some("one-4")), (SECOND, Some("one-2")), (LAST, Some("two-3")), (CALLS, Some("one-3"))];
    check(&directory, expected);
    two.kill();
    check(&directory, expected);
    let mut three = Worker::start(&directory, None);
    three.ask("observe 0.5 three-1");
    check(
        &directory,
        [(FIRST, Some("three-1")), (SECOND, Some("one-2")), (LAST, Some("two-3")), (CALLS, Some("one-3"))],
    );
    three.kill();
    fs::remove_dir_all(directory).expect("it is there");
}

#[test]
fn what_is_removed_takes_its_exemplars_along() {
    let directory = directory("removed-exemplars");
    let mut worker = Worker::start(&directory, None);
    worker.ask("observe 0.5 before");
    worker.ask("remove");
    let text = scrape(&directory);
    assert!(!text.contains("trace_id=\"before\""), "{text}");
    worker.ask("observe 1.5 behind");
    check(&directory, [(FIRST, None), (SECOND, Some("behind")), (LAST, None), (CALLS, None)]);
    worker.kill();
    fs::remove_dir_all(directory).expect("it is there");
}

#[test]
fn facts_are_those_of_every_living_process() {
    let directory = directory("facts");
    let releases = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("tests_release_info{release=\""));
        let mut releases: Vec<String> =
            lines.map(|line| line.strip_suffix("\"} 1").expect("it is 1").to_owned()).collect();
        releases.sort();
        releases
    };
    let check = |expected: &[&str]| {
        let text = scrape(&directory);
        assert_eq!(releases(&text), expected, "{text}");
        let program = "tests_program_info{name=\"tests\",language=\"Rust\"} 1\n";
        assert_eq!(text.matches(program).count(), 1, "{text}");
        assert_eq!(text.matches("tests_program_info{").count(), 1, "{text}");
    };
    // Set before and after there is a file.
    let mut blue = Worker::start(&directory, Some("blue"));
    let mut green = Worker::start(&directory, None);
    check(&["blue"]);
    green.ask("facts green");
    check(&["blue", "green"]);
    let other = Worker::start(&directory, Some("green"));
    check(&["blue", "green"]);
    // In their place, whatever their length is.
    for facts in ["red", &"long".repeat(100), "blue"] {
        blue.ask(&format!("facts {facts}"));
        let mut expected = [facts, "green"];
        expected.sort_unstable();
        check(&expected);
    }
    green.kill();
    check(&["blue", "green"]);
    other.kill();
    check(&["blue"]);
    blue.kill();
    check(&[]);
    fs::remove_dir_all(directory).expect("it is there");
}
