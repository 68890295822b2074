//! The page that says what is here.

use tallymark::exporter;

use crate::{client::Client, serve};

#[test]
fn index() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    let page = client.ask("GET", "/", &[]);
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'"))
    );
    assert!(page.body.contains("<a href=\"metrics\">/metrics</a>"), "{}", page.body);
    assert!(page.body.contains("targets: [&quot;test&quot;]") || page.body.contains("targets: [\"test\"]"));
    assert_eq!(page.body.contains("/live"), cfg!(feature = "live"));
    let head = client.ask("HEAD", "/", &[]);
    assert_eq!((head.status, head.length()), (200, page.length()));
    let options = client.ask("OPTIONS", "/", &[]);
    assert_eq!((options.status, options.header("allow")), (204, Some("GET, HEAD, OPTIONS")));
    assert_eq!(client.ask("POST", "/", &[]).status, 405);
}

#[test]
fn index_of_another_path() {
    let exporter = exporter::builder().address("127.0.0.1:0").path("/a/<b>").serve().expect("a port");
    let page = Client::connect(exporter.local_addr()).ask("GET", "/", &[]);
    assert!(page.body.contains("<a href=\"a/&lt;b&gt;\">/a/&lt;b&gt;</a>"), "{}", page.body);
    assert!(page.body.contains("metrics_path: /a/&lt;b&gt;"), "{}", page.body);
}

/// Metrics that are served at `/` are what is there.
#[test]
fn metrics_at_the_root() {
    let exporter = exporter::builder().address("127.0.0.1:0").path("/").serve().expect("a port");
    let response = Client::connect(exporter.local_addr()).ask("GET", "/", &[]);
    assert!(response.body.contains("# TYPE tallymark_"), "{}", response.body);
}
