//! Snapshots of the last minutes, in bounded memory.

mod evaluate;
mod export;
mod over_time;
mod prepared;
mod quantile;
mod sampled;

pub use export::Export;
pub use prepared::PreparedQuery;
pub use sampled::{Sampled, SampledRange};

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};
use tallymark_core::snapshot::{Snapshot, Value};

/// Marks that a snapshot has no sample of a series: the bits of Prometheus' stale marker.
const ABSENT: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

fn is_absent(value: f64) -> bool {
    value.to_bits() == ABSENT.to_bits()
}

/// Snapshots of the last minutes, from which [`Query`](crate::Query)s are evaluated as a Prometheus server that has
/// scraped at the same moments evaluates them.
///
/// Its size is limited: the oldest snapshots are removed first.
///
/// ```
/// use std::time::Duration;
/// use tallymark_panels::{Catalogue, History, Selector, Window};
///
/// let catalogue = Catalogue::current();
/// let mut history = History::new(4 << 20);
/// for second in 0..10 {
///     history.push(1_000 * second, &tallymark_core::registry::snapshot());
/// }
/// let conflicts = catalogue.get("tallymark_conflicts_total")?;
/// let rate = Selector::new(conflicts).rate(Window::minutes(1))?;
/// assert_eq!(history.evaluate(&rate, 9_000, Duration::from_secs(60))[0].value, 0.0);
/// # Ok::<_, tallymark_panels::QueryError>(())
/// ```
#[derive(Debug)]
pub struct History {
    columns: Vec<Column>,
    /// Columns by family.
    families: HashMap<Arc<str>, Vec<usize>>,
    /// Columns by family, sample and labels.
    index: HashMap<Key, usize>,
    /// Shared with exports under way.
    frames: VecDeque<Arc<Frame>>,
    max_bytes: usize,
    /// Bytes of the columns, their keys and indexes.
    column_bytes: usize,
    /// Bytes of the frames.
    frame_bytes: usize,
    /// Changes whenever columns are added or removed.
    generation: u64,
}

/// Names and values of the labels of a series, which all its samples share.
type SharedLabels = Arc<[(String, String)]>;

/// One sample of one series, whose values are in the frames at the same place.
#[derive(Clone, Debug)]
struct Column {
    family: Arc<str>,
    sample: Sample,
    labels: SharedLabels,
    /// Frames in which it has a value.
    present: usize,
}

/// Identifies a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    family: Arc<str>,
    sample: Sample,
    labels: SharedLabels,
}

/// The role of a sample within its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sample {
    Value,
    Count,
    Sum,
    /// The number of observations up to an edge, by its bits.
    Bucket(u64),
    /// A quantile that the program computed, by its bits.
    Quantile(u64),
}

#[derive(Debug)]
struct Frame {
    /// Milliseconds since 1970.
    at: i64,
    /// By column; shorter than the columns if some came later.
    values: Box<[f64]>,
}

/// A frame that is being filled.
struct NewFrame {
    values: Vec<f64>,
    /// The column that the next sample is likely to belong to.
    next: usize,
}

/// Bytes of a column without its texts: the column, its key, and its entries in two maps.
const COLUMN: usize = size_of::<Column>() + size_of::<Key>() + 4 * size_of::<usize>();

/// Bytes of a label without its texts.
const PAIR: usize = 2 * size_of::<String>();

