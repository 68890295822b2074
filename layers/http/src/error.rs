//! Why the families of a layer were not declared.

use std::{error::Error, fmt};

use tallymark_core::{
    BucketsError, SloError,
    registry::{ConfigError, DeclareError},
};

use crate::{families::HttpFamily, route::PathFault};

/// The most labels of an application's: a family has up to three of the layer's, and a metric up to 16.
pub(crate) const MOST_OWN_LABELS: usize = 13;

/// Why [`HttpMetrics`](crate::HttpMetrics) were not built.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// An environment variable holds what it may not hold.
    Config(ConfigError),
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
    /// A setting names a path that no request can have, so it would do nothing.
    Path {
        /// The setting: `routes`, `exclude` or `objective`.
        setting: &'static str,
        /// What was given.
        path: String,
        /// What is wrong.
        fault: PathFault,
    },
    /// An objective cannot be tracked.
    Objective {
        /// The route.
        route: String,
        /// What is wrong.
        source: SloError,
    },
    /// An objective needs a family that was left out.
    ObjectiveFamily {
        /// The route.
        route: String,
        /// The family.
        family: HttpFamily,
    },
    /// A setting reads requests of tower services, and the framework has others, such as actix-web.
    TowerOnly {
        /// The setting.
        setting: &'static str,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(_) => f.write_str("the settings of all layers cannot be read"),
            Self::Declare(_) => f.write_str("a family of the HTTP layer cannot be declared"),
            Self::Buckets { setting, .. } => write!(f, "`{setting}` has bounds that buckets cannot have"),
            Self::Labels { own } => {
                write!(f, "`labels` adds {own} labels to those of the layer, and may add {MOST_OWN_LABELS}")
            }
            Self::Path { setting, path, fault } => write!(f, "`{setting}`: {}", fault.advice(path)),
            Self::Objective { route, .. } => write!(f, "the objective of `{route}` cannot be tracked"),
            Self::ObjectiveFamily { route, family } => write!(
                f,
                "the objective of `{route}` needs the family `HttpFamily::{family:?}`, which is left out by `without` or by the settings of all layers"
            ),
            Self::TowerOnly { setting } => {
                write!(
                    f,
                    "`{setting}` reads requests of tower services, and this framework has others: leave it out"
                )
            }
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Config(source) => Some(source),
            Self::Declare(source) => Some(source),
            Self::Buckets { source, .. } => Some(source),
            Self::Objective { source, .. } => Some(source),
            Self::Labels { .. }
            | Self::Path { .. }
            | Self::ObjectiveFamily { .. }
            | Self::TowerOnly { .. } => None,
        }
    }
}

impl From<ConfigError> for BuildError {
    fn from(source: ConfigError) -> Self {
        Self::Config(source)
    }
}

impl From<DeclareError> for BuildError {
    fn from(source: DeclareError) -> Self {
        Self::Declare(source)
    }
}
