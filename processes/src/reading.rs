//! What all processes of a group have counted, for one exposition.

use crate::{
    directory::Seen,
    merged::{Merged, Point, Sample, native_histogram},
    outcome::{combined, number},
    python,
    shape::{Shape, key},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tallymark_core::{
    __private::Reading,
    Kind, Number,
    snapshot::{self, HistogramValue, Series, StatesValue, SummaryValue, Value},
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// The label that tells the values of processes apart.
const PID: &str = "pid";

/// A series that is shown.
struct Shown {
    /// The place of its label values.
    at: usize,
    /// Whose value it is, if each process is shown by itself.
    process: Option<Arc<str>>,
    value: Value,
    created: Option<Duration>,
    is_done: bool,
}

/// A family, with what is shown of it.
struct Family {
    shape: Arc<Shape>,
    name: String,
    newest: u64,
    index: Arc<HashMap<Box<[u8]>, usize>>,
    texts: Arc<Vec<Arc<[String]>>>,
    shown: Vec<Shown>,
    /// Places of `shown`, by the place of the label values; nothing where nothing is shown, or each process by itself.
    by_place: Vec<Option<usize>>,
    /// Whether another declaration of the same labels is younger, and takes the place of this one.
    is_outdated: bool,
}

/// What all processes have counted.
pub(crate) struct GroupReading {
    families: Vec<Family>,
    by_name: HashMap<String, Vec<usize>>,
    seen: Seen,
    conflicts: Vec<String>,
    python: BTreeMap<String, snapshot::Family>,
    key: Vec<u8>,
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
    fn new(family: &crate::merged::Family, name: String, labels: &[Arc<str>]) -> Self {
        let shape = &family.shape;
        let mut shown = Vec::new();
        let mut by_place = vec![None; family.points.len()];
        for (at, point) in family.points.iter().enumerate() {
            let Some(point) = point else { continue };
            let created = (point.created > 0).then(|| Duration::from_nanos(point.created));
            let mut show = |value, process| {
                shown.push(Shown { at, process, value, created, is_done: false });
            };
            if !shape.is_gauge() {
                if let Some(value) = value(shape, point) {
                    show(value, None);
                }
            } else if shape.mode.is_each() && shape.kind != Kind::StateSet {
                for sample in point.samples.iter().filter(|sample| sample.alive || !shape.mode.is_live()) {
                    let label = sample.label.clone().or_else(|| labels.get(sample.process as usize).cloned());
                    show(sample_value(shape, sample), Some(label.unwrap_or_default()));
                }
                continue;
            } else if let Some(sample) = combined(shape, &point.samples.iter().collect::<Vec<_>>()) {
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

    fn labels_of(&self, shown: &Shown) -> impl Iterator<Item = (&str, &str)> {
        let names = self.shape.labels.iter().map(String::as_str);
        let texts = self.texts.get(shown.at).map(|texts| &**texts).unwrap_or_default();
        names.zip(texts.iter().map(String::as_str))
    }

    /// Shows a series by itself.
    fn show(&self, shown: &Shown, visitor: &mut dyn Visitor) {
        let (mut names, mut values): (Vec<&str>, Vec<&str>) = self.labels_of(shown).unzip();
        if let Some(process) = shown.process.as_deref() {
            // A label of that name that the application has is its own.
            if !names.contains(&PID) {
                names.push(PID);
                values.push(process);
            }
        }
        visit(Labels::new(&names, &values), &shown.value, shown.created, &[], visitor);
    }
}

/// Hands a value on.
fn visit(
    labels: Labels<'_>,
    value: &Value,
    created: Option<Duration>,
    exemplars: &[tallymark_core::exemplar::Exemplar],
    visitor: &mut dyn Visitor,
) {
    let mut details = Details::default();
    details.created = created;
    details.exemplars = exemplars;
    match value {
        Value::Number(number) => visitor.number_with(labels, *number, &details),
        Value::Histogram(HistogramValue { bounds, counts, sum, native }) => {
            details.native = native.as_ref();
            visitor.histogram_with(labels, HistogramPoint { bounds, counts, sum: *sum }, &details);
        }
        Value::Summary(SummaryValue { count, sum, quantiles }) => {
            visitor.summary_with(labels, SummaryPoint { count: *count, sum: *sum, quantiles }, &details);
        }
        Value::States(StatesValue { states, current }) => {
            let states: Vec<&str> = states.iter().map(String::as_str).collect();
            visitor.states(labels, &states, *current);
        }
        _ => {}
    }
}

impl GroupReading {
    /// What is merged, with the labels of processes by their places.
    pub(crate) fn new(
        merged: &Merged,
        labels: &[Arc<str>],
        seen: Seen,
        python: python::Read,
        rename: &dyn Fn(&str, bool) -> Option<String>,
        shows_created: bool,
    ) -> Self {
        let mut families: Vec<Family> = merged
            .families
            .iter()
            .filter(|family| family.points.iter().any(Option::is_some))
            .map(|family| {
                let name = rename(&family.shape.name, family.shape.namespaced);
                Family::new(family, name.unwrap_or_else(|| family.shape.name.clone()), labels)
            })
            .collect();
        if !shows_created {
            families.iter_mut().flat_map(|family| &mut family.shown).for_each(|shown| shown.created = None);
        }
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, family) in families.iter().enumerate() {
            by_name.entry(family.name.clone()).or_default().push(at);
        }
        let mut conflicts = Vec::new();
        for (name, same) in by_name.iter_mut().filter(|(_, same)| same.len() > 1) {
            // Different labels can be shown beside one another; with the same ones, the youngest declaration is.
            same.sort_by_key(|at| std::cmp::Reverse(families[*at].newest));
            conflicts.push(name.clone());
            for (place, &at) in same.iter().enumerate() {
                let of = |at: usize| &families[at].shape;
                let outdated = same[..place]
                    .iter()
                    .any(|&younger| of(younger).kind != of(at).kind || of(younger).labels == of(at).labels);
                families[at].is_outdated = outdated;
            }
        }
        let mut reading =
            Self { families, by_name, seen, conflicts, python: python.families, key: Vec::new() };
        for (reason, count) in python.skipped {
            *reading.seen.skipped.entry(reason).or_default() += count;
        }
        reading
    }

    /// The series of Python's families of this name.
    fn python_series(&self, name: &str) -> impl Iterator<Item = &Series> {
        self.python.get(name).into_iter().flat_map(|family| &family.series)
    }
}

/// What this process shows itself is put aside where the group knows better.
struct Merging<'a> {
    reading: &'a mut GroupReading,
    name: String,
    visitor: &'a mut dyn Visitor,
}

/// What becomes of a series of this process's.
enum Known {
    /// It is shown as it is: nothing was published of it.
    Own,
    /// It is shown with the rest of the family, or not at all.
    Later,
    /// This takes its place.
    Shown(usize, usize),
}

impl Merging<'_> {
    fn find(&mut self, labels: Labels<'_>) -> Known {
        let GroupReading { families, by_name, key: bytes, .. } = &mut *self.reading;
        let Some(same) = by_name.get(&self.name) else { return Known::Own };
        key(labels.iter(), bytes);
        for &at in same {
            let family = &families[at];
            let Some(&place) = family.index.get(bytes.as_slice()) else { continue };
            if family.is_outdated || same.len() > 1 {
                return Known::Later;
            }
            return match family.by_place.get(place).copied().flatten() {
                Some(shown) => Known::Shown(at, shown),
                // Each process is shown by itself, or what the process shows was removed since.
                None => Known::Later,
            };
        }
        Known::Own
    }

    /// Shows what is known of a series. Returns whether it is to be shown as this process has it.
    fn replace(&mut self, labels: Labels<'_>, details: &Details<'_>) -> bool {
        match self.find(labels) {
            Known::Own => true,
            Known::Later => false,
            Known::Shown(family, shown) => {
                let shown = &mut self.reading.families[family].shown[shown];
                shown.is_done = true;
                let created = shown.created.or(details.created);
                visit(labels, &shown.value, created, details.exemplars, self.visitor);
                false
            }
        }
    }
}

impl Visitor for Merging<'_> {
    fn family(&mut self, head: &Head<'_>) {
        self.visitor.family(head);
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.number_with(labels, value, &Details::default());
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.histogram_with(labels, point, &Details::default());
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.summary_with(labels, point, &Details::default());
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        if self.replace(labels, details) {
            self.visitor.number_with(labels, value, details);
        }
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        if self.replace(labels, details) {
            self.visitor.histogram_with(labels, point, details);
        }
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        if self.replace(labels, details) {
            self.visitor.summary_with(labels, point, details);
        }
    }

    fn up_down(&mut self, labels: Labels<'_>, value: Number) {
        match self.find(labels) {
            Known::Own => self.visitor.up_down(labels, value),
            Known::Later => {}
            Known::Shown(family, shown) => {
                let shown = &mut self.reading.families[family].shown[shown];
                shown.is_done = true;
                if let Value::Number(number) = shown.value {
                    self.visitor.up_down(labels, number);
                }
            }
        }
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        if self.replace(labels, &Details::default()) {
            self.visitor.states(labels, states, current);
        }
    }
}

impl Reading for GroupReading {
    fn knows(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.python.contains_key(name)
    }

    fn family<'a>(&'a mut self, name: &str, visitor: &'a mut dyn Visitor) -> Box<dyn Visitor + 'a> {
        Box::new(Merging { reading: self, name: name.to_owned(), visitor })
    }

    fn rest(&mut self, name: &str, visitor: &mut dyn Visitor) {
        let mut keys: HashSet<Vec<u8>> = HashSet::new();
        let mut bytes = Vec::new();
        let with_python = self.python.contains_key(name);
        let kind = self.by_name.get(name).and_then(|same| Some(self.families[*same.first()?].shape.kind));
        for &at in self.by_name.get(name).into_iter().flatten() {
            let family = &self.families[at];
            let several = self.by_name.get(name).is_some_and(|same| same.len() > 1);
            if family.is_outdated && Some(family.shape.kind) != kind {
                continue;
            }
            for shown in &family.shown {
                if several || with_python {
                    key(family.labels_of(shown), &mut bytes);
                    // Younger declarations come first.
                    if !keys.insert(bytes.clone()) && shown.process.is_none() {
                        continue;
                    }
                }
                if !shown.is_done {
                    family.show(shown, visitor);
                }
            }
        }
        for series in self.python_series(name) {
            key(series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())), &mut bytes);
            if !keys.contains(&bytes) {
                let (names, values): (Vec<&str>, Vec<&str>) =
                    series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
                visit(Labels::new(&names, &values), &series.value, None, &[], visitor);
            }
        }
    }

    fn others(
        &mut self,
        is_declared: &dyn Fn(&str) -> bool,
        collected: Vec<Arc<snapshot::Family>>,
    ) -> Vec<Arc<snapshot::Family>> {
        let mut others: BTreeMap<String, snapshot::Family> = BTreeMap::new();
        for (name, same) in self.by_name.iter().filter(|(name, _)| !is_declared(name)) {
            let Some(&first) = same.first() else { continue };
            let shape = &self.families[first].shape;
            let mut family = snapshot::Family {
                name: name.clone(),
                help: shape.help.clone(),
                kind: shape.kind,
                unit: shape.unit.clone(),
                series: Vec::new(),
            };
            let mut recorder = Recorder(&mut family.series);
            for &at in same {
                let one = &self.families[at];
                if one.shape.kind == shape.kind && !one.is_outdated {
                    one.shown.iter().for_each(|shown| one.show(shown, &mut recorder));
                }
            }
            others.insert(name.clone(), family);
        }
        for family in self.python.values() {
            if is_declared(&family.name) {
                continue;
            }
            match others.get_mut(&family.name) {
                Some(known) if known.kind == family.kind => {
                    for series in &family.series {
                        let labels: Vec<(&str, &str)> = series
                            .labels
                            .iter()
                            .map(|(name, value)| (name.as_str(), value.as_str()))
                            .collect();
                        if known.get(&labels).is_none() {
                            known.series.push(series.clone());
                        }
                    }
                }
                Some(_) => self.conflicts.push(family.name.clone()),
                None => {
                    others.insert(family.name.clone(), family.clone());
                }
            }
        }
        others.extend(self.own_families().into_iter().map(|family| (family.name.clone(), family)));
        let mut all: BTreeMap<String, Arc<snapshot::Family>> =
            collected.into_iter().map(|family| (family.name.clone(), family)).collect();
        all.extend(others.into_iter().map(|(name, family)| (name, Arc::new(family))));
        all.into_values().collect()
    }
}

