//! From the values of several processes to what a gauge shows.

use crate::{merged::Sample, shape::Shape};
use tallymark_core::{Across, Number};

/// The number that the bits of a sample are.
pub(crate) fn number(shape: &Shape, bits: u64) -> Number {
    if shape.is_float {
        Number::F64(f64::from_bits(bits))
    } else {
        Number::I64(i64::from_ne_bytes(bits.to_ne_bytes()))
    }
}

fn bits(number: Number) -> u64 {
    match number {
        Number::F64(value) => value.to_bits(),
        Number::I64(value) => u64::from_ne_bytes(value.to_ne_bytes()),
        Number::U64(value) => value,
    }
}

fn plus(a: Number, b: Number) -> Number {
    match (a, b) {
        (Number::I64(a), Number::I64(b)) => Number::I64(a.saturating_add(b)),
        (a, b) => Number::F64(a.as_f64() + b.as_f64()),
    }
}

/// What a gauge shows that has one value for all processes; nothing if no process has one.
pub(crate) fn combined(shape: &Shape, samples: &[&Sample]) -> Option<Sample> {
    let mut samples = samples.iter().copied().filter(|sample| sample.alive || !shape.mode.is_live());
    let value = |sample: &Sample| number(shape, sample.bits);
    let first = samples.next()?.clone();
    let least = |a: Sample, b: &Sample| if value(b).as_f64() < value(&a).as_f64() { b.clone() } else { a };
    let most = |a: Sample, b: &Sample| if value(b).as_f64() > value(&a).as_f64() { b.clone() } else { a };
    Some(match shape.mode {
        Across::Min | Across::LiveMin => samples.fold(first, least),
        Across::Max | Across::LiveMax => samples.fold(first, most),
        Across::Sum | Across::LiveSum => samples.fold(first, |mut sum, sample| {
            sum.bits = bits(plus(value(&sum), value(sample)));
            sum.time = sum.time.max(sample.time);
            sum
        }),
        _ => samples.fold(first, |last, sample| if sample.time > last.time { sample.clone() } else { last }),
    })
}
