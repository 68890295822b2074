//! Why a configuration cannot be used.

use crate::{descriptor::Place, lint, value::BucketsError};
use std::{error::Error, fmt};

/// Why a configuration was not installed, or cannot be read from the environment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// Another configuration was installed before.
    Installed,
    /// There was a scrape, a snapshot or a check before.
    Used,
    /// This namespace cannot begin a metric's name.
    Namespace(String),
    /// This constant label has a name that no label may have, or was added twice.
    Label(String),
    /// A constant label is also a label of a declared metric.
    LabelTaken {
        /// The label.
        label: String,
        /// The metric.
        metric: String,
        /// Where the metric was declared.
        place: Place,
    },
    /// No family has such a name.
    Family(String),
    /// The bounds cannot be those of buckets.
    Buckets {
        /// The family, or the beginning of names.
        family: String,
        /// What is wrong.
        source: BucketsError,
    },
    /// The buckets of a histogram that was declared with an attribute are in the program text.
    BucketsDeclared {
        /// The metric.
        metric: String,
        /// Where it was declared.
        place: Place,
    },
    /// A layer was built before, and counts under other names or in other buckets.
    Late {
        /// The setting: `naming`, or `buckets` with the name of a family.
        setting: String,
        /// The package of the layer.
        layer: &'static str,
    },
    /// The value of an environment variable is not valid.
    Variable {
        /// The variable.
        variable: &'static str,
        /// What it holds, or that part of it which is wrong.
        value: String,
        /// What it may hold.
        allowed: &'static str,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed => f.write_str("the registry is configured already; it is configured once"),
            Self::Used => f.write_str(
                "the registry was scraped before it was configured, and names must not change between scrapes; \
                 install the configuration earlier",
            ),
            Self::Namespace(namespace) => lint::Fault::Namespace { namespace }.fmt(f),
            Self::Label(label) => write!(
                f,
                "`{label}` cannot be a constant label: letters, digits and underscores, no digit first, no two \
                 underscores at the start, not `le` or `quantile`, and each label once",
            ),
            Self::LabelTaken { label, metric, place } => write!(
                f,
                "`{label}` cannot be a constant label: `{metric}` at {place} (package {}) has a label of that name",
                place.package,
            ),
            Self::Family(family) => write!(
                f,
                "`{family}` cannot be the name of a family; write one, such as `http_request_duration_seconds`, or the \
                 beginning of several, such as `db_*`"
            ),
            Self::Buckets { family, .. } => write!(f, "the bounds for `{family}` cannot be those of buckets"),
            Self::BucketsDeclared { metric, place } => write!(
                f,
                "the buckets of `{metric}` are written at {place} (package {}); change them there",
                place.package,
            ),
            Self::Late { setting, layer } => write!(
                f,
                "{setting} was set after a layer of {layer} was built with another setting; install the configuration \
                 before layers are built"
            ),
            Self::Variable { variable, value, allowed } => {
                write!(f, "{variable} holds {value:?}; it may hold {allowed}")
            }
        }
    }
}

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Buckets { source, .. } => Some(source),
            _ => None,
        }
    }
}
