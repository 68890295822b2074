//! Why the endpoint could not be started.

use std::{
    error::Error,
    fmt, io,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
};

use tallymark_core::registry::ConfigError;

use super::{file::FileError, guard::NetworkError};

/// Why [`Builder::serve`](super::Builder::serve) or [`Builder::service`](super::Builder::service) failed. Its text names
/// the address, or what else is wrong.
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
    /// The text given as an address is not one, or its host name is not known.
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
    /// Every port of the range is in use.
    NoFreePort {
        /// The address.
        address: IpAddr,
        /// The range.
        ports: RangeInclusive<u16>,
    },
    /// The Unix socket cannot be listened on: somebody listens there, something else is at the path, or the directory is
    /// missing or not writable.
    Socket {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The text given as an address or network to allow is not one.
    Network {
        /// What was given.
        network: String,
        /// What is wrong with it.
        source: NetworkError,
    },
    /// A token or a user with password that no request could present. It is not shown.
    Credentials,
    /// A file with credentials cannot be used.
    CredentialsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: FileError,
    },
    /// The files for TLS cannot be used.
    Tls {
        /// What is wrong with them.
        source: FileError,
    },
    /// Client certificates are asked for, and there is no certificate of the endpoint's own.
    ClientsWithoutTls,
    /// The setting guards connections, and a [service](super::Builder::service) has none.
    NotForService {
        /// The setting.
        setting: &'static str,
    },
    /// The namespace could not be installed.
    Namespace {
        /// Why.
        source: ConfigError,
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
                write!(f, "cannot serve metrics on {address}: not an address; write it as in `127.0.0.1:9464`")
            }
            Self::InvalidPath { path } => write!(
                f,
                "cannot serve metrics at {path:?}: a path starts with `/` and is written as in a request, in ASCII \
                 without spaces, `?` and `#`"
            ),
            Self::NoFreePort { address, ports } => write!(
                f,
                "cannot serve metrics on {address}: all ports from {} to {} are in use",
                ports.start(),
                ports.end()
            ),
            Self::Socket { path, .. } => {
                write!(f, "cannot serve metrics on the Unix socket {}", path.display())
            }
            Self::Network { network, .. } => write!(f, "cannot allow {network:?} to read metrics"),
            Self::Credentials => f.write_str(
                "cannot ask for these credentials: a token is visible ASCII without spaces, a name is not empty and has \
                 no colon, and neither name nor password has control characters",
            ),
            Self::CredentialsFile { path, .. } => {
                write!(f, "cannot ask for the credentials in {}", path.display())
            }
            Self::Tls { .. } => f.write_str("cannot serve metrics over TLS"),
            Self::ClientsWithoutTls => f.write_str(
                "cannot ask for client certificates: that takes TLS, so a certificate and its key are needed too",
            ),
            Self::NotForService { setting } => write!(
                f,
                "cannot mount metrics with `{setting}`: it is about connections, which the application's server accepts"
            ),
            Self::Namespace { .. } => f.write_str("cannot give the metrics the namespace"),
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
            | Self::Unresolved { source, .. }
            | Self::Socket { source, .. } => Some(source),
            Self::Network { source, .. } => Some(source),
            Self::CredentialsFile { source, .. } | Self::Tls { source } => Some(source),
            Self::Namespace { source } => Some(source),
            Self::InvalidPath { .. }
            | Self::NoFreePort { .. }
            | Self::Credentials
            | Self::ClientsWithoutTls
            | Self::NotForService { .. } => None,
        }
    }
}
