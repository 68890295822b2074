use super::{Escaping, Format, Request, lenient_weight, list::weight, negotiate};
use proptest::prelude::*;

const TEXT: Format = Format::Text004;
const TEXT1: Format = Format::Text100;
const OPEN: Format = Format::OpenMetrics100;
const OPEN2: Format = Format::OpenMetrics200;
const PROTO: Format = Format::Protobuf;

const PLAIN: Escaping = Escaping::Underscores;
const UTF8: Escaping = Escaping::AllowUtf8;

/// The beginning of what asks for protobuf.
macro_rules! protobuf {
    ($parameters:literal) => {
        concat!("application/vnd.google.protobuf;", $parameters)
    };
}

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
    ("unknown version alone", "application/openmetrics-text;version=3.0.0", OPEN),
    ("OpenMetrics 2.0 by its version", "application/openmetrics-text;version=2.0.0", OPEN2),
    ("in quotes", "application/openmetrics-text; version=\"2.0.0\"; charset=utf-8", OPEN2),
    ("not by its release candidate", "application/openmetrics-text;version=2.0.0-rc0", OPEN),
    ("not without a version", "application/openmetrics-text;q=1,application/*;q=0.5,*/*;q=0.1", OPEN),
    (
        "both versions, by weight",
        "application/openmetrics-text;version=1.0.0;q=0.4,application/openmetrics-text;version=2.0.0;q=0.5",
        OPEN2,
    ),
    (
        "both versions, by weight, the other way",
        "application/openmetrics-text;version=2.0.0;q=0.4,application/openmetrics-text;version=1.0.0;q=0.5",
        OPEN,
    ),
    ("OpenMetrics 2.0 refused", "application/openmetrics-text;version=2.0.0;q=0,*/*;q=0.1", TEXT),
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
    ("unknown text version alone", "text/plain;version=3.0.0", TEXT),
    ("text version 1.0.0", "text/plain;version=1.0.0", TEXT1),
    ("text without a version is not 1.0.0", "text/plain;escaping=allow-utf-8", TEXT),
    ("a wildcard above 0.0.4 does not mean 1.0.0", "text/plain;version=0.0.4;q=0.2,*/*;q=1", OPEN),
    (
        "nor does one of the type",
        "application/openmetrics-text;q=0.4,text/plain;version=0.0.4;q=0.2,text/*",
        OPEN,
    ),
    ("text, but not 0.0.4", "text/plain;version=0.0.4;q=0,text/plain", TEXT1),
    ("no text at all", "text/plain;q=0,application/vnd.google.protobuf;q=0,*/*", OPEN),
    ("only protobuf is left", "text/*;q=0,application/openmetrics-text;q=0,*/*;q=0.1", PROTO),
    ("protobuf of any kind", "application/vnd.google.protobuf", PROTO),
    ("protobuf of our kind", protobuf!("proto=io.prometheus.client.MetricFamily;encoding=delimited"), PROTO),
    ("protobuf of our kind, quoted", protobuf!("proto=\"io.prometheus.client.MetricFamily\""), PROTO),
    ("protobuf as text", protobuf!("proto=io.prometheus.client.MetricFamily;encoding=text,*/*;q=0.1"), TEXT),
    ("protobuf of another message", protobuf!("proto=a.B;encoding=delimited,text/plain;q=0.1"), TEXT),
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
    ("wildcard type with a subtype is not valid", "*/openmetrics-text,text/plain;q=0.1", TEXT),
    ("half a range", "application/,/openmetrics-text,application", TEXT),
    ("not a token", "applicati\u{f6}n/openmetrics-text,\u{1f600}/*,text/plain;q=0.1", TEXT),
];

#[test]
fn rules() {
    for (rule, header, expected) in RULES {
        assert_eq!(negotiate([*header]).format(), *expected, "{rule}: {header}");
    }
}

#[test]
fn several_headers_are_one_list() {
    assert_eq!(negotiate([]).format(), TEXT);
    assert_eq!(negotiate(["text/plain;q=0.5", "application/openmetrics-text"]).format(), OPEN);
    assert_eq!(negotiate(["text/plain;q=0", "*/*"]).format(), OPEN);
}

