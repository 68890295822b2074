//! Workers are killed at any point. What they were seen to have counted is never missing, and what they had not begun to
//! count is never there.
//!
//! `TALLYMARK_CRASHES` says how many are killed; 200 unless it does.

#![allow(clippy::float_cmp, clippy::cast_possible_truncation, reason = "what is counted is whole and small")]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

const WORKER: &str = env!("CARGO_BIN_EXE_processes-tests");

/// A directory of its own, in memory where that can be, and gone at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let root = PathBuf::from("/dev/shm");
        let root = if root.is_dir() { root } else { env::temp_dir() };
        let path = root.join(format!("tallymark-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn files(&self) -> usize {
        fs::read_dir(&self.0).expect("it is there").count()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a process that joins the group shows, as values by the text before them. It may be killed at a point.
fn scrape(directory: &Directory, fault: Option<&str>) -> Option<BTreeMap<String, f64>> {
    let mut command = Command::new(WORKER);
    command.arg("scrape").arg(&directory.0);
    if let Some(fault) = fault {
        command.env("TALLYMARK_PROCESSES_FAULT", fault);
    }
    let output = command.stderr(Stdio::inherit()).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    if !output.status.success() {
        assert!(fault.is_some(), "a scrape failed: {}", output.status);
        return None;
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    Some(values(&text))
}

/// Values by the text before them. No series may be there twice: Prometheus would take one of the two.
fn values(text: &str) -> BTreeMap<String, f64> {
    let mut values = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let found = line.split_once(" # ").map_or(line, |(line, _)| line).rsplit_once(' ');
        if let Some((name, Ok(value))) = found.map(|(name, value)| (name, value.parse())) {
            assert!(values.insert(name.to_owned(), value).is_none(), "{name} is there twice\n{text}");
        }
    }
    values
}

/// What a worker was seen to begin and to have done.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    begun: [u64; 4],
    done: [u64; 4],
}

impl Counts {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            for (at, kind) in b"TJSW".iter().enumerate() {
                self.begun[at] += u64::from(byte == kind);
                self.done[at] += u64::from(*byte == kind.to_ascii_lowercase());
            }
        }
    }

    /// Whether a scrape lies between the two.
    fn check(&self, values: &BTreeMap<String, f64>) {
        let value = |name: &str| values.get(name).copied().unwrap_or_default();
        let jobs: f64 = values
            .iter()
            .filter(|(name, _)| name.starts_with("tests_jobs_total{"))
            .map(|(_, value)| value)
            .sum();
        let shown = [
            value("tests_things_total"),
            jobs,
            value("tests_sizes_bytes_count"),
            2.0 * value("tests_work_total"),
        ];
        for (at, shown) in shown.into_iter().enumerate() {
            let (done, begun) = (self.done[at] as f64, self.begun[at] as f64);
            assert!(done <= shown && shown <= begun, "{at}: {done} <= {shown} <= {begun}\n{values:#?}");
        }
        let (count, sum) = (value("tests_waits_seconds_count"), value("tests_waits_seconds_sum"));
        assert!((2.0 * sum - count).abs() <= 64.0, "{count} observations add up to {sum}");
    }
}

/// A worker, and the reader of its pipe.
struct Worker {
    child: Child,
    reader: thread::JoinHandle<Counts>,
}

