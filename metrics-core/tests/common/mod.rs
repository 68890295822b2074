//! Label sets written by hand, as the derives write them, and a visitor that notes what it is shown.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "each test uses some of it, and nothing else does"
)]

use tallymark_core::{
    LabelSet, LabelValue, Metric, Number, Scope,
    visit::{Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// An open label set.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    pub one: &'a str,
    pub other: &'a str,
}

impl LabelSet for Pair<'_> {
    type Borrowed<'a> = Pair<'a>;
    const NAMES: &'static [&'static str] = &["one", "other"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        self.one.text(&mut *f);
        self.other.text(f);
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

/// A closed label set of two values times three.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    pub flag: bool,
    pub level: Option<bool>,
}

impl LabelSet for Closed {
    type Borrowed<'a> = Self;
    const NAMES: &'static [&'static str] = &["flag", "level"];
    const CARDINALITY: Option<usize> = Some(6);

    fn index(&self) -> usize {
        self.flag.index() * 3 + self.level.index()
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        self.flag.text(&mut *f);
        self.level.text(f);
    }

    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
        f(bool::text_at(index / 3));
        f(Option::<bool>::text_at(index % 3));
    }
}

/// A closed label set of more combinations than are laid out in a row.
#[derive(Clone, Copy, Debug)]
pub struct Wide {
    pub number: usize,
}

const NUMBERS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

impl LabelSet for Wide {
    type Borrowed<'a> = Self;
    const NAMES: &'static [&'static str] = &["hundreds", "tens", "ones"];
    const CARDINALITY: Option<usize> = Some(1000);

    fn index(&self) -> usize {
        self.number
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        for digit in [self.number / 100, self.number / 10 % 10, self.number % 10] {
            f(NUMBERS[digit]);
        }
    }

    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
        for digit in [index / 100, index / 10 % 10, index % 10] {
            f(NUMBERS[digit]);
        }
    }
}

/// Label values, then what the series held.
pub type Seen = Vec<(Vec<String>, String)>;

#[derive(Default)]
struct Notes(Seen);

impl Notes {
    fn note(&mut self, labels: Labels<'_>, value: String) {
        self.0.push((labels.values().iter().map(ToString::to_string).collect(), value));
    }
}

impl Visitor for Notes {
    fn family(&mut self, _: &Head<'_>) {}

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.note(labels, format!("{}", value.as_f64()));
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.note(labels, format!("{:?} {}", point.counts, point.sum));
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.note(labels, format!("{} {}", point.count, point.sum));
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        self.note(labels, states[current].to_owned());
    }
}

/// What a scrape would show of a metric.
pub fn seen(metric: &dyn Metric) -> Seen {
    let mut notes = Notes::default();
    metric.visit(Scope::Process, &mut notes);
    notes.0
}

/// What a scrape would show of one series.
pub fn seen_at(metric: &dyn Metric, labels: &[&str]) -> Option<String> {
    let mut found = seen(metric).into_iter().filter(|(values, _)| values == labels).map(|(_, value)| value);
    let first = found.next();
    assert_eq!(found.next(), None, "two series with the labels {labels:?}");
    first
}