#[test]
fn escaping() {
    for (parameter, expected) in [
        ("", PLAIN),
        (";escaping=underscores", PLAIN),
        (";escaping=allow-utf-8", UTF8),
        (";Escaping=\"dots\"", Escaping::Dots),
        (";escaping=values", Escaping::Values),
        (";escaping=none-that-we-know", PLAIN),
        (";escaping", PLAIN),
    ] {
        for kind in
            ["text/plain;version=1.0.0", "application/openmetrics-text", "application/vnd.google.protobuf"]
        {
            let header = format!("{kind}{parameter},text/plain;version=0.0.4;escaping=values;q=0.5");
            assert_eq!(negotiate([header.as_str()]).escaping_scheme(), expected, "{header}");
        }
    }
    // It is that of the range that wins, and 0.0.4 has no way to quote a name.
    assert_eq!(negotiate(["text/plain;escaping=allow-utf-8"]), Request::new(TEXT));
}

/// A header made of the pieces that headers are made of.
fn headers() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "text",
        "application",
        "*",
        "/",
        "plain",
        "openmetrics-text",
        "vnd.google.protobuf",
        ";",
        ",",
        "=",
        "q",
        "q=0",
        "q=1.0",
        "version=",
        "0.0.4",
        "1.0.0",
        "0.0.1",
        "escaping=",
        "allow-utf-8",
        "\"",
        "\\",
        " ",
        "charset=utf-8",
        "proto=io.prometheus.client.MetricFamily",
        "encoding=delimited",
        "\u{f6}",
    ]);
    prop_oneof![prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()), any::<String>(),]
}

proptest! {
    #[test]
    fn anything_is_answered(lines in prop::collection::vec(headers(), 0..4)) {
        let request = negotiate(lines.iter().map(String::as_str));
        prop_assert_eq!(request.format().escaping(request.escaping_scheme()), request.escaping_scheme());
    }

    /// Whatever else is said, what is excluded by its full name is not chosen, as long as something else is acceptable.
    #[test]
    fn what_is_excluded_is_not_chosen(excluded in 0..3_usize, other in 0..3_usize, weight in 1..=1000_u16) {
        let ranges = [
            ("text/plain", TEXT),
            ("application/openmetrics-text", OPEN),
            ("application/vnd.google.protobuf", PROTO),
        ];
        prop_assume!(excluded != other);
        let header = format!("*/*,{};q=0,{};q={}", ranges[excluded].0, ranges[other].0, f64::from(weight) / 1000.0);
        prop_assert_ne!(negotiate([header.as_str()]).format(), ranges[excluded].1);
    }

    /// Among formats that are all named, the weights decide.
    #[test]
    fn the_highest_weight_wins(weights in prop::collection::hash_set(1..=1000_u16, 3), order in Just([0, 1, 2]).prop_shuffle()) {
        let names = ["text/plain;version=0.0.4", "application/openmetrics-text", "text/plain;version=1.0.0"];
        let formats = [TEXT, OPEN, TEXT1];
        let weights: Vec<u16> = weights.into_iter().collect();
        let ranges: Vec<String> =
            order.iter().map(|&at| format!("{};q={}", names[at], f64::from(weights[at]) / 1000.0)).collect();
        let best = (0..3).max_by_key(|&at| weights[at]).expect("there are three");
        prop_assert_eq!(negotiate([ranges.join(", ").as_str()]).format(), formats[best]);
    }
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
        assert_eq!(lenient_weight(text), expected, "{text:?}");
    }
    for (text, expected) in [
        ("0.0005", Some(0)),
        ("0.99999", Some(999)),
        (".5", Some(500)),
        (".2", Some(200)),
        ("1.00000", Some(1000)),
        ("1.0001", None),
    ] {
        assert_eq!(weight(text), None, "{text:?}");
        assert_eq!(lenient_weight(text), expected, "{text:?}");
    }
}
