//! What to listen on, as text.

use std::{error::Error, fmt, net::IpAddr, str::FromStr};

use super::{Listen, Target};

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
