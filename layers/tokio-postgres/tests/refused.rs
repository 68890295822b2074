//! Connections that cannot be made.

use std::net::TcpListener;
use tallymark::registry::{self, Format, snapshot};
use tallymark_tokio_postgres::{Database, InstrumentedClient, Vendor};
use tokio_postgres::NoTls;

#[tokio::test]
async fn a_connection_that_is_refused_is_counted() {
    let database = Database::builder("refused").build().expect("a good name");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let config = format!("postgres://u:secret@{free}/d").parse().expect("a good URL");
    assert!(InstrumentedClient::connect(&config, NoTls, database).await.is_err());
    let counter = |family: &str, labels: &[(&str, &str)]| snapshot().counter(family, labels);
    assert_eq!(counter("db_connection_errors_total", &[("db", "refused")]), Some(1));
    let labels = [("db", "refused"), ("vendor", "postgresql"), ("error", "connection")];
    assert_eq!(counter("db_errors_total", &labels), Some(1));
    assert_eq!(database.vendor(), Vendor::Postgresql);
    let shown = registry::encode_to_string(Format::Text004);
    assert!(!shown.contains("secret") && !shown.contains("127.0.0.1"), "credentials or addresses are shown");
}