impl History {
    /// Creates a history that takes at most `max_bytes` bytes.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            columns: Vec::new(),
            families: HashMap::new(),
            index: HashMap::new(),
            frames: VecDeque::new(),
            max_bytes,
            column_bytes: 0,
            frame_bytes: 0,
            generation: 0,
        }
    }

    /// Adds a snapshot that was taken at `at`, in milliseconds since the beginning of 1970. A snapshot that is not newer than
    /// the newest one is ignored, as a Prometheus server does.
    pub fn push(&mut self, at: i64, snapshot: &Snapshot) {
        if self.frames.back().is_some_and(|frame| frame.at >= at) {
            return;
        }
        let mut frame = NewFrame { values: vec![ABSENT; self.columns.len()], next: 0 };
        for family in snapshot.families() {
            for series in &family.series {
                let mut set =
                    |sample, value| self.set(&mut frame, &family.name, sample, &series.labels, value);
                match &series.value {
                    Value::Number(number) => set(Sample::Value, number.as_f64()),
                    Value::Histogram(histogram) => {
                        let mut cumulated = 0_u64;
                        let bounds = histogram.bounds.iter().copied().chain([f64::INFINITY]);
                        for (bound, count) in bounds.zip(&histogram.counts) {
                            cumulated = cumulated.wrapping_add(*count);
                            set(Sample::Bucket(bound.to_bits()), cumulated as f64);
                        }
                        set(Sample::Count, cumulated as f64);
                        set(Sample::Sum, histogram.sum);
                    }
                    Value::Summary(summary) => {
                        set(Sample::Count, summary.count as f64);
                        set(Sample::Sum, summary.sum);
                        for (quantile, value) in &summary.quantiles {
                            set(Sample::Quantile(quantile.to_bits()), *value);
                        }
                    }
                    Value::States(states) => {
                        for (place, state) in states.states.iter().enumerate() {
                            let mut labels = series.labels.clone();
                            labels.push((family.name.clone(), state.clone()));
                            let on = f64::from(u8::from(place == states.current));
                            self.set(&mut frame, &family.name, Sample::Value, &labels, on);
                        }
                    }
                    _ => {}
                }
            }
        }
        let values = frame.values;
        for (column, value) in self.columns.iter_mut().zip(&values) {
            column.present += usize::from(!is_absent(*value));
        }
        self.frame_bytes += frame_bytes(values.len());
        self.frames.push_back(Arc::new(Frame { at, values: values.into_boxed_slice() }));
        self.keep_limit();
    }

    /// Changes the greatest number of bytes. The oldest snapshots are removed until the rest takes no more.
    pub fn set_max_bytes(&mut self, max_bytes: usize) {
        self.max_bytes = max_bytes;
        self.keep_limit();
    }

    fn keep_limit(&mut self) {
        while self.bytes() > self.max_bytes && !self.frames.is_empty() {
            self.forget_oldest();
        }
        self.forget_columns();
    }

    /// Removes the snapshots that were taken before `at`.
    pub fn forget_before(&mut self, at: i64) {
        while self.frames.front().is_some_and(|frame| frame.at < at) {
            self.forget_oldest();
        }
        self.forget_columns();
    }

    /// Removes all snapshots.
    pub fn clear(&mut self) {
        self.forget_before(i64::MAX);
    }

    /// Sets the value of a sample in a new frame.
    fn set(
        &mut self,
        frame: &mut NewFrame,
        family: &str,
        sample: Sample,
        labels: &[(String, String)],
        value: f64,
    ) {
        // Consecutive snapshots have their series in the same order, with few exceptions.
        let is_it = |column: &Column| {
            column.sample == sample && *column.family == *family && *column.labels == *labels
        };
        let at = match self.columns.get(frame.next) {
            Some(column) if is_it(column) => frame.next,
            _ => self.column(family, sample, labels),
        };
        frame.next = at + 1;
        if frame.values.len() <= at {
            frame.values.resize(at + 1, ABSENT);
        }
        frame.values[at] = value;
    }

    /// Returns the column of a sample, and adds it if it is missing.
    fn column(&mut self, family: &str, sample: Sample, labels: &[(String, String)]) -> usize {
        // Consecutive columns are mostly of one series.
        let before = self.columns.last().filter(|column| *column.family == *family);
        let same = before.filter(|column| *column.labels == *labels);
        let key = Key {
            family: before.map_or_else(|| Arc::from(family), |column| Arc::clone(&column.family)),
            sample,
            labels: same.map_or_else(|| Arc::from(labels), |column| Arc::clone(&column.labels)),
        };
        if let Some(&at) = self.index.get(&key) {
            return at;
        }
        let at = self.columns.len();
        let column =
            Column { family: Arc::clone(&key.family), sample, labels: Arc::clone(&key.labels), present: 0 };
        self.column_bytes += column_bytes(&column, self.columns.last());
        self.families.entry(Arc::clone(&key.family)).or_default().push(at);
        self.columns.push(column);
        self.index.insert(key, at);
        self.generation += 1;
        at
    }

    fn forget_oldest(&mut self) {
        if let Some(frame) = self.frames.pop_front() {
            self.frame_bytes -= frame_bytes(frame.values.len());
            for (column, value) in self.columns.iter_mut().zip(&frame.values) {
                column.present -= usize::from(!is_absent(*value));
            }
        }
    }

    /// Removes columns without values once they are more than half of all, so that series that come and go take no memory.
    fn forget_columns(&mut self) {
        let empty = self.columns.iter().filter(|column| column.present == 0).count();
        if empty == 0 || empty * 2 <= self.columns.len() {
            return;
        }
        let kept: Vec<bool> = self.columns.iter().map(|column| column.present > 0).collect();
        self.frame_bytes = 0;
        for frame in &mut self.frames {
            let values: Box<[f64]> =
                frame.values.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(value, _)| *value).collect();
            self.frame_bytes += frame_bytes(values.len());
            *frame = Arc::new(Frame { at: frame.at, values });
        }
        self.columns.retain(|column| column.present > 0);
        self.index.clear();
        self.families.clear();
        self.column_bytes = 0;
        let mut before = None;
        for (at, column) in self.columns.iter().enumerate() {
            let Column { family, sample, labels, .. } = column;
            let key = Key { family: Arc::clone(family), sample: *sample, labels: Arc::clone(labels) };
            self.column_bytes += column_bytes(column, before);
            self.families.entry(Arc::clone(family)).or_default().push(at);
            self.index.insert(key, at);
            before = Some(column);
        }
        self.generation += 1;
    }

    /// Returns the size in bytes, without the overhead of the allocator.
    pub fn bytes(&self) -> usize {
        self.column_bytes + self.frame_bytes
    }

    /// Returns the number of snapshots.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Returns whether there are no snapshots.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Returns when the oldest and the newest snapshot were taken, in milliseconds since the beginning of 1970.
    pub fn span(&self) -> Option<(i64, i64)> {
        Some((self.frames.front()?.at, self.frames.back()?.at))
    }

    /// Returns when the snapshots were taken, in milliseconds since the beginning of 1970, oldest first.
    pub fn times(&self) -> impl Iterator<Item = i64> {
        self.frames.iter().map(|frame| frame.at)
    }

    /// Returns the frames of `start < at <= end`, oldest first.
    fn frames_within(&self, start: i64, end: i64) -> impl DoubleEndedIterator<Item = &Frame> + Clone {
        let first = self.frames.partition_point(|frame| frame.at <= start);
        let last = self.frames.partition_point(|frame| frame.at <= end);
        self.frames.range(first..last.max(first)).map(AsRef::as_ref)
    }
}

fn frame_bytes(values: usize) -> usize {
    size_of::<Frame>() + values * size_of::<f64>()
}

/// Returns the labels of a sample as queries see them: sorted, without empty ones, and with the edge of a bucket.
fn shown(column: &Column) -> Vec<(String, String)> {
    let mut shown: Vec<(String, String)> =
        column.labels.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
    if let Sample::Bucket(bits) = column.sample {
        shown.push(("le".to_owned(), crate::query::number(f64::from_bits(bits))));
    }
    shown.sort();
    shown
}

/// Returns the bytes of a column that comes after another one. What the two share counts once.
fn column_bytes(column: &Column, before: Option<&Column>) -> usize {
    let family = match before {
        Some(before) if Arc::ptr_eq(&before.family, &column.family) => 0,
        _ => column.family.len(),
    };
    let labels = match before {
        Some(before) if Arc::ptr_eq(&before.labels, &column.labels) => 0,
        _ => column.labels.iter().map(|(name, value)| name.len() + value.len() + PAIR).sum(),
    };
    COLUMN + family + labels
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these are exact")]
mod tests;
