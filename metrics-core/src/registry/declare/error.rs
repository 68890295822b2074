//! Why a metric is not declared.

use super::super::Difference;
use crate::{descriptor::Place, lint};
use std::{error::Error, fmt};

/// Why a metric was not declared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeclareError {
    /// The namespace cannot begin a name.
    Namespace {
        /// The namespace.
        namespace: String,
    },
    /// The name breaks a rule.
    Name {
        /// The name.
        name: String,
        /// What is wrong, and what to write instead.
        rule: String,
    },
    /// The name of a label that is known only at run time breaks a rule.
    Label {
        /// The name of the metric.
        name: String,
        /// The name of the label.
        label: String,
        /// What is wrong, and what to write instead.
        rule: String,
    },
    /// There are more labels than a metric may have.
    Labels {
        /// The name of the metric.
        name: String,
        /// The number of labels.
        labels: usize,
        /// The number of labels that a metric may have.
        most: usize,
    },
    /// The name belongs to a metric of another type, or with other buckets.
    Differs {
        /// The name.
        name: String,
        /// In what the two differ.
        difference: Difference,
        /// Where the metric that has the name was declared.
        before: Box<Place>,
        /// Where it was declared again.
        place: Box<Place>,
    },
}

impl fmt::Display for DeclareError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Namespace { namespace } => lint::Fault::Namespace { namespace }.fmt(f),
            Self::Name { name, rule } | Self::Label { name, rule, .. } => {
                write!(f, "`{name}` cannot be declared: {rule}")
            }
            Self::Labels { name, labels, most } => {
                write!(f, "`{name}` cannot have {labels} labels: a metric has {most} at most")
            }
            // By the same line: two layers, say, that share a family.
            Self::Differs { name, difference, before, place } if before == place => write!(
                f,
                "`{name}` is there already, with different {difference}: what is declared again, such as by a second \
                 layer in a namespace, is declared in the same way (at {place}, package {})",
                place.package,
            ),
            Self::Differs { name, difference, before, place } => write!(
                f,
                "`{name}` at {place} (package {}) was declared at {before} (package {}) with different {difference}",
                place.package, before.package,
            ),
        }
    }
}

impl Error for DeclareError {}
