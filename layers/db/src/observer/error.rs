//! Why a database cannot be observed.

use std::{error::Error, fmt};
use tallymark_core::{BucketsError, registry::DeclareError};

/// Why [`Builder::build`](super::Builder::build) failed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// A family cannot be declared: the namespace is no name, or a metric of the same name is something else.
    Declare(DeclareError),
    /// The bounds given for durations cannot be those of buckets.
    Buckets(BucketsError),
    /// The database has no name, which is the value of the `db` label.
    NoName,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declare(error) => write!(f, "a family of the database layer cannot be declared: {error}"),
            Self::Buckets(error) => write!(f, "the buckets for durations of statements: {error}"),
            Self::NoName => f.write_str(
                "a database needs a name, such as `main`: it is the value of the label that tells databases apart",
            ),
        }
    }
}

// The texts have those of the sources in them.
impl Error for BuildError {}

impl From<DeclareError> for BuildError {
    fn from(error: DeclareError) -> Self {
        Self::Declare(error)
    }
}

impl From<BucketsError> for BuildError {
    fn from(error: BucketsError) -> Self {
        Self::Buckets(error)
    }
}
