//! A process that is scraped again and again shows, each time, what one shows that is scraped for the first time, and
//! what has been counted: whatever series and processes have come and gone between two scrapes.

mod common;

use common::{directory, read};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What is done between the scrapes.
const STEPS: usize = 240;
const KINDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    fn kind(&mut self) -> &'static str {
        KINDS[self.below(KINDS.len())]
    }
}

/// What is counted of one kind: things, observations, and how many are left.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    things: u32,
    observations: u32,
    left: u32,
}

/// A process that counts as it is told, and what it has counted.
struct Worker {
    process: common::Worker,
    counted: BTreeMap<&'static str, Counted>,
}

impl Worker {
    fn start(directory: &Path) -> Self {
        Self { process: common::Worker::start("obey", directory), counted: BTreeMap::new() }
    }

    fn tell(&mut self, what: &str) -> String {
        self.process.tell(what)
    }

    fn count(&mut self, kind: &'static str, number: u32) {
        self.tell(&format!("count {kind} {number}"));
        let counted = self.counted.entry(kind).or_default();
        counted.things += number;
        counted.observations += 1;
        counted.left = number;
    }

    fn remove(&mut self, kind: &'static str) {
        self.tell(&format!("remove {kind}"));
        self.counted.remove(kind);
    }

    /// Kills it. Returns what it has counted.
    fn kill(self) -> BTreeMap<&'static str, Counted> {
        self.process.kill();
        self.counted
    }
}

/// Samples of the metrics that are counted in here, by their names and labels.
fn samples(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with("# EOF\n"), "{text}");
    let lines = text.lines().filter(|line| line.starts_with("tests_obeyed"));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    lines.map(|line| sample(line).unwrap_or_else(|| panic!("{line}"))).collect()
}

/// What a process shows that has just been started, and that is not one of the group.
fn first(directory: &Path) -> BTreeMap<String, f64> {
    samples(&read(directory))
}

/// The samples of all that these processes have counted.
fn expected(living: &[Worker], dead: &BTreeMap<&'static str, Counted>) -> BTreeMap<String, f64> {
    let mut sums = dead.clone();
    for (kind, counted) in living.iter().flat_map(|worker| &worker.counted) {
        let sum = sums.entry(kind).or_default();
        sum.things += counted.things;
        sum.observations += counted.observations;
        sum.left += counted.left;
    }
    let mut samples = BTreeMap::new();
    for (kind, sum) in sums {
        samples.insert(format!("tests_obeyed_total{{kind=\"{kind}\"}}"), f64::from(sum.things));
        samples.insert(format!("tests_obeyed_parts_total{{kind=\"{kind}\"}}"), f64::from(sum.things) / 4.0);
        samples.insert(format!("tests_obeyed_bytes_count{{kind=\"{kind}\"}}"), f64::from(sum.observations));
        samples.insert(format!("tests_obeyed_bytes_sum{{kind=\"{kind}\"}}"), f64::from(sum.things));
        if living.iter().any(|worker| worker.counted.contains_key(kind)) {
            samples.insert(format!("tests_obeyed_left{{kind=\"{kind}\"}}"), f64::from(sum.left));
        }
    }
    samples
}

/// Adds what a process had counted to that of those that are gone. What is left is of living ones.
fn bury(dead: &mut BTreeMap<&'static str, Counted>, counted: BTreeMap<&'static str, Counted>) {
    for (kind, counted) in counted {
        let sum = dead.entry(kind).or_default();
        sum.things += counted.things;
        sum.observations += counted.observations;
    }
}

/// Without buckets and times, which `expected` leaves out.
fn compared(samples: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let is_compared = |name: &str| !name.contains("_bucket{") && !name.contains("_created{");
    samples.iter().filter(|(name, _)| is_compared(name)).map(|(name, value)| (name.clone(), *value)).collect()
}

