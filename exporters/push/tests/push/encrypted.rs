//! Pushes over TLS, with and without a certificate of our own.

use std::{
    fs, io,
    net::TcpStream,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tallymark_push::{self, BuildError, PushError};

use crate::server::{Server, response};

/// An authority, with the files of those whom it knows.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: PathBuf,
}

impl Authority {
    fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("tallymark-push-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a directory");
        let mut params = CertificateParams::new([]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let authority = Self { issuer, directory };
        fs::write(authority.file("ca.pem"), authority.issuer.pem()).expect("written");
        authority
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Files with a certificate for a name, and its key.
    fn identify(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new([name.to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let files = (self.file(&format!("{name}.pem")), self.file(&format!("{name}.key")));
        fs::write(&files.0, certificate.pem()).expect("written");
        fs::write(&files.1, key.serialize_pem()).expect("written");
        files
    }

    fn server(&self, name: &str, asks_for_certificates: bool) -> Server {
        let (certificate, key) = self.identify(name);
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = if asks_for_certificates {
            let mut roots = RootCertStore::empty();
            roots.add(self.issuer.der().clone()).expect("an authority");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let chain = vec![CertificateDer::from_pem_file(certificate).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(key).expect("a key");
        let config = Arc::new(builder.with_single_cert(chain, key).expect("a configuration"));
        Server::over(
            move |stream: TcpStream| {
                let connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
                Ok(StreamOwned::new(connection, stream))
            },
            |_| response(200, &["Connection: close"], ""),
        )
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[test]
fn trusted() {
    let authority = Authority::new();
    for name in ["localhost", "127.0.0.1"] {
        let server = authority.server(name, false);
        let url = format!("https://{name}:{}", server.address.port());
        let gateway =
            tallymark_push::builder(url, "job").ca_file(authority.file("ca.pem")).basic_auth("me", "secret");
        let gateway = gateway.build().expect("a gateway");
        gateway.push().wait().expect("accepted");
        assert!(server.only().text().starts_with("# HELP "));
        assert_eq!(server.only().header("authorization"), Some("Basic bWU6c2VjcmV0"));
    }
}

#[test]
fn not_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = authority.server("localhost", false);
    for (host, ca) in [("localhost", &other), ("127.0.0.1", &authority)] {
        let url = format!("https://{host}:{}", server.address.port());
        let gateway =
            tallymark_push::builder(url, "job").ca_file(ca.file("ca.pem")).build().expect("a gateway");
        let error = gateway.push().wait().expect_err("not whom we trust");
        assert!(matches!(error, PushError::Tls { .. }), "{error:?}");
    }
    assert!(server.received().is_empty());
}

#[test]
fn with_a_certificate() {
    let authority = Authority::new();
    let server = authority.server("localhost", true);
    let url = format!("https://localhost:{}", server.address.port());
    let (certificate, key) = authority.identify("job");
    let builder = || tallymark_push::builder(url.clone(), "job").ca_file(authority.file("ca.pem"));
    builder()
        .client_certificate(certificate, key)
        .build()
        .expect("a gateway")
        .push()
        .wait()
        .expect("accepted");
    let error = builder().build().expect("a gateway").push().wait().expect_err("nobody");
    // With TLS 1.3, a client learns only from the response that it should have shown a certificate.
    assert!(matches!(error, PushError::Tls { .. } | PushError::Http { .. }), "{error:?}");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn never_from_https_to_http() {
    let authority = Authority::new();
    let there = Server::always(response(200, &[], ""));
    let url = there.url();
    let (certificate, key) = authority.identify("localhost");
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    let chain = vec![CertificateDer::from_pem_file(certificate).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let config = Arc::new(builder.with_single_cert(chain, key).expect("a configuration"));
    let here = Server::over(
        move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            Ok(StreamOwned::new(connection, stream))
        },
        move |_| response(307, &[&format!("Location: {url}")], ""),
    );
    let gateway = tallymark_push::builder(format!("https://localhost:{}", here.address.port()), "job")
        .ca_file(authority.file("ca.pem"))
        .follow_redirects(true);
    let error = gateway.build().expect("a gateway").push().wait().expect_err("a way down");
    assert!(matches!(error, PushError::Redirect { why: "it leads from https to http", .. }), "{error:?}");
    assert!(there.received().is_empty());
}

#[test]
fn files_that_are_none() {
    let authority = Authority::new();
    let (certificate, key) = authority.identify("job");
    let build = |ca: PathBuf, certificate: PathBuf, key: PathBuf| {
        tallymark_push::builder("https://localhost", "job")
            .ca_file(ca)
            .client_certificate(certificate, key)
            .build()
    };
    let ca = authority.file("ca.pem");
    build(ca.clone(), certificate.clone(), key.clone()).expect("a gateway");
    let missing = authority.file("missing.pem");
    for (ca, certificate, key, wrong) in [
        (&missing, &certificate, &key, "missing.pem"),
        (&key, &certificate, &key, "job.key"),
        (&ca, &missing, &key, "missing.pem"),
        (&ca, &certificate, &certificate, "job.pem"),
        (&ca, &ca, &key, "job.key"),
    ] {
        let error = build(ca.clone(), certificate.clone(), key.clone()).expect_err("wrong files");
        let BuildError::Certificates { from, .. } = &error else { panic!("{error:?}") };
        assert!(from.ends_with(wrong), "{error:?}");
    }
}
