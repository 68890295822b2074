//! Remote Write over TLS.

use std::{fs, io, net::TcpStream, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tallymark_push::PushError;

use crate::receiver::{PATIENCE, Receiver, all_written, alone, builder};

#[test]
fn a_receiver_that_is_trusted() {
    let _alone = alone();
    let directory = std::env::temp_dir().join(format!("tallymark-rw-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory");
    let mut params = CertificateParams::new([]).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let ca = directory.join("ca.pem");
    fs::write(&ca, issuer.pem()).expect("written");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    let chain = vec![CertificateDer::from_pem_slice(certificate.pem().as_bytes()).expect("PEM")];
    let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).expect("PEM");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate");
    let config = Arc::new(config);
    let wrap = move |mut stream: TcpStream| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        connection.complete_io(&mut stream)?;
        Ok(StreamOwned::new(connection, stream))
    };
    let receiver = Receiver::over(wrap, all_written);
    let url = format!("https://localhost:{}/api/v1/write", receiver.address.port());
    let guard = builder(url.clone()).ca_file(&ca).start().expect("started");
    guard.flush(PATIENCE).expect("written");
    guard.flush(PATIENCE).expect("written");
    drop(guard);
    assert!(receiver.received().iter().all(|received| received.connection == 0));
    // Somebody else's name.
    let (report, reported) = std::sync::mpsc::channel();
    let guard = builder(url.replace("localhost", "127.0.0.1"))
        .ca_file(&ca)
        .shutdown_timeout(std::time::Duration::ZERO)
        .on_error(move |error| {
            if !matches!(error, PushError::Unwritten { .. }) {
                let _ = report.send(matches!(error, PushError::Tls { .. }));
            }
        })
        .interval(std::time::Duration::from_millis(1))
        .start()
        .expect("started");
    assert_eq!(reported.recv_timeout(PATIENCE), Ok(true));
    drop(guard);
}
