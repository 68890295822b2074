//! Written files, and the process that the tests run in.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process,
};

use tallymark_core::registry::{Collector, Families};

use super::{
    NAMES,
    families::Process,
    reader::Reader,
    reading::{Read as _, Reading},
};

fn written() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/process/proc")
}

/// What the written files say.
fn expected() -> Reading {
    Reading {
        cpu_seconds: Some(17.21),
        open_fds: Some(5),
        max_fds: Some(2048),
        virtual_bytes: Some(56_274_944),
        max_virtual_bytes: Some(8_589_934_592),
        resident_bytes: Some(8_114_176),
        start_seconds: Some(1_418_184_099.75),
        threads: Some(1),
    }
}

/// A copy of the written files, to be changed. It is removed in the end.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("tallymark-proc-{}-{name}", process::id()));
        // A process with this number may have left one behind.
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("self/fd")).expect("a directory");
        for file in ["stat", "self/stat", "self/limits"] {
            fs::copy(written().join(file), root.join(file)).expect("a copy");
        }
        for fd in 0..6 {
            fs::write(root.join(format!("self/fd/{fd}")), "").expect("a file");
        }
        Self(root)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(file), bytes).expect("a file");
    }

    fn read(&self) -> Reading {
        Reader::new(&self.0).read().0
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn well_known_values() {
    let (reading, status) = Reader::new(&written()).read();
    assert_eq!(reading, expected());
    status.expect("it could be read");
}

#[test]
fn hostile_names() {
    let copy = Copy::new("names");
    let line = fs::read(copy.path("self/stat")).expect("a line");
    let rest = &line[b"26231 (shop)".len()..];
    let names: [&[u8]; 8] =
        [b"", b")", b"a b", b"a) R 1 2 3 4 5", b"((", b"))))", b"x)\n1 (y) S 7 7", b"\xff\xfe) \x80"];
    for name in names {
        copy.write("self/stat", [b"26231 (", name, b")", rest].concat());
        assert_eq!(copy.read(), expected(), "{}", name.escape_ascii());
    }
}

/// Wherever the status ends, what is there is right, and what is not there is not made up.
#[test]
fn status_cut_short() {
    let copy = Copy::new("status");
    let line = fs::read(copy.path("self/stat")).expect("a line");
    for end in 0..line.len() {
        copy.write("self/stat", &line[..end]);
        let Reading { cpu_seconds, virtual_bytes, resident_bytes, start_seconds, threads, .. } = copy.read();
        let found = (cpu_seconds, virtual_bytes, resident_bytes, start_seconds, threads);
        let whole = |fields: usize| line[..end].split(|&byte| byte == b' ').count() > fields;
        let or = (
            whole(15).then_some(17.21),
            whole(23).then_some(56_274_944),
            whole(24).then_some(8_114_176),
            whole(22).then_some(1_418_184_099.75),
            whole(20).then_some(1),
        );
        assert_eq!(found, or, "{end} bytes");
    }
}

#[test]
fn tables_cut_short() {
    let copy = Copy::new("tables");
    for (file, line) in [("stat", "btime 1418183276\n"), ("self/limits", "Max open files            2048")] {
        let text = fs::read_to_string(copy.path(file)).expect("text");
        let start = text.find(line).expect("the line");
        for length in 0..line.len() {
            copy.write(file, &text[..start + length]);
            let reading = copy.read();
            let absent = if file == "stat" {
                Reading { start_seconds: None, ..expected() }
            } else {
                Reading { max_fds: None, max_virtual_bytes: None, ..expected() }
            };
            assert_eq!(reading, absent, "{file}, {length} bytes");
        }
        copy.write(file, text);
        assert_eq!(copy.read(), expected());
    }
}

#[test]
fn limits() {
    let copy = Copy::new("limits");
    let table = [
        ("unlimited", Some(u64::MAX)),
        ("0", Some(0)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("-1", None),
        ("many", None),
        ("", None),
    ];
    for (shown, value) in table {
        copy.write("self/limits", format!("Max open files {shown}\nMax address space   {shown}   \n"));
        let reading = copy.read();
        assert_eq!((reading.max_fds, reading.max_virtual_bytes), (value, value), "{shown:?}");
    }
}

#[test]
fn missing_files() {
    let copy = Copy::new("missing");
    fs::remove_file(copy.path("self/limits")).expect("it was there");
    let without_limits = Reading { max_fds: None, max_virtual_bytes: None, ..expected() };
    assert_eq!(copy.read(), without_limits);
    fs::remove_dir_all(copy.path("self/fd")).expect("it was there");
    let without_fds = Reading { open_fds: None, ..without_limits };
    assert_eq!(copy.read(), without_fds);
    fs::remove_file(copy.path("stat")).expect("it was there");
    assert_eq!(copy.read(), Reading { start_seconds: None, ..without_fds });
    fs::remove_file(copy.path("self/stat")).expect("it was there");
    let (reading, status) = Reader::new(&copy.0).read();
    assert_eq!(reading, Reading::default());
    assert!(status.is_err());
}

/// Later reports of the start of the system do not move the start of the process.
#[test]
fn the_start_stays() {
    let copy = Copy::new("start");
    let reader = Reader::new(&copy.0);
    assert_eq!(reader.read().0, expected());
    copy.write("stat", "btime 1418183277\n");
    assert_eq!(reader.read().0, expected());
}

#[test]
fn units_of_the_system() {
    let copy = Copy::new("units");
    let pairs: [usize; 6] = [6, 65536, 17, 1000, 0, 0];
    copy.write("self/auxv", pairs.map(usize::to_ne_bytes).concat());
    let reading = copy.read();
    let other = Reading {
        cpu_seconds: Some(1.721),
        resident_bytes: Some(1981 * 65536),
        start_seconds: Some(1_418_183_358.375),
        ..expected()
    };
    assert_eq!(reading, other);
}

/// The families that a collector hands over, as an exposition shows them.
fn collected(root: &Path) -> (BTreeMap<String, String>, bool) {
    let mut families = Families::default();
    let done = Process(Reader::new(root)).collect(&mut families);
    assert_eq!(families.errors(), []);
    let shown = format!("{families:?}");
    let found = NAMES.into_iter().filter(|name| shown.contains(&format!("name: \"{name}\"")));
    let kind = |name: &str| {
        let from = shown.find(&format!("name: \"{name}\"")).expect("it was found");
        let kind = shown[from..].split_once("kind: ").expect("a kind").1;
        kind.split(',').next().expect("a word").to_owned()
    };
    (found.map(|name| (name.to_owned(), kind(name))).collect(), done.is_ok())
}

/// What is absent is not shown as zero.
#[test]
fn families() {
    let (all, done) = collected(&written());
    assert!(done);
    assert_eq!(all.keys().map(String::as_str).collect::<Vec<_>>(), NAMES);
    for (name, kind) in all {
        assert_eq!(kind == "Counter", name == "process_cpu_seconds_total", "{name}");
    }
    let copy = Copy::new("families");
    fs::remove_file(copy.path("self/stat")).expect("it was there");
    let (some, done) = collected(&copy.0);
    assert!(!done);
    assert_eq!(
        some.keys().map(String::as_str).collect::<Vec<_>>(),
        ["process_max_fds", "process_open_fds", "process_virtual_memory_max_bytes"]
    );
    assert!(collected(Path::new("/nonexistent")).0.is_empty());
}

#[test]
fn this_process() {
    let (reading, status) = Reader::new(Path::new("/proc")).read();
    status.expect("it may read itself");
    let own = fs::read_to_string("/proc/self/status").expect("it may read itself");
    let pages = own.lines().find_map(|line| line.strip_prefix("VmPeak:")).expect("a line");
    let peak: u64 = pages.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!((1..=peak * 1024).contains(&reading.virtual_bytes.expect("a size")));
    assert!(reading.resident_bytes < reading.virtual_bytes);
    assert!(reading.threads >= Some(1));
    assert!(reading.open_fds >= Some(3) && reading.open_fds <= reading.max_fds, "{reading:?}");
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs_f64();
    let start = reading.start_seconds.expect("a start");
    assert!((now - start).abs() < 86_400.0, "{start}");
    assert!(reading.cpu_seconds >= Some(0.0));
}
