//! A model of what processes do with the files of a directory: one publishes, others read and fold, in every order.
//!
//! Those that read and fold are the code itself, which a scheduler runs step by step: from one point of [`faults`] to the
//! next. The one that publishes does with its file what `cell/shared/file.rs` and `cell/directory.rs` of the core do with
//! the mapped one, in their order. All orders are tried in which a process is interrupted at most so many times.

use crate::{
    accumulator::{self, Identity},
    directory::Directory,
    faults,
    file::boot,
    merged::{Merged, Point},
    shape::Shape,
};
use rustix::fs::{FlockOperation, flock};
use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};
use tallymark_core::{
    __private_v4::shared::format::{at, chunk, kind, name},
    Across, Kind,
};

/// Which thread runs, and which have run so far.
struct Turns {
    current: usize,
    ended: Vec<bool>,
    /// What was chosen where there was a choice, and of how many.
    path: Vec<(usize, usize)>,
    next: usize,
    interruptions: usize,
}

struct Scheduler {
    turns: Mutex<Turns>,
    changed: Condvar,
    /// How often threads may be interrupted.
    most: usize,
}

impl Scheduler {
    fn new(threads: usize, most: usize, path: Vec<(usize, usize)>) -> Self {
        let turns = Turns { current: threads, ended: vec![false; threads], path, next: 0, interruptions: 0 };
        Self { turns: Mutex::new(turns), changed: Condvar::new(), most }
    }

    /// Chooses who goes on, where `this` is at a point or, if it has ended, is not among those.
    fn choose(&self, this: usize) {
        let mut turns = self.turns.lock().expect("no thread panics meanwhile");
        let can_go_on = turns.ended.get(this).is_some_and(|ended| !ended);
        let others = (0..turns.ended.len()).filter(|&other| other != this && !turns.ended[other]);
        let all: Vec<usize> = can_go_on.then_some(this).into_iter().chain(others).collect();
        let options = if can_go_on && turns.interruptions == self.most { 1 } else { all.len() };
        let mut chosen = 0;
        if options > 1 {
            if turns.next == turns.path.len() {
                turns.path.push((0, options));
            }
            chosen = turns.path[turns.next].0;
            turns.next += 1;
        }
        if let Some(&next) = all.get(chosen) {
            turns.interruptions += usize::from(can_go_on && next != this);
            turns.current = next;
        }
        self.changed.notify_all();
    }

    fn wait(&self, this: usize) {
        let turns = self.turns.lock().expect("no thread panics meanwhile");
        drop(self.changed.wait_while(turns, |turns| turns.current != this).expect("as above"));
    }
}

/// Ends a thread's part, also where it panics.
struct Part(Arc<Scheduler>, usize);

impl Drop for Part {
    fn drop(&mut self) {
        self.0.turns.lock().expect("no thread panics meanwhile").ended[self.1] = true;
        self.0.choose(self.1);
    }
}

/// What the threads do.
type Parts = Vec<Box<dyn FnOnce() + Send>>;

/// Runs them in the next order.
type Run<'a> = dyn Fn(Parts) + 'a;

