//! Why the endpoint could not be started.

use std::{error::Error, fmt, io, net::SocketAddr};

/// Why [`Builder::serve`](super::Builder::serve) failed. Its text names the address.
///
/// ```
/// use tallymark::exporter::{self, ServeError};
///
/// let first = exporter::serve("127.0.0.1:0")?;
/// match exporter::serve(first.local_addr()) {
///     Err(ServeError::AddressInUse { address, .. }) => assert_eq!(address, first.local_addr()),
///     other => panic!("two listeners on one port: {other:?}"),
/// }
/// # Ok::<(), ServeError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// Another socket listens on the address.
    AddressInUse {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The process may not listen on the address; on Unix, usually a port below 1024.
    PermissionDenied {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No network interface of this machine has the address.
    AddressNotAvailable {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Listening failed for another reason, or the thread that serves could not be started.
    Io {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The text given as an address is none, or its host name is not known.
    Unresolved {
        /// What was given as an address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The path does not start with `/`, or holds what cannot be in the path of a request.
    InvalidPath {
        /// What was given as a path.
        path: String,
    },
}

impl ServeError {
    pub(super) fn bind(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::AddressInUse { address, source },
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { address, source },
            io::ErrorKind::AddrNotAvailable => Self::AddressNotAvailable { address, source },
            _ => Self::Io { address, source },
        }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddressInUse { address, .. } => {
                write!(f, "cannot serve metrics on {address}: the address is in use")
            }
            Self::PermissionDenied { address, .. } => {
                write!(f, "cannot serve metrics on {address}: permission denied")
            }
            Self::AddressNotAvailable { address, .. } => {
                write!(f, "cannot serve metrics on {address}: this machine does not have the address")
            }
            Self::Io { address, .. } => write!(f, "cannot serve metrics on {address}"),
            Self::Unresolved { address, .. } => {
                write!(f, "cannot serve metrics on {address}: not an address")
            }
            Self::InvalidPath { path } => write!(
                f,
                "cannot serve metrics at {path:?}: a path starts with `/` and is written as in a request, in ASCII \
                 without spaces, `?` and `#`"
            ),
        }
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::AddressInUse { source, .. }
            | Self::PermissionDenied { source, .. }
            | Self::AddressNotAvailable { source, .. }
            | Self::Io { source, .. }
            | Self::Unresolved { source, .. } => Some(source),
            Self::InvalidPath { .. } => None,
        }
    }
}
