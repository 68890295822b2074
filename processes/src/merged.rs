//! What all files of a group hold together.

use crate::{
    counts::{Counts, Exemplars},
    file::Numbers,
    record::NativeRecord,
    shape::{Shape, key},
    texts::Texts,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tallymark_core::{__private_v4::shared::format::record::native, Kind, exemplar::Exemplar};

/// A value of one process.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// The place of the process among the sources.
    pub(crate) process: u32,
    pub(crate) alive: bool,
    pub(crate) bits: u64,
    /// When it was set, in nanoseconds since 1970.
    pub(crate) time: u64,
    /// What tells it from those of other processes, if its process is gone.
    pub(crate) label: Option<Arc<str>>,
}

/// The native buckets of a histogram: by schema, key and side, with the zero threshold.
pub(crate) type Natives = (f64, BTreeMap<(i8, u8, i32), u64>);

/// What one file holds of a series, or all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) integers: Vec<u64>,
    pub(crate) floats: Vec<f64>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) natives: Option<Box<Natives>>,
    pub(crate) exemplars: Option<Box<Exemplars>>,
    /// Nanoseconds since 1970, or 0.
    pub(crate) created: u64,
}

impl Point {
    pub(crate) fn of_sample(sample: Sample, created: u64) -> Self {
        Self { samples: vec![sample], created, ..Self::default() }
    }

    pub(crate) fn of_sums(integers: Vec<u64>, floats: Vec<f64>, created: u64) -> Self {
        Self { integers, floats, created, ..Self::default() }
    }

    pub(crate) fn add_native(&mut self, bucket: &NativeRecord, count: u64) {
        let (threshold, buckets) = &mut **self.natives.get_or_insert_with(Box::default);
        *threshold = threshold.max(bucket.threshold);
        let bucket = buckets.entry((bucket.schema, bucket.side, bucket.key)).or_default();
        *bucket = bucket.wrapping_add(count);
    }

    /// Adds an exemplar, unless there is a newer one in its place.
    fn add_exemplar(&mut self, place: u32, exemplar: Exemplar) {
        let known = self.exemplars.get_or_insert_with(Box::default).entry(place).or_default();
        if known.at <= exemplar.at {
            *known = exemplar;
        }
    }

    fn add(&mut self, other: Self) {
        let Self { integers, floats, samples, natives, exemplars, created } = other;
        for (place, exemplar) in exemplars.into_iter().flat_map(|exemplars| *exemplars) {
            self.add_exemplar(place, exemplar);
        }
        self.created = earlier(self.created, created);
        // Floats of a histogram are added up when they are shown, so files may have different numbers of them.
        for (at, integer) in integers.into_iter().enumerate() {
            match self.integers.get_mut(at) {
                Some(sum) => *sum = sum.wrapping_add(integer),
                None => self.integers.push(integer),
            }
        }
        for (at, float) in floats.into_iter().enumerate() {
            match self.floats.get_mut(at) {
                Some(sum) => *sum += float,
                None => self.floats.push(float),
            }
        }
        self.samples.extend(samples);
        if let Some(natives) = natives {
            let (threshold, buckets) = &mut **self.natives.get_or_insert_with(Box::default);
            *threshold = threshold.max(natives.0);
            for (bucket, count) in natives.1 {
                let sum = buckets.entry(bucket).or_default();
                *sum = sum.wrapping_add(count);
            }
        }
    }
}

/// The earlier of two moments, where 0 means unknown.
fn earlier(a: u64, b: u64) -> u64 {
    match (a, b) {
        (0, other) | (other, 0) => other,
        (a, b) => a.min(b),
    }
}

/// How many floats and integers a series of such a family has.
pub(crate) fn fits(shape: &Shape, floats: u16, integers: u16) -> bool {
    if shape.is_words {
        return true;
    }
    let (floats, integers) = (usize::from(floats), usize::from(integers));
    match shape.kind {
        Kind::Counter => {
            if shape.is_float {
                floats == 1 && integers == 0
            } else {
                floats == 0 && integers == 1
            }
        }
        Kind::Gauge => shape.is_level && floats == 0 && integers == 2,
        Kind::Histogram => (1..=2).contains(&floats) && integers == shape.bounds.len() + 1,
        Kind::Summary => floats == 1 && integers == 1,
        _ => false,
    }
}

