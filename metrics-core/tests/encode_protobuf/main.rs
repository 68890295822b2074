//! What is written as protobuf is read by another implementation, to the last field and byte.
#![allow(missing_docs, reason = "tests")]

mod families;
mod message;
mod parts;
mod read;

use families::{family, text};
use message::{MetricType, Plain};
use proptest::prelude::*;
use read::{decode, labels, series};
use std::time::Duration;
use tallymark_core::{
    Kind, Number,
    encode::{Encoder, Escaping},
    exemplar::Exemplar as OurExemplar,
    registry::Format,
    snapshot::{Family, HistogramValue, NativeHistogram, Series, StatesValue, Value},
};

fn encode(families: &[Family], constant: &[(String, String)], escaping: Escaping) -> Vec<u8> {
    let mut encoder = Encoder::with_escaping(Format::Protobuf, escaping);
    for family in families {
        family.visit(constant, &mut encoder);
    }
    encoder.finish()
}

proptest! {
    #[test]
    fn everything_reads_back(families in prop::collection::vec(family(), 0..5), constant in text()) {
        let constant = [("constant".to_owned(), constant)];
        let read = decode(&encode(&families, &constant, Escaping::AllowUtf8));
        let shown: Vec<&Family> = families.iter().filter(|family| !family.series.is_empty()).collect();
        prop_assert_eq!(read.len(), shown.len());
        for (read, family) in read.iter().zip(shown) {
            prop_assert_eq!(read.name(), &family.name);
            prop_assert_eq!(read.help(), &family.help);
            prop_assert_eq!(&read.unit, &family.unit);
            let kind = match read.r#type() {
                MetricType::Counter => Kind::Counter,
                MetricType::Gauge if family.kind == Kind::Info => Kind::Info,
                MetricType::Gauge => Kind::Gauge,
                MetricType::Summary => Kind::Summary,
                MetricType::Untyped => Kind::Unknown,
                MetricType::Histogram => Kind::Histogram,
                MetricType::GaugeHistogram => Kind::GaugeHistogram,
            };
            prop_assert_eq!(kind, family.kind);
            prop_assert_eq!(read.metric.len(), family.series.len());
            for (metric, expected) in read.metric.iter().zip(&family.series) {
                let mut expected = expected.clone();
                expected.labels.insert(0, constant[0].clone());
                // By their texts, so that what is not a number is the same as itself.
                prop_assert_eq!(format!("{:?}", series(metric)), format!("{expected:?}"));
            }
        }
    }
}

fn one(kind: Kind, value: Value) -> Family {
    let series = vec![Series::new(vec![("a.b".to_owned(), "x".to_owned())], value)];
    Family { name: "my.thing".to_owned(), help: "Help.".to_owned(), kind, unit: None, series }
}

#[test]
fn states_are_gauges() {
    let states = StatesValue { states: vec!["on".to_owned(), "off".to_owned()], current: 1 };
    let read = decode(&encode(&[one(Kind::StateSet, Value::States(states))], &[], Escaping::Underscores));
    let shown: Vec<_> = read[0]
        .metric
        .iter()
        .map(|metric| (labels(&metric.label), metric.gauge.as_ref().map(Plain::value)))
        .collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        shown,
        [
            (vec![pair("a_b", "x"), pair("my_thing", "on")], Some(0.0)),
            (vec![pair("a_b", "x"), pair("my_thing", "off")], Some(1.0)),
        ]
    );
    assert_eq!(read[0].name(), "my_thing");
}

#[test]
fn exemplars_are_in_their_buckets_or_beside_native_ones() {
    let exemplar = |id: &str, value, seconds| OurExemplar {
        labels: vec![("trace_id".to_owned(), id.to_owned())],
        value,
        at: Duration::from_secs(seconds),
    };
    let all = vec![exemplar("a", 0.5, 1), exemplar("b", 0.75, 2), exemplar("c", 9.0, 3)];
    let ids = |exemplars: &[OurExemplar]| -> Vec<String> {
        exemplars.iter().map(|exemplar| exemplar.labels[0].1.clone()).collect()
    };
    let classic =
        HistogramValue { bounds: vec![1.0, 2.0], counts: vec![2, 0, 1], ..HistogramValue::default() };
    let buckets = NativeHistogram { positive: vec![(0, 2), (4, 1)], ..NativeHistogram::default() };
    let only = HistogramValue { counts: vec![3], native: Some(buckets.clone()), ..HistogramValue::default() };
    let both = HistogramValue { native: Some(buckets), ..classic.clone() };
    for (value, in_buckets, beside) in [
        (classic, vec!["b", "c"], vec![]),
        (only, vec![], vec!["a", "b", "c"]),
        (both, vec!["b", "c"], vec![]),
    ] {
        let mut family = one(Kind::Histogram, Value::Histogram(value));
        family.series[0].exemplars.clone_from(&all);
        let read = decode(&encode(&[family], &[], Escaping::Underscores));
        let read = read[0].metric[0].histogram.as_ref().expect("a histogram");
        let found: Vec<_> =
            read.bucket.iter().filter_map(|bucket| bucket.exemplar.as_ref()).map(read::exemplar).collect();
        assert_eq!(ids(&found), in_buckets);
        assert_eq!(ids(&read.exemplars.iter().map(read::exemplar).collect::<Vec<_>>()), beside);
    }
    let mut counter = one(Kind::Counter, Value::Number(Number::U64(3)));
    counter.series[0].exemplars = all;
    let read = decode(&encode(&[counter], &[], Escaping::Underscores));
    let kept = read[0].metric[0].counter.as_ref().and_then(|counter| counter.exemplar.as_ref());
    assert_eq!(kept.map(|kept| read::exemplar(kept).value.to_bits()), Some(9.0_f64.to_bits()));
}