fn start(directory: &Directory, threads: u64) -> Worker {
    let mut child = Command::new(WORKER)
        .arg("count")
        .arg(&directory.0)
        .arg(threads.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut pipe = child.stdout.take().expect("piped");
    let reader = thread::spawn(move || {
        let mut counts = Counts::default();
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = pipe.read(&mut bytes) {
            counts.add(&bytes[..read]);
        }
        counts
    });
    Worker { child, reader }
}

impl Worker {
    /// Kills it. Returns all that it has begun and done.
    fn kill(mut self) -> Counts {
        self.child.kill().expect("it is there");
        self.child.wait().expect("it ends");
        self.reader.join().expect("it reads")
    }
}

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Where a process that folds can be killed.
const FAULTS: [&str; 8] = ["read", "created", "half", "written", "renamed", "deleted", "unlock", "never"];

#[test]
fn what_is_counted_survives_the_kill_of_workers_and_of_the_process_that_folds() {
    let crashes: u64 = env::var("TALLYMARK_CRASHES").map_or(200, |number| number.parse().expect("a number"));
    let directory = Directory::new("crash");
    let mut random = Random(crashes);
    let mut total = Counts::default();
    let mut before: BTreeMap<String, f64> = BTreeMap::new();
    for round in 0..crashes.div_ceil(4) {
        let workers: Vec<Worker> = (0..4).map(|_| start(&directory, 1 + random.below(3))).collect();
        for worker in workers {
            // Not to wait for something, but for a moment that is any.
            thread::sleep(Duration::from_micros(random.below(8_000)));
            let counts = worker.kill();
            for at in 0..4 {
                total.begun[at] += counts.begun[at];
                total.done[at] += counts.done[at];
            }
        }
        let fault = FAULTS[random.below(FAULTS.len() as u64) as usize];
        if round % 2 == 0 {
            let killed = scrape(&directory, Some(fault));
            assert!(killed.is_none() || fault == "never" || fault == "created", "{fault}");
        }
        let values = scrape(&directory, None).expect("it is not killed");
        total.check(&values);
        for (name, value) in &before {
            let counts = name.contains("_total") || name.contains("_bucket") || name.contains("_count");
            if counts && name.starts_with("tests_") {
                let now = values.get(name).copied().unwrap_or_default();
                assert!(now >= *value, "{name} fell from {value} to {now}");
            }
        }
        assert_eq!(
            values.get("tests_in_flight").copied().unwrap_or_default(),
            0.0,
            "what was killed is not in flight"
        );
        before = values;
        // The accumulator, the lock, and the one that has just shown this; and what a killed one has not finished.
        assert!(directory.files() <= 4 + crashes as usize / 4, "{} files", directory.files());
    }
}

#[test]
fn living_and_dead_are_one_exposition_while_they_count() {
    let directory = Directory::new("living");
    let workers: Vec<Worker> = (0..3).map(|_| start(&directory, 2)).collect();
    let mut last = 0.0;
    for _ in 0..20 {
        let values = scrape(&directory, None).expect("it is not killed");
        let now = values.get("tests_things_total").copied().unwrap_or_default();
        assert!(now >= last, "{now} after {last}");
        let sizes = values.get("tests_sizes_bytes_count").copied().unwrap_or_default();
        let bucket = values.get("tests_sizes_bytes_bucket{le=\"+Inf\"}").copied().unwrap_or_default();
        assert_eq!(sizes, bucket);
        last = now;
    }
    let mut total = Counts::default();
    for worker in workers {
        let counts = worker.kill();
        for at in 0..4 {
            total.begun[at] += counts.begun[at];
            total.done[at] += counts.done[at];
        }
    }
    total.check(&scrape(&directory, None).expect("it is not killed"));
    let values = scrape(&directory, None).expect("it is not killed");
    total.check(&values);
    assert_eq!(values.get("tests_added_up"), Some(&3.0), "a sum has those that are gone");
}

#[test]
fn a_child_counts_in_a_file_of_its_own_from_the_first_instruction_on() {
    let directory = Directory::new("fork");
    let output = Command::new(WORKER).arg("fork").arg(&directory.0).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let other: f64 =
        text.lines().next().and_then(|line| line.strip_prefix("other ")?.parse().ok()).expect("a number");
    let values = values(&text);
    let expected = [
        ("tests_things_total", 9.0),
        ("tests_jobs_total{kind=\"before\"}", 5.0),
        ("tests_jobs_total{kind=\"other\"}", other + 4.0),
        ("tests_sizes_bytes_count", 5.0),
        ("tests_sizes_bytes_sum", 5.0),
        ("tests_greatest", 9.0),
        ("tests_in_flight", 1.0),
        ("tallymark_processes", 1.0),
    ];
    for (name, value) in expected {
        assert_eq!(values.get(name), Some(&value), "{name}\n{text}");
    }
    // Once more, by a process that comes later: everything was folded.
    let later = scrape(&directory, None).expect("it is not killed");
    for (name, value) in &expected[..6] {
        assert_eq!(later.get(*name), Some(value), "{name}");
    }
}

#[test]
fn a_child_of_a_process_whose_threads_hold_locks_counts() {
    let directory = Directory::new("forks");
    let output = Command::new(WORKER).arg("forks").arg(&directory.0).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let counted: f64 =
        text.lines().next().and_then(|line| line.strip_prefix("counted ")?.parse().ok()).expect("a number");
    let values = values(&text);
    for name in ["tests_things_total", "tests_sizes_bytes_count", "tests_traced_bytes_count{kind=\"traced\"}"]
    {
        assert_eq!(values.get(name), Some(&counted), "{name}\n{text}");
    }
    assert_eq!(values.get("tallymark_processes"), Some(&1.0));
    assert!(!text.contains("tallymark_processes_skipped_files{"), "{text}");
}

#[test]
fn what_was_removed_starts_from_nothing_for_other_processes_too() {
    let directory = Directory::new("removed");
    let mut child = Command::new(WORKER)
        .arg("remove")
        .arg(&directory.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut line = String::new();
    let mut pipe = BufReader::new(child.stdout.take().expect("piped"));
    pipe.read_line(&mut line).expect("it reads");
    assert_eq!(line, "removed\n");
    let check = |values: &BTreeMap<String, f64>| {
        let expected = [
            ("tests_fractions_total{kind=\"again\"}", 1.0),
            ("tests_wholes_total{kind=\"again\"}", 3.0),
            ("tests_lengths_bytes_bucket{kind=\"again\",le=\"1.0\"}", 0.0),
            ("tests_lengths_bytes_bucket{kind=\"again\",le=\"2.0\"}", 1.0),
            ("tests_lengths_bytes_count{kind=\"again\"}", 3.0),
            ("tests_lengths_bytes_sum{kind=\"again\"}", 7.5),
            ("tests_fractions_total{kind=\"gone\"}", 0.125),
            ("tests_wholes_total{kind=\"gone\"}", 1.0),
            ("tests_lengths_bytes_count{kind=\"gone\"}", 1.0),
            ("tests_lengths_bytes_sum{kind=\"gone\"}", 1.5),
            ("tests_guests_total{kind=\"7\"}", 0.75),
        ];
        for (name, value) in expected {
            let shown = values.get(name).unwrap_or_else(|| panic!("{name} is not there"));
            // The parent had counted a thousand million before.
            assert!((shown - value).abs() < 1e-5, "{name} is {shown}");
        }
        // One that returned, and what came when 64 times as many label sets as may be shown had been there.
        let guests: Vec<_> =
            values.iter().filter(|(name, _)| name.starts_with("tests_guests_total{")).collect();
        let dropped = 3000.0 - 64.0 * 20.0;
        let overflow = values.get("tests_guests_total{kind=\"_overflow\"}").copied().unwrap_or_default();
        assert!((overflow - 0.1 * dropped).abs() < 1.0, "{overflow}");
        assert_eq!(guests.len(), 2);
    };
    check(&scrape(&directory, None).expect("it is not killed"));
    child.kill().expect("it is there");
    child.wait().expect("it ends");
    // Once by the one that folds, and once by another one.
    check(&scrape(&directory, None).expect("it is not killed"));
    check(&scrape(&directory, None).expect("it is not killed"));
}

#[test]
fn a_bad_file_costs_itself() {
    let directory = Directory::new("bad");
    start(&directory, 1).kill();
    let worker = start(&directory, 1);
    let good = scrape(&directory, None).expect("it is not killed");
    assert!(good.contains_key("tests_things_total"));
    let name = |number: u8| directory.0.join(format!("{}.cells", format!("{number:02x}").repeat(16)));
    let cells = fs::read_dir(&directory.0)
        .expect("it is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "cells"))
        .expect("there is one");
    let bytes = fs::read(&cells).expect("it can be read");
    fs::write(name(1), b"").expect("written");
    fs::write(name(2), b"not one of these").expect("written");
    fs::write(name(3), &bytes[..600]).expect("written");
    let changed = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        bytes
    };
    fs::write(name(4), changed(8, 99)).expect("written");
    fs::write(name(5), changed(41, bytes[41] ^ 1)).expect("written");
    fs::write(name(6), &bytes).expect("written");
    fs::create_dir(name(7)).expect("made");
    std::os::unix::fs::symlink(&cells, name(8)).expect("made");
    let values = scrape(&directory, None).expect("it is not killed");
    let skipped = |reason: &str| {
        let name = format!("tallymark_processes_skipped_files{{reason=\"{reason}\"}}");
        values.get(&name).copied().unwrap_or_default()
    };
    assert!(values.get("tests_things_total") >= good.get("tests_things_total"));
    assert_eq!(skipped("abi"), 1.0, "{values:#?}");
    // That of another boot is deleted by the next process that joins, since no process of that boot is alive.
    assert_eq!(skipped("boot"), 0.0);
    assert!(skipped("foreign") >= 3.0, "{values:#?}");
    let counts = worker.kill();
    assert!(counts.done[0] > 0);
}

#[test]
fn a_reader_shows_the_group_and_has_no_file_of_its_own() {
    let directory = Directory::new("reader");
    // Its file is there once it is ready.
    end(level(&directory, "1", 7));
    let read = || {
        let output = Command::new(WORKER).arg("read").arg(&directory.0).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        values(&String::from_utf8(output.stdout).expect("text"))
    };
    // Read from the file of the dead process, and from the accumulator.
    for _ in 0..2 {
        let values = read();
        assert_eq!(values.get("tests_left_open"), Some(&7.0), "{values:#?}");
        assert_eq!(values.get("tallymark_processes"), Some(&0.0));
    }
    // The accumulator and its lock.
    assert_eq!(directory.files(), 2);
}

/// A worker with a label that has set levels.
fn level(directory: &Directory, label: &str, level: u64) -> Child {
    let mut child = Command::new(WORKER)
        .args(["level".as_ref(), directory.0.as_os_str(), label.as_ref(), level.to_string().as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it reads");
    assert_eq!(line, "ready\n");
    child
}

fn end(mut child: Child) {
    child.kill().expect("it is there");
    child.wait().expect("it ends");
}

/// The values of the series of a family, by the label of the process.
fn by_process(values: &BTreeMap<String, f64>, family: &str) -> Vec<(String, f64)> {
    let label = |name: &str| {
        Some(name.strip_prefix(family)?.strip_prefix("{pid=\"")?.strip_suffix("\"}")?.to_owned())
    };
    values.iter().filter_map(|(name, value)| Some((label(name)?, *value))).collect()
}

#[test]
fn a_label_of_a_process_is_that_of_one_at_a_time() {
    let directory = Directory::new("labels");
    let levels = |values: &BTreeMap<String, f64>| by_process(values, "tests_level");
    // What is asked for of all processes has those that are gone, before and after they are folded.
    let check_open = |values: &BTreeMap<String, f64>, number: u64| {
        let sum = (1..=number).sum::<u64>() as f64;
        assert_eq!(values.get("tests_left_open"), Some(&sum), "{values:#?}");
        assert_eq!(by_process(values, "tests_open_of_each"), [("1".to_owned(), number as f64)]);
    };
    // Each takes the place of the one before: of those that are gone, the last is shown, and a living one before it.
    for number in 1..=4 {
        let worker = level(&directory, "1", number);
        for _ in 0..2 {
            let values = scrape(&directory, None).expect("it is not killed");
            assert_eq!(levels(&values), [("1".to_owned(), number as f64)]);
            check_open(&values, number);
            assert!(by_process(&values, "process_start_time_seconds").iter().any(|(label, _)| label == "1"));
        }
        end(worker);
        let last = [("1".to_owned(), number as f64)];
        // Once while it is folded, and, but for the last, once while its successor lives.
        if number % 2 == 0 {
            let values = scrape(&directory, None).expect("it is not killed");
            assert_eq!(levels(&values), last);
            check_open(&values, number);
        }
    }
    // Of two that live, the one that was started first has the label as it is, wherever it is shown.
    let first = level(&directory, "1", 5);
    let second = level(&directory, "1", 6);
    for _ in 0..8 {
        let values = scrape(&directory, None).expect("it is not killed");
        let shown = levels(&values);
        assert_eq!((shown[0].0.as_str(), shown[0].1, shown.len()), ("1", 5.0, 2), "{shown:?}");
        assert!(shown[1].0.starts_with("1-") && shown[1].1 == 6.0, "{shown:?}");
        let of_process = by_process(&values, "process_start_time_seconds");
        for (label, _) in &shown {
            assert!(of_process.iter().any(|(other, _)| other == label), "{label}: {of_process:?}");
        }
        // The application's own label of that name.
        assert_eq!(by_process(&values, "tests_own_level"), [("1".to_owned(), 6.0)]);
    }
    end(first);
    end(second);
}

#[test]
fn a_group_has_one_name_for_all_of_its_processes() {
    let directory = Directory::new("group");
    let worker = level(&directory, "1", 1);
    for command in ["text", "read"] {
        let output = Command::new(WORKER)
            .args([command.as_ref(), directory.0.as_os_str(), "others".as_ref()])
            .output();
        let output = output.expect("it runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains("tests"), "{error}");
    }
    end(worker);
    // A file has room for 126 bytes of the name.
    let directory = Directory::new("long-group");
    let name = "long".repeat(50);
    for _ in 0..2 {
        let output =
            Command::new(WORKER).args(["text".as_ref(), directory.0.as_os_str(), name.as_ref()]).output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let values = values(&String::from_utf8(output.stdout).expect("text"));
        assert_eq!(values.get("tallymark_processes"), Some(&1.0));
        assert!(
            !values.keys().any(|name| name.starts_with("tallymark_processes_skipped_files")),
            "{values:#?}"
        );
    }
}

#[test]
fn too_late_is_an_error_that_says_what_was_counted() {
    let directory = Directory::new("late");
    let output = Command::new(WORKER).arg("late").arg(&directory.0).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("`tests_things_total` (") && text.contains("counting.rs:"), "{text}");
}
