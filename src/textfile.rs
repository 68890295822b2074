//! Metrics in a file, for a collector that reads files.
//!
//! The textfile collector of `node_exporter` reads `*.prom` files of a directory. A job that ends writes one when it
//! is done:
//!
//! ```
//! use tallymark::{Counter, metric, textfile};
//!
//! /// Lines imported.
//! #[metric(namespace = "import")]
//! static LINES_IMPORTED_TOTAL: Counter = Counter::new();
//!
//! # let directory = std::env::temp_dir().join(format!("tallymark-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! LINES_IMPORTED_TOTAL.inc_by(3);
//! let path = directory.join("nightly_import.prom");
//! textfile::write(&path)?;
//! assert!(std::fs::read_to_string(&path)?.contains("\nimport_lines_imported_total 3\n"));
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A reader of the file finds the metrics of one moment, complete: they are written to another file of the same
//! directory, whose name begins with a dot and ends in `.tmp`, which then takes the place of the file. If writing fails,
//! the old file is still there, and the other one is removed; only a program that is killed meanwhile leaves it behind.
//!
//! # What is written
//!
//! The metrics of the process (`process_*`) and of tallymark itself (`tallymark_*`) are left out. They describe a program
//! that has ended by the time they are read, and `node_exporter` has metrics of the same names about itself, with which it
//! would reject the file. [`Writer::filter`] chooses other families.
//!
//! # Permissions
//!
//! The directory has to be writable. The file is a new one each time: it belongs to the user who runs the program, and
//! on Unix everybody may read it as far as the umask allows (`0666` less the umask), because `node_exporter` usually is
//! another user. [`Writer::mode`] sets other permissions, whatever the umask. Permissions, owner and links of a file
//! that was there before are not kept; a symbolic link is replaced, not followed.

use std::{
    error::Error,
    ffi::OsString,
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tallymark_core::registry::{self, Format};

/// Whether a family is written.
type Filter = dyn Fn(&str) -> bool + Send + Sync;

/// Writes the metrics of the application into a file in the text format 0.0.4, which is replaced as a whole. See [`Writer`]
/// for settings.
///
/// # Errors
///
/// See [`TextfileError`].
pub fn write(path: impl Into<PathBuf>) -> Result<(), TextfileError> {
    writer(path).write()
}

/// Settings of writing metrics into a file.
pub fn writer(path: impl Into<PathBuf>) -> Writer {
    Writer {
        path: path.into(),
        sync: false,
        filter: Arc::new(is_of_application),
        #[cfg(unix)]
        mode: None,
    }
}

fn is_of_application(name: &str) -> bool {
    !name.starts_with("process_") && !name.starts_with("tallymark_")
}

/// Writes metrics into a file, as often as it is asked to. Made by [`writer`].
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("tallymark-writer-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// let writer = tallymark::textfile::writer(directory.join("import.prom")).sync(true);
/// writer.write()?;
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is written before `write` is called"]
pub struct Writer {
    path: PathBuf,
    sync: bool,
    filter: Arc<Filter>,
    #[cfg(unix)]
    mode: Option<u32>,
}

impl Writer {
    /// Whether to wait until the file, and on Unix its name in the directory, are on the disk; not if not set.
    ///
    /// Without it a file may be empty after the machine has lost power. Readers on a running machine see a complete file
    /// either way.
    pub fn sync(mut self, sync: bool) -> Self {
        self.sync = sync;
        self
    }

    /// Which families are written, by their names; if not set, those whose name begins neither with `process_` nor with
    /// `tallymark_`.
    ///
    /// ```
    /// # let directory = std::env::temp_dir().join(format!("tallymark-filter-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let path = directory.join("import.prom");
    /// tallymark::textfile::writer(&path).filter(|_| true).write()?;
    /// assert!(std::fs::read_to_string(&path)?.contains("\ntallymark_conflicts_total "));
    /// # std::fs::remove_dir_all(&directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn filter(mut self, filter: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Arc::new(filter);
        self
    }

    /// The permissions of the file, such as `0o640`, whatever the umask.
    #[cfg(unix)]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Writes the metrics, replacing the file.
    ///
    /// # Errors
    ///
    /// See [`TextfileError`].
    pub fn write(&self) -> Result<(), TextfileError> {
        let all = registry::encode_to_string(Format::Text004);
        self.store(families(&all, &*self.filter).as_bytes())
    }

    fn store(&self, text: &[u8]) -> Result<(), TextfileError> {
        let name =
            self.path.file_name().ok_or_else(|| TextfileError::NoFileName { path: self.path.clone() })?;
        // A path of one component has an empty parent.
        let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or_else(|| Path::new("."));
        let (mut temporary, mut file) = Temporary::create(directory, name)?;
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| TextfileError::Write { path, source }
        };
        file.write_all(text).map_err(failed(&temporary.path))?;
        #[cfg(unix)]
        if let Some(mode) = self.mode {
            use std::os::unix::fs::PermissionsExt;
            file.set_permissions(fs::Permissions::from_mode(mode)).map_err(failed(&temporary.path))?;
        }
        if self.sync {
            file.sync_all().map_err(failed(&temporary.path))?;
        }
        drop(file);
        fs::rename(&temporary.path, &self.path)
            .map_err(|source| TextfileError::Replace { path: self.path.clone(), source })?;
        temporary.done = true;
        #[cfg(unix)]
        if self.sync {
            File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed(directory))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).field("sync", &self.sync).finish_non_exhaustive()
    }
}

