//! The `/metrics` endpoint, from the other side of a socket.

mod client;
#[cfg(any(feature = "gzip", feature = "zstd"))]
mod codings;
mod credentials;
mod environment;
mod errors;
mod formats;
mod listeners;
#[cfg(feature = "live")]
mod live;
mod networks;
mod pages;
mod registries;
mod requests;
mod selection;
#[cfg(feature = "tls")]
mod tls;
mod together;

use std::{
    env, fs, io, mem,
    ops::Deref,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
};

use tallymark::{Number, registry, snapshot::Value};

use tallymark::exporter::{self, Exporter};

fn serve() -> Exporter {
    exporter::serve("127.0.0.1:0").expect("the system has a free port")
}

/// A directory of a test's own, removed with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        // Paths of sockets must be short.
        let name = format!("tm-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    /// Writes a file as whoever rotates secrets does: it is there whole, or not at all.
    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let (path, new) = (self.join(name), self.join(".new"));
        fs::write(&new, content).expect("a file");
        fs::rename(&new, &path).expect("in its place");
        path
    }
}

impl Deref for Directory {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        match fs::remove_dir_all(mem::take(&mut self.0)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
    }
}

/// A counter with one label, as it is shown.
fn counted(family: &str, value: &str) -> u64 {
    let snapshot = registry::snapshot();
    let family = snapshot.family(family).unwrap_or_else(|| panic!("{family} is declared"));
    let series = family.series.iter().find(|series| series.labels.iter().any(|(_, own)| own == value));
    match &series.unwrap_or_else(|| panic!("{value} is there from the start")).value {
        Value::Number(Number::U64(number)) => *number,
        other => panic!("{other:?}"),
    }
}

fn refused(reason: &str) -> u64 {
    counted("tallymark_scrapes_refused_total", reason)
}
