//! Errors of writing and checking a directory.

use std::{error::Error, fmt, io, path::PathBuf};
use tallymark_panels::{AnnotationFault, ExampleError, QueryError};

/// The reason why a directory was not written, or does not match the program's declarations.
#[non_exhaustive]
pub enum MixinError {
    /// A file or directory cannot be read or written.
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Files do not match the program's declarations.
    Outdated {
        /// The directory.
        directory: PathBuf,
        /// The files, each with its difference.
        files: Vec<FileDifference>,
    },
    /// Files were changed or written by hand. Nothing was written.
    ChangedByHand {
        /// The directory.
        directory: PathBuf,
        /// The files, each with its difference from the text that would be written.
        files: Vec<FileDifference>,
    },
    /// An alert or an objective names something that is not declared.
    Query(QueryError),
    /// An annotation names something that is not declared, or a value that a closed label never has.
    Annotation(Box<AnnotationFault>),
    /// No values were found for which an alert fires, or none for which it is silent.
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

/// A file, and its difference.
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
            Self::Annotation(fault) => fault.fmt(f),
            Self::Alert { alert, .. } => write!(f, "alert `{alert}` has no unit test"),
            Self::AlertTwice { alert } => write!(f, "two alerts are called `{alert}`: give one another name"),
            Self::Name { name } => write!(
                f,
                "`{name}` cannot be the name of a service: write lower-case letters, digits and `-`, such as `shop`"
            ),
        }
    }
}

/// Formats the error as [`Display`](fmt::Display) does, followed by its causes: a test that returns the error prints it so.
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
            // What it displays is the fault's own sentence.
            Self::Annotation(fault) => fault.source(),
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
