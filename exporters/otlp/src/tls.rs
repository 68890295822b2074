//! Whom to trust, and what to show them.

use crate::BuildError;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

/// Trusts the certificates in the given file; without a file, those of the system.
pub(crate) fn config(
    trusted: Option<PathBuf>,
    shown: Option<(PathBuf, PathBuf)>,
) -> Result<TlsConfig, BuildError> {
    let roots = match trusted {
        Some(path) => certificates(&path)?,
        None => system()?,
    };
    let client = match shown {
        Some((chain, key)) => Some(ClientCert::new_with_certs(&certificates(&chain)?, private_key(&key)?)),
        None => None,
    };
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .client_cert(client)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
    Ok(tls.build())
}

fn system() -> Result<Vec<Certificate<'static>>, BuildError> {
    let mut found = rustls_native_certs::load_native_certs();
    match found.errors.pop() {
        // Some that cannot be read do no harm as long as there are others.
        Some(error) if found.certs.is_empty() => {
            Err(BuildError::Certificate { path: None, source: io::Error::other(error) })
        }
        _ => Ok(found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect()),
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, BuildError> {
    let certificates = items(path)?.into_iter().filter_map(|item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = certificates.collect();
    if certificates.is_empty() {
        Err(missing(path, "there is no certificate in it"))
    } else {
        Ok(certificates)
    }
}

fn private_key(path: &Path) -> Result<PrivateKey<'static>, BuildError> {
    let key = items(path)?.into_iter().find_map(|item| match item {
        PemItem::PrivateKey(key) => Some(key),
        _ => None,
    });
    key.ok_or_else(|| missing(path, "there is no private key in it"))
}

fn items(path: &Path) -> Result<Vec<PemItem<'static>>, BuildError> {
    let error = |source| BuildError::Certificate { path: Some(path.to_owned()), source };
    let pem = fs::read(path).map_err(error)?;
    parse_pem(&pem).collect::<Result<_, _>>().map_err(|source| error(source.into_io()))
}

fn missing(path: &Path, what: &'static str) -> BuildError {
    BuildError::Certificate { path: Some(path.to_owned()), source: io::Error::other(what) }
}
