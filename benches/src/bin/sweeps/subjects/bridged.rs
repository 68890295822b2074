//! What crates count that use the `metrics` façade: names and labels that are known while the program runs.

use metrics::counter;
use tallymark::registry::{self, Format};
use tallymark_metrics::Recorder;

use super::declared::encode;
use crate::{
    meter::Meter,
    subject::{Subject, shuffled},
};

pub const SUBJECTS: [Subject; 3] = [
    Subject::new("recorded names", "names that the `metrics` façade counts under", names),
    Subject::new("refused names", "names beyond the limit of the `metrics` façade's recorder", names_beyond)
        .least(1_600),
    Subject::new("recorded labels", "label sets of one name of the `metrics` façade", labels),
];

fn install(names: usize, series: usize) {
    let series = u32::try_from(series).unwrap_or(u32::MAX);
    Recorder::builder().max_names(names).max_series(series).install().expect("there is no other recorder");
}

/// Counts under each name.
fn count(n: usize) {
    shuffled(n).for_each(|at| counter!(format!("grown.{at}")).increment(1));
}

fn shown(meter: &mut Meter) {
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition", || encode(Format::Text004));
    let _ = meter.part("check()", registry::check);
}

fn names(meter: &mut Meter, n: usize) {
    install(n + 1, 10);
    meter.part("first increments", || count(n));
    meter.part("increments", || count(n));
    shown(meter);
    let snapshot = registry::snapshot();
    assert!((0..n).all(|at| snapshot.counter(&format!("grown_{at}"), &[]) == Some(2)));
}

fn names_beyond(meter: &mut Meter, n: usize) {
    install(10, 10);
    meter.part("first increments", || count(n));
    meter.part("increments", || count(n));
    meter.part("exposition", || encode(Format::Text004));
    let refused = registry::snapshot().counter("tallymark_metrics_rejected_total", &[("reason", "names")]);
    assert_eq!(refused, Some(2 * (n as u64 - 10)));
}

fn labels(meter: &mut Meter, n: usize) {
    install(10, n + 1);
    let count = || shuffled(n).for_each(|at| counter!("grown", "shard" => at.to_string()).increment(1));
    meter.part("first increments", count);
    meter.part("increments", count);
    shown(meter);
    assert_eq!(registry::snapshot().total("grown"), Some(2.0 * n as f64));
}