impl GroupReading {
    /// What is known of the group itself.
    fn own_families(&self) -> Vec<snapshot::Family> {
        let one = |name: &str, help: &str, kind: Kind, series: Vec<Series>| snapshot::Family {
            name: name.to_owned(),
            help: help.to_owned(),
            kind,
            unit: None,
            series,
        };
        let number = |labels: Vec<(String, String)>, number: u64| {
            Series::new(labels, Value::Number(Number::U64(number)))
        };
        let skipped = self.seen.skipped.iter();
        let skipped =
            skipped.map(|(reason, count)| number(vec![("reason".into(), (*reason).into())], *count));
        vec![
            one(
                "tallymark_processes",
                "Living processes that share this exposition.",
                Kind::Gauge,
                vec![number(Vec::new(), self.seen.living.len() as u64)],
            ),
            one(
                "tallymark_processes_skipped_files",
                "Files that are not part of this exposition, by reason.",
                Kind::Gauge,
                skipped.collect(),
            ),
            one(
                "tallymark_processes_failed_growths",
                "How often a file could not grow, so that other processes do not see all that is counted.",
                Kind::Gauge,
                vec![number(Vec::new(), self.seen.failures)],
            ),
            one(
                "tallymark_processes_conflicts",
                "Families that processes declare in different ways.",
                Kind::Gauge,
                self.conflicts.iter().map(|name| number(vec![("metric".into(), name.clone())], 1)).collect(),
            ),
        ]
    }
}

/// Keeps series as a snapshot has them.
struct Recorder<'a>(&'a mut Vec<Series>);

impl Recorder<'_> {
    fn add(&mut self, labels: Labels<'_>, value: Value, created: Option<Duration>) {
        let labels = labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut series = Series::new(labels, value);
        series.created = created;
        self.0.push(series);
    }
}

impl Visitor for Recorder<'_> {
    fn family(&mut self, _: &Head<'_>) {}

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.add(labels, Value::Number(value), None);
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.histogram_with(labels, point, &Details::default());
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.summary_with(labels, point, &Details::default());
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        self.add(labels, Value::Number(value), details.created);
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        let value = HistogramValue {
            bounds: point.bounds.to_vec(),
            counts: point.counts.to_vec(),
            sum: point.sum,
            native: details.native.cloned(),
        };
        self.add(labels, Value::Histogram(value), details.created);
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        let value = SummaryValue { count: point.count, sum: point.sum, quantiles: point.quantiles.to_vec() };
        self.add(labels, Value::Summary(value), details.created);
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        let states = states.iter().map(|state| (*state).to_owned()).collect();
        self.add(labels, Value::States(StatesValue { states, current }), None);
    }
}
