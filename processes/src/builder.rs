//! Joining a group.

use std::{error::Error, fmt, io, path::PathBuf};

/// Joins this process to a group.
///
/// Programs that do not use it are configured by the environment: `TALLYMARK_PROCESSES_DIR`, `TALLYMARK_PROCESSES_GROUP`,
/// `TALLYMARK_PROCESSES_LABEL` and `TALLYMARK_PROCESSES_PYTHON_DIR`.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(all(target_os = "linux", target_pointer_width = "64")),
    allow(dead_code, reason = "sharing is supported on 64-bit Linux only")
)]
#[must_use = "nothing is shared before `start` is called"]
pub struct Builder {
    directory: PathBuf,
    group: String,
    label: String,
    python: Option<PathBuf>,
    is_reader: bool,
}

/// The error of [`Builder::start`] and [`status`]: why this process could not join a group.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The system is not 64-bit Linux.
    Unsupported,
    /// The directory could not be opened or created.
    Directory {
        /// The directory.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The directory is on a network file system, where other machines see neither locks nor mapped memory.
    Network {
        /// The directory.
        path: PathBuf,
    },
    /// No file could be created in the directory.
    File {
        /// The directory.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// Living processes of another group use the directory.
    OtherGroup {
        /// The directory.
        path: PathBuf,
        /// The name of that group.
        group: String,
    },
    /// A metric was counted or set before. What was counted cannot be moved into a file.
    TooLate {
        /// Up to five metrics that were counted, with the places where they are declared.
        counted: Vec<String>,
    },
    /// This process has joined a group already.
    Started,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => f.write_str("processes share an exposition on 64-bit Linux only"),
            Self::Directory { path, .. } => write!(f, "the directory {} cannot be used", path.display()),
            Self::Network { path } => write!(
                f,
                "the directory {} is on a network file system: choose a local one, such as one below /dev/shm",
                path.display()
            ),
            Self::File { path, .. } => write!(f, "no file could be created in {}", path.display()),
            Self::OtherGroup { path, group } => {
                write!(
                    f,
                    "processes of the group `{group}` count in the directory {}: name that group, or another directory",
                    path.display()
                )
            }
            Self::TooLate { counted } if counted.is_empty() => f.write_str(
                "a metric was counted or set before: start at the beginning of `main`, or set \
                 TALLYMARK_PROCESSES_DIR, which holds from the first increment on",
            ),
            Self::TooLate { counted } => write!(
                f,
                "{} was counted before: start at the beginning of `main`, or set TALLYMARK_PROCESSES_DIR, which \
                 holds from the first increment on",
                counted.join(", ")
            ),
            Self::Started => f.write_str("this process is one of a group already"),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Directory { error, .. } | Self::File { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl Builder {
    /// Returns a builder for a process of the group whose files are in `directory`, which is created if it is missing.
    ///
    /// A directory below `/dev/shm` is in memory, which suits counts: they start from zero when the machine does.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            group: String::new(),
            label: String::new(),
            python: None,
            is_reader: false,
        }
    }

    /// Names the group. A directory belongs to one group, and a process that names another is refused.
    ///
    /// Only the first 126 bytes of the name count.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = group.into();
        self
    }

    /// Sets the value of the label `pid` for this process, instead of its process id.
    ///
    /// The number of a worker is a good choice: a worker that is started again continues the series of the one before.
    /// Where living processes have the same label, all but the oldest are shown with a suffix.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds the files of `prometheus_client` in this directory to the exposition.
    pub fn python(mut self, directory: impl Into<PathBuf>) -> Self {
        self.python = Some(directory.into());
        self
    }

    /// Reads what the group counts without counting in a file of its own, as a sidecar does.
    ///
    /// The directory may be mounted read-only. The files of dead processes are then kept until a process that can write is
    /// scraped, so scrape one of the group now and then.
    pub fn read_only(mut self) -> Self {
        self.is_reader = true;
        self
    }

    /// Joins the group: from here on, this process counts in a file of the directory, and its exposition is the group's.
    ///
    /// # Errors
    ///
    /// Returns an error if a metric was counted before, if the directory cannot be used, or if it belongs to another group.
    pub fn start(self) -> Result<(), StartError> {
        start(self)
    }
}

/// Returns whether this process counts in a file of a group.
///
/// # Errors
///
/// Returns the reason why it does not, although `TALLYMARK_PROCESSES_DIR` is set.
pub fn status() -> Result<bool, StartError> {
    of_status()
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
fn start(_: Builder) -> Result<(), StartError> {
    Err(StartError::Unsupported)
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
fn of_status() -> Result<bool, StartError> {
    if std::env::var_os("TALLYMARK_PROCESSES_DIR").is_some() {
        Err(StartError::Unsupported)
    } else {
        Ok(false)
    }
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use linux::{of_status, start};

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod linux {
    use super::{Builder, StartError};
    use crate::{
        directory,
        group::{self, Settings},
    };
    use std::{ffi::CString, fs, io, os::unix::ffi::OsStrExt, path::PathBuf};
    use tallymark_core::{
        __private_v4::shared::{self, NotShared, Step},
        snapshot::Value,
    };

    fn error(path: PathBuf, NotShared { step, errno }: NotShared) -> StartError {
        let error = io::Error::from_raw_os_error(errno);
        match step {
            Step::Open => StartError::Directory { path, error },
            Step::Network => StartError::Network { path },
            Step::Create => StartError::File { path, error },
            Step::Late if shared::id().is_some() => StartError::Started,
            Step::Late => StartError::TooLate { counted: counted() },
        }
    }

    /// What was counted so far, and where that is declared.
    fn counted() -> Vec<String> {
        let snapshot = tallymark_core::registry::snapshot();
        let descriptors = tallymark_core::registry::descriptors();
        let mut counted = Vec::new();
        for descriptor in descriptors {
            let Some(family) = snapshot.family(&descriptor.name) else { continue };
            let is_counted = family.series.iter().any(|series| match &series.value {
                Value::Number(number) => number.as_f64() != 0.0,
                Value::Histogram(histogram) => histogram.count() > 0,
                Value::Summary(summary) => summary.count > 0,
                _ => false,
            });
            let Some(place) = descriptor.place else { continue };
            if is_counted && place.package != "tallymark-core" {
                counted.push(format!("`{}` ({place})", family.name));
            }
        }
        counted.truncate(5);
        counted
    }

    pub(super) fn start(builder: Builder) -> Result<(), StartError> {
        let Builder { directory: path, group, label, python, is_reader } = builder;
        let group = group::as_in_a_file(&group);
        let is_there = if is_reader { fs::read_dir(&path).map(drop) } else { fs::create_dir_all(&path) };
        is_there.map_err(|error| StartError::Directory { path: path.clone(), error })?;
        if let Some(other) = directory::group_of(&path).filter(|other| *other != group) {
            return Err(StartError::OtherGroup { path, group: other });
        }
        let settings = Settings { directory: path.clone(), group: group.clone(), python, is_reader };
        if is_reader {
            return group::set(settings).map_err(|_| StartError::Started);
        }
        let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| StartError::Directory {
            path: path.clone(),
            error: io::ErrorKind::InvalidInput.into(),
        })?;
        shared::start(&name, &group, &label).map_err(|not| error(path.clone(), not))?;
        directory::remove_other_boots(&path);
        group::set(settings).map_err(|_| StartError::Started)
    }

    pub(super) fn of_status() -> Result<bool, StartError> {
        shared::status().map_err(|not| error(group::directory(), not))
    }
}
