//! Whatever a label value or a help text holds, a strict parser reads the same text back.

mod reader;

use proptest::prelude::*;
use reader::{Line, parse};
use std::collections::BTreeMap;
use tallymark_core::{
    Kind, Number,
    encode::{Encoder, Escaping},
    registry::Format,
    visit::{Head, HistogramPoint, Labels, Visitor},
};

/// Values that have broken parsers before, among any others.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("\\".to_owned()),
        Just("\"".to_owned()),
        Just("\n".to_owned()),
        Just("\\n".to_owned()),
        Just("\\\"".to_owned()),
        Just("\",x=\"".to_owned()),
        Just("} 1\nother 2".to_owned()),
        Just("# EOF".to_owned()),
        Just("\0\r\t\u{7f}\u{85}\u{2028}".to_owned()),
        Just("größer 😀 花火".to_owned()),
        Just("x\"\\\n".repeat(3_400)),
        "\\PC*",
        any::<String>(),
    ]
}

/// Names of metrics and labels that are one only in quotes, and some that are not.
fn hostile_name() -> impl Strategy<Value = String> {
    prop_oneof![
        hostile().prop_filter("a name is not empty", |name| !name.is_empty()),
        Just("a_name".to_owned()),
        Just("mysystem.prod.west.cpu.load".to_owned()),
        "[a-z._]{1,9}".prop_filter("not a name of ours", |name| name != "le_"),
    ]
}

const NAMES: [&str; 4] = ["a", "b_c", "_d", "E9"];

