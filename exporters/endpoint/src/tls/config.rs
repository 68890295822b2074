//! From PEM to a configuration.

use std::{error::Error, fmt, sync::Arc};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};

use crate::file::FileError;

/// Makes a configuration of a certificate chain, its key and, if there are three files, the authorities that client
/// certificates must come from.
///
/// rustls checks that the key belongs to the certificate, so that half of a renewal is never used.
pub(super) fn load(files: &[Vec<u8>]) -> Result<ServerConfig, FileError> {
    let (certificate, key, clients) = match files {
        [certificate, key] => (certificate, key, None),
        [certificate, key, clients] => (certificate, key, Some(clients)),
        _ => return Err(tls(Missing::Certificate)),
    };
    let chain = certificates(certificate)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| tls(Missing::Key))?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(tls)?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            for authority in certificates(clients)? {
                roots.add(authority).map_err(tls)?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().map_err(tls)?)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(tls)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, FileError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.ok().filter(|certificates| !certificates.is_empty()).ok_or_else(|| tls(Missing::Certificate))
}

fn tls(error: impl Error + Send + Sync + 'static) -> FileError {
    FileError::Tls(Box::new(error))
}

/// What a PEM file should hold and does not.
#[derive(Debug)]
enum Missing {
    Certificate,
    Key,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "a file of certificates holds PEM blocks `CERTIFICATE`, at least one",
            Self::Key => {
                "a file with a key holds a PEM block `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`"
            }
        })
    }
}

impl Error for Missing {}