/// Runs the threads in every order in which they are interrupted at most so many times. Returns how many orders those are.
fn in_every_order(most: usize, run: &dyn Fn(&Run<'_>)) -> usize {
    let path = Mutex::new(Vec::new());
    for count in 1.. {
        run(&|parts| {
            let before = std::mem::take(&mut *path.lock().expect("nobody else has it"));
            let scheduler = Arc::new(Scheduler::new(parts.len(), most, before));
            let threads: Vec<_> = parts
                .into_iter()
                .enumerate()
                .map(|(this, part)| {
                    let scheduler = Arc::clone(&scheduler);
                    thread::spawn(move || {
                        scheduler.wait(this);
                        let end = Part(Arc::clone(&scheduler), this);
                        faults::STEP.set(Some(Box::new(move || {
                            scheduler.choose(this);
                            scheduler.wait(this);
                        })));
                        part();
                        faults::STEP.set(None);
                        drop(end);
                    })
                })
                .collect();
            scheduler.choose(threads.len());
            let ends: Vec<_> = threads.into_iter().map(thread::JoinHandle::join).collect();
            let mut turns = scheduler.turns.lock().expect("nobody else has it");
            for end in ends {
                end.unwrap_or_else(|_| panic!("in this order: {:?}", turns.path));
            }
            *path.lock().expect("nobody else has it") = std::mem::take(&mut turns.path);
        });
        let mut path = path.lock().expect("nobody else has it");
        while path.last().is_some_and(|(chosen, options)| chosen + 1 == *options) {
            path.pop();
        }
        match path.last_mut() {
            Some((chosen, _)) => *chosen += 1,
            None => return count,
        }
    }
    0
}

const FAMILY: &str = "model_jobs_total";

fn jobs() -> Shape {
    Shape {
        name: FAMILY.to_owned(),
        namespaced: false,
        help: "Jobs.".to_owned(),
        unit: None,
        kind: Kind::Counter,
        mode: Across::LiveAll,
        is_float: false,
        is_words: false,
        is_level: false,
        absent: 0,
        labels: vec!["kind".to_owned()],
        bounds: Vec::new(),
        states: Vec::new(),
    }
}

/// The bytes of a process's file with these series, and how long its directory is.
fn file(id: [u8; 16], series: &[(&str, u64)]) -> (Vec<u8>, u64) {
    let mut merged = Merged::default();
    let family = merged.family(jobs(), 1);
    for (kind, count) in series {
        let entry = merged.entry(family, &[(*kind).to_owned()]);
        merged.add(family, entry, Point::of_sums(vec![*count], Vec::new(), 1));
    }
    let identity = Identity { id, boot: boot(), group: "", generation: 0, started: 1 };
    let mut bytes = accumulator::encode(&merged, &[], &identity);
    bytes[at::KIND..at::KIND + 8].copy_from_slice(&kind::PROCESS.to_ne_bytes());
    let len =
        bytes[at::DIRECTORY..at::DIRECTORY + 8].try_into().map(u64::from_ne_bytes).expect("eight bytes");
    (bytes, len)
}

fn path_of(directory: &Path, id: [u8; 16]) -> PathBuf {
    directory.join(format!("{:032x}{}", u128::from_be_bytes(id), name::PROCESS))
}

/// What the process that lives has begun to count and has counted, by series.
#[derive(Default)]
struct Counts {
    begun: [AtomicU64; 2],
    done: [AtomicU64; 2],
}

/// A process that counts in one series, publishes another one and counts in that.
struct Publisher {
    file: File,
    bytes: Vec<u8>,
    /// The directory, of which so much is there at first, and the record behind it.
    first: u64,
    record: Vec<u8>,
    counts: Arc<Counts>,
}

impl Publisher {
    fn new(directory: &Path, counts: Arc<Counts>) -> io::Result<Self> {
        let id = [9; 16];
        let (bytes, first) = file(id, &[("one", 0)]);
        let (both, len) = file(id, &[("one", 0), ("two", 0)]);
        let header = usize::try_from(u64::try_from(bytes.len()).expect("short") - first - 8).expect("short");
        let (from, to) =
            (header + usize::try_from(first).expect("short"), header + usize::try_from(len).expect("short"));
        let record = both[from..to].to_vec();
        fs::write(path_of(directory, id), &bytes)?;
        let file = File::options().read(true).write(true).open(path_of(directory, id))?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self { file, bytes, first, record, counts })
    }

    fn put(&self, at: usize, numbers: &[u64]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
        self.file.write_all_at(&bytes, at as u64).expect("it can be written");
        faults::point("published");
    }

    /// Counts one in the cell at `at`, which holds `count`.
    fn count(&self, series: usize, at: usize, count: u64) {
        self.counts.begun[series].fetch_add(1, Ordering::SeqCst);
        self.put(at, &[count + 1]);
        self.counts.done[series].fetch_add(1, Ordering::SeqCst);
    }

    /// Adds a chunk: its bytes, its entry, and then the number of chunks.
    fn append(&self, number: usize, (kind, first): (u32, u64), offset: usize, bytes: &[u8]) {
        self.file.write_all_at(bytes, offset as u64).expect("it can be written");
        let entry = [u64::from(kind), first, bytes.len() as u64, offset as u64];
        self.put(at::TABLE + number * chunk::SIZE, &entry);
        self.put(at::CHUNKS, &[number as u64 + 1]);
    }

    fn run(&self) {
        let end = self.bytes.len();
        self.count(0, end - 8, 0);
        let room = vec![0; self.record.len()];
        self.append(3, (chunk::DIRECTORY, self.first), end, &room);
        self.file.write_all_at(&self.record, end as u64).expect("it can be written");
        faults::point("written");
        self.put(at::DIRECTORY, &[self.first + self.record.len() as u64]);
        let cells = end + self.record.len();
        self.append(4, (chunk::CELLS, 1), cells, &[0; 8]);
        self.count(1, cells, 0);
        self.count(0, end - 8, 1);
        self.count(1, cells, 1);
    }
}

