//! Which request gets which response.

use std::time::Duration;

use tallymark::exporter;

use crate::{client::Client, serve};

const TEXT: Option<&str> = Some("text/plain; version=0.0.4; charset=utf-8");
const OPENMETRICS: Option<&str> = Some("application/openmetrics-text; version=1.0.0; charset=utf-8");
const OPENMETRICS2: Option<&str> = Some("application/openmetrics-text; version=2.0.0; charset=utf-8");
const ALLOWED: Option<&str> = Some("GET, HEAD, OPTIONS");

#[test]
fn get() {
    let exporter = serve();
    let response = Client::connect(exporter.local_addr()).ask("GET", "/metrics", &[]);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), TEXT);
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.length(), Some(response.body.len()));
    assert!(response.body.contains("\n# TYPE tallymark_"), "{}", response.body);
    assert!(response.body.ends_with('\n'));
}

#[test]
fn query_and_absolute_target() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    assert_eq!(client.ask("GET", "/metrics?name=x", &[]).status, 200);
    assert_eq!(client.ask("GET", "http://test/metrics", &[]).status, 200);
}

#[test]
fn format_by_accept() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    let cases: [(&[&str], _); 7] = [
        (&["Accept: application/openmetrics-text"], OPENMETRICS),
        (&["Accept: application/openmetrics-text;q=0.1, text/plain;q=0.2"], TEXT),
        (&["Accept: text/plain;q=0.5", "Accept: application/openmetrics-text;version=1.0.0"], OPENMETRICS),
        (&["Accept: application/openmetrics-text;version=2.0.0, text/plain;q=0.9"], OPENMETRICS2),
        (&["Accept: ", "Accept: */*"], TEXT),
        (&["Accept: \u{f6}\u{1f600}, application/openmetrics-text"], OPENMETRICS),
        (&["Accept: application/json;q=nonsense;;,/"], TEXT),
    ];
    for (accept, expected) in cases {
        let response = client.ask("GET", "/metrics", accept);
        assert_eq!(response.status, 200, "{accept:?}");
        assert_eq!(response.header("content-type"), expected, "{accept:?}");
        assert_eq!(response.body.ends_with("# EOF\n"), expected != TEXT, "{accept:?}");
    }
}

#[test]
fn accept_that_is_not_utf8() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    client.send(
        b"GET /metrics HTTP/1.1\r\nHost: test\r\nAccept: \xff\xfe, application/openmetrics-text\r\n\r\n",
    );
    let response = client.read(false).expect("a response");
    assert_eq!((response.status, response.header("content-type")), (200, OPENMETRICS));
}

#[test]
fn head() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    // The text may change from one scrape to the next. If HEAD had another length than GET, no round would pass.
    let same = (0..1000).any(|_| {
        let before = client.ask("GET", "/metrics", &[]);
        let head = client.ask("HEAD", "/metrics", &[]);
        let after = client.ask("GET", "/metrics", &[]);
        assert_eq!((head.status, head.header("content-type")), (200, TEXT));
        assert_eq!(head.header("cache-control"), Some("no-store"));
        before.length() == head.length() && head.length() == after.length()
    });
    assert!(same);
}

#[test]
fn options() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    for target in ["/metrics", "*"] {
        let response = client.ask("OPTIONS", target, &[]);
        assert_eq!((response.status, response.header("allow")), (204, ALLOWED), "{target}");
        assert_eq!(response.length(), None, "{target}");
    }
}

#[test]
fn other_methods() {
    let exporter = serve();
    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get"] {
        let mut client = Client::connect(exporter.local_addr());
        let response = client.ask(method, "/metrics", &["Content-Length: 0"]);
        assert_eq!((response.status, response.header("allow")), (405, ALLOWED), "{method}");
        assert_eq!(response.length(), Some(response.body.len()), "{method}");
    }
}

#[test]
fn other_paths() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    for path in [
        "/elsewhere",
        "/metrics/",
        "/metric",
        "/metricsx",
        "//metrics",
        "/METRICS",
        "/%6detrics",
        "/a/metrics",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let response = client.ask(method, path, &[]);
            assert_eq!(response.status, 404, "{method} {path}");
            assert!(response.body.contains(" /metrics\n"), "{method} {path}: {}", response.body);
        }
        let length = client.ask("GET", path, &[]).length();
        let response = client.ask("HEAD", path, &[]);
        assert_eq!((response.status, response.length()), (404, length), "HEAD {path}");
    }
}

#[test]
fn path_of_ones_own() {
    let exporter = exporter::builder().address("127.0.0.1:0").path("/internal/m").serve().expect("a port");
    let mut client = Client::connect(exporter.local_addr());
    assert_eq!(client.ask("GET", "/internal/m", &[]).status, 200);
    let response = client.ask("GET", "/metrics", &[]);
    assert_eq!(response.status, 404);
    assert!(response.body.contains(" /internal/m\n"), "{}", response.body);
}

#[test]
fn keep_alive() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    for _ in 0..5 {
        assert_eq!(client.ask("GET", "/metrics", &[]).status, 200);
        assert_eq!(client.ask("HEAD", "/metrics", &[]).status, 200);
        assert_eq!(client.ask("GET", "/elsewhere", &[]).status, 404);
    }
    assert_eq!(client.ask("GET", "/metrics", &["Connection: close"]).status, 200);
    client.expect_end();
}

#[test]
fn requests_in_one_packet() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n".repeat(3));
    for _ in 0..3 {
        assert_eq!(client.read(false).expect("a response").status, 200);
    }
}

#[test]
fn http_1_0() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    client.send("GET /metrics HTTP/1.0\r\n\r\n");
    let response = client.read(false).expect("a response");
    assert_eq!(response.status, 200);
    assert!(!response.body.is_empty());
    client.expect_end();
}

#[test]
fn heads_beyond_the_limits() {
    let exporter = serve();
    for header in [format!("X: {}", "x".repeat(20_000)), vec!["X: x"; 101].join("\r\n")] {
        let mut client = Client::connect(exporter.local_addr());
        assert_eq!(client.ask("GET", "/metrics", &[&header]).status, 431);
    }
}

#[test]
fn not_http() {
    let exporter = serve();
    for bytes in [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".as_slice(), b"nonsense\r\n\r\n"] {
        let mut client = Client::connect(exporter.local_addr());
        client.send(bytes);
        assert_eq!(client.read(false).expect("a response").status, 400);
    }
}

#[test]
fn slow_clients() {
    let hasty = exporter::builder()
        .address("127.0.0.1:0")
        .read_timeout(Duration::from_millis(200))
        .serve()
        .expect("a port");
    let patient = serve();
    let mut kept = Client::connect(patient.local_addr());
    let mut silent = Client::connect(hasty.local_addr());
    let mut half = Client::connect(hasty.local_addr());
    half.send("GET /metrics HTTP/1.1\r\nHost: te");
    // Neither keeps anyone else waiting, and in the end they are sent away.
    assert_eq!(Client::connect(hasty.local_addr()).ask("GET", "/metrics", &[]).status, 200);
    half.expect_end();
    silent.expect_end();
    // That is because of the setting: one who came earlier to the other endpoint may stay.
    assert_eq!(kept.ask("GET", "/metrics", &[]).status, 200);
}
