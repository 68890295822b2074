//! Anything as `Accept`: the response is of the format that was negotiated, and two headers are one list.

#![no_main]

use http::header::{ACCEPT, CONTENT_TYPE};
use libfuzzer_sys::fuzz_target;
use tallymark_core::registry::Format;
use tallymark_exporter::{self as exporter, negotiate};
use tallymark_fuzz::scrape::{ask, request};

fuzz_target!(|headers: (&str, &str)| {
    let (first, second) = headers;
    let negotiated = negotiate([first, second]);
    let escaping = negotiated.escaping_scheme();
    assert_eq!(negotiated.format().escaping(escaping), escaping);
    let joined = format!("{first},{second}");
    // A quote that is open at the end of one header would go on in the other.
    if !first.contains('"') {
        assert_eq!(negotiate([joined.as_str()]), negotiated);
    }
    if let Some(request) = request("/metrics?name[]=none", ACCEPT, joined.as_bytes()) {
        let (response, _) = ask(&mut exporter::service(), request);
        assert_eq!(response.status(), 200);
        // What is not ASCII is no text to the endpoint, which then goes by the rest of the headers.
        let kind = match negotiated.format() {
            Format::OpenMetrics100 => "application/openmetrics-text; version=1.0.0",
            Format::OpenMetrics200 => "application/openmetrics-text; version=2.0.0",
            Format::Protobuf => "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily",
            Format::Text100 => "text/plain; version=1.0.0",
            _ => "text/plain; version=0.0.4",
        };
        let found = response.headers()[CONTENT_TYPE].as_bytes();
        assert!(!joined.is_ascii() || first.contains('"') || found.starts_with(kind.as_bytes()), "{joined}");
    }
});
