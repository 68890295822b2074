//! The live page, as a browser asks for it.

use std::time::Duration;

use tallymark::{
    Counter,
    exporter::{self, Builder, Exporter, Live},
    metric,
};

use crate::{
    client::{Client, Response},
    refused,
};

/// Orders of this test.
#[metric(namespace = "live")]
static ORDERS_TOTAL: Counter = Counter::new();

const FILES: [(&str, &str); 3] = [
    ("/live", "text/html; charset=utf-8"),
    ("/live/page.js", "text/javascript; charset=utf-8"),
    ("/live/page.css", "text/css; charset=utf-8"),
];

const DATA: [&str; 4] =
    ["/live/contents", "/live/board?slug=metric:live_orders_total", "/live/report", "/live/exemplars"];

/// The name and the password of these are `any` and `s3cr3t`, and `any` and `wrong`.
const RIGHT: &str = "Authorization: Basic YW55OnMzY3IzdA==";
const WRONG: &str = "Authorization: Basic YW55Ondyb25n";

fn builder() -> Builder {
    exporter::builder().address("127.0.0.1:0").live(Live::new().interval(Duration::from_millis(100)))
}

fn serve() -> Exporter {
    builder().serve().expect("a port")
}

fn ask(exporter: &Exporter, target: &str) -> Response {
    Client::connect(exporter.local_addr()).ask("GET", target, &[])
}

/// Returns what follows a key, up to the next comma or bracket.
fn member<'a>(json: &'a str, key: &str) -> &'a str {
    let (_, rest) = json.split_once(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key} in {json}"));
    rest.split([',', '}', ']']).next().unwrap_or_default()
}

#[test]
fn files_and_data() {
    let exporter = serve();
    let data = DATA.map(|path| (path, "application/json"));
    for (path, content_type) in FILES.into_iter().chain(data) {
        let response = ask(&exporter, path);
        assert_eq!((response.status, response.header("content-type")), (200, Some(content_type)), "{path}");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(response.header("vary"), Some("Accept-Encoding"), "{path}");
        assert_eq!(response.length(), Some(response.body.len()), "{path}");
        let head = Client::connect(exporter.local_addr()).ask("HEAD", path, &[]);
        assert_eq!((head.status, head.header("content-type")), (200, Some(content_type)), "{path}");
    }
}

/// A browser runs and loads nothing that is not a file of the endpoint.
#[test]
fn policy() {
    let exporter = serve();
    for (path, _) in FILES {
        let response = ask(&exporter, path);
        let policy = response.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "), "{policy}");
        for word in ["unsafe", "*", "http"] {
            assert!(!policy.contains(word), "{policy}");
        }
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(response.header("cross-origin-resource-policy"), Some("same-origin"));
    }
    let page = ask(&exporter, "/live").body;
    for inline in ["<style", "style=", "<script>", " onclick=", " onload=", "javascript:", "://"] {
        assert!(!page.contains(inline), "{inline} in {page}");
    }
}

#[test]
fn methods_and_paths() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    for path in ["/live", "/live/board", "/live/export"] {
        let response = client.ask("POST", path, &[]);
        assert_eq!((response.status, response.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{path}");
        assert_eq!(client.ask("OPTIONS", path, &[]).status, 204, "{path}");
    }
    for path in ["/live/", "/live/page", "/live/../metrics", "/livelier", "/liv"] {
        assert_eq!(client.ask("GET", path, &[]).status, 404, "{path}");
    }
}

#[test]
fn sections_that_are_not_there() {
    let exporter = serve();
    for (query, status, says) in [
        ("", 400, "`slug` is missing"),
        ("?slug=unheard-of", 404, "no such section"),
        ("?slug=metric:unheard_of", 404, "no such section"),
        ("?slug=metric:live_orders_total&window=61", 400, "[30, 60, 120, 300]"),
        ("?slug=metric:live_orders_total&window=", 400, "[30, 60, 120, 300]"),
        // What cannot be read is what no page has, so all of it is sent.
        ("?slug=metric:live_orders_total&version=x&since=-9e9", 200, "\"rows\":"),
        (
            "?slug=metric%3Alive_orders_total&version=18446744073709551615&since=9223372036854775807",
            200,
            "\"rows\":",
        ),
    ] {
        let response = ask(&exporter, &format!("/live/board{query}"));
        assert_eq!(response.status, status, "{query}");
        assert!(response.body.contains(says), "{query}: {}", response.body);
    }
}

/// A page that follows gets one value for each line and sample, and they are those of the counter.
#[test]
fn a_page_follows() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    let mut read = |seen: &str| {
        let target = format!("/live/board?slug=metric:live_orders_total&window=30{seen}");
        let response = client.ask("GET", &target, &[]);
        assert_eq!(response.status, 200);
        response.body
    };
    // A rate takes two samples. A request is a round, so this ends whatever the machine does.
    let whole = loop {
        ORDERS_TOTAL.inc();
        let body = read("");
        if body.contains("\"name\":\"value\"") {
            break body;
        }
    };
    assert!(whole.contains("sum(rate(live_orders_total[$window]))"), "{whole}");
    let version = member(&whole, "version").to_owned();
    let since = whole.split_once("\"times\":[").and_then(|(_, times)| times.split(']').next());
    let since = since.and_then(|times| times.split(',').next_back()).expect("a moment").to_owned();
    let next = loop {
        ORDERS_TOTAL.inc();
        let body = read(&format!("&version={version}&since={since}"));
        // It is whole if the lines have changed or a sample was missed.
        if body.contains("\"rows\"") || member(&body, "time") != since {
            break body;
        }
    };
    assert!(next.contains("\"rows\"") || next.contains("\"panels\":[["), "{next}");
}

