//! What can go wrong.

use std::{error::Error, fmt, io, path::PathBuf};
use tallymark_panels::{ExampleError, QueryError};

/// Why a directory was not written, or is not what the program declares.
#[non_exhaustive]
pub enum MixinError {
    /// A file or directory cannot be read or written.
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Files are not what the program declares.
    Outdated {
        /// The directory.
        directory: PathBuf,
        /// Each file, and in what it differs.
        files: Vec<FileDifference>,
    },
    /// Files were changed, or written, by hand. They were left alone, and nothing else was written.
    ChangedByHand {
        /// The directory.
        directory: PathBuf,
        /// Each file, and in what it differs from what would be written.
        files: Vec<FileDifference>,
    },
    /// An alert or an objective asks for something that is not declared.
    Query(QueryError),
    /// There are no values for which an alert fires, or none for which it does not.
    Alert {
        /// The name of the alert.
        alert: String,
        /// Why.
        source: ExampleError,
    },
    /// Two alerts have one name.
    AlertTwice {
        /// The name.
        alert: String,
    },
    /// The name of the program cannot be part of the names of files and rules.
    Name {
        /// The name.
        name: String,
    },
}

/// A file, and in what it differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileDifference {
    /// The path within the directory.
    pub path: PathBuf,
    /// The lines that differ: `-` before those that are there, `+` before those that should be.
    pub diff: String,
}

impl fmt::Display for MixinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, files: &[FileDifference]| {
            files.iter().try_for_each(|file| write!(f, "\n{}\n{}", file.path.display(), file.diff))
        };
        match self {
            Self::Io { path, .. } => write!(f, "cannot read or write {}", path.display()),
            Self::Outdated { directory, files } => {
                write!(
                    f,
                    "{} is not what the program declares: {} of its files differ. Run with BLESS=1 to write them.",
                    directory.display(),
                    files.len()
                )?;
                list(f, files)
            }
            Self::ChangedByHand { directory, files } => {
                write!(
                    f,
                    "{} has {} files that are not as they were generated, and were left alone, as was all else. Move \
                     your changes to files of their own, delete these, and write again.",
                    directory.display(),
                    files.len()
                )?;
                list(f, files)
            }
            Self::Query(_) => f.write_str("an alert or an objective asks for something that is not declared"),
            Self::Alert { alert, .. } => write!(f, "alert `{alert}` has no unit test"),
            Self::AlertTwice { alert } => write!(f, "two alerts are called `{alert}`: give one another name"),
            Self::Name { name } => write!(
                f,
                "`{name}` cannot be the name of a service: write lower-case letters, digits and `-`, such as `shop`"
            ),
        }
    }
}

/// As [`Display`](fmt::Display), with causes: it is what a test shows that returns the error.
impl fmt::Debug for MixinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut cause = self.source();
        while let Some(source) = cause {
            write!(f, ": {source}")?;
            cause = source.source();
        }
        Ok(())
    }
}

impl Error for MixinError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Query(source) => Some(source),
            Self::Alert { source, .. } => Some(source),
            Self::Outdated { .. }
            | Self::ChangedByHand { .. }
            | Self::AlertTwice { .. }
            | Self::Name { .. } => None,
        }
    }
}

impl From<QueryError> for MixinError {
    fn from(source: QueryError) -> Self {
        Self::Query(source)
    }
}
