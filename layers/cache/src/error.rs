//! Why a cache cannot be measured.

use std::{error::Error, fmt};
use tallymark_core::{
    BucketsError,
    registry::{ConfigError, DeclareError},
};

/// Why a cache cannot be measured; returned by [`CacheBuilder::build`](crate::CacheBuilder::build).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// The name of the cache is empty.
    EmptyName,
    /// The backend of the cache is empty.
    EmptyBackend,
    /// The value of an environment variable is not valid.
    Config(ConfigError),
    /// The bounds of the buckets break a rule.
    Buckets(BucketsError),
    /// A family cannot be declared.
    Declare(DeclareError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            // Prometheus takes an empty value for an absent label.
            Self::EmptyName => {
                "the name of the cache is empty; write one, as in `Cache::builder(\"sessions\")`"
            }
            Self::EmptyBackend => {
                "the backend of the cache is empty; write one, as in `.backend(\"rocksdb\")`"
            }
            Self::Config(_) => "the settings of all layers cannot be read",
            Self::Buckets(_) => "the buckets of the cache's durations are invalid",
            Self::Declare(_) => "a family of the cache cannot be declared",
        })
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::EmptyName | Self::EmptyBackend => None,
            Self::Config(error) => Some(error),
            Self::Buckets(error) => Some(error),
            Self::Declare(error) => Some(error),
        }
    }
}

impl From<ConfigError> for BuildError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<BucketsError> for BuildError {
    fn from(error: BucketsError) -> Self {
        Self::Buckets(error)
    }
}

impl From<DeclareError> for BuildError {
    fn from(error: DeclareError) -> Self {
        Self::Declare(error)
    }
}
