//! Which addresses may ask.

use std::net::{Ipv6Addr, SocketAddr, TcpListener};

use tallymark::exporter::{self, ServeError, Warning};

use crate::{client::Client, refused};

#[test]
fn allowed_and_not() {
    let builder = || exporter::builder().address("127.0.0.1:0");
    for (networks, status) in [
        (&["127.0.0.0/8"][..], 200),
        (&["10.0.0.0/8", "127.0.0.1"], 200),
        (&["::ffff:127.0.0.0/104"], 200),
        (&["10.0.0.0/8"], 403),
        (&["::/0"], 403),
        (&["127.0.0.2/31"], 403),
    ] {
        let exporter = builder().allow(networks).serve().expect("a port");
        let before = refused("address");
        let mut client = Client::connect(exporter.local_addr());
        // What anybody can write says nothing.
        let response =
            client.ask("GET", "/metrics", &["X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1"]);
        assert_eq!(response.status, status, "{networks:?}");
        if status == 403 {
            assert!(refused("address") > before);
            assert!(!response.body.contains("tallymark_"), "{}", response.body);
            // They get to know that, and no more.
            client.expect_end();
        }
    }
}

/// A socket for both families shows peers of IPv4 in the notation of IPv6.
#[test]
fn both_families() {
    if TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).is_err() {
        return;
    }
    let exporter = exporter::builder().address("[::]:0").allow(["127.0.0.0/8"]).serve().expect("a port");
    let port = exporter.local_addr().port();
    let ask = |address: SocketAddr| Client::connect(address).ask("GET", "/metrics", &[]).status;
    assert_eq!(ask(([127, 0, 0, 1], port).into()), 200);
    assert_eq!(ask((Ipv6Addr::LOCALHOST, port).into()), 403);
}

/// Those who may not ask cannot take all connections from those who may, nor keep any of them.
#[test]
fn strangers_are_few() {
    let exporter = exporter::builder().address("127.0.0.1:0").allow(["10.0.0.0/8"]).serve().expect("a port");
    let before = refused("address");
    let mut silent: Vec<Client> = (0..40).map(|_| Client::connect(exporter.local_addr())).collect();
    // They were accepted in this order, so the last are too many, and are closed without a word.
    for client in &mut silent.split_off(32) {
        client.expect_end();
    }
    assert!(refused("address") >= before + 8);
    let response = silent[0].ask("GET", "/metrics", &[]);
    assert_eq!(response.status, 403);
}

#[test]
fn no_networks() {
    for network in ["", "everybody", "10.0.0.0/33", "10.1.2.3/8"] {
        let error =
            exporter::builder().address("127.0.0.1:0").allow([network]).serve().expect_err("no network");
        assert!(
            matches!(&error, ServeError::Network { network: shown, .. } if shown == network),
            "{error:?}"
        );
    }
}

#[test]
fn an_open_door_is_said_to_be_one() {
    let builder = || exporter::builder().address("0.0.0.0:0");
    let open = builder().serve().expect("a port");
    assert_eq!(open.warnings(), [Warning::Unguarded(open.local_addr())]);
    assert!(open.warnings()[0].to_string().contains(&open.local_addr().to_string()));
    for guarded in [
        exporter::builder().address("127.0.0.1:0"),
        builder().bearer_token("x"),
        builder().basic_auth("me", "x"),
        builder().allow(["10.0.0.0/8"]),
    ] {
        assert_eq!(guarded.serve().expect("a port").warnings(), []);
    }
}
