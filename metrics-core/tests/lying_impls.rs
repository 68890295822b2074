//! Impls of public traits that do not keep their word cost their own series, and nothing else.
#![allow(missing_docs)]

use std::cell::Cell;
use tallymark_core::{
    Counter, Gauge, Histogram, LabelSet, buckets, place,
    registry::{self, Declaration},
};

/// Names two labels and visits as many texts as it is told.
struct Texts<'a>(&'a [&'a str]);

impl LabelSet for Texts<'_> {
    type Borrowed<'a> = Texts<'a>;
    const NAMES: &'static [&'static str] = &["one", "two"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        usize::MAX
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        self.0.iter().for_each(|text| f(text));
    }

    fn visit_at(_: usize, f: &mut dyn FnMut(&'static str)) {
        f("never");
    }
}

fn dropped(name: &str) -> u64 {
    registry::snapshot().counter("tallymark_dropped_series_total", &[("metric", name)]).unwrap_or(0)
}

#[test]
fn a_label_set_with_other_numbers_of_texts_than_names_is_the_overflow_series() {
    let name = "lying_texts_total";
    let counter: &Counter<Texts<'static>> =
        Declaration::new(name, "Lies.", place!()).declare(Counter::new).unwrap();
    for _ in 0..3 {
        counter.with(Texts(&["a", "b"])).inc();
        for texts in [&[][..], &["a"], &["a", "b", "c"], &["a"; 40]] {
            counter.with(Texts(texts)).inc();
            assert!(!counter.remove(Texts(texts)));
        }
    }
    let snapshot = registry::snapshot();
    assert_eq!(snapshot.counter(name, &[("one", "a"), ("two", "b")]), Some(3));
    assert_eq!(snapshot.counter(name, &[("one", "_overflow"), ("two", "_overflow")]), Some(12));
    assert_eq!(snapshot.family(name).unwrap().series.len(), 2);
    assert_eq!(dropped(name), 12);
}

/// Has two values, and says that it is the one numbered as it is told.
struct Number(usize);

impl LabelSet for Number {
    type Borrowed<'a> = Number;
    const NAMES: &'static [&'static str] = &["number"];
    const CARDINALITY: Option<usize> = Some(2);

    fn index(&self) -> usize {
        self.0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f("number");
    }

    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
        f(["zero", "one"].get(index).copied().unwrap_or("beyond"));
    }
}

#[test]
fn a_number_beyond_the_cardinality_counts_in_no_other_metric() {
    let declare = |name: &str| Declaration::new(name, "Lies.", place!());
    let counter: &Counter<Number> = declare("lying_numbers_total").declare(Counter::new).unwrap();
    let other: &Counter<Number> = declare("lying_neighbours_total").declare(Counter::new).unwrap();
    let histogram: &Histogram<Number> =
        declare("lying_observations").declare(|| Histogram::new(buckets![1.0])).unwrap();
    let gauge: &Gauge<Number> = declare("lying_levels").declare(Gauge::new).unwrap();
    let honest: &Gauge<Number> = declare("lying_level_neighbours").declare(Gauge::new).unwrap();
    counter.with(Number(1)).inc();
    other.with(Number(0)).inc();
    gauge.with(Number(0)).set(1.0);
    honest.with(Number(0)).set(2.0);
    for beyond in [2, 3, 100, 1 << 31, 1 << 32, usize::MAX] {
        counter.with(Number(beyond)).inc();
        histogram.with(Number(beyond)).observe(0.5);
        gauge.with(Number(beyond)).set(9.0);
        assert!(!counter.remove(Number(beyond)));
    }
    let snapshot = registry::snapshot();
    assert_eq!(counter.sum(), 1);
    assert_eq!(other.sum(), 1);
    assert_eq!(honest.with(Number(0)).get().to_bits(), 2.0_f64.to_bits());
    assert_eq!(gauge.with(Number(0)).get().to_bits(), 1.0_f64.to_bits());
    assert_eq!(snapshot.family("lying_observations").unwrap().series.len(), 0);
    for name in ["lying_numbers_total", "lying_observations", "lying_levels"] {
        assert_eq!(dropped(name), 6, "{name}");
    }
}

/// Another text each time it is asked.
struct Fickle<'a>(&'a Cell<u32>);

impl LabelSet for Fickle<'_> {
    type Borrowed<'a> = Fickle<'a>;
    const NAMES: &'static [&'static str] = &["reading"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        self.0.set(self.0.get() + 1);
        f(&self.0.get().to_string());
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

#[test]
fn a_text_that_changes_between_two_readings_is_found_where_it_is_shown() {
    let name = "lying_readings_total";
    let counter: &Counter<Fickle<'static>> =
        Declaration::new(name, "Lies.", place!()).declare(Counter::new).unwrap();
    // The numbers come again and again, so every text is looked up many times, after it was created.
    let rounds = if cfg!(miri) { 3 } else { 20 };
    for _ in 0..rounds {
        let reading = Cell::new(0);
        for _ in 0..40 {
            counter.with(Fickle(&reading)).inc();
        }
    }
    let snapshot = registry::snapshot();
    let series = &snapshot.family(name).unwrap().series;
    let mut texts: Vec<&str> = series.iter().map(|series| series.labels[0].1.as_str()).collect();
    texts.sort_unstable();
    let all = texts.len();
    texts.dedup();
    assert_eq!(texts.len(), all, "one text has several series");
    assert_eq!(counter.sum(), rounds * 40);
}
