//! A family of the group, as it is shown.

use crate::{
    merged::{self, Point, Sample, native_histogram},
    outcome::{combined, each, number},
    shape::{PID, Shape},
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tallymark_core::{
    Kind, Number,
    exemplar::Exemplar,
    snapshot::{HistogramValue, Series, StatesValue, SummaryValue, Value},
    visit::{Details, Labels, Visitor},
};

/// A series that is shown.
pub(super) struct Shown {
    /// The place of its label values.
    at: usize,
    /// The label of the process whose value it is, if each process is shown by itself.
    pub(super) process: Option<Arc<str>>,
    pub(super) value: Value,
    pub(super) created: Option<Duration>,
    pub(super) exemplars: Vec<Exemplar>,
    /// Whether it was shown in the place of a series of this process.
    pub(super) is_done: bool,
}

/// A family, with what is shown of it.
pub(super) struct Family {
    pub(super) shape: Arc<Shape>,
    pub(super) name: String,
    /// When the youngest process was started that declares it so.
    pub(super) newest: u64,
    /// Places of series, by their labels.
    index: Arc<HashMap<Box<[u8]>, usize>>,
    texts: Arc<Vec<Arc<[String]>>>,
    pub(super) shown: Vec<Shown>,
    /// Places of `shown`, by the place of the label values; nothing where nothing is shown, or each process by itself.
    by_place: Vec<Option<usize>>,
    /// Whether another declaration of the same labels is younger, and takes the place of this one.
    pub(super) is_outdated: bool,
}

fn value(shape: &Shape, point: &Point) -> Option<Value> {
    Some(match shape.kind {
        Kind::Histogram => {
            let native = point.natives.as_deref().map(native_histogram);
            let mut counts = point.integers.clone();
            if let Some(native) = &native {
                make_total(&mut counts, native.count());
            }
            let sum = point.floats.iter().sum();
            Value::Histogram(HistogramValue { bounds: shape.bounds.clone(), counts, sum, native })
        }
        Kind::Summary => Value::Summary(SummaryValue {
            count: *point.integers.first()?,
            sum: *point.floats.first()?,
            quantiles: Vec::new(),
        }),
        _ if shape.is_float => Value::Number(Number::F64(*point.floats.first()?)),
        _ => Value::Number(Number::U64(*point.integers.first()?)),
    })
}

/// Makes the counts of buckets add up to those of the native ones, which differ by what was under way.
fn make_total(counts: &mut [u64], total: u64) {
    let mut left = total;
    for count in counts.iter_mut() {
        *count = (*count).min(left);
        left -= *count;
    }
    if let Some(last) = counts.last_mut() {
        *last += left;
    }
}

fn sample_value(shape: &Shape, sample: &Sample) -> Value {
    if shape.kind == Kind::StateSet {
        let current = usize::try_from(sample.bits).ok().filter(|at| *at < shape.states.len());
        return Value::States(StatesValue { states: shape.states.clone(), current: current.unwrap_or(0) });
    }
    Value::Number(number(shape, sample.bits))
}

impl Family {
    pub(super) fn new(family: &merged::Family, name: String, labels: &[Arc<str>]) -> Self {
        let shape = &family.shape;
        let mut shown = Vec::new();
        let mut by_place = vec![None; family.points.len()];
        for (at, point) in family.points.iter().enumerate() {
            let Some(point) = point else { continue };
            let created = (point.created > 0).then(|| Duration::from_nanos(point.created));
            let exemplars =
                || point.exemplars.iter().flat_map(|exemplars| exemplars.values()).cloned().collect();
            let mut show = |value, process| {
                shown.push(Shown { at, process, value, created, exemplars: exemplars(), is_done: false });
            };
            if !shape.is_gauge() {
                if let Some(value) = value(shape, point) {
                    show(value, None);
                }
            } else if shape.shows_each() {
                for (label, sample) in each(shape, &point.samples, labels) {
                    show(sample_value(shape, sample), Some(label));
                }
                continue;
            } else if let Some(sample) = combined(shape, &point.samples) {
                show(sample_value(shape, &sample), None);
            }
            by_place[at] = shown.len().checked_sub(1).filter(|last| shown[*last].at == at);
        }
        Self {
            shape: Arc::clone(shape),
            name,
            newest: family.newest,
            index: family.index(),
            texts: Arc::clone(&family.texts),
            shown,
            by_place,
            is_outdated: false,
        }
    }

    /// The place of the series with these labels, as [`key`](crate::shape::key) has them.
    pub(super) fn place(&self, key: &[u8]) -> Option<usize> {
        self.index.get(key).copied()
    }

    /// The place in `shown` of the series at a place; nothing if it is not shown, or each process by itself.
    pub(super) fn shown_at(&self, place: usize) -> Option<usize> {
        self.by_place.get(place).copied().flatten()
    }

    /// The labels of a series, without that of the process.
    pub(super) fn labels_of(&self, shown: &Shown) -> impl Iterator<Item = (&str, &str)> {
        let names = self.shape.labels.iter().map(String::as_str);
        let texts = self.texts.get(shown.at).map(|texts| &**texts).unwrap_or_default();
        names.zip(texts.iter().map(String::as_str))
    }

    /// All labels of a series.
    fn all_labels<'a>(&'a self, shown: &'a Shown) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.labels_of(shown).chain(shown.process.as_deref().map(|process| (PID, process)))
    }

    /// Shows a series by itself. The names and values of the one before are replaced.
    pub(super) fn show<'a>(
        &'a self,
        shown: &'a Shown,
        (names, values): (&mut Vec<&'a str>, &mut Vec<&'a str>),
        visitor: &mut dyn Visitor,
    ) {
        names.clear();
        values.clear();
        for (name, value) in self.all_labels(shown) {
            names.push(name);
            values.push(value);
        }
        let mut details = Details::default();
        details.created = shown.created;
        details.exemplars = &shown.exemplars;
        shown.value.visit(Labels::new(names, values), details, visitor);
    }

    /// The series that are shown, as a snapshot has them.
    pub(super) fn series(&self) -> impl Iterator<Item = Series> {
        self.shown.iter().map(|shown| {
            let labels = self.all_labels(shown).map(|(name, value)| (name.to_owned(), value.to_owned()));
            let mut series = Series::new(labels.collect(), shown.value.clone());
            series.created = shown.created;
            series.exemplars.clone_from(&shown.exemplars);
            series
        })
    }
}
