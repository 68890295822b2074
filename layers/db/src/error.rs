//! Why something cannot be observed as it was asked for.

use std::{error::Error, fmt};
use tallymark_core::{
    BucketsError,
    registry::{ConfigError, DeclareError},
};

/// Why a database, its requests or its migrations cannot be observed as asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// The value of an environment variable is not valid.
    Config(ConfigError),
    /// A family cannot be declared: the namespace is no name, or a metric of the same name is something else.
    Declare(DeclareError),
    /// The bounds given for durations cannot be those of buckets.
    Buckets(BucketsError),
    /// The database has no name, which is the value of the `db` label.
    NoName,
    /// The interval or the time limit of migrations is zero.
    ZeroDuration,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Config(_) => "the settings of all layers cannot be read",
            Self::Declare(_) => "a family of the database layer cannot be declared",
            Self::Buckets(_) => "the bounds given for durations cannot be those of buckets",
            Self::NoName => {
                "a database needs a name, such as `main`: it is the value of the label that tells databases apart"
            }
            Self::ZeroDuration => {
                "the interval or the time limit of migrations is zero: both have to be longer than nothing"
            }
        })
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Config(error) => Some(error),
            Self::Declare(error) => Some(error),
            Self::Buckets(error) => Some(error),
            Self::NoName | Self::ZeroDuration => None,
        }
    }
}

impl From<ConfigError> for BuildError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

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