/// Returns the lines of those families that are wanted. A family begins with comments that name it.
fn families(text: &str, wanted: &Filter) -> String {
    let (mut name, mut is_wanted) = ("", false);
    let lines = text.split_inclusive('\n').filter(|line| {
        let comment = line.strip_prefix("# HELP ").or_else(|| line.strip_prefix("# TYPE "));
        if let Some((family, _)) = comment.and_then(|comment| comment.split_once(' ')) {
            if family != name {
                (name, is_wanted) = (family, wanted(family));
            }
        }
        is_wanted
    });
    lines.collect()
}

/// A file that is removed unless it was put in its place.
struct Temporary {
    path: PathBuf,
    done: bool,
}

impl Temporary {
    /// Makes a file beside another one, with a name that neither another thread nor another process uses.
    fn create(directory: &Path, name: &std::ffi::OsStr) -> Result<(Self, File), TextfileError> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        loop {
            let mut temporary = OsString::from(".");
            temporary.push(name);
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            temporary.push(format!(".{}.{number}.tmp", std::process::id()));
            let path = directory.join(temporary);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self { path, done: false }, file)),
                // Left behind by a process that had the same id. The next number is free sooner or later.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(TextfileError::Create { path, source }),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Why metrics could not be written into a file. The file that was there before is still there.
#[derive(Debug)]
#[non_exhaustive]
pub enum TextfileError {
    /// The path ends in `..` or is a root, so it names no file.
    NoFileName {
        /// The path.
        path: PathBuf,
    },
    /// No file could be made in the directory: it does not exist, or may not be written to.
    Create {
        /// The file that was to take the place of the other.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The text could not be written, or not be brought to the disk.
    Write {
        /// What was written to.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The new file could not take the place of the old one, which may be a directory.
    Replace {
        /// The path that was given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for TextfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFileName { path } => {
                let path = path.display();
                write!(f, "cannot write metrics to `{path}`: the path has to end in a file's name")
            }
            Self::Create { path, .. } => {
                write!(f, "cannot make {}: metrics are written beside their file first", path.display())
            }
            Self::Write { path, .. } => write!(f, "cannot write metrics to {}", path.display()),
            Self::Replace { path, .. } => write!(f, "cannot replace {} by new metrics", path.display()),
        }
    }
}

impl Error for TextfileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoFileName { .. } => None,
            Self::Create { source, .. } | Self::Write { source, .. } | Self::Replace { source, .. } => {
                Some(source)
            }
        }
    }
}
