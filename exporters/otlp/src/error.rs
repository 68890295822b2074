//! What may go wrong.

use std::{error::Error, fmt, io, path::PathBuf, sync::Arc};
use tallymark_core::registry::DeclareError;

/// Why there is no exporter.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// An environment variable has a value that it cannot have.
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value, unless it may hold a secret.
        value: Option<String>,
        /// What it may be.
        expected: &'static str,
    },
    /// The endpoint is not the URL of an HTTP server.
    Endpoint {
        /// The endpoint.
        endpoint: String,
        /// What it has to look like.
        expected: &'static str,
    },
    /// A request cannot have this header.
    Header {
        /// The header's name.
        name: String,
    },
    /// A setting needs a feature of this crate that is off.
    Feature {
        /// The setting.
        setting: &'static str,
        /// The feature.
        feature: &'static str,
    },
    /// A file with certificates or a key could not be read.
    Certificate {
        /// The file; none if the system's own certificates could not be loaded.
        path: Option<PathBuf>,
        /// What went wrong.
        source: io::Error,
    },
    /// The metrics about exports could not be declared.
    Declare(DeclareError),
    /// The thread that exports could not be started.
    Thread(io::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable { name, value: Some(value), expected } => {
                write!(f, "the environment variable `{name}` is `{value}`; expected {expected}")
            }
            Self::Variable { name, value: None, expected } => {
                write!(f, "the environment variable `{name}` cannot be read; expected {expected}")
            }
            Self::Endpoint { endpoint, expected } => {
                write!(f, "`{endpoint}` is not an endpoint; expected {expected}")
            }
            Self::Header { name } => write!(
                f,
                "the header `{name}` cannot be sent: names are letters, digits and hyphens, values are visible ASCII",
            ),
            Self::Feature { setting, feature } => write!(
                f,
                "{setting} needs the feature `{feature}`: write `tallymark-otlp = {{ version = \"{}\", features = \
                 [\"{feature}\"] }}`",
                env!("CARGO_PKG_VERSION"),
            ),
            Self::Certificate { path: Some(path), .. } => {
                write!(f, "cannot read certificates or a key from `{}`", path.display())
            }
            Self::Certificate { path: None, .. } => f.write_str("cannot load the certificates of the system"),
            Self::Declare(_) => f.write_str("cannot declare the metrics about exports"),
            Self::Thread(_) => f.write_str("cannot start the thread that exports"),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Certificate { source, .. } | Self::Thread(source) => Some(source),
            Self::Declare(source) => Some(source),
            Self::Variable { .. } | Self::Endpoint { .. } | Self::Header { .. } | Self::Feature { .. } => {
                None
            }
        }
    }
}

impl From<DeclareError> for BuildError {
    fn from(error: DeclareError) -> Self {
        Self::Declare(error)
    }
}

/// Why an export failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ExportError {
    /// There was no response: the receiver could not be reached, took too long, or did not speak HTTP.
    Unreachable {
        /// The receiver, without query and credentials.
        endpoint: String,
        /// What went wrong.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The receiver is overloaded or being restarted, and was still when the time for the export was over.
    Unavailable {
        /// The receiver, without query and credentials.
        endpoint: String,
        /// The status: 429, 502, 503 or 504.
        status: u16,
        /// What the receiver says about it, possibly nothing.
        message: String,
    },
    /// The receiver refused the request, which would be refused again.
    Refused {
        /// The receiver, without query and credentials.
        endpoint: String,
        /// The status.
        status: u16,
        /// What the receiver says about it, possibly nothing.
        message: String,
    },
    /// The time for the export was over before a request could be sent.
    OutOfTime,
    /// The thread that exports has ended.
    Ended,
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, endpoint, status, message) = match self {
            Self::Unreachable { endpoint, .. } => return write!(f, "no response from `{endpoint}`"),
            Self::Unavailable { endpoint, status, message } => {
                ("was not available in time", endpoint, status, message)
            }
            Self::Refused { endpoint, status, message } => ("refused the metrics", endpoint, status, message),
            Self::OutOfTime => {
                return f.write_str("the time for the export was over before a request was sent");
            }
            Self::Ended => return f.write_str("the thread that exports has ended"),
        };
        write!(f, "`{endpoint}` {what}: status {status}")?;
        if message.is_empty() { Ok(()) } else { write!(f, ", {message}") }
    }
}

impl Error for ExportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable { source, .. } => Some(&**source),
            Self::Unavailable { .. } | Self::Refused { .. } | Self::OutOfTime | Self::Ended => None,
        }
    }
}
