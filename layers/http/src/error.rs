//! Why the families of a layer were not declared.

use std::{error::Error, fmt};

use tallymark_core::{BucketsError, registry::DeclareError};

/// Why there are no [`HttpMetrics`](super::HttpMetrics).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// A family was not declared: its name breaks a rule, or is taken by another metric.
    Declare(DeclareError),
    /// The bounds of durations or sizes cannot be those of buckets.
    Buckets {
        /// The setting: `duration_buckets` or `size_buckets`.
        setting: &'static str,
        /// What is wrong.
        source: BucketsError,
    },
    /// The application adds more labels than there is room for.
    Labels {
        /// How many it adds.
        own: usize,
    },
    /// What is given as a route is the path of no request.
    NotAPath {
        /// What was given.
        path: String,
    },
    /// The setting is one for tower services; see [`actix`](super::actix).
    #[cfg(feature = "actix-web")]
    NotForActix {
        /// The setting.
        setting: &'static str,
    },
}

/// The layer has up to three labels itself, and a series sixteen.
pub(super) const MOST_OWN_LABELS: usize = 13;

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declare(source) => source.fmt(f),
            Self::Buckets { setting, source } => write!(f, "`{setting}`: {source}"),
            Self::Labels { own } => {
                write!(
                    f,
                    "a label set of {own} labels is added to the layer's, and may have {MOST_OWN_LABELS}"
                )
            }
            Self::NotAPath { path } => {
                write!(f, "`routes`: `{path}` is the path of no request: write `/{path}`")
            }
            #[cfg(feature = "actix-web")]
            Self::NotForActix { setting } => {
                write!(
                    f,
                    "`{setting}` looks at requests of tower services, and actix-web has others: leave it out"
                )
            }
        }
    }
}

// The texts have those of the sources in them.
impl Error for BuildError {}

impl From<DeclareError> for BuildError {
    fn from(source: DeclareError) -> Self {
        Self::Declare(source)
    }
}
