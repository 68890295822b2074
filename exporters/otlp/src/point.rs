//! The parts that data points are made of.

use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, KeyValue, any_value},
    metrics::v1::{Exemplar as OtlpExemplar, exemplar, number_data_point},
};
use std::time::Duration;
use tallymark_core::{Number, exemplar::Exemplar};

/// An attribute, whose value is a text: as all label values are.
pub(crate) fn attribute(name: &str, value: &str) -> KeyValue {
    let value = any_value::Value::StringValue(value.to_owned());
    KeyValue { key: name.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// A moment since the beginning of 1970.
pub(crate) fn nanoseconds(moment: Duration) -> u64 {
    u64::try_from(moment.as_nanos()).unwrap_or(u64::MAX)
}

/// A number of a point: an integer if it is one and the protocol's integers are large enough.
pub(crate) fn number(value: Number) -> number_data_point::Value {
    let integer = match value {
        Number::U64(value) => i64::try_from(value).ok(),
        Number::I64(value) => Some(value),
        Number::F64(_) => None,
    };
    integer
        .map_or_else(|| number_data_point::Value::AsDouble(value.as_f64()), number_data_point::Value::AsInt)
}

/// Those exemplars that were observed after `start`, if that is set, and not after `end`.
pub(crate) fn exemplars(exemplars: &[Exemplar], start: Option<u64>, end: u64) -> Vec<OtlpExemplar> {
    let within = |exemplar: &&Exemplar| {
        let at = nanoseconds(exemplar.at);
        start.is_none_or(|start| at > start) && at <= end
    };
    exemplars.iter().filter(within).map(converted).collect()
}

/// An exemplar. The trace and the span, which OTLP has fields for, are taken out of the labels.
fn converted(exemplar: &Exemplar) -> OtlpExemplar {
    let mut converted = OtlpExemplar {
        time_unix_nano: nanoseconds(exemplar.at),
        value: Some(exemplar::Value::AsDouble(exemplar.value)),
        ..OtlpExemplar::default()
    };
    for (name, value) in &exemplar.labels {
        let (field, length) = match name.as_str() {
            "trace_id" => (&mut converted.trace_id, 16),
            "span_id" => (&mut converted.span_id, 8),
            _ => {
                converted.filtered_attributes.push(attribute(name, value));
                continue;
            }
        };
        match hexadecimal(value).filter(|bytes| bytes.len() == length) {
            Some(bytes) => *field = bytes,
            None => converted.filtered_attributes.push(attribute(name, value)),
        }
    }
    converted
}

/// Bytes written as pairs of hexadecimal digits.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(labels: &[(&str, &str)]) -> OtlpExemplar {
        let labels = labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        converted(&Exemplar { labels, value: 1.5, at: Duration::from_secs(1) })
    }

    #[test]
    fn traces_have_fields_of_their_own() {
        let exemplar = observed(&[
            ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ("span_id", "00F067AA0ba902b7"),
            ("user", "seven"),
        ]);
        assert_eq!(exemplar.trace_id[..2], [0x4b, 0xf9]);
        assert_eq!((exemplar.trace_id.len(), exemplar.span_id[1]), (16, 0xf0));
        assert_eq!(exemplar.filtered_attributes, [attribute("user", "seven")]);
    }

    #[test]
    fn what_is_no_trace_stays_an_attribute() {
        for value in ["4bf92f3577b34da6", "xyz", "", "4bf92f3577b34da6a3ce929d0e0e473"] {
            let exemplar = observed(&[("trace_id", value)]);
            assert!(exemplar.trace_id.is_empty());
            assert_eq!(exemplar.filtered_attributes, [attribute("trace_id", value)]);
        }
    }

    #[test]
    fn integers_stay_integers_as_long_as_they_can() {
        use number_data_point::Value::{AsDouble, AsInt};
        assert_eq!(number(Number::U64(7)), AsInt(7));
        assert_eq!(number(Number::I64(-7)), AsInt(-7));
        assert_eq!(number(Number::U64(u64::MAX)), AsDouble(18_446_744_073_709_551_615.0));
        assert_eq!(number(Number::F64(7.0)), AsDouble(7.0));
    }
}
