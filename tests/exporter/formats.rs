//! Formats, as they are asked for by what scrapes.

use crate::{client::Client, serve};

/// What was asked, and the type of what comes.
const SCRAPERS: &[(&str, &[&str], &str)] = &[
    (
        "Prometheus 2.42",
        &[
            "User-Agent: Prometheus/2.42.0",
            "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
             text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "X-Prometheus-Scrape-Timeout-Seconds: 10",
        ],
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ),
    (
        "Prometheus 3",
        &[
            "User-Agent: Prometheus/3.5.0",
            "Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ],
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    ),
    (
        "Prometheus 3 with native histograms; Grafana Alloy",
        &[
            "Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;\
             q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ],
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
    ),
    (
        "Prometheus 3 told to prefer text",
        &["Accept: text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5"],
        "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    ),
    (
        "VictoriaMetrics",
        &["Accept: text/plain;version=0.0.4;q=1,*/*;q=0.1"],
        "text/plain; version=0.0.4; charset=utf-8",
    ),
    ("curl", &["User-Agent: curl/8.5.0", "Accept: */*"], "text/plain; version=0.0.4; charset=utf-8"),
    ("nobody in particular", &[], "text/plain; version=0.0.4; charset=utf-8"),
];

#[test]
fn each_gets_its_own() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    for (who, headers, expected) in SCRAPERS {
        let response = client.ask("GET", "/metrics", headers);
        assert_eq!((response.status, response.header("content-type")), (200, Some(*expected)), "{who}");
        assert_eq!(response.header("vary"), Some("Accept, Accept-Encoding"), "{who}");
        assert_eq!(response.header("content-encoding"), None, "{who}");
        let name = b"tallymark_scrape_duration_seconds";
        let bytes = if response.bytes.is_empty() { response.body.as_bytes() } else { &response.bytes };
        assert!(bytes.windows(name.len()).any(|window| window == name), "{who}");
        assert_eq!(bytes.ends_with(b"# EOF\n"), expected.starts_with("application/openmetrics"), "{who}");
        assert_eq!(response.length(), Some(bytes.len()), "{who}");
    }
}
