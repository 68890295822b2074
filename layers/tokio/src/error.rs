//! What may go wrong.

use std::{error::Error, fmt};
use tallymark_core::registry::DeclareError;

/// Why there is no task monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The metrics could not be declared.
    Declare(DeclareError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declare(_) => f.write_str("cannot declare the metrics of tasks"),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Declare(source) => Some(source),
        }
    }
}

impl From<DeclareError> for BuildError {
    fn from(error: DeclareError) -> Self {
        Self::Declare(error)
    }
}
