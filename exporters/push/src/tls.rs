//! Encrypted connections: whom to trust, and who we are.

use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::error::BuildError;

/// An error of another crate.
type Source = Box<dyn Error + Send + Sync>;

/// Files that the builder was given.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    /// Certificates of authorities; those of the system if not set.
    pub(super) authorities: Option<PathBuf>,
    /// Our certificate with those that lead to its authority, and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
}

impl Files {
    pub(super) fn read(&self) -> Result<TlsConnector, BuildError> {
        let roots = match &self.authorities {
            Some(path) => authorities_of(path)?,
            None => authorities_of_the_system()?,
        };
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed("this program", error))?
            .with_root_certificates(roots);
        let config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = certificates(certificate)?;
                let from = key.display().to_string();
                let key = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(from.as_str(), error))?;
                builder.with_client_auth_cert(chain, key).map_err(|error| failed(from, error))?
            }
        };
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

fn failed(from: impl Into<String>, source: impl Into<Source>) -> BuildError {
    BuildError::Certificates { from: from.into(), source: source.into() }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let from = || path.display().to_string();
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(from(), error))?;
    if certificates.is_empty() {
        return Err(failed(from(), "there is no certificate in PEM form"));
    }
    Ok(certificates)
}

fn authorities_of(path: &Path) -> Result<RootCertStore, BuildError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|error| failed(path.display().to_string(), error))?;
    }
    Ok(roots)
}

fn authorities_of_the_system() -> Result<RootCertStore, BuildError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // Systems hold some that nothing can use any more. What matters is that there are others.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let source = match found.errors.into_iter().next() {
            Some(error) => error.into(),
            None => Source::from("the system has no certificates of authorities; name a file with some"),
        };
        return Err(failed("the system", source));
    }
    Ok(roots)
}

/// Encrypts a connection to this host.
pub(super) async fn encrypt(connector: &TlsConnector, host: &str, tcp: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    connector.connect(name, tcp).await
}
