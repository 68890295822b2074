//! Receivers over TLS, with and without a certificate of our own.

use crate::receiver::{Receiver, Reply};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tallymark_otlp::{BuildError, ExportError, OtlpBuilder, builder};

/// An authority, with the files of those whom it knows.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: PathBuf,
}

impl Authority {
    fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("tallymark-otlp-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a directory");
        let mut params = CertificateParams::new([]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        fs::write(directory.join("ca.pem"), issuer.pem()).expect("written");
        Self { issuer, directory }
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

    fn receiver(&self, asks_for_certificates: bool) -> Receiver {
        let (certificate, key) = self.identify("localhost");
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
        Receiver::over(
            move |stream| {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a good configuration");
                StreamOwned::new(connection, stream)
            },
            |_| Reply::ok(),
        )
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A failure is not waited out: the pause after it is longer than the time for the export.
fn settings(receiver: &Receiver) -> OtlpBuilder {
    let long = Duration::from_secs(3_600);
    builder().endpoint(format!("https://localhost:{}/v1/metrics", receiver.port())).backoff(long, long)
}

#[test]
fn trusted() {
    let authority = Authority::new();
    let receiver = authority.receiver(false);
    let mut exporter =
        settings(&receiver).certificate(authority.file("ca.pem")).build().expect("good settings");
    assert!(exporter.export().expect("it is taken").points > 0);
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn not_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let receiver = authority.receiver(false);
    let mut exporter = settings(&receiver).certificate(other.file("ca.pem")).build().expect("good settings");
    let error = exporter.export().expect_err("not whom we trust");
    assert!(matches!(error, ExportError::Unreachable { .. }), "{error:?}");
    assert!(receiver.requests().is_empty());
}

#[test]
fn with_a_certificate() {
    let authority = Authority::new();
    let receiver = authority.receiver(true);
    let (certificate, key) = authority.identify("shop");
    let settings = || settings(&receiver).certificate(authority.file("ca.pem"));
    settings()
        .client_certificate(certificate, key)
        .build()
        .expect("good settings")
        .export()
        .expect("it is taken");
    let error = settings().build().expect("good settings").export().expect_err("nobody");
    assert!(matches!(error, ExportError::Unreachable { .. }), "{error:?}");
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn files_that_hold_something_else() {
    let authority = Authority::new();
    let (certificate, key) = authority.identify("shop");
    let missing = authority.file("missing.pem");
    let ca = authority.file("ca.pem");
    let build = |ca: &PathBuf, certificate: &PathBuf, key: &PathBuf| {
        builder().endpoint("https://localhost").certificate(ca).client_certificate(certificate, key).build()
    };
    build(&ca, &certificate, &key).expect("good settings");
    for (ca, certificate, key, wrong) in [
        (&missing, &certificate, &key, "missing.pem"),
        (&key, &certificate, &key, "shop.key"),
        (&ca, &missing, &key, "missing.pem"),
        (&ca, &certificate, &certificate, "shop.pem"),
        (&ca, &key, &key, "shop.key"),
    ] {
        let error = build(ca, certificate, key).expect_err("wrong files");
        let BuildError::Certificate { path: Some(path), .. } = &error else { panic!("{error:?}") };
        assert!(path.ends_with(wrong), "{error:?}");
    }
}
