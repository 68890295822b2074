//! The directory is counted right, and returns what it returns when it is not counted.

#[path = "../../../cache/tests/support/counts.rs"]
mod counts;

use counts::counts;
use proptest::prelude::*;
use std::{
    fs,
    path::{Path, PathBuf},
    process,
};
use tallymark_cacache::{Cache, InstrumentedCache};

/// A directory of its own, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("tallymark-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&directory);
        Self(directory)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn cache(name: &str, directory: &Path) -> InstrumentedCache {
    InstrumentedCache::new(Cache::builder(name), directory).expect("the names are free")
}

#[tokio::test]
async fn lookups_sets_and_deletes() {
    let directory = Directory::new("file");
    let cache = cache("file", &directory.0).count_entries();
    assert!(cache.read("a").await.is_err());
    let hash = cache.write("a", b"1").await.expect("it can be written");
    assert_eq!(cache.read("a").await.expect("it is there"), b"1");
    assert_eq!(cache.read_hash(&hash).await.expect("it is there"), b"1");
    assert!(cache.metadata("a").await.expect("it can be read").is_some());
    assert_eq!(counts("file", "filebased").entries(), Some(1.0));
    cache.remove("a").await.expect("it can be removed");
    assert!(cache.metadata("a").await.expect("it can be read").is_none());
    cache.clear().await.expect("it can be removed");
    assert!(cache.read_hash(&hash).await.is_err());
    let counts = counts("file", "filebased");
    assert_eq!(counts.gets(), [3, 3, 0, 0]);
    assert_eq!(counts.sets(), [1, 0, 0, 0]);
    assert_eq!(counts.deletes(), [1, 0, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 0, 0]);
    assert_eq!(counts.entries(), Some(0.0));
}

#[test]
fn blocking_lookups_sets_and_deletes() {
    let directory = Directory::new("file-sync");
    let cache = cache("file_sync", &directory.0).count_entries();
    assert_eq!(counts("file_sync", "filebased").entries(), None, "nothing was written yet");
    assert!(cache.read_sync("a").is_err());
    let hash = cache.write_sync("a", b"1").expect("it can be written");
    assert_eq!(cache.read_hash_sync(&hash).expect("it is there"), b"1");
    assert!(cache.metadata_sync("a").expect("it can be read").is_some());
    cache.remove_sync("a").expect("it can be removed");
    cache.clear_sync().expect("it can be removed");
    let counts = counts("file_sync", "filebased");
    assert_eq!(counts.gets(), [2, 1, 0, 0]);
    assert_eq!(counts.sets(), [1, 0, 0, 0]);
    assert_eq!(counts.deletes(), [1, 0, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 0, 0]);
    assert_eq!(counts.entries(), Some(0.0));
}

#[test]
fn what_is_spoilt_is_an_error() {
    let directory = Directory::new("file-spoilt");
    let cache = cache("file_spoilt", &directory.0);
    let hash = cache.write_sync("a", b"1").expect("it can be written");
    let contents = directory.0.join("content-v2");
    let spoilt = spoil(&contents);
    assert_eq!(spoilt, 1);
    assert!(cache.read_sync("a").is_err());
    assert!(cache.read_hash_sync(&hash).is_err());
    assert!(cache.read_sync("b").is_err());
    cache.clear_sync().expect("it can be removed");
    assert!(cache.read_sync("a").is_err());
    assert_eq!(counts("file_spoilt", "filebased").gets(), [0, 2, 2, 0]);
}

/// Writes something else into all files. Returns how many there were.
fn spoil(directory: &Path) -> usize {
    let mut spoilt = 0;
    for entry in fs::read_dir(directory).expect("it is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            spoilt += spoil(&path);
        } else {
            fs::remove_file(&path).expect("it can be removed");
            fs::write(&path, b"something else").expect("it can be written");
            spoilt += 1;
        }
    }
    spoilt
}

#[derive(Clone, Debug)]
enum Step {
    Read(String),
    Write(String, Vec<u8>),
    Metadata(String),
    Remove(String),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let key = || "[abc]";
    prop_oneof![
        key().prop_map(Step::Read),
        (key(), proptest::collection::vec(any::<u8>(), 0..4)).prop_map(|(key, data)| Step::Write(key, data)),
        key().prop_map(Step::Metadata),
        key().prop_map(Step::Remove),
        Just(Step::Clear),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn measured_and_plain_return_the_same(steps in proptest::collection::vec(step(), 0..12)) {
        let directories = [Directory::new("file-same-a"), Directory::new("file-same-b")];
        let [measured, plain] = &directories;
        let cache = cache("file_same", &measured.0);
        // Errors name the directory, and metadata the time.
        let shown = |text: String| text.replace("file-same-a", "file-same-b");
        for step in steps {
            let (left, right) = match &step {
                Step::Read(key) => (
                    format!("{:?}", cache.read_sync(key)),
                    format!("{:?}", cacache::read_sync(&plain.0, key)),
                ),
                Step::Write(key, data) => (
                    format!("{:?}", cache.write_sync(key, data)),
                    format!("{:?}", cacache::write_sync(&plain.0, key, data)),
                ),
                Step::Metadata(key) => (
                    format!("{:?}", cache.metadata_sync(key).map(|it| it.map(|it| (it.integrity, it.size)))),
                    format!("{:?}", cacache::metadata_sync(&plain.0, key).map(|it| it.map(|it| (it.integrity, it.size)))),
                ),
                Step::Remove(key) => (
                    format!("{:?}", cache.remove_sync(key)),
                    format!("{:?}", cacache::remove_sync(&plain.0, key)),
                ),
                Step::Clear => (
                    format!("{:?}", cache.clear_sync()),
                    format!("{:?}", cacache::clear_sync(&plain.0)),
                ),
            };
            prop_assert_eq!(shown(left), right, "{:?}", step);
        }
    }
}