/// A family of the group.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) shape: Arc<Shape>,
    /// When the youngest process was started that declares it so.
    pub(crate) newest: u64,
    /// Places of series, by their labels.
    index: Arc<HashMap<Box<[u8]>, usize>>,
    pub(crate) texts: Arc<Texts>,
    /// By the places of series; empty where `counts` has them.
    pub(crate) points: Vec<Option<Point>>,
    /// What a family of whole counters has instead of points, which are larger.
    pub(crate) counts: Option<Arc<Counts>>,
    /// Where the next series of a file is looked for first: behind the one before.
    next: usize,
}

impl Family {
    pub(crate) fn index(&self) -> Arc<HashMap<Box<[u8]>, usize>> {
        Arc::clone(&self.index)
    }

    /// Whether any series shows anything.
    pub(crate) fn is_shown(&self) -> bool {
        match &self.counts {
            Some(counts) => counts.is_any(),
            None => self.points.iter().any(Option::is_some),
        }
    }

    /// What the series at a place holds; nothing if it shows nothing.
    pub(crate) fn point(&self, at: usize) -> Option<Cow<'_, Point>> {
        let Some(counts) = &self.counts else { return self.points.get(at)?.as_ref().map(Cow::Borrowed) };
        let (count, created) = counts.get(at)?;
        let mut point = Point::of_sums(vec![count], Vec::new(), created);
        point.exemplars = counts.exemplars.get(&at).cloned().map(Box::new);
        Some(Cow::Owned(point))
    }
}

/// Everything, by families and series whose places stay as they are.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub(crate) families: Vec<Family>,
    by_name: HashMap<String, Vec<usize>>,
    key: Vec<u8>,
    /// Memory to read the numbers of one file after the other into.
    pub(crate) numbers: [Numbers; 2],
}

impl Merged {
    /// Forgets what was added, and keeps all places.
    pub(crate) fn clear(&mut self) {
        for family in &mut self.families {
            family.points.fill(None);
            family.newest = 0;
            if let Some(counts) = &mut family.counts {
                let len = family.texts.len();
                match Arc::get_mut(counts) {
                    Some(counts) => counts.reset(len),
                    // A reading is still being shown.
                    None => *counts = Arc::new(Counts::absent(len)),
                }
            }
        }
    }

    /// The place of a family that a process that was started at `started` declares so.
    pub(crate) fn family(&mut self, shape: Shape, started: u64) -> usize {
        let known = self.by_name.entry(shape.name.clone()).or_default();
        for &at in &*known {
            let family = &mut self.families[at];
            if family.shape.is_like(&shape) {
                // Where texts and modes differ, those of the youngest hold.
                if started >= family.newest {
                    family.newest = started;
                    if *family.shape != shape {
                        family.shape = Arc::new(shape);
                    }
                }
                return at;
            }
        }
        known.push(self.families.len());
        let counts = shape.is_count().then(Arc::default);
        let texts = Arc::new(Texts::new(shape.labels.len()));
        self.families.push(Family {
            shape: Arc::new(shape),
            counts,
            newest: started,
            index: Arc::default(),
            texts,
            points: Vec::new(),
            next: 0,
        });
        self.families.len() - 1
    }

    /// Notes that a process that was started at `started` declares the family.
    pub(crate) fn note(&mut self, family: usize, started: u64) {
        let family = &mut self.families[family];
        family.newest = family.newest.max(started);
    }

    pub(crate) fn shape(&self, family: usize) -> &Shape {
        &self.families[family].shape
    }

    /// What a family of whole counters holds; nothing if it is another one.
    pub(crate) fn counts(&mut self, family: usize) -> Option<&mut Counts> {
        self.families.get_mut(family)?.counts.as_mut().map(Arc::make_mut)
    }

