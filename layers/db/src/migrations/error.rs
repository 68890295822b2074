//! Why the numbers could not be renewed.

use std::{error::Error, fmt, time::Duration};

use super::source::SourceError;

/// Why an attempt to find out how far a database has come failed. The gauges keep their values.
#[derive(Debug)]
#[non_exhaustive]
pub enum RefreshError {
    /// The database did not answer in time.
    Timeout(Duration),
    /// The source failed.
    Source(SourceError),
    /// The source panicked.
    Panic,
    /// There is no tokio runtime here, or it has no timer.
    Runtime,
}

impl fmt::Display for RefreshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(limit) => {
                write!(f, "the database did not return its migrations within {limit:?}")
            }
            Self::Source(_) => f.write_str("the migrations of the database could not be read"),
            Self::Panic => f.write_str("the source of migrations panicked"),
            Self::Runtime => f.write_str("there is no runtime here, or it has no timer: migrations are read within a tokio runtime whose timer is enabled"),
        }
    }
}

impl Error for RefreshError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Source(error) => Some(error.as_ref()),
            Self::Timeout(_) | Self::Panic | Self::Runtime => None,
        }
    }
}
