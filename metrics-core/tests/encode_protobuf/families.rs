//! Any families.

use proptest::prelude::*;
use std::time::Duration;
use tallymark_core::{
    Kind, Number,
    snapshot::{Family, HistogramValue, NativeHistogram, Series, SummaryValue, Value},
};

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("\0\n\"\\".to_owned()),
        Just("花火 😀".to_owned()),
        Just("x".repeat(127)),
        Just("x".repeat(128)),
        Just("x".repeat(20_000)),
        any::<String>(),
    ]
}

fn label_set() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::btree_map("[a-z.]{1,6}|\\PC{1,4}", text(), 0..4)
        .prop_map(|map| map.into_iter().collect())
}

fn at() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::from_secs(1_700_000_000)),
        (0_u64..1 << 40, 0_u32..1_000_000_000).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos)),
    ]
}

fn side() -> impl Strategy<Value = Vec<(i32, u64)>> {
    let key = prop_oneof![-300_000..300_000, -9..9];
    prop::collection::btree_map(key, 1_u64..1 << 50, 0..12).prop_map(|map| map.into_iter().collect())
}

fn native_histogram() -> impl Strategy<Value = NativeHistogram> {
    (-4..=8, prop_oneof![Just(0.0), 0.0..1.0], prop_oneof![Just(0), 0_u64..1 << 50], side(), side()).prop_map(
        |(schema, zero_threshold, zero_count, positive, negative)| NativeHistogram {
            schema,
            zero_threshold,
            zero_count,
            positive,
            negative,
        },
    )
}

fn histogram_value() -> impl Strategy<Value = HistogramValue> {
    let bounds = prop::collection::btree_set(-100_i32..100, 0..6);
    (bounds, prop::collection::vec(0_u64..1 << 50, 7), any::<f64>(), prop::option::of(native_histogram()))
        .prop_map(|(bounds, mut counts, sum, native)| {
            counts.truncate(bounds.len() + 1);
            HistogramValue { bounds: bounds.into_iter().map(f64::from).collect(), counts, sum, native }
        })
}

fn value(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Histogram | Kind::GaugeHistogram => histogram_value().prop_map(Value::Histogram).boxed(),
        Kind::Summary => (any::<u64>(), any::<f64>(), prop::collection::vec((0.0..1.0, any::<f64>()), 0..4))
            .prop_map(|(count, sum, quantiles)| Value::Summary(SummaryValue { count, sum, quantiles }))
            .boxed(),
        _ => any::<f64>().prop_map(|number| Value::Number(Number::F64(number))).boxed(),
    }
}

pub(crate) fn family() -> impl Strategy<Value = Family> {
    let kind = prop_oneof![
        Just(Kind::Counter),
        Just(Kind::Gauge),
        Just(Kind::Histogram),
        Just(Kind::GaugeHistogram),
        Just(Kind::Summary),
        Just(Kind::Info),
        Just(Kind::Unknown),
    ];
    kind.prop_flat_map(|kind| {
        let series =
            (label_set(), value(kind), prop::option::of(at())).prop_map(move |(labels, value, created)| {
                let mut series = Series::new(labels, value);
                series.created =
                    created.filter(|_| matches!(kind, Kind::Counter | Kind::Histogram | Kind::Summary));
                series
            });
        let unit = prop::option::of("[a-z]{1,9}");
        (text(), text(), unit, prop::collection::vec(series, 0..5)).prop_map(
            move |(name, help, unit, series)| {
                let unit = unit.filter(|_| kind != Kind::Info);
                Family { name: format!("{name}x"), help, kind, unit, series }
            },
        )
    })
}
