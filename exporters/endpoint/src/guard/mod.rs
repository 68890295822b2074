//! Who may read the metrics: by address and by credentials.

mod authorization;
mod credentials;
mod network;
mod secret;

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue};

pub use self::network::NetworkError;
pub(super) use self::{
    credentials::{Credentials, Scheme},
    network::Network,
    secret::Secret,
};

/// Where a request comes from, as far as the one who received it knows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peer {
    /// The other end of the connection. What headers say about it is not looked at: anybody can write them.
    Address(IpAddr),
    /// A Unix socket, whose mode says who may connect.
    #[cfg_attr(not(unix), allow(dead_code, reason = "there are no such sockets"))]
    Local,
    /// The application received the request and does not say from where.
    Unknown,
}

/// Why a request gets no metrics.
#[derive(Debug)]
pub(super) enum Denied {
    /// It comes from an address that is not allowed.
    Address,
    /// It has no credentials, or wrong ones. These are the values of `WWW-Authenticate`.
    Credentials(Vec<HeaderValue>),
}

/// What a request has to pass before anything else is looked at.
#[derive(Debug, Default)]
pub(super) struct Guard {
    pub(super) networks: Vec<Network>,
    pub(super) credentials: Credentials,
}

impl Guard {
    /// Whether every request may pass.
    pub(super) fn is_open(&self) -> bool {
        self.networks.is_empty() && self.credentials.is_empty()
    }

    /// Whether requests from there are served at all. An unknown address is not one of those that are allowed.
    pub(super) fn admits(&self, peer: Peer) -> bool {
        self.networks.is_empty()
            || match peer {
                Peer::Address(address) => self.networks.iter().any(|network| network.contains(address)),
                Peer::Local => true,
                Peer::Unknown => false,
            }
    }

    /// Checks where a request comes from and which credentials it has. `is_page` says that a browser asks, which asks people for
    /// a name and a password and for nothing else.
    pub(super) fn check(&self, peer: Peer, headers: &HeaderMap, is_page: bool) -> Result<(), Denied> {
        if self.admits(peer) {
            self.credentials.check(headers, is_page).map_err(Denied::Credentials)
        } else {
            Err(Denied::Address)
        }
    }
}

#[cfg(test)]
mod tests;