proptest! {
    #[test]
    fn hostile_texts_read_back(
        help in hostile(),
        constant in hostile(),
        series in prop::collection::vec(
            (prop::collection::vec(hostile(), 0..=NAMES.len()), any::<u64>(), any::<f64>()),
            1..6,
        ),
        openmetrics: bool,
    ) {
        let format = if openmetrics { Format::OpenMetrics100 } else { Format::Text004 };
        let constant = [("constant".to_owned(), constant)];
        let mut encoder = Encoder::new(format);
        let mut expected = Vec::new();
        let head = |name, kind| Head { name, help: &help, kind, unit: None, constant: &constant };
        let mut begin = |encoder: &mut Encoder, name, kind| {
            encoder.family(&head(name, kind));
            if !help.is_empty() {
                expected.push(Line::Help(name.to_owned(), help.clone()));
            }
            let kind = if kind == Kind::Gauge { "gauge" } else { "histogram" };
            expected.push(Line::Type(name.to_owned(), kind.to_owned()));
        };
        let with = |values: &[&str], le: Option<&str>| {
            let own = NAMES.into_iter().zip(values.iter().copied());
            let labels = [("constant", constant[0].1.as_str())].into_iter().chain(own);
            let labels = labels.chain(le.map(|le| ("le", le)));
            labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
        };
        begin(&mut encoder, "level", Kind::Gauge);
        let mut samples = Vec::new();
        for (values, count, float) in &series {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            encoder.number(Labels::new(&NAMES, &values), Number::U64(*count));
            samples.push(Line::Sample("level".to_owned(), with(&values, None), count.to_string()));
            encoder.number(Labels::new(&NAMES, &values), Number::F64(*float));
            samples.push(Line::Sample("level".to_owned(), with(&values, None), String::new()));
        }
        expected.append(&mut samples);
        let mut begin = |encoder: &mut Encoder, name, kind| {
            encoder.family(&head(name, kind));
            if !help.is_empty() {
                expected.push(Line::Help(name.to_owned(), help.clone()));
            }
            expected.push(Line::Type(name.to_owned(), "histogram".to_owned()));
        };
        begin(&mut encoder, "wait", Kind::Histogram);
        for (values, count, _) in &series {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let point = HistogramPoint { bounds: &[0.5], counts: &[*count, 0], sum: 2.5 };
            encoder.histogram(Labels::new(&NAMES, &values), point);
            for (suffix, le, value) in [
                ("_bucket", Some("0.5"), count.to_string()),
                ("_bucket", Some("+Inf"), count.to_string()),
                ("_sum", None, "2.5".to_owned()),
                ("_count", None, count.to_string()),
            ] {
                expected.push(Line::Sample(format!("wait{suffix}"), with(&values, le), value));
            }
        }
        if openmetrics {
            expected.push(Line::Eof);
        }

        let text = String::from_utf8(encoder.finish()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut lines = parse(&text, openmetrics).map_err(TestCaseError::fail)?;
        // Floats are compared as numbers: what their text is, is another test's matter.
        let mut floats = series.iter().map(|(_, _, float)| *float);
        let mut second = false;
        for line in &mut lines {
            let Line::Sample(name, _, value) = line else { continue };
            if name == "level" {
                if second {
                    let float = floats.next().unwrap_or_default();
                    let same = value.parse::<f64>().is_ok_and(|parsed| {
                        parsed.to_bits() == float.to_bits() || (parsed.is_nan() && float.is_nan())
                    });
                    prop_assert!(same, "{value} is not {float}");
                    value.clear();
                }
                second = !second;
            }
        }
        prop_assert_eq!(lines, expected);
    }

    /// Names of any characters, where that is asked for; and names that everything reads, where it is not.
    #[test]
    fn hostile_names_read_back(
        name in hostile_name(),
        label in hostile_name(),
        value in hostile(),
        openmetrics: bool,
        escaping in prop_oneof![
            Just(Escaping::AllowUtf8), Just(Escaping::Underscores), Just(Escaping::Dots), Just(Escaping::Values),
        ],
    ) {
        let format = if openmetrics { Format::OpenMetrics100 } else { Format::Text100 };
        let mut encoder = Encoder::with_escaping(format, escaping);
        let constant = [(format!("{label}!"), value.clone())];
        let head = Head { name: &name, help: &value, kind: Kind::Gauge, unit: None, constant: &constant };
        encoder.family(&head);
        encoder.number(Labels::new(&[&label, "le_"], &[&value, &value]), Number::U64(1));
        encoder.number(Labels::NONE, Number::U64(2));
        encoder.family(&Head { kind: Kind::Histogram, constant: &[], ..head });
        encoder.histogram(Labels::NONE, HistogramPoint { bounds: &[], counts: &[3], sum: 4.0 });

        let shown = escaping.metric_name(&name);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let outer = pair(&escaping.label_name(&format!("{label}!")), &value);
        let mut inner = escaping.label_name(&label);
        if inner == outer.0 {
            inner.push('_');
        }
        let help = (!value.is_empty()).then(|| Line::Help(shown.clone(), value.clone()));
        let sample = |suffix: &str, labels: Vec<_>, value: &str| {
            Line::Sample(format!("{shown}{suffix}"), labels, value.to_owned())
        };
        let mut expected = Vec::new();
        expected.extend(help);
        expected.push(Line::Type(shown.clone(), "gauge".to_owned()));
        let labels = vec![outer.clone(), pair(&inner, &value), pair("le_", &value)];
        expected.push(sample("", labels, "1"));
        expected.push(sample("", vec![outer], "2"));
        expected.extend((!value.is_empty()).then(|| Line::Help(shown.clone(), value.clone())));
        expected.push(Line::Type(shown.clone(), "histogram".to_owned()));
        expected.push(sample("_bucket", vec![pair("le", "+Inf")], "3"));
        expected.push(sample("_sum", vec![], "4"));
        expected.push(sample("_count", vec![], "3"));
        expected.extend(openmetrics.then_some(Line::Eof));
        let text = String::from_utf8(encoder.finish()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(parse(&text, openmetrics).map_err(TestCaseError::fail)?, expected);
    }

    /// Different label values never make the same line.
    #[test]
    fn different_values_are_different_lines(sets in prop::collection::btree_set((hostile(), hostile()), 1..20)) {
        let mut encoder = Encoder::new(Format::Text004);
        encoder.family(&Head { name: "x", help: "", kind: Kind::Gauge, unit: None, constant: &[] });
        for (a, b) in &sets {
            encoder.number(Labels::new(&["a", "b"], &[a, b]), Number::U64(1));
        }
        let text = String::from_utf8_lossy(&encoder.finish()).into_owned();
        let mut lines = BTreeMap::new();
        for line in text.split('\n').filter(|line| line.starts_with("x{")) {
            *lines.entry(line).or_insert(0) += 1;
        }
        prop_assert_eq!(lines.len(), sets.len());
    }
}
