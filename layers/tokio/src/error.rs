//! What may go wrong.

use std::{error::Error, fmt};
use tallymark_core::registry::{ConfigError, DeclareError};

/// Why there is no task monitor.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// An environment variable holds what it may not hold.
    Config(ConfigError),
    /// The metrics could not be declared.
    Declare(DeclareError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(_) => f.write_str("the settings of all layers cannot be read"),
            Self::Declare(_) => f.write_str("cannot declare the metrics of tasks"),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Config(source) => Some(source),
            Self::Declare(source) => Some(source),
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
