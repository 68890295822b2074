//! A family of the group, as it is shown.

use crate::{
    counts::Counts,
    merged::{self, Point, Sample, native_histogram},
    outcome::{combined, each, number},
    shape::{PID, Shape, key},
    texts::Texts,
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
    exemplars: Vec<Exemplar>,
    /// Whether it was shown in the place of a series of this process.
    is_done: bool,
}

/// What a series shows.
#[derive(Clone, Copy)]
pub(super) enum Shows<'a> {
    Count(u64),
    Value(&'a Value),
}

impl Shows<'_> {
    pub(super) fn visit(self, labels: Labels<'_>, details: Details<'_>, visitor: &mut dyn Visitor) {
        match self {
            Self::Count(count) => visitor.number_with(labels, Number::U64(count), &details),
            Self::Value(value) => value.visit(labels, details, visitor),
        }
    }
}

/// A series, wherever its family keeps it.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    /// The place of its label values.
    at: usize,
    /// The label of the process whose value it is, if each process is shown by itself.
    pub(super) process: Option<&'a str>,
    pub(super) shows: Shows<'a>,
    pub(super) created: Option<Duration>,
    pub(super) exemplars: &'a [Exemplar],
    /// Whether it was shown in the place of a series of this process.
    pub(super) is_done: bool,
}

impl Shown {
    fn item(&self) -> Item<'_> {
        Item {
            at: self.at,
            process: self.process.as_deref(),
            shows: Shows::Value(&self.value),
            created: self.created,
            exemplars: &self.exemplars,
            is_done: self.is_done,
        }
    }
}

/// The series of a family of whole counters.
struct Counted {
    counts: Arc<Counts>,
    /// Of the few that have any, by their places.
    exemplars: HashMap<usize, Vec<Exemplar>>,
    /// Which were shown in the place of a series of this process.
    done: Vec<bool>,
    shows_created: bool,
}

impl Counted {
    fn new(counts: &Arc<Counts>, len: usize, shows_created: bool) -> Self {
        let exemplars = counts.exemplars.iter();
        let exemplars = exemplars.map(|(at, by_place)| (*at, by_place.values().cloned().collect())).collect();
        Self { counts: Arc::clone(counts), exemplars, done: vec![false; len], shows_created }
    }

    fn item(&self, at: usize) -> Option<Item<'_>> {
        let (count, created) = self.counts.get(at)?;
        // Nearly always there are none at all.
        let exemplars = if self.exemplars.is_empty() { None } else { self.exemplars.get(&at) };
        Some(Item {
            at,
            process: None,
            shows: Shows::Count(count),
            created: moment(created).filter(|_| self.shows_created),
            exemplars: exemplars.map(Vec::as_slice).unwrap_or_default(),
            is_done: self.done.get(at).copied().unwrap_or_default(),
        })
    }
}

fn moment(created: u64) -> Option<Duration> {
    (created > 0).then(|| Duration::from_nanos(created))
}

/// A family, with what is shown of it.
pub(super) struct Family {
    pub(super) shape: Arc<Shape>,
    pub(super) name: String,
    /// When the youngest process was started that declares it so.
    pub(super) newest: u64,
    /// Places of series, by their labels.
    index: Arc<HashMap<Box<[u8]>, usize>>,
    texts: Arc<Texts>,
    /// Nothing where `counted` has them.
    shown: Vec<Shown>,
    counted: Option<Counted>,
    /// Where the next series that this process shows is looked for first: behind the one before.
    next: usize,
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
    pub(super) fn new(
        family: &merged::Family,
        name: String,
        labels: &[Arc<str>],
        shows_created: bool,
    ) -> Self {
        let shape = &family.shape;
        let counted =
            family.counts.as_ref().map(|counts| Counted::new(counts, family.texts.len(), shows_created));
        let mut shown = Vec::new();
        let mut by_place = vec![None; family.points.len()];
        for (at, point) in family.points.iter().enumerate() {
            let Some(point) = point else { continue };
            let created = moment(point.created).filter(|_| shows_created);
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
            counted,
            next: 0,
            by_place,
            is_outdated: false,
        }
    }

    /// The place of the series with these labels. `bytes` is memory to work in.
    pub(super) fn place(&mut self, labels: Labels<'_>, bytes: &mut Vec<u8>) -> Option<usize> {
        // Processes of one program make most series in the same order.
        let is_next = self.texts.are(self.next, labels.values().iter().copied())
            && self.shape.labels.iter().map(String::as_str).eq(labels.names().iter().copied());
        let place = if is_next {
            self.next
        } else {
            key(labels.iter(), bytes);
            *self.index.get(bytes.as_slice())?
        };
        self.next = place + 1;
        Some(place)
    }

    /// Takes the series at a place to be shown now; nothing if it is not shown, or each process by itself.
    pub(super) fn take(&mut self, place: usize) -> Option<Item<'_>> {
        if let Some(counted) = &mut self.counted {
            *counted.done.get_mut(place)? = true;
            return counted.item(place);
        }
        let shown = self.by_place.get(place).copied().flatten()?;
        let shown = self.shown.get_mut(shown)?;
        shown.is_done = true;
        Some(shown.item())
    }

    /// All series that are shown.
    pub(super) fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let counted = self.counted.as_ref();
        let places = 0..counted.map_or(0, |counted| counted.done.len());
        let counted = places.filter_map(move |at| counted?.item(at));
        counted.chain(self.shown.iter().map(Shown::item))
    }

    /// The labels of a series, without that of the process.
    pub(super) fn labels_of(&self, item: Item<'_>) -> impl Iterator<Item = (&str, &str)> {
        self.shape.labels.iter().map(String::as_str).zip(self.texts.of(item.at))
    }

    /// All labels of a series.
    fn all_labels<'a>(&'a self, item: Item<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.labels_of(item).chain(item.process.map(|process| (PID, process)))
    }

    /// Shows those series that are wanted.
    pub(super) fn show(&self, visitor: &mut dyn Visitor, mut is_wanted: impl FnMut(Item<'_>) -> bool) {
        let mut names: Vec<&str> = self.shape.labels.iter().map(String::as_str).collect();
        let own = names.len();
        names.push(PID);
        let mut values = Vec::with_capacity(names.len());
        for item in self.items() {
            if is_wanted(item) {
                values.clear();
                values.extend(self.texts.of(item.at));
                values.extend(item.process);
                let names = if item.process.is_some() { &*names } else { &names[..own] };
                let mut details = Details::default();
                details.created = item.created;
                details.exemplars = item.exemplars;
                item.shows.visit(Labels::new(names, &values), details, visitor);
            }
        }
    }

    /// The series that are shown, as a snapshot has them.
    pub(super) fn series(&self) -> impl Iterator<Item = Series> {
        self.items().map(|item| {
            let labels = self.all_labels(item).map(|(name, value)| (name.to_owned(), value.to_owned()));
            let value = match item.shows {
                Shows::Count(count) => Value::Number(Number::U64(count)),
                Shows::Value(value) => value.clone(),
            };
            let mut series = Series::new(labels.collect(), value);
            series.created = item.created;
            series.exemplars.extend_from_slice(item.exemplars);
            series
        })
    }
}
