use super::{Format, negotiate, weight};

const TEXT: Format = Format::Text004;
const OPEN: Format = Format::OpenMetrics100;

/// What scrapers and people's tools send.
const REAL: &[(&str, &str, Format)] = &[
    ("Prometheus 2, before OpenMetrics", "text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT),
    (
        "Prometheus 2, first with OpenMetrics",
        "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        OPEN,
    ),
    (
        "Prometheus 2, with OpenMetrics 1.0",
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
         text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        OPEN,
    ),
    (
        "Prometheus 2, scrape protocols",
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,\
         text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        OPEN,
    ),
    (
        "Prometheus 2, scrape protocols, native histograms",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5,\
         application/openmetrics-text;version=1.0.0;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3,\
         text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        OPEN,
    ),
    (
        "Prometheus 3",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
         application/openmetrics-text;version=0.0.1;q=0.5,\
         text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        OPEN,
    ),
    (
        "Prometheus 3, native histograms",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,\
         application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
         application/openmetrics-text;version=0.0.1;q=0.5,\
         text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        OPEN,
    ),
    (
        "Prometheus 3 told to prefer text",
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,\
         application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.3",
        TEXT,
    ),
    ("VictoriaMetrics", "text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT),
    ("Datadog agent", "text/plain", TEXT),
    ("curl", "*/*", TEXT),
    ("Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TEXT),
    (
        "Chromium",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,\
         application/signed-exchange;v=b3;q=0.7",
        TEXT,
    ),
    ("Java", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", TEXT),
];

const RULES: &[(&str, &str, Format)] = &[
    ("nothing", "", TEXT),
    ("only separators", ",;, ,", TEXT),
    ("either, by weight", "application/openmetrics-text;q=0.2,text/plain;q=0.3", TEXT),
    ("either, by weight, the other way", "application/openmetrics-text;q=0.3,text/plain;q=0.2", OPEN),
    ("the third digit counts", "text/plain;q=0.123,application/openmetrics-text;q=0.124", OPEN),
    ("zero is a refusal", "application/openmetrics-text;q=0,text/plain;q=0.001", TEXT),
    ("zero of the specific range beats the wildcard", "text/plain;q=0,*/*", OPEN),
    ("zero in three digits", "text/plain;q=0.000,*/*;q=0.1", OPEN),
    ("zero of a type wildcard", "text/*;q=0,*/*", OPEN),
    ("a specific range overrides its type's wildcard", "text/*;q=0,text/plain;q=0.5", TEXT),
    ("everything refused", "*/*;q=0", TEXT),
    ("nothing on offer", "application/json", TEXT),
    ("type wildcard", "application/*", OPEN),
    ("equal weights: the more specific", "*/*,application/openmetrics-text", OPEN),
    ("equal weights: the first", "application/openmetrics-text,text/plain", OPEN),
    ("equal weights: the first, the other way", "text/plain,application/openmetrics-text", TEXT),
    ("no version means any", "application/openmetrics-text", OPEN),
    ("version 0.0.1 is content with 1.0.0", "application/openmetrics-text;version=0.0.1", OPEN),
    ("unknown version alone", "application/openmetrics-text;version=2.0.0", OPEN),
    (
        "unknown version, but a known format too",
        "application/openmetrics-text;version=9.9.9,text/plain;q=0.1",
        TEXT,
    ),
    (
        "unknown version and a refused format",
        "application/openmetrics-text;version=9.9.9,text/plain;q=0",
        OPEN,
    ),
    ("unknown text version alone", "text/plain;version=1.0.0", TEXT),
    ("quoted parameter", "application/openmetrics-text;version=\"1.0.0\",text/plain;q=0.9", OPEN),
    (
        "separators in quotes",
        "text/plain;a=\",application/openmetrics-text;\\\"\";q=0.1,application/*;q=0.2",
        OPEN,
    ),
    ("quote never closed", "text/plain;a=\",application/openmetrics-text", TEXT),
    ("any case", "APPLICATION/OpenMetrics-Text;VERSION=1.0.0;Q=0.9,text/plain;q=0.8", OPEN),
    (
        "space in all places",
        " application/openmetrics-text ; version=1.0.0 ; q=0.9 , text/plain ; q=0.8",
        OPEN,
    ),
    ("our own content type", "text/plain; version=0.0.4; charset=utf-8", TEXT),
    ("a charset that is not on offer", "text/plain;charset=latin1,application/openmetrics-text;q=0.1", OPEN),
    ("weight above one skips the range", "application/openmetrics-text;q=1.5,text/plain;q=0.1", TEXT),
    (
        "weight that is no number skips the range",
        "application/openmetrics-text;q=high,text/plain;q=0.1",
        TEXT,
    ),
    ("empty weight skips the range", "application/openmetrics-text;q=,text/plain;q=0.1", TEXT),
    ("negative weight skips the range", "application/openmetrics-text;q=-1,text/plain;q=0.1", TEXT),
    ("wildcard type with a subtype is none", "*/openmetrics-text,text/plain;q=0.1", TEXT),
    ("half a range", "application/,/openmetrics-text,application", TEXT),
    ("not a token", "applicati\u{f6}n/openmetrics-text,\u{1f600}/*,text/plain;q=0.1", TEXT),
];

#[test]
fn real_headers() {
    for (who, header, expected) in REAL {
        assert_eq!(negotiate([*header]), *expected, "{who}: {header}");
    }
}

#[test]
fn rules() {
    for (rule, header, expected) in RULES {
        assert_eq!(negotiate([*header]), *expected, "{rule}: {header}");
    }
}

#[test]
fn several_headers_are_one_list() {
    assert_eq!(negotiate([]), TEXT);
    assert_eq!(negotiate(["text/plain;q=0.5", "application/openmetrics-text"]), OPEN);
    assert_eq!(negotiate(["text/plain;q=0", "*/*"]), OPEN);
}

#[test]
fn weights() {
    let table = [
        ("1", Some(1000)),
        ("1.", Some(1000)),
        ("1.000", Some(1000)),
        ("0", Some(0)),
        ("0.", Some(0)),
        ("0.5", Some(500)),
        ("0.05", Some(50)),
        ("0.005", Some(5)),
        ("0.0005", Some(0)),
        ("0.99999", Some(999)),
        (".5", Some(500)),
        ("1.001", None),
        ("2", None),
        ("01", None),
        ("", None),
        (".", None),
        ("0,5", None),
        ("+1", None),
        ("1e0", None),
        ("\u{661}", None),
    ];
    for (text, expected) in table {
        assert_eq!(weight(text), expected, "{text:?}");
    }
}
