//! What can go wrong with an address.

use std::{
    error::Error as _,
    net::{SocketAddr, TcpListener},
};

use tallymark::exporter::{self, ServeError};

use crate::{client, serve};

fn expect(error: &ServeError, address: &str) {
    assert!(error.to_string().contains(address), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn address_in_use() {
    let first = serve();
    let error = exporter::serve(first.local_addr()).expect_err("two listeners");
    expect(&error, &first.local_addr().to_string());
    assert!(matches!(error, ServeError::AddressInUse { address, .. } if address == first.local_addr()));
    assert_eq!(client::scrape(first.local_addr()).status, 200);
}

/// What the system allows depends on who runs the test, so the system is asked first.
#[test]
fn permission() {
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    let allowed = TcpListener::bind(address).map(drop).is_ok();
    let served = exporter::serve(address);
    if allowed {
        assert_eq!(served.expect("the system allows it").local_addr(), address);
    } else {
        let error = served.expect_err("the system does not allow it");
        expect(&error, "127.0.0.1:1");
        assert!(matches!(error, ServeError::PermissionDenied { .. }), "{error:?}");
    }
}

/// 192.0.2.0/24 is for documentation, RFC 5737.
#[test]
fn address_of_another_machine() {
    let error = exporter::serve("192.0.2.1:9464").expect_err("not an address of this machine");
    expect(&error, "192.0.2.1:9464");
    assert!(matches!(error, ServeError::AddressNotAvailable { .. }), "{error:?}");
}

#[test]
fn not_an_address() {
    for address in ["", "9464", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536"] {
        let error = exporter::serve(address).expect_err("not an address");
        expect(&error, address);
        assert!(matches!(error, ServeError::Unresolved { .. }), "{error:?}");
    }
    let none: &[SocketAddr] = &[];
    assert!(matches!(exporter::serve(none), Err(ServeError::Unresolved { .. })));
}

#[test]
fn the_second_address_if_the_first_is_taken() {
    let first = serve();
    let addresses = [first.local_addr(), SocketAddr::from(([127, 0, 0, 1], 0))];
    let second = exporter::serve(addresses.as_slice()).expect("the second is free");
    assert_ne!(first.local_addr(), second.local_addr());
    assert_eq!(client::scrape(second.local_addr()).status, 200);
}

#[test]
fn not_a_path() {
    for path in ["", "metrics", "/with space", "/query?", "/fragment#", "/\u{fc}", "/\n"] {
        let error = exporter::builder().address("127.0.0.1:0").path(path).serve().expect_err("not a path");
        assert!(matches!(&error, ServeError::InvalidPath { path: shown } if shown == path), "{error:?}");
    }
}