#[test]
fn metrics_are_described() {
    let exporter = serve();
    let contents = ask(&exporter, "/live/contents").body;
    assert!(contents.contains("\"name\":\"live_orders_total\",\"kind\":\"counter\""), "{contents}");
    assert!(contents.contains("\"help\":\"Orders of this test.\""), "{contents}");
    assert!(contents.contains("exporters/endpoint/tests/exporter/live.rs:"), "{contents}");
    let report = ask(&exporter, "/live/report").body;
    assert!(report.contains("\"findings\":[") && report.contains("\"budget\":10000"), "{report}");
}

#[test]
fn export() {
    let exporter = serve();
    ORDERS_TOTAL.inc();
    ask(&exporter, "/live/contents");
    let response = ask(&exporter, "/live/export");
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!((response.status, response.header("content-type")), (200, Some(format)));
    assert!(response.body.ends_with("\n# EOF\n"), "{}", response.body);
    assert!(response.body.lines().any(|line| line.starts_with("live_orders_total ")), "{}", response.body);
}

#[test]
fn guards() {
    let exporter = builder().bearer_token("s3cr3t").serve().expect("a port");
    let before = refused("credentials");
    let mut client = Client::connect(exporter.local_addr());
    let targets =
        FILES.map(|(path, _)| path).into_iter().chain(DATA).chain(["/", "/live/export", "/live/unheard-of"]);
    for target in targets {
        let response = client.ask("GET", target, &[]);
        assert_eq!(response.status, 401, "{target}");
        assert!(!response.body.contains("live"), "{target}: {}", response.body);
        // A browser asks people only for the second of these.
        let challenges = ["Bearer realm=\"metrics\"", "Basic realm=\"metrics\", charset=\"UTF-8\""];
        assert_eq!(response.headers("www-authenticate"), challenges, "{target}");
        assert_eq!(client.ask("GET", target, &[WRONG]).status, 401, "{target}");
    }
    assert!(refused("credentials") >= before + 20);
    for credentials in [RIGHT, "Authorization: Bearer s3cr3t"] {
        for target in ["/", "/live", "/live/contents", "/metrics"] {
            assert_eq!(client.ask("GET", target, &[credentials]).status, 200, "{target} {credentials}");
        }
    }
    // A scraper is told what it was told before.
    let scraper = client.ask("GET", "/metrics", &[]);
    assert_eq!(scraper.header("www-authenticate"), Some("Bearer realm=\"metrics\""));

    let exporter = builder().allow(["192.0.2.0/24"]).serve().expect("a port");
    for target in ["/", "/live", "/live/contents", "/live/export"] {
        assert_eq!(ask(&exporter, target).status, 403, "{target}");
    }
}

#[test]
fn off() {
    let exporter = builder().live(Live::off()).serve().expect("a port");
    for target in ["/live", "/live/contents", "/live/page.js"] {
        assert_eq!(ask(&exporter, target).status, 404, "{target}");
    }
    assert!(!ask(&exporter, "/").body.contains("live"));
}

/// Metrics that are served where the page would be are what is there.
#[test]
fn metrics_in_its_place() {
    let exporter = builder().path("/live").serve().expect("a port");
    assert!(ask(&exporter, "/live").body.contains("# TYPE tallymark_"));
}

/// Without room for a single sample, the page is empty and says so.
#[test]
fn no_room() {
    let live = Live::new().interval(Duration::from_millis(100)).max_bytes(0);
    let exporter = builder().live(live).serve().expect("a port");
    let board = ask(&exporter, "/live/board?slug=metric:live_orders_total").body;
    assert!(board.contains("\"times\":[]") && board.contains("\"lines\":[]"), "{board}");
    assert_eq!(ask(&exporter, "/live/export").body, "# EOF\n");
}

#[cfg(feature = "gzip")]
#[test]
fn compressed() {
    use std::io::Read;

    let exporter = serve();
    for target in FILES.map(|(path, _)| path).into_iter().chain(["/live/contents", "/live/export"]) {
        let mut client = Client::connect(exporter.local_addr());
        let response = client.ask("GET", target, &["Accept-Encoding: gzip"]);
        assert_eq!((response.status, response.header("content-encoding")), (200, Some("gzip")), "{target}");
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&*response.bytes).read_to_string(&mut plain).expect("it is gzip");
        assert!(response.bytes.len() < plain.len(), "{target}");
    }
    let refused =
        Client::connect(exporter.local_addr()).ask("GET", "/live", &["Accept-Encoding: identity;q=0, br"]);
    assert_eq!(refused.status, 406);
}

/// Many pages at once get what one gets, and leave room for scrapes.
#[test]
fn many_pages() {
    let exporter = builder().max_scrapes(1).serve().expect("a port");
    ask(&exporter, "/live/contents");
    std::thread::scope(|scope| {
        let pages: Vec<_> = (0..10)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = Client::connect(exporter.local_addr());
                    for target in DATA.into_iter().cycle().take(40) {
                        let response = client.ask("GET", target, &[]);
                        assert_eq!(response.status, 200, "{target}: {}", response.body);
                    }
                })
            })
            .collect();
        let mut scraper = Client::connect(exporter.local_addr());
        for _ in 0..20 {
            assert_eq!(scraper.ask("GET", "/metrics", &[]).status, 200);
        }
        for page in pages {
            page.join().expect("it got its responses");
        }
    });
}