    /// The place of a series with these label values, in the order of the family's labels.
    pub(crate) fn entry<T: AsRef<str>>(&mut self, family: usize, texts: &[T]) -> usize {
        let family = &mut self.families[family];
        // Processes of one program make most series in the same order.
        let texts = || texts.iter().map(AsRef::as_ref);
        if family.texts.are(family.next, texts()) {
            family.next += 1;
            return family.next - 1;
        }
        let names = family.shape.labels.iter().map(String::as_str);
        key(names.zip(texts()), &mut self.key);
        if let Some(&known) = family.index.get(self.key.as_slice()) {
            family.next = known + 1;
            return known;
        }
        let at = family.texts.len();
        // A reading that is still being shown keeps the ones there were.
        Arc::make_mut(&mut family.index).insert(self.key.as_slice().into(), at);
        Arc::make_mut(&mut family.texts).push(texts());
        family.next = at + 1;
        match &mut family.counts {
            Some(counts) => Arc::make_mut(counts).push(),
            None => family.points.push(None),
        }
        at
    }

    pub(crate) fn add(&mut self, family: usize, entry: usize, point: Point) {
        if let Some(counts) = self.counts(family) {
            counts.add(entry, point.integers.first().copied().unwrap_or_default(), point.created);
            for (place, exemplar) in point.exemplars.into_iter().flat_map(|exemplars| *exemplars) {
                counts.exemplar(entry, place, exemplar);
            }
            return;
        }
        let place = &mut self.families[family].points[entry];
        match place {
            Some(known) => known.add(point),
            None => *place = Some(point),
        }
    }

    /// Adds an exemplar of a series, if that shows anything.
    pub(crate) fn exemplar(&mut self, family: usize, entry: usize, place: u32, exemplar: Exemplar) {
        if let Some(counts) = self.counts(family) {
            if counts.get(entry).is_some() {
                counts.exemplar(entry, place, exemplar);
            }
        } else if let Some(point) = &mut self.families[family].points[entry] {
            point.add_exemplar(place, exemplar);
        }
    }

    /// Adds facts of a process that was started at `started`, which are a series of the family.
    pub(crate) fn facts(&mut self, family: usize, facts: &[(String, String)], started: u64, sample: Sample) {
        let (labels, texts): (Vec<String>, Vec<String>) = facts.iter().cloned().unzip();
        let shape = Shape { labels, ..Shape::clone(&self.families[family].shape) };
        let family = self.family(shape, started);
        self.note(family, started);
        let entry = self.entry(family, &texts);
        self.add(family, entry, Point::of_sample(sample, 0));
    }
}

/// The buckets at one schema, which is the coarsest of all that there are.
pub(crate) fn native_histogram(natives: &Natives) -> tallymark_core::snapshot::NativeHistogram {
    let (threshold, buckets) = natives;
    let zero = |side: u8| side == native::ZERO;
    let schema = buckets.keys().map(|(schema, ..)| *schema).min().unwrap_or(3);
    let mut histogram = tallymark_core::snapshot::NativeHistogram::default();
    (histogram.schema, histogram.zero_threshold) = (i32::from(schema), *threshold);
    let mut sides: [BTreeMap<i32, u64>; 2] = Default::default();
    for (&(from, side, key), &count) in buckets {
        if zero(side) {
            histogram.zero_count = histogram.zero_count.wrapping_add(count);
        } else if count > 0 {
            // Each two neighbours become one: k becomes (k + 1) / 2, rounded down.
            let key = (schema..from).fold(key, |key, _| key.saturating_add(1) >> 1);
            let side = &mut sides[usize::from(side == native::NEGATIVE)];
            let bucket = side.entry(key).or_default();
            *bucket = bucket.wrapping_add(count);
        }
    }
    let [positive, negative] = sides.map(|side| side.into_iter().collect());
    (histogram.positive, histogram.negative) = (positive, negative);
    histogram
}
