//! What the endpoint listens on.

mod bound;
mod parse;
mod ports;
#[cfg(unix)]
mod unix;

use std::{
    fmt::{self, Debug},
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    ops::RangeInclusive,
    path::PathBuf,
};

pub(super) use self::bound::{Accepted, Bound, Listener, Socket};
pub use self::parse::ListenError;
use super::error::ServeError;

/// One thing to listen on, for [`Builder::listen`](super::Builder::listen).
///
/// Its text form is what `TALLYMARK_ADDRESS` holds:
///
/// ```
/// use tallymark::exporter::{self, Listen};
///
/// let range: Listen = "127.0.0.1:9464-9470".parse()?;
/// let exporter = exporter::builder().listen(range).serve()?;
/// assert!((9464..=9470).contains(&exporter.local_addr().port()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Listen(Target);

#[derive(Debug)]
enum Target {
    /// The first of these that can be had.
    Addresses(Vec<SocketAddr>),
    /// The first of these that is free.
    Ports(IpAddr, RangeInclusive<u16>),
    Unix {
        path: PathBuf,
        mode: u32,
    },
    Unresolved {
        address: String,
        source: io::Error,
    },
}

impl Listen {
    /// A TCP address. Port 0 lets the system choose a port; of several addresses, the first that can be had is taken.
    ///
    /// A host name is looked up here. What cannot be read as an address becomes an error of
    /// [`serve`](super::Builder::serve).
    pub fn address(address: impl ToSocketAddrs + Debug) -> Self {
        Self(match address.to_socket_addrs() {
            Ok(addresses) => Target::Addresses(addresses.collect()),
            Err(source) => Target::Unresolved { address: format!("{address:?}"), source },
        })
    }

    /// The first port of a range that is not in use, for several processes with the same configuration on one machine.
    pub fn ports(address: impl Into<IpAddr>, ports: RangeInclusive<u16>) -> Self {
        Self(Target::Ports(address.into(), ports))
    }

    /// A Unix socket, to which only this process's user can connect.
    ///
    /// A socket file that nobody listens on any more is replaced; anything else at the path is an error. The file is
    /// removed when the endpoint ends. On platforms without Unix sockets, [`serve`](super::Builder::serve) fails.
    pub fn unix(path: impl Into<PathBuf>) -> Self {
        Self(Target::Unix { path: path.into(), mode: 0o600 })
    }

    /// The mode of the Unix socket's file, `0o600` if not set: who may write to it may connect. Without meaning for
    /// TCP.
    #[must_use]
    pub fn mode(mut self, permissions: u32) -> Self {
        if let Target::Unix { mode, .. } = &mut self.0 {
            *mode = permissions;
        }
        self
    }

    pub(super) fn bind(self) -> Result<Bound, ServeError> {
        match self.0 {
            Target::Addresses(addresses) => ports::bind_any(&addresses),
            Target::Ports(address, ports) => ports::bind_first(address, ports),
            Target::Unresolved { address, source } => Err(ServeError::Unresolved { address, source }),
            #[cfg(unix)]
            Target::Unix { path, mode } => {
                unix::bind(&path, mode).map_err(|source| ServeError::Socket { path, source })
            }
            #[cfg(not(unix))]
            Target::Unix { path, .. } => {
                Err(ServeError::Socket { path, source: io::ErrorKind::Unsupported.into() })
            }
        }
    }
}

/// Where a running endpoint can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// A TCP address, with the port that was chosen.
    Tcp(SocketAddr),
    /// The path of a Unix socket.
    Unix(PathBuf),
}

impl Endpoint {
    pub(super) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            Self::Unix(_) => None,
        }
    }
}

/// As [`Listen`] reads it.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}
