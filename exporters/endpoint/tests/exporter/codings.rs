//! Compressed responses.

use std::io::Read;

use tallymark::exporter;

use crate::{
    client::{Client, Response},
    refused, serve,
};

/// What was exposed, whatever it was coded as.
pub(crate) fn restore(response: &Response) -> Vec<u8> {
    let mut whole = Vec::new();
    match response.header("content-encoding") {
        None => whole.extend_from_slice(response.body.as_bytes()),
        #[cfg(feature = "gzip")]
        Some("gzip") => {
            let mut decoder = flate2::read::GzDecoder::new(response.bytes.as_slice());
            decoder.read_to_end(&mut whole).expect("a whole stream");
        }
        #[cfg(feature = "zstd")]
        Some("zstd") => {
            whole = zstd::stream::decode_all(response.bytes.as_slice()).expect("a whole stream");
        }
        Some(other) => panic!("{other}"),
    }
    whole
}

#[test]
fn as_asked_for() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    for (accept, expected) in [
        #[cfg(feature = "gzip")]
        ("gzip", Some("gzip")),
        #[cfg(feature = "gzip")]
        ("gzip;q=0.8, zstd;q=0, identity;q=0.1", Some("gzip")),
        #[cfg(feature = "zstd")]
        ("deflate, gzip, br, zstd", Some("zstd")),
        #[cfg(all(feature = "gzip", feature = "zstd"))]
        ("identity;q=0, *", Some("zstd")),
        ("gzip;q=0, zstd;q=0.0", None),
        ("identity, gzip;q=0.5", None),
        ("*", None),
        ("br", None),
        ("", None),
    ] {
        let header = format!("Accept-Encoding: {accept}");
        let response = client.ask("GET", "/metrics", &[&header, "Accept: application/openmetrics-text"]);
        assert_eq!((response.status, response.header("content-encoding")), (200, expected), "{accept}");
        assert_eq!(response.header("vary"), Some("Accept, Accept-Encoding"));
        let text = String::from_utf8(restore(&response)).expect("text");
        assert!(text.contains("\n# TYPE tallymark_") && text.ends_with("# EOF\n"), "{accept}: {text}");
        if expected.is_some() {
            assert_eq!(response.length(), Some(response.bytes.len()));
            assert!(response.bytes.len() < text.len(), "{accept}");
        }
        let head = client.ask("HEAD", "/metrics", &[&header]);
        assert_eq!((head.status, head.header("content-encoding")), (200, expected), "{accept}");
    }
}

#[test]
fn nothing_is_acceptable() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    let before = refused("encoding");
    for accept in ["identity;q=0", "*;q=0", "br, identity;q=0"] {
        let response = client.ask("GET", "/metrics", &[&format!("Accept-Encoding: {accept}")]);
        assert_eq!(response.status, 406, "{accept}");
        assert_eq!(response.header("vary"), Some("Accept, Accept-Encoding"));
    }
    assert!(refused("encoding") >= before + 3);
    // What goes wrong is told in plain text in any case.
    assert_eq!(client.ask("GET", "/elsewhere", &["Accept-Encoding: *;q=0"]).status, 404);
}

#[test]
fn turned_off() {
    let exporter = exporter::builder().address("127.0.0.1:0").compression(false).serve().expect("a port");
    let mut client = Client::connect(exporter.local_addr());
    let response = client.ask("GET", "/metrics", &["Accept-Encoding: gzip, zstd"]);
    assert_eq!((response.status, response.header("content-encoding")), (200, None));
    assert_eq!(client.ask("GET", "/metrics", &["Accept-Encoding: gzip, identity;q=0"]).status, 406);
}