/// What a reading shows of a series.
fn shown(directory: &Directory, kind: &str) -> u64 {
    let families = directory.merged.families.iter().filter(|family| family.shape.name == FAMILY);
    let points = families.flat_map(|family| {
        let of_kind = (0..family.texts.len()).filter(|at| family.texts.are(*at, [kind].into_iter()));
        of_kind.filter_map(|at| family.point(at)?.integers.first().copied())
    });
    points.sum()
}

/// Reads once, which folds as well, and compares with what was counted before and behind.
fn read(directory: &Path, counts: &Counts) {
    let load = |counts: &[AtomicU64; 2]| [0, 1].map(|series| counts[series].load(Ordering::SeqCst));
    let done = load(&counts.done);
    let mut group = Directory::new(directory.to_owned(), String::new());
    group.read();
    let begun = load(&counts.begun);
    assert_eq!(shown(&group, "dead"), 3, "each of those that are gone once");
    for (series, kind) in ["one", "two"].into_iter().enumerate() {
        let shown = shown(&group, kind);
        assert!(done[series] <= shown && shown <= begun[series], "{kind}: {done:?} {shown} {begun:?}");
    }
    assert_eq!((group.seen.living, group.seen.failed_folds), (1, 0));
    assert!(group.seen.skipped.is_empty(), "{:?}", group.seen.skipped);
}

/// Tries all orders of so many that read, and one that publishes, after two have died.
fn check(readers: usize, most: usize) -> usize {
    let root = if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    let directory = root.join(format!("tallymark-interleaved-{readers}-{}", std::process::id()));
    let orders = in_every_order(most, &|run| {
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).expect("made");
        for (id, count) in [([1; 16], 1), ([2; 16], 2)] {
            fs::write(path_of(&directory, id), file(id, &[("dead", count)]).0).expect("written");
        }
        let counts = Arc::new(Counts::default());
        let publisher = Arc::new(Publisher::new(&directory, Arc::clone(&counts)).expect("written"));
        let mut parts: Parts = Vec::new();
        for _ in 0..readers {
            let (directory, counts) = (directory.clone(), Arc::clone(&counts));
            parts.push(Box::new(move || read(&directory, &counts)));
        }
        let alive = Arc::clone(&publisher);
        parts.push(Box::new(move || alive.run()));
        run(parts);
        read(&directory, &counts);
        // The accumulator, its lock, and the file of the one that lives.
        assert_eq!(fs::read_dir(&directory).expect("it is there").count(), 3);
        drop(publisher);
    });
    fs::remove_dir_all(&directory).expect("it is there");
    orders
}

#[test]
fn a_reader_sees_what_is_published_and_what_is_folded_once() {
    let orders = check(1, 3) + check(2, 2);
    assert!(orders > 1000, "{orders}");
    println!("{orders} orders");
}