#[test]
fn a_later_scrape_shows_what_a_first_one_shows() {
    let directory = directory("again");
    let mut random = Random(15);
    let mut dead = BTreeMap::new();
    // The first of them is scraped each time, and is never killed.
    let mut living: Vec<Worker> = (0..3).map(|_| Worker::start(&directory)).collect();
    let mut done = BTreeSet::new();
    for step in 0..STEPS {
        let worker = random.below(living.len());
        let kind = random.kind();
        let what = match random.below(20) {
            0..12 => {
                living[worker].count(kind, u32::try_from(random.below(9)).expect("small") + 1);
                "count"
            }
            12..16 => {
                living[worker].remove(kind);
                "remove"
            }
            16 | 17 if living.len() < 6 => {
                living.push(Worker::start(&directory));
                "start"
            }
            _ if worker > 0 => {
                bury(&mut dead, living.remove(worker).kill());
                // Every other time another one folds what it has counted, so that the accumulator is replaced between two scrapes.
                if random.below(2) == 0 && living.len() > 1 {
                    samples(&living[1].tell("scrape"));
                }
                "kill"
            }
            _ => continue,
        };
        done.insert(what);
        let again = samples(&living[0].tell("scrape"));
        assert_eq!(compared(&again), expected(&living, &dead), "step {step}: {what} {kind}");
        if step % 5 == 0 {
            assert_eq!(again, first(&directory), "step {step}: {what} {kind}");
        }
    }
    assert_eq!(done, BTreeSet::from(["count", "kill", "remove", "start"]));
    assert!(!dead.is_empty());
    for worker in living {
        worker.kill();
    }
    fs::remove_dir_all(directory).expect("it is there");
}

#[test]
fn a_file_that_another_takes_the_place_of_is_left_out_from_then_on() {
    let directory = directory("replaced");
    let files = || -> BTreeSet<PathBuf> {
        let paths =
            fs::read_dir(&directory).expect("it is there").map(|entry| entry.expect("an entry").path());
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "cells")).collect()
    };
    let mut scraped = Worker::start(&directory);
    scraped.count("a", 2);
    let own = files();
    let mut other = Worker::start(&directory);
    other.count("a", 3);
    let all = files();
    let [file] = all.difference(&own).collect::<Vec<_>>()[..] else { panic!("one more file") };
    let things = |text: &str| samples(text).get("tests_obeyed_total{kind=\"a\"}").copied();
    let skipped = |text: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with("tallymark_processes_skipped_files{reason=\"foreign\"}"));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
    };
    let text = scraped.tell("scrape");
    assert_eq!((things(&text), skipped(&text)), (Some(5.0), None));

    let aside = directory.join("aside");
    fs::rename(file, &aside).expect("renamed");
    fs::write(file, "not one of these").expect("written");
    let text = scraped.tell("scrape");
    assert_eq!((things(&text), skipped(&text)), (Some(2.0), Some(1.0)));
    assert_eq!(things(&text), first(&directory).get("tests_obeyed_total{kind=\"a\"}").copied());

    // Its process counts on meanwhile.
    other.count("a", 4);
    fs::rename(&aside, file).expect("renamed");
    let text = scraped.tell("scrape");
    assert_eq!((things(&text), skipped(&text)), (Some(9.0), None));
    scraped.kill();
    other.kill();
    fs::remove_dir_all(directory).expect("it is there");
}

/// What is there of a gauge histogram in a scrape of this worker.
fn present(worker: &mut Worker) -> Vec<String> {
    let text = worker.tell("scrape");
    text.lines().filter(|line| line.starts_with("tests_present_bytes_g")).map(ToOwned::to_owned).collect()
}

#[test]
fn a_gauge_histogram_is_that_of_the_process_that_is_scraped() {
    let directory = directory("present");
    let (mut one, mut other) = (Worker::start(&directory), Worker::start(&directory));
    one.tell("hold mail 2");
    one.tell("set mail 8");
    other.tell("set mail 1");
    other.tell("count mail 1");
    let both = |count: u32, sum: u32| {
        let sample = |name, value| format!("tests_present_bytes_{name}{{kind=\"mail\"}} {value}");
        vec![sample("gsum", sum), sample("gcount", count)]
    };
    assert_eq!((present(&mut one), present(&mut other)), (both(2, 10), both(1, 1)));
    let read = read(&directory);
    assert!(read.contains("\ntests_obeyed_total{kind=\"mail\"} 1\n"), "{read}");
    assert!(!read.contains("\ntests_present_bytes"), "{read}");
    // What has entered keeps its series, and what was set does not.
    one.tell("remove mail");
    other.tell("remove mail");
    assert_eq!((present(&mut one), present(&mut other)), (both(2, 10), Vec::new()));
    one.tell("release");
    one.tell("remove mail");
    assert_eq!(present(&mut one), Vec::<String>::new());
    one.tell("set mail 3");
    assert_eq!(present(&mut one), both(1, 3));
    one.kill();
    other.kill();
    fs::remove_dir_all(directory).expect("it is there");
}
