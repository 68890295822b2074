//! What the endpoint listens on.

mod bound;
mod ports;
#[cfg(unix)]
mod unix;

use std::{
    error::Error,
    fmt::{self, Debug},
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
};

pub use self::bound::Endpoint;
pub(super) use self::bound::{Accepted, Bound, Listener, Socket};
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

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() { Err(ListenError::Path) } else { Ok(Self::unix(path)) };
        }
        let (host, port) = text.rsplit_once(':').ok_or(ListenError::Form)?;
        if let Some((first, last)) = port.split_once('-') {
            let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            let address = match bare {
                Some(address) => address.parse().map(IpAddr::V6).map_err(|_| ListenError::Host)?,
                None => host.parse().map(IpAddr::V4).map_err(|_| ListenError::Host)?,
            };
            let (first, last) = (number(first)?, number(last)?);
            return if (1..=last).contains(&first) {
                Ok(Self::ports(address, first..=last))
            } else {
                Err(ListenError::Range)
            };
        }
        number(port)?;
        let listen = Self::address(text);
        if matches!(listen.0, Target::Unresolved { .. }) { Err(ListenError::Host) } else { Ok(listen) }
    }
}

fn number(digits: &str) -> Result<u16, ListenError> {
    // `parse` would take a sign.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number).ok_or(ListenError::Port)
}

/// Why a text says nothing that could be listened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListenError {
    /// There is neither a port nor `unix:`.
    Form,
    /// The host is not known, or in a range not an IP address.
    Host,
    /// The port is no number up to 65535.
    Port,
    /// The range of ports holds port 0 or none at all.
    Range,
    /// Nothing stands after `unix:`.
    Path,
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "`127.0.0.1:9464`, `[::1]:9464`, `127.0.0.1:9464-9470` and `unix:/run/app/metrics.sock` can be listened on",
            Self::Host => "before the port stands an IP address (IPv6 in brackets) or, without a range of ports, a host name that is known",
            Self::Port => "a port is a number from 0 to 65535",
            Self::Range => "a range of ports begins above 0 and does not end before it begins",
            Self::Path => "after `unix:` stands the path of a socket",
        })
    }
}

impl Error for ListenError {}
