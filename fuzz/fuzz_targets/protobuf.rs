//! Any families in protobuf: another implementation reads them back, to the last field and byte.

#![no_main]

#[path = "../../metrics-core/tests/encode_protobuf/message.rs"]
#[allow(dead_code, reason = "shared")]
mod message;
#[path = "../../metrics-core/tests/encode_protobuf/read.rs"]
mod read;

use libfuzzer_sys::fuzz_target;
use tallymark_core::{
    Kind, Number,
    encode::{Encoder, Escaping},
    registry::Format,
    snapshot::{Series, Value},
};
use tallymark_fuzz::families::Families;

/// The series as the format can hold it.
fn shown(kind: Kind, series: &Series) -> Series {
    let mut shown = series.clone();
    match &mut shown.value {
        // Doubles are all there is, and of the exemplars of a counter the last.
        Value::Number(number) => {
            *number = Number::F64(number.as_f64());
            shown.exemplars = shown.exemplars.pop().into_iter().collect();
        }
        // Which of them are shown depends on the buckets; that is another test's matter.
        _ => shown.exemplars.clear(),
    }
    if kind == Kind::GaugeHistogram {
        // What goes up and down has not counted since some moment.
        shown.created = None;
    }
    shown
}

fn type_of(kind: Kind) -> message::MetricType {
    match kind {
        Kind::Counter => message::MetricType::Counter,
        Kind::Summary => message::MetricType::Summary,
        Kind::Histogram => message::MetricType::Histogram,
        Kind::GaugeHistogram => message::MetricType::GaugeHistogram,
        Kind::Unknown => message::MetricType::Untyped,
        _ => message::MetricType::Gauge,
    }
}

fuzz_target!(|families: Families| {
    let mut encoder = Encoder::with_escaping(Format::Protobuf, Escaping::AllowUtf8);
    for family in &families.0 {
        family.visit(&[], &mut encoder);
    }
    let found = read::decode(&encoder.finish());
    let expected: Vec<_> = families.0.iter().filter(|family| !family.series.is_empty()).collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!((found.name(), found.help()), (expected.name.as_str(), expected.help.as_str()));
        let kind = expected.kind;
        assert_eq!(found.r#type(), type_of(kind));
        let unit = expected.unit.as_deref().filter(|_| !matches!(kind, Kind::Info | Kind::StateSet));
        assert_eq!(found.unit(), unit.unwrap_or_default());
        // State sets become one gauge for each state.
        let whole = expected.series.iter().filter(|series| !matches!(series.value, Value::States(_)));
        for (metric, expected) in found.metric.iter().zip(whole) {
            let mut found = read::series(metric);
            if matches!(found.value, Value::Histogram(_)) {
                found.exemplars.clear();
            }
            // By their texts, so that what is not a number is the same as itself.
            assert_eq!(format!("{found:?}"), format!("{:?}", shown(kind, expected)));
        }
    }
});
