//! What is wrong with the environment.

use std::{error::Error, fmt};

use crate::error::ServeError;

/// What is wrong with an environment variable. Its text names the variable and says what is allowed; it never shows a
/// token.
#[derive(Debug)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// The value is not UTF-8.
    NotUnicode {
        /// The variable.
        variable: &'static str,
        /// What it may hold.
        allowed: &'static str,
    },
    /// The value is not one of those that are allowed.
    Invalid {
        /// The variable.
        variable: &'static str,
        /// What it holds, or that part of it which is wrong.
        value: String,
        /// What it may hold.
        allowed: &'static str,
    },
    /// The value names something that cannot be used.
    Unusable {
        /// The variable.
        variable: &'static str,
        /// What it may hold.
        allowed: &'static str,
        /// What is wrong.
        source: Box<ServeError>,
    },
    /// The variable has to be set because another one is.
    Missing {
        /// The variable.
        variable: &'static str,
        /// The other one.
        by: &'static str,
    },
    /// The program was built without what the variable is about.
    Unsupported {
        /// The variable.
        variable: &'static str,
        /// The feature that it takes.
        feature: &'static str,
    },
}

impl EnvironmentError {
    pub(super) fn invalid(variable: &'static str, value: &str, allowed: &'static str) -> Self {
        Self::Invalid { variable, value: value.to_owned(), allowed }
    }

    pub(super) fn empty(variable: &'static str, allowed: &'static str) -> Self {
        Self::invalid(variable, "", allowed)
    }
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUnicode { variable, allowed } => {
                write!(f, "{variable} is not UTF-8; it may hold {allowed}")
            }
            Self::Invalid { variable, value, allowed } => {
                write!(f, "{variable} holds {value:?}; it may hold {allowed}")
            }
            Self::Unusable { variable, allowed, .. } => {
                write!(f, "{variable} cannot be used; it may hold {allowed}")
            }
            Self::Missing { variable, by } => write!(f, "{variable} has to be set, because {by} is"),
            Self::Unsupported { variable, feature } => {
                write!(
                    f,
                    "{variable} is set, but the program was built without the feature `{feature}` of tallymark"
                )
            }
        }
    }
}

impl Error for EnvironmentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unusable { source, .. } => Some(&**source),
            Self::NotUnicode { .. }
            | Self::Invalid { .. }
            | Self::Missing { .. }
            | Self::Unsupported { .. } => None,
        }
    }
}
