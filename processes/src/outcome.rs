//! What a gauge shows, given the values of several processes.

use crate::{merged::Sample, shape::Shape};
use std::{cmp::Reverse, sync::Arc};
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

/// The value of a gauge that has one for all processes, or `None` if no process has set it.
pub(crate) fn combined(shape: &Shape, samples: &[Sample]) -> Option<Sample> {
    let mut samples = samples.iter().filter(|sample| sample.alive || !shape.mode.is_live());
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

/// What a gauge shows of each process by itself, by label, given the labels of processes by their places. Of several values
/// with one label, such as those of a worker that was started again, it is that of the living process, or else the one that
/// was set last.
pub(crate) fn each<'a>(
    shape: &Shape,
    samples: &'a [Sample],
    labels: &[Arc<str>],
) -> Vec<(Arc<str>, &'a Sample)> {
    let mut each: Vec<(Arc<str>, &Sample)> = samples
        .iter()
        .filter(|sample| sample.alive || !shape.mode.is_live())
        .map(|sample| {
            let label = sample.label.as_ref().or_else(|| labels.get(sample.process as usize));
            (label.cloned().unwrap_or_default(), sample)
        })
        .collect();
    each.sort_by(|a, b| {
        let order = |sample: &Sample| Reverse((sample.alive, sample.time));
        a.0.cmp(&b.0).then_with(|| order(a.1).cmp(&order(b.1)))
    });
    each.dedup_by(|later, first| later.0 == first.0);
    each
}
