//! Sockets that are listened on.

#[cfg(unix)]
use std::{
    fs,
    os::unix::{fs::MetadataExt, net::UnixListener},
};
use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    task::{Context, Poll, ready},
};

use tokio::net;

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
    pub(in crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            Self::Unix(_) => None,
        }
    }
}

/// As [`Listen`](super::Listen) reads it.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A socket that is listened on, before there is a runtime.
#[derive(Debug)]
pub(in crate) struct Bound {
    pub(in crate) endpoint: Endpoint,
    pub(in crate) socket: Socket,
}

#[derive(Debug)]
pub(in crate) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, Removal),
}

/// Removes the file of a socket, if it is still the same one.
#[cfg(unix)]
#[derive(Debug)]
pub(in crate) struct Removal {
    path: PathBuf,
    identity: u64,
}

#[cfg(unix)]
impl Removal {
    pub(super) fn new(path: PathBuf, identity: u64) -> Self {
        Self { path, identity }
    }
}

#[cfg(unix)]
impl Drop for Removal {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.ino() == self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A socket that is listened on within a runtime.
pub(in crate) enum Listener {
    Tcp(net::TcpListener),
    #[cfg(unix)]
    Unix {
        listener: net::UnixListener,
        _removal: Removal,
    },
}

/// A connection, and who is at its other end.
pub(in crate) enum Accepted {
    Tcp(net::TcpStream, IpAddr),
    #[cfg(unix)]
    Unix(net::UnixStream),
}

impl Listener {
    /// Must be called within the runtime.
    pub(in crate) fn new(socket: Socket) -> io::Result<Self> {
        Ok(match socket {
            Socket::Tcp(listener) => Self::Tcp(net::TcpListener::from_std(listener)?),
            #[cfg(unix)]
            Socket::Unix(listener, removal) => {
                Self::Unix { listener: net::UnixListener::from_std(listener)?, _removal: removal }
            }
        })
    }

    pub(in crate) fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = ready!(listener.poll_accept(context))?;
                Poll::Ready(Ok(Accepted::Tcp(stream, address.ip())))
            }
            #[cfg(unix)]
            Self::Unix { listener, .. } => {
                let (stream, _) = ready!(listener.poll_accept(context))?;
                Poll::Ready(Ok(Accepted::Unix(stream)))
            }
        }
    }
}
