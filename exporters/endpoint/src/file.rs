//! Files that are read again when they change.

use std::{
    error::Error,
    fmt,
    fs::{self, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use super::refusal::{self, File};

/// No credentials and no certificates are larger.
const MAX_SIZE: u64 = 1024 * 1024;

/// A file that was written more recently may be written again without its time changing, so it is read once more. No file
/// system counts in larger steps.
const SETTLED: Duration = Duration::from_secs(2);

/// What was made of some files, and is made anew when one of them has changed.
///
/// Looking costs one call of the system for each file, so it is done whenever the value is wanted: a change is in force
/// for the next request. If what is there now cannot be used, the value stays, and the change is counted once.
pub(super) struct Watched<T> {
    kind: File,
    paths: Vec<PathBuf>,
    load: Load<T>,
    state: Mutex<State<T>>,
}

type Load<T> = fn(&[Vec<u8>]) -> Result<T, FileError>;

struct State<T> {
    value: Arc<T>,
    /// The files that were last read, with or without success.
    seen: Vec<Stamp>,
    /// When they were first seen like that.
    since: Instant,
    /// Whether a change would show in the stamps.
    settled: bool,
}

/// What changes when a file does.
#[derive(Clone, PartialEq, Eq)]
enum Stamp {
    File {
        length: u64,
        written: Option<SystemTime>,
        identity: u64,
    },
    /// A pipe or the like: what it held is gone.
    Once,
    Missing(io::ErrorKind),
}

impl<T> Watched<T> {
    /// Reads the files for the first time.
    pub(super) fn open(kind: File, paths: Vec<PathBuf>, load: Load<T>) -> Result<Self, FileError> {
        let (seen, since) = (stamps(&paths), Instant::now());
        let settled = are_settled(&seen, since);
        let value = Arc::new(load(&read_all(&paths)?)?);
        Ok(Self { kind, paths, load, state: Mutex::new(State { value, seen, since, settled }) })
    }

    /// What the files say now, or said last.
    pub(super) fn get(&self) -> Arc<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamps(&self.paths);
        let changed = now != state.seen;
        if (changed || !state.settled) && !now.contains(&Stamp::Once) {
            match read_all(&self.paths).and_then(|contents| (self.load)(&contents)) {
                Ok(value) => state.value = Arc::new(value),
                Err(_) if changed => refusal::unread(self.kind),
                Err(_) => {}
            }
            if changed {
                state.since = Instant::now();
            }
            state.settled = are_settled(&now, state.since);
            state.seen = now;
        }
        Arc::clone(&state.value)
    }
}

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watched").field(&self.paths).finish()
    }
}

fn stamps(paths: &[PathBuf]) -> Vec<Stamp> {
    paths.iter().map(|path| Stamp::of(path)).collect()
}

/// Whether another change would show in the stamps: they were written, or first seen, long enough ago. The clock that has
/// written them may be ahead of ours, so what they say does not suffice.
fn are_settled(stamps: &[Stamp], since: Instant) -> bool {
    if since.elapsed() > SETTLED {
        return true;
    }
    let now = SystemTime::now();
    stamps.iter().all(|stamp| match stamp {
        Stamp::File { written: Some(written), .. } => {
            now.duration_since(*written).is_ok_and(|age| age > SETTLED)
        }
        Stamp::File { written: None, .. } => false,
        Stamp::Once | Stamp::Missing(_) => true,
    })
}

impl Stamp {
    fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Self::File {
                length: metadata.len(),
                written: metadata.modified().ok(),
                identity: identity(&metadata),
            },
            Ok(_) => Self::Once,
            Err(error) => Self::Missing(error.kind()),
        }
    }
}

/// Tells a file from one that took its place.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> u64 {
    0
}

fn read_all(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, FileError> {
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let mut content = Vec::new();
    let file =
        fs::File::open(path).map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
    let read = file.take(MAX_SIZE + 1).read_to_end(&mut content);
    read.map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
    if content.len() as u64 > MAX_SIZE {
        return Err(FileError::TooLarge { path: path.to_owned() });
    }
    Ok(content)
}

/// Why a file with credentials or certificates cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError {
    /// It is not there, or the process may not read it.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It has more than a mebibyte.
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It holds no credentials.
    Empty,
    /// A line is neither a token nor a user. What it says is not shown.
    Line {
        /// The line, counted from 1.
        number: usize,
    },
    /// The certificates or the key cannot be used.
    Tls(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, .. } => write!(f, "{} cannot be read", path.display()),
            Self::TooLarge { path } => write!(f, "{} has more than 1 MiB", path.display()),
            Self::Empty => {
                f.write_str("there are no credentials in the file; each stands in a line of its own")
            }
            Self::Line { number } => write!(
                f,
                "line {number} has no credentials: a token is visible ASCII without spaces, a user is a name, a colon \
                 and a password"
            ),
            Self::Tls(_) => f.write_str("the certificates or the key cannot be used"),
        }
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::Tls(source) => Some(&**source),
            Self::TooLarge { .. } | Self::Empty | Self::Line { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that a clock ahead of ours has written is not read again for ever.
    #[test]
    fn stamps_settle_whatever_their_time() {
        let now = SystemTime::now();
        let hour = Duration::from_secs(3600);
        let stamp = |written| [Stamp::File { length: 1, written: Some(written), identity: 1 }];
        let earlier = Instant::now().checked_sub(2 * SETTLED).expect("the machine runs for longer");
        for (written, at_once) in [(now - hour, true), (now, false), (now + hour, false)] {
            assert_eq!(are_settled(&stamp(written), Instant::now()), at_once);
            assert!(are_settled(&stamp(written), earlier));
        }
    }
}
