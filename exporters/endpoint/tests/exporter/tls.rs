//! Encrypted, and with certificates of clients.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName},
};
use tallymark::exporter::{self, Builder, Exporter, ServeError};

use crate::{
    Directory,
    client::{Client, PATIENCE},
    counted, refused,
};

/// An authority, and what it has certified.
struct Authority(CertifiedIssuer<'static, KeyPair>);

struct Certified {
    pem: String,
    der: CertificateDer<'static>,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate"),
        )
    }

    fn certify(&self) -> Certified {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Certified { pem: certificate.pem(), der: certificate.der().clone(), key }
    }
}

/// Files as an operator has them.
struct Files {
    directory: Directory,
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn new(certified: &Certified) -> Self {
        let directory = Directory::new();
        let certificate = directory.put("cert.pem", &certified.pem);
        let key = directory.put("key.pem", certified.key.serialize_pem());
        Self { directory, certificate, key }
    }

    fn builder(&self) -> Builder {
        exporter::builder().address("127.0.0.1:0").tls(&self.certificate, &self.key)
    }
}

/// A connection with what the server has shown, if the handshake succeeds and a scrape is answered.
fn scrape(
    address: SocketAddr,
    authority: &Authority,
    client: Option<&Certified>,
) -> Option<CertificateDer<'static>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.0.der().clone()).expect("a certificate");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions that the provider has")
        .with_root_certificates(roots);
    let config = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(client.key.serialize_der()));
            builder.with_client_auth_cert(vec![client.der.clone()], key).expect("certificate and key fit")
        }
    };
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a configuration");
    let tcp = TcpStream::connect(address).expect("the endpoint listens");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut stream = StreamOwned::new(connection, tcp);
    // A client learns that its certificate is not accepted only when it reads.
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut start = [0; 15];
    stream.read_exact(&mut start).ok()?;
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    let shown = stream.conn.peer_certificates().expect("a server has one").first().cloned();
    let mut client = Client::on(stream);
    client.rest();
    shown
}

fn serve(files: &Files) -> Exporter {
    files.builder().serve().expect("a port")
}

/// Waits until so many handshakes have failed: a client knows a moment before that is counted.
fn wait_until_failed(handshakes: u64) {
    let deadline = Instant::now() + PATIENCE;
    while refused("tls") < handshakes {
        assert!(Instant::now() < deadline, "{} instead of {handshakes}", refused("tls"));
        thread::yield_now();
    }
}

#[test]
fn encrypted() {
    let authority = Authority::new();
    let certified = authority.certify();
    let files = Files::new(&certified);
    let exporter = serve(&files);
    let address = exporter.local_addr();
    assert_eq!(scrape(address, &authority, None), Some(certified.der));
    // Who trusts another authority does not go on, and who does not encrypt is not answered.
    let before = refused("tls");
    assert_eq!(scrape(address, &Authority::new(), None), None);
    let mut plain = Client::connect(address);
    plain.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    let answer = plain.rest();
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    wait_until_failed(before + 1);
}

/// A client that shakes no hands is sent away, and holds up no one meanwhile.
#[test]
fn silent_clients() {
    let authority = Authority::new();
    let files = Files::new(&authority.certify());
    let exporter = files.builder().read_timeout(Duration::from_millis(200)).serve().expect("a port");
    let mut silent = Client::connect(exporter.local_addr());
    assert!(scrape(exporter.local_addr(), &authority, None).is_some());
    silent.expect_end();
}

#[test]
fn credentials_and_addresses_too() {
    let authority = Authority::new();
    let files = Files::new(&authority.certify());
    let before = refused("address");
    let exporter = files.builder().allow(["10.0.0.0/8"]).serve().expect("a port");
    // Before the handshake there is no way to say why.
    assert_eq!(scrape(exporter.local_addr(), &authority, None), None);
    assert!(refused("address") > before);
}

#[test]
fn clients_with_certificates() {
    let (authority, clients, others) = (Authority::new(), Authority::new(), Authority::new());
    let files = Files::new(&authority.certify());
    let trusted = files.directory.put("clients.pem", clients.0.pem());
    let exporter = files.builder().client_ca(trusted).serve().expect("a port");
    let address = exporter.local_addr();
    assert_eq!(exporter.warnings(), []);
    let before = refused("tls");
    assert!(scrape(address, &authority, Some(&clients.certify())).is_some());
    assert!(scrape(address, &authority, None).is_none());
    assert!(scrape(address, &authority, Some(&others.certify())).is_none());
    wait_until_failed(before + 2);
    // The authority may change, too.
    files.directory.put("clients.pem", others.0.pem());
    assert!(scrape(address, &authority, Some(&others.certify())).is_some());
    assert!(scrape(address, &authority, Some(&clients.certify())).is_none());
}

#[test]
fn certificates_are_renewed() {
    let authority = Authority::new();
    let (first, second) = (authority.certify(), authority.certify());
    let files = Files::new(&first);
    let exporter = serve(&files);
    let address = exporter.local_addr();
    let errors = || counted("tallymark_file_reload_errors_total", "certificate");
    assert_eq!(scrape(address, &authority, None).as_ref(), Some(&first.der));
    // Half of a renewal: the key is still the old one.
    let before = errors();
    files.directory.put("cert.pem", &second.pem);
    assert_eq!(scrape(address, &authority, None).as_ref(), Some(&first.der));
    assert_eq!(scrape(address, &authority, None).as_ref(), Some(&first.der));
    assert!(errors() > before);
    files.directory.put("key.pem", second.key.serialize_pem());
    assert_eq!(scrape(address, &authority, None).as_ref(), Some(&second.der));
    // What is no certificate at all changes nothing.
    let before = errors();
    files.directory.put("cert.pem", "-----BEGIN CERTIFICATE-----\nbroken\n");
    assert_eq!(scrape(address, &authority, None).as_ref(), Some(&second.der));
    assert!(errors() > before);
    std::fs::remove_file(&files.key).expect("it is there");
    assert_eq!(scrape(address, &authority, None).as_ref(), Some(&second.der));
}

#[test]
fn files_that_cannot_be_used() {
    let authority = Authority::new();
    let (first, second) = (authority.certify(), authority.certify());
    let files = Files::new(&first);
    let tls = |certificate: PathBuf, key: PathBuf| {
        exporter::builder().address("127.0.0.1:0").tls(certificate, key).serve().expect_err("not usable")
    };
    let other = files.directory.put("other.pem", second.key.serialize_pem());
    for error in [
        tls(files.directory.join("nowhere"), files.key.clone()),
        tls(files.certificate.clone(), files.certificate.clone()),
        tls(files.key.clone(), files.key.clone()),
        tls(files.certificate.clone(), other),
    ] {
        assert!(matches!(error, ServeError::Tls { .. }), "{error:?}");
    }
    let empty = files.directory.put("empty.pem", "");
    assert!(matches!(files.builder().client_ca(empty).serve(), Err(ServeError::Tls { .. })));
    let only_clients = exporter::builder().address("127.0.0.1:0").client_ca(&files.certificate).serve();
    assert!(matches!(only_clients, Err(ServeError::ClientsWithoutTls)));
    assert!(matches!(files.builder().service(), Err(ServeError::NotForService { setting: "tls" })));
}
