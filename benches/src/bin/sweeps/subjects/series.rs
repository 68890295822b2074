//! Series: of open and of closed labels, removed, expired, and given to other labels.

use std::{sync::OnceLock, time::Duration};

use tallymark::{
    Counter, Histogram, LabelSet, buckets, place,
    registry::{self, Declaration, Format},
};

use super::declared::encode;
use crate::{
    meter::Meter,
    subject::{Subject, leak, shuffled},
};

pub const SUBJECTS: [Subject; 6] = [
    Subject::new("label values", "values of an open label", label_values),
    Subject::new("refused values", "values of an open label beyond its limit", refused_values).least(1_600),
    Subject::new("closed set", "sets of closed labels", closed_set),
    Subject::new("removed", "series that are removed and return", removed),
    Subject::new("replaced", "series that come and go, 100 at a time", replaced),
    Subject::new("expired", "series that expire together", expired),
];

#[derive(LabelSet)]
pub struct Name<'a> {
    pub name: &'a str,
}

type Named = Counter<Name<'static>>;

/// Declares a counter with a label.
fn declare(name: &str, make: impl FnOnce() -> Named) -> &'static Named {
    Declaration::new(name, "Things counted.", place!()).declare(make).expect("a good name")
}

fn limit(n: usize) -> u32 {
    u32::try_from(n + 1).unwrap_or(u32::MAX)
}

fn values(n: usize) -> Vec<String> {
    shuffled(n).map(|at| format!("name-{at}")).collect()
}

fn count(counter: &Named, values: &[String]) {
    values.iter().for_each(|value| counter.with(Name { name: value }).inc());
}

fn label_values(meter: &mut Meter, n: usize) {
    let counter = declare("grown_total", || Counter::new().max_series(limit(n)));
    let histogram: &'static Histogram<Name<'static>> =
        Declaration::new("grown_seconds", "How long it takes.", place!())
            .unit("seconds")
            .declare(|| Histogram::new(buckets![0.1, 1.0, 10.0]).max_series(limit(n)))
            .expect("a good name");
    let values = values(n);
    meter.part("first increments", || count(counter, &values));
    meter.part("increments", || count(counter, &values));
    meter.part("first observations", || {
        values.iter().for_each(|value| histogram.with(Name { name: value }).observe(0.5));
    });
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition, text", || encode(Format::Text004));
    meter.part("exposition, protobuf", || encode(Format::Protobuf));
    let snapshot = meter.part("snapshot()", registry::snapshot);
    let found = meter.part("look-ups in a snapshot", || {
        let is_there =
            |value: &&String| snapshot.counter("grown_total", &[("name", value.as_str())]) == Some(2);
        values.iter().filter(is_there).count()
    });
    assert_eq!(found, n);
}

fn refused_values(meter: &mut Meter, n: usize) {
    let counter = declare("grown_total", || Counter::new().max_series(100));
    let values = values(n);
    meter.part("first increments", || count(counter, &values));
    meter.part("increments", || count(counter, &values));
    meter.part("exposition", || encode(Format::Text004));
}

/// A set of so many label values that a compiler could know.
struct Closed<const N: usize>(usize);

impl<const N: usize> LabelSet for Closed<N> {
    type Borrowed<'a> = Self;
    const NAMES: &'static [&'static str] = &["place"];
    const CARDINALITY: Option<usize> = Some(N);

    fn index(&self) -> usize {
        self.0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        Self::visit_at(self.0, &mut |text| f(text));
    }

    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
        static TEXTS: OnceLock<Vec<&'static str>> = OnceLock::new();
        f(TEXTS.get_or_init(|| (0..N).map(|at| leak(format!("place-{at}"))).collect())[index]);
    }
}

fn closed_set(meter: &mut Meter, n: usize) {
    match n {
        30 => closed::<30>(meter),
        100 => closed::<100>(meter),
        240 => closed::<240>(meter),
        1_000 => closed::<1_000>(meter),
        10_000 => closed::<10_000>(meter),
        _ => closed::<100_000>(meter),
    }
}

fn closed<const N: usize>(meter: &mut Meter) {
    let counter: &'static Counter<Closed<N>> = Declaration::new("grown_total", "Things counted.", place!())
        .declare(|| Counter::new().init())
        .expect("a good name");
    meter.part("first increments", || shuffled(N).for_each(|at| counter.with(Closed(at)).inc()));
    meter.part("increments", || shuffled(N).for_each(|at| counter.with(Closed(at)).inc()));
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition", || encode(Format::Text004));
    meter.part("removed", || shuffled(N).filter(|&at| counter.remove(Closed(at))).count());
    meter.part("exposition after", || encode(Format::Text004));
}

fn removed(meter: &mut Meter, n: usize) {
    let counter = declare("grown_total", || Counter::new().max_series(limit(n)));
    let values = values(n);
    count(counter, &values);
    encode(Format::Text004);
    let gone = meter
        .part("removed one by one", || values.iter().filter(|name| counter.remove(Name { name })).count());
    assert_eq!(gone, n);
    meter.part("exposition of none", || encode(Format::Text004));
    meter.part("returned", || count(counter, &values));
    meter.part("exposition", || encode(Format::Text004));
    meter.part("remove_matching", || counter.remove_matching(|texts| texts[0].ends_with('0')));
    meter.part("clear", || counter.clear());
    meter.part("returned again", || count(counter, &values));
    meter.part("exposition after", || encode(Format::Text004));
}

fn replaced(meter: &mut Meter, n: usize) {
    let counter = declare("grown_total", || Counter::new().max_series(200));
    let values = values(n);
    meter.part("come and go", || {
        for some in values.chunks(100) {
            count(counter, some);
            assert!(some.iter().all(|name| counter.remove(Name { name })));
        }
    });
    meter.part("exposition", || encode(Format::Text004));
}

fn expired(meter: &mut Meter, n: usize) {
    const AFTER: Duration = Duration::from_secs(1);
    let counter = declare("grown_total", || Counter::new().max_series(limit(n)).expire_after(1));
    count(counter, &values(n));
    meter.part("exposition before", || encode(Format::Text004));
    std::thread::sleep(AFTER);
    meter.part("exposition while they expire", || encode(Format::Text004));
    meter.part("exposition after", || encode(Format::Text004));
    let snapshot = registry::snapshot();
    assert_eq!(snapshot.family("grown_total").map(|family| family.series.len()), Some(0));
}