/// Small gaps are written as empty buckets, larger ones begin a span.
#[test]
fn neighbours_share_a_span() {
    let positive = vec![(-5, 1), (-4, 3), (-1, 2), (3, 7)];
    let native = NativeHistogram { positive, ..NativeHistogram::default() };
    let value = HistogramValue { counts: vec![13], native: Some(native), ..HistogramValue::default() };
    let read = decode(&encode(&[one(Kind::Histogram, Value::Histogram(value))], &[], Escaping::Underscores));
    let read = read[0].metric[0].histogram.as_ref().expect("a histogram");
    let spans: Vec<_> = read.positive_span.iter().map(|span| (span.offset(), span.length())).collect();
    assert_eq!(spans, [(-5, 5), (3, 1)]);
    assert_eq!(read.positive_delta, [1, 2, -3, 0, 2, 5]);
    assert!(read.bucket.is_empty() && read.sample_count() == 13);
}

#[test]
fn a_native_histogram_of_nothing_is_known_as_one() {
    for (threshold, spans) in [(0.0, 1), (0.5, 0)] {
        let native = NativeHistogram { zero_threshold: threshold, ..NativeHistogram::default() };
        let value = HistogramValue { counts: vec![0], native: Some(native), ..HistogramValue::default() };
        let read =
            decode(&encode(&[one(Kind::Histogram, Value::Histogram(value))], &[], Escaping::Underscores));
        let read = read[0].metric[0].histogram.as_ref().expect("a histogram");
        assert_eq!(read.positive_span.len(), spans);
        assert!(read.positive_span.iter().all(|span| span.offset() == 0 && span.length() == 0));
    }
}

/// What the registry holds is the same in a snapshot, in protobuf and in text.
#[test]
fn all_formats_agree() {
    use tallymark_core::{Native, buckets, place, registry};
    let declare = |name: &str| registry::Declaration::new(name, "Help.", place!());
    let wait: &tallymark_core::Histogram = declare("agree_wait")
        .declare(|| tallymark_core::Histogram::new(buckets![1.0, 2.0]).with_native(Native::new().schema(0)))
        .expect("good");
    let jobs: &tallymark_core::Counter =
        declare("agree_jobs_total").declare(tallymark_core::Counter::new).expect("good");
    for value in [0.5, 1.5, 9.0, -3.0] {
        wait.observe(value);
        jobs.inc();
    }
    let names = registry::Selection::of(["agree_wait", "agree_jobs"]);
    let snapshot = registry::snapshot_of(&names);
    let request = registry::Request::new(Format::Protobuf).names(names.clone());
    let mut whole = Vec::new();
    registry::encode(request.clone(), &mut whole);
    let chunks: Vec<u8> = registry::chunks(request).flatten().collect();
    assert_eq!(whole, chunks);
    let read = decode(&whole);
    assert_eq!(read.len(), 2);
    for (read, family) in read.iter().zip(snapshot.families()) {
        assert_eq!(read.name(), family.name);
        let expected = match &family.series[0].value {
            // Protobuf knows doubles only.
            Value::Number(number) => Value::Number(Number::F64(number.as_f64())),
            other => other.clone(),
        };
        assert_eq!(series(&read.metric[0]).value, expected);
    }
    let text = registry::encode_to_string(registry::Request::new(Format::Text100).names(names));
    for line in [
        "agree_jobs_total 4",
        "agree_wait_bucket{le=\"1\"} 2",
        "agree_wait_bucket{le=\"2\"} 3",
        "agree_wait_bucket{le=\"+Inf\"} 4",
        "agree_wait_sum 8",
        "agree_wait_count 4",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} in {text}");
    }
}
