//! Metrics in a file.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use tallymark::{
    Counter, metric,
    textfile::{self, TextfileError},
};

/// Files written by the tests of files.
#[metric(namespace = "textfile_tests")]
static FILES_WRITTEN_TOTAL: Counter = Counter::new();

/// A directory that is removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name =
            format!("tallymark-textfile-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a directory");
        let name = |entry: Result<fs::DirEntry, _>| entry.expect("an entry").file_name().into_string();
        entries.map(|entry| name(entry).expect("a name")).collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

#[test]
fn written_and_replaced() {
    let directory = Directory::new();
    let path = directory.0.join("job.prom");
    FILES_WRITTEN_TOTAL.inc();
    textfile::write(&path).expect("written");
    assert!(read(&path).contains("# TYPE textfile_tests_files_written_total counter\n"));
    fs::write(&path, "what was there before, and is longer than nothing").expect("written");
    textfile::writer(&path).sync(true).write().expect("written");
    let text = read(&path);
    assert!(text.starts_with("# HELP ") && text.ends_with('\n'), "{text}");
    assert_eq!(directory.names(), ["job.prom"]);
}

/// What `node_exporter` has too, about itself, is left out unless it is asked for.
#[test]
fn families() {
    let directory = Directory::new();
    let path = directory.0.join("job.prom");
    FILES_WRITTEN_TOTAL.inc();
    textfile::write(&path).expect("written");
    let text = read(&path);
    assert!(!text.contains("tallymark_") && !text.contains("process_"), "{text}");
    assert_eq!(text.lines().count(), 3, "{text}");

    textfile::writer(&path).filter(|_| true).write().expect("written");
    let text = read(&path);
    for family in ["tallymark_conflicts_total", "textfile_tests_files_written_total"] {
        assert!(text.contains(&format!("\n{family} ")), "{text}");
    }
    #[cfg(target_os = "linux")]
    assert!(text.contains("\nprocess_threads "), "{text}");

    textfile::writer(&path).filter(|name| name == "tallymark_conflicts_total").write().expect("written");
    assert!(read(&path).starts_with("# HELP tallymark_conflicts_total "));
    assert_eq!(read(&path).lines().count(), 3);
}

/// Whoever reads sees the end of one text, and never a part of one.
#[test]
fn never_half() {
    let directory = Directory::new();
    let path = directory.0.join("job.prom");
    textfile::write(&path).expect("written");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| (0..30).for_each(|_| textfile::write(&path).expect("written"))))
            .collect();
        let reader = scope.spawn(|| {
            let mut reads = 0_u64;
            while !over.load(Ordering::Relaxed) || reads == 0 {
                let text = read(&path);
                let last = text.lines().last().expect("a line");
                assert!(text.starts_with("# HELP ") && text.ends_with('\n'), "{text}");
                assert!(last.starts_with("textfile_tests_files_written_total "), "{last}");
                reads += 1;
            }
        });
        for writer in writers {
            writer.join().expect("no panic");
        }
        over.store(true, Ordering::Relaxed);
        reader.join().expect("no panic");
    });
    assert_eq!(directory.names(), ["job.prom"]);
}

#[test]
fn what_cannot_be_written() {
    let directory = Directory::new();
    let error = textfile::write(directory.0.join("missing/job.prom")).expect_err("no directory");
    assert!(matches!(error, TextfileError::Create { .. }), "{error:?}");
    assert!(error.to_string().contains("missing"), "{error}");
    for path in ["", "/", ".."] {
        let error = textfile::write(path).expect_err("no file name");
        assert!(matches!(error, TextfileError::NoFileName { .. }), "{error:?}");
    }
}

/// What could not be put in place is cleared away, and what was there stays.
#[test]
fn nothing_is_left_behind() {
    let directory = Directory::new();
    let path = directory.0.join("job.prom");
    fs::create_dir(&path).expect("a directory");
    fs::write(path.join("file"), "").expect("written");
    let error = textfile::write(&path).expect_err("a directory");
    assert!(matches!(error, TextfileError::Replace { .. }), "{error:?}");
    assert_eq!(directory.names(), ["job.prom"]);
}

#[cfg(unix)]
#[test]
fn permissions() {
    use std::os::unix::fs::PermissionsExt;

    let directory = Directory::new();
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o7777;
    // Like any new file, whatever the umask is.
    let (plain, path) = (directory.0.join("plain"), directory.0.join("job.prom"));
    fs::write(&plain, "").expect("written");
    textfile::write(&path).expect("written");
    assert_eq!(mode(&path), mode(&plain));
    textfile::writer(&path).mode(0o604).write().expect("written");
    assert_eq!(mode(&path), 0o604);
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced() {
    let directory = Directory::new();
    let (target, link) = (directory.0.join("target"), directory.0.join("job.prom"));
    fs::write(&target, "kept").expect("written");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    textfile::write(&link).expect("written");
    assert_eq!(read(&target), "kept");
    assert!(read(&link).starts_with("# HELP "));
}
