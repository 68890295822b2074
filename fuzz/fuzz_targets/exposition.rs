//! Anything as name, help and labels, in every format: lines stay lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tallymark_core::{
    Kind, Number,
    encode::Encoder,
    registry::{Escaping, Format},
    snapshot::{Family, Series, Value},
};

fuzz_target!(|data: (String, String, Vec<(String, String)>, f64)| {
    let (name, help, labels, value) = data;
    let series = Series::new(labels, Value::Number(Number::F64(value)));
    let family = Family { name, help, kind: Kind::Gauge, unit: None, series: vec![series] };
    for format in [Format::Text004, Format::Text100, Format::OpenMetrics100, Format::Protobuf] {
        for escaping in [Escaping::AllowUtf8, Escaping::Underscores, Escaping::Dots, Escaping::Values] {
            let mut encoder = Encoder::with_escaping(format, escaping);
            family.visit(&[], &mut encoder);
            let bytes = encoder.finish();
            if format != Format::Protobuf {
                let text = std::str::from_utf8(&bytes).expect("text");
                let lines = text.lines().filter(|line| !line.starts_with('#')).count();
                assert_eq!(lines, 1, "{text}");
            }
        }
    }
});
