//! When the endpoint begins and ends.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    thread,
};

use tallymark::exporter;
use tokio::runtime;

use crate::{
    alone,
    client::{self, Client, PATIENCE},
    serve,
};

/// Whether the port is free, which it is only if the endpoint has closed its listener.
pub(crate) fn is_closed(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err() && TcpListener::bind(address).is_ok()
}

#[test]
fn stop() {
    let _alone = alone();
    let exporter = serve();
    let address = exporter.local_addr();
    client::scrape(address);
    exporter.stop();
    assert!(is_closed(address));
}

#[test]
fn drop_stops() {
    let _alone = alone();
    let exporter = serve();
    let address = exporter.local_addr();
    drop(exporter);
    assert!(is_closed(address));
}

/// The grace period is for those who wait for a response.
#[test]
fn stop_closes_idle_connections_at_once() {
    let _alone = alone();
    let exporter = exporter::builder().address("127.0.0.1:0").grace(2 * PATIENCE).serve().expect("a port");
    let mut fresh = Client::connect(exporter.local_addr());
    let mut used = Client::connect(exporter.local_addr());
    assert_eq!(used.ask("GET", "/metrics", &[]).status, 200);
    let (report, stopped) = mpsc::channel();
    thread::spawn(move || {
        exporter.stop();
        let _ = report.send(());
    });
    stopped.recv_timeout(PATIENCE).expect("there is nothing to wait for");
    used.expect_end();
    fresh.expect_end();
}

#[test]
fn detached() {
    let _alone = alone();
    let exporter = serve();
    let address = exporter.local_addr();
    exporter.detach();
    client::scrape(address);
    client::scrape(address);
}

#[test]
fn the_port_is_free_again() {
    let _alone = alone();
    let mut address = SocketAddr::from(([127, 0, 0, 1], 0));
    for _ in 0..20 {
        let exporter = exporter::serve(address).expect("the port is free");
        address = exporter.local_addr();
        client::scrape(address);
        exporter.stop();
    }
}

/// The application's only runtime does nothing at all while its metrics are read.
#[test]
fn a_stalled_runtime_does_not_stall_scrapes() {
    let _alone = alone();
    let (send_address, address) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let application = thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let exporter = serve();
            send_address.send(exporter.local_addr()).expect("the test listens");
            released.recv_timeout(PATIENCE).expect("the test goes on");
        });
    });
    let address = address.recv_timeout(PATIENCE).expect("the endpoint is up");
    for _ in 0..3 {
        client::scrape(address);
    }
    release.send(()).expect("the application waits");
    application.join().expect("nothing panicked");
    assert!(is_closed(address));
}
