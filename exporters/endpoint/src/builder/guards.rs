//! Who may read the metrics.

use std::path::PathBuf;

use super::Builder;
#[cfg(feature = "tls")]
use crate::tls::Paths;
use crate::{
    error::ServeError,
    guard::{Scheme, Secret},
};

impl Builder {
    /// Asks for a token, as in `Authorization: Bearer <token>`. Of several tokens and [users](Builder::basic_auth), one
    /// is enough.
    ///
    /// Without it, the answer is 401 with `WWW-Authenticate`. A token is never shown, neither by `Debug` nor in a log nor
    /// in an error, and is compared in a time that says nothing about it.
    pub fn bearer_token(mut self, token: impl AsRef<[u8]>) -> Self {
        self.give(Scheme::Bearer, Secret::token(token.as_ref()));
        self
    }

    /// Asks for one of the tokens in a file, which has one in each line.
    ///
    /// The file is looked at whenever somebody presents a token, so a change needs no restart; with both the old and the
    /// new token in it, scrapers can change over one by one. While the file is missing or unusable, what it said before
    /// stays in force, and the change is counted in `tallymark_file_reload_errors_total{file="token"}`.
    pub fn bearer_token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.read(Scheme::Bearer, path.into());
        self
    }

    /// Asks for a name and a password, as in `Authorization: Basic ..`.
    pub fn basic_auth(mut self, name: &str, password: &str) -> Self {
        let secret =
            (!name.contains(':')).then(|| Secret::user(format!("{name}:{password}").as_bytes())).flatten();
        self.give(Scheme::Basic, secret);
        self
    }

    /// Asks for one of the users in a file, which has lines of the form `name:password`. It may change like
    /// [that with tokens](Builder::bearer_token_file); its label is `users`.
    pub fn basic_auth_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.read(Scheme::Basic, path.into());
        self
    }

    /// Answers only these addresses and networks, such as `192.0.2.7`, `10.0.0.0/8` or `fd00::/8`, and those of earlier
    /// calls. Others get 403.
    ///
    /// What counts is the other end of the connection. `X-Forwarded-For` and the like are not looked at, since everybody
    /// can send them; behind a proxy, let the proxy decide. An IPv4 address is the same when a socket for both families
    /// shows it as an IPv6 one, and `::/0` does not contain it. A Unix socket is guarded by its
    /// [mode](super::super::Listen::mode).
    ///
    /// In a [service](Builder::service), the address is a [`SocketAddr`](std::net::SocketAddr) among the request's
    /// extensions or, with the feature `axum`, axum's `ConnectInfo<SocketAddr>`. A request that has neither gets 403.
    pub fn allow<N: AsRef<str>>(mut self, networks: impl IntoIterator<Item = N>) -> Self {
        for network in networks {
            let network = network.as_ref();
            match network.parse() {
                Ok(network) => self.guard.networks.push(network),
                Err(source) => self.fail(ServeError::Network { network: network.to_owned(), source }),
            }
        }
        self
    }

    /// Serves TLS on all TCP addresses, with a certificate chain and its key in PEM files.
    ///
    /// The files are looked at for every new connection, so a renewed certificate needs no restart. What cannot be used,
    /// such as a new certificate whose key is not there yet, is counted in
    /// `tallymark_file_reload_errors_total{file="certificate"}`, and what was there before stays in force.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.certificate = Some((certificate.into(), key.into()));
        self
    }

    /// Talks only to clients that have a certificate from one of the authorities in a PEM file, which may change like
    /// [the others](Builder::tls).
    #[cfg(feature = "tls")]
    pub fn client_ca(mut self, authorities: impl Into<PathBuf>) -> Self {
        self.clients = Some(authorities.into());
        self
    }

    #[cfg(feature = "tls")]
    pub(super) fn tls_paths(&mut self) -> Result<Option<Paths>, ServeError> {
        match (self.certificate.take(), self.clients.clone()) {
            (Some((certificate, key)), clients) => Ok(Some(Paths { certificate, key, clients })),
            (None, Some(_)) => Err(ServeError::ClientsWithoutTls),
            (None, None) => Ok(None),
        }
    }

    #[cfg(feature = "tls")]
    pub(super) fn asks_for_certificates(&self) -> bool {
        self.clients.is_some()
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "as above")]
    pub(super) fn asks_for_certificates(&self) -> bool {
        false
    }

    fn give(&mut self, scheme: Scheme, secret: Option<Secret>) {
        match secret {
            Some(secret) => self.guard.credentials.give(scheme, secret),
            None => self.fail(ServeError::Credentials),
        }
    }

    fn read(&mut self, scheme: Scheme, path: PathBuf) {
        if let Err(source) = self.guard.credentials.read(scheme, path.clone()) {
            self.fail(ServeError::CredentialsFile { path, source });
        }
    }
}
