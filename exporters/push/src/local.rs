//! The address of this machine.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs, UdpSocket},
};

/// The address from which this machine talks to another one, for a grouping key by instance.
///
/// Nothing is sent: the system is asked which of its addresses it would use. A host name is looked up, which blocks.
///
/// ```
/// let address = tallymark_push::local_ip("127.0.0.1:9091")?;
/// assert!(address.is_loopback());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// The name is not known, or no network leads there.
pub fn local_ip(towards: impl ToSocketAddrs) -> io::Result<IpAddr> {
    let mut error = io::Error::new(io::ErrorKind::InvalidInput, "no address");
    for address in towards.to_socket_addrs()? {
        let any: IpAddr =
            if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let found = UdpSocket::bind((any, 0)).and_then(|socket| {
            socket.connect(address)?;
            socket.local_addr()
        });
        match found {
            Ok(address) => return Ok(address.ip()),
            Err(source) => error = source,
        }
    }
    Err(error)
}
