//! What may go wrong.

use std::{error::Error, fmt};
use tallymark_core::registry::{ConfigError, DeclareError};

/// Why there is no task monitor, or no task that refreshes gauges.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// The value of an environment variable is not valid.
    Config(ConfigError),
    /// The metrics could not be declared.
    Declare(DeclareError),
    /// It was not called within a runtime of tokio whose timers are enabled.
    Runtime,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(_) => f.write_str("the settings of all layers cannot be read"),
            Self::Declare(_) => f.write_str("cannot declare the metrics of tasks"),
            Self::Runtime => f.write_str(
                "there is no runtime with timers here: call `refresh_gauges` within a runtime of tokio that was built with \
                 `enable_time` or `enable_all`",
            ),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Config(source) => Some(source),
            Self::Declare(source) => Some(source),
            Self::Runtime => None,
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
