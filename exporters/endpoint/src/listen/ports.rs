//! TCP ports.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    ops::RangeInclusive,
};

use super::bound::{Bound, Endpoint, Socket};
use crate::error::ServeError;

/// Listens on the first address that can be had, or says why the last one could not.
pub(super) fn bind_any(addresses: &[SocketAddr]) -> Result<Bound, ServeError> {
    let mut error = ServeError::Unresolved {
        address: "no address".to_owned(),
        source: io::ErrorKind::InvalidInput.into(),
    };
    for &address in addresses {
        match bind(address) {
            Ok(bound) => return Ok(bound),
            Err(source) => error = ServeError::bind(address, source),
        }
    }
    Err(error)
}

/// Listens on the first port that nobody else listens on. What else may go wrong goes wrong for all of them.
pub(super) fn bind_first(address: IpAddr, ports: RangeInclusive<u16>) -> Result<Bound, ServeError> {
    for port in ports.clone() {
        let address = SocketAddr::new(address, port);
        match bind(address) {
            Ok(bound) => return Ok(bound),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(source) => return Err(ServeError::bind(address, source)),
        }
    }
    Err(ServeError::NoFreePort { address, ports })
}

fn bind(address: SocketAddr) -> io::Result<Bound> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let endpoint = Endpoint::Tcp(listener.local_addr()?);
    Ok(Bound { endpoint, socket: Socket::Tcp(listener) })
}
