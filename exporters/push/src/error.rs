//! Why a Pushgateway could not be set up, and why a push failed.

use std::{error::Error, fmt, io, sync::Arc, time::Duration};

/// Why [`Builder::build`](super::Builder::build) failed. No credentials are in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL of the gateway cannot be pushed to.
    InvalidUrl {
        /// What was given, without a user or a password in it.
        url: String,
        /// What is allowed.
        why: &'static str,
    },
    /// The job has no name.
    EmptyJob,
    /// A label of the grouping key has a name that it cannot have.
    InvalidLabel {
        /// The name.
        name: String,
        /// What is allowed.
        why: &'static str,
    },
    /// The user name or the token cannot be sent.
    InvalidCredentials {
        /// What is allowed.
        why: &'static str,
    },
    /// Certificates or a key could not be read, or do not fit together.
    Certificates {
        /// Where they were to come from.
        from: String,
        /// What is wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An external label has a name that it cannot have.
    InvalidExternalLabel {
        /// The name.
        name: String,
        /// What is allowed.
        why: &'static str,
    },
    /// A header cannot be sent.
    InvalidHeader {
        /// Its name.
        name: String,
        /// What is allowed.
        why: &'static str,
    },
    /// The metrics about what is written could not be declared.
    Declare {
        /// What is wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A thread could not be started.
    Thread {
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl { url, why } => write!(f, "cannot push to {url:?}: {why}"),
            Self::EmptyJob => f.write_str("cannot push without a job: its name has at least one character"),
            Self::InvalidLabel { name, why } => write!(f, "cannot group by the label {name:?}: {why}"),
            Self::InvalidCredentials { why } => write!(f, "cannot use these credentials: {why}"),
            Self::Certificates { from, .. } => write!(f, "cannot use the certificates of {from}"),
            Self::InvalidExternalLabel { name, why } => {
                write!(f, "cannot add the external label {name:?}: {why}")
            }
            Self::InvalidHeader { name, why } => write!(f, "cannot send the header {name:?}: {why}"),
            Self::Declare { .. } => f.write_str("cannot declare the metrics about Remote Write"),
            Self::Thread { .. } => f.write_str("cannot start a thread for Remote Write"),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Certificates { source, .. } | Self::Declare { source } => Some(source.as_ref()),
            Self::Thread { source } => Some(source),
            _ => None,
        }
    }
}

/// Why a push did not succeed. Its text names the URL, and there are no credentials in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum PushError {
    /// The thread that pushes could not be started, or did not end as it should.
    Thread {
        /// What the system said.
        source: io::Error,
    },
    /// The gateway could not be reached.
    Connect {
        /// Where the push was to go.
        url: String,
        /// What the system said.
        source: io::Error,
    },
    /// The gateway was reached, but is not who it should be, or does not want to talk to us.
    Tls {
        /// Where the push was to go.
        url: String,
        /// What was wrong.
        source: io::Error,
    },
    /// The connection ended, or what came back is not HTTP.
    Http {
        /// Where the push was to go.
        url: String,
        /// What was wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It took too long. Whether the gateway has stored what it was sent is not known.
    Timeout {
        /// Where the push was to go.
        url: String,
        /// The [timeout](super::Builder::timeout).
        after: Duration,
    },
    /// The gateway does not accept the push.
    Refused {
        /// Where the push went.
        url: String,
        /// The status of the response.
        status: u16,
        /// The beginning of what the gateway said about it.
        message: String,
    },
    /// The gateway responded with a redirect that was not followed.
    Redirect {
        /// Where the push went.
        url: String,
        /// The status of the response.
        status: u16,
        /// Where the redirect leads to.
        location: String,
        /// Why it was not followed.
        why: &'static str,
    },
    /// Some metrics were not written by Remote Write: in time, or at all.
    Unwritten {
        /// The receiver.
        url: String,
        /// How many values were not written, as far as they were read.
        values: u64,
        /// The last error, if there was one.
        source: Option<Arc<PushError>>,
    },
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thread { .. } => f.write_str("cannot push metrics from a thread of their own"),
            Self::Connect { url, .. } => write!(f, "cannot push metrics to {url}: no connection"),
            Self::Tls { url, .. } => write!(f, "cannot push metrics to {url}: no encrypted connection"),
            Self::Http { url, .. } => write!(f, "cannot push metrics to {url}: no valid response"),
            Self::Timeout { url, after } => {
                write!(f, "cannot push metrics to {url}: not done after {after:?}")
            }
            Self::Refused { url, status, message } => {
                write!(f, "{url} does not accept the pushed metrics: status {status}")?;
                if message.is_empty() { Ok(()) } else { write!(f, ", {message}") }
            }
            Self::Unwritten { url, values, .. } => {
                write!(f, "not all metrics were written to {url}: {values} values are missing")
            }
            Self::Redirect { url, status, location, why } => {
                write!(f, "{url} redirects the pushed metrics to {location:?} (status {status}): {why}")
            }
        }
    }
}

impl Error for PushError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Thread { source } | Self::Connect { source, .. } | Self::Tls { source, .. } => Some(source),
            Self::Http { source, .. } => Some(source.as_ref()),
            Self::Unwritten { source, .. } => source.as_deref().map(|source| source as _),
            Self::Timeout { .. } | Self::Refused { .. } | Self::Redirect { .. } => None,
        }
    }
}
