//! Ranges of ports, several addresses, Unix sockets.

use std::net::{Ipv4Addr, TcpListener};

use tallymark::exporter::{self, Endpoint, Listen, ServeError};

use crate::client::{self, Client};

/// A port that is in use, and some after it; which of those are free is not known.
fn taken() -> (TcpListener, u16) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("it has one").port();
        if port < u16::MAX - 50 {
            return (listener, port);
        }
    }
}

#[test]
fn the_first_free_port() {
    let (_taken, port) = taken();
    let range = || Listen::ports(Ipv4Addr::LOCALHOST, port..=port + 50);
    let first = exporter::builder().listen(range()).serve().expect("one of them is free");
    let second = exporter::builder().listen(range()).serve().expect("another one, too");
    let (first, second) = (first.local_addr(), second.local_addr());
    assert!(port < first.port() && first.port() < second.port() && second.port() <= port + 50);

    let text = format!("127.0.0.1:{port}-{}", port + 50);
    let third = exporter::builder().listen(text.parse().expect("a range")).serve().expect("and a third");
    assert_eq!(client::scrape(third.local_addr()).status, 200);
}

#[test]
fn no_free_port() {
    let (_taken, port) = taken();
    let error = exporter::builder().listen(Listen::ports(Ipv4Addr::LOCALHOST, port..=port)).serve();
    let error = error.expect_err("it is in use");
    assert!(matches!(&error, ServeError::NoFreePort { ports, .. } if *ports == (port..=port)), "{error:?}");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[test]
fn several() {
    let exporter = exporter::builder()
        .address("127.0.0.1:0")
        .listen(Listen::address("127.0.0.1:0"))
        .listen(Listen::address("127.0.0.1:0"))
        .serve()
        .expect("three ports");
    assert_eq!(exporter.endpoints().len(), 3);
    assert_eq!(exporter.endpoints()[0], Endpoint::Tcp(exporter.local_addr()));
    for endpoint in exporter.endpoints() {
        let address = endpoint.to_string().parse().expect("an address");
        for _ in 0..3 {
            client::scrape(address);
        }
    }
}

/// If one cannot be had, none is served.
#[test]
fn all_or_nothing() {
    let (taken, port) = taken();
    let (free, free_port) = (TcpListener::bind("127.0.0.1:0").expect("a port"), ());
    let address = free.local_addr().expect("it has one");
    drop((free, free_port));
    let served = exporter::builder().address(address).listen(Listen::address(("127.0.0.1", port))).serve();
    assert!(
        matches!(served, Err(ServeError::AddressInUse { address, .. }) if address.port() == port),
        "{served:?}"
    );
    drop(taken);
}

#[cfg(unix)]
mod unix {
    use std::{
        fs,
        os::unix::{
            fs::{FileTypeExt, PermissionsExt},
            net::{UnixListener, UnixStream},
        },
        path::Path,
    };

    use super::*;
    use crate::Directory;

    fn serve(path: &Path) -> Result<exporter::Exporter, ServeError> {
        exporter::builder().listen(Listen::unix(path)).serve()
    }

    fn connect(path: &Path) -> Client {
        let stream = UnixStream::connect(path).expect("somebody listens");
        stream.set_read_timeout(Some(client::PATIENCE)).expect("a timeout");
        Client::on(stream)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    fn entries(directory: &Path) -> usize {
        fs::read_dir(directory).expect("a directory").count()
    }

    #[test]
    fn scraped() {
        let directory = Directory::new();
        let path = directory.join("m.sock");
        let exporter = exporter::builder()
            .listen(Listen::unix(&path).mode(0o660))
            .bearer_token("s3cr3t")
            .allow(["10.0.0.0/8"])
            .serve()
            .expect("a socket");
        assert_eq!(exporter.endpoints(), [Endpoint::Unix(path.clone())]);
        assert_eq!(exporter.local_addr().to_string(), "0.0.0.0:0");
        assert_eq!(exporter.warnings(), []);
        assert_eq!((mode(&path), entries(&directory)), (0o660, 1));
        let mut client = connect(&path);
        // Its mode is what guards it instead of addresses; credentials are asked for all the same.
        assert_eq!(client.ask("GET", "/metrics", &[]).status, 401);
        assert_eq!(client.ask("GET", "/metrics", &["Authorization: Bearer s3cr3t"]).status, 200);
        exporter.stop();
        client.expect_end();
        assert_eq!(entries(&directory), 0);
    }

    #[test]
    fn only_for_this_user_unless_told_otherwise() {
        let directory = Directory::new();
        let path = directory.join("m.sock");
        let _exporter = serve(&path).expect("a socket");
        assert_eq!(mode(&path), 0o600);
    }

    /// What a process that was killed has left there.
    #[test]
    fn stale() {
        let directory = Directory::new();
        let path = directory.join("m.sock");
        drop(UnixListener::bind(&path).expect("a socket"));
        assert!(fs::metadata(&path).expect("it is still there").file_type().is_socket());
        let exporter = serve(&path).expect("nobody listens there");
        assert_eq!(connect(&path).ask("GET", "/metrics", &[]).status, 200);
        drop(exporter);
        assert_eq!(entries(&directory), 0);
    }

    #[test]
    fn taken_by_another() {
        let directory = Directory::new();
        let path = directory.join("m.sock");
        let first = serve(&path).expect("a socket");
        let error = serve(&path).expect_err("the first listens there");
        assert!(matches!(&error, ServeError::Socket { path: shown, .. } if *shown == path), "{error:?}");
        assert_eq!(connect(&path).ask("GET", "/metrics", &[]).status, 200);
        drop(first);
    }

    /// Nothing that is not a socket is replaced, and another's socket is not removed.
    #[test]
    fn not_ours() {
        let directory = Directory::new();
        let file = directory.put("file", "precious");
        assert!(matches!(serve(&file), Err(ServeError::Socket { .. })));
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "precious");
        assert!(matches!(serve(&directory.join("no/such/place")), Err(ServeError::Socket { .. })));

        let path = directory.join("m.sock");
        let exporter = serve(&path).expect("a socket");
        fs::remove_file(&path).expect("it is there");
        let other = UnixListener::bind(&path).expect("the path is free");
        exporter.stop();
        assert!(UnixStream::connect(&path).is_ok());
        drop(other);
    }
}
