//! The metrics of one moment as requests.

use std::time::Duration;

use tallymark_core::{
    Kind, Number,
    encode::parts::canonical,
    exemplar::Exemplar,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

use super::{
    counts::Counts,
    history::{History, Known},
    metadata::{Metadata, number_of},
    meters::{DropReason, Meters},
    payload::{Body, Payload},
    request_v1::{NAME, RequestV1},
    request_v2::{RequestV2, Series, Value, moment},
    version::Versions,
};

/// How many values a request has at most, as Prometheus itself does it.
const MOST_VALUES: u64 = 2_000;

/// How long a message gets, about, before the next one is begun.
const MOST_BYTES: usize = 4 << 20;

/// The value that says that a series has ended.
///
/// Source: Prometheus, "Remote-Write 2.0 specification", "Samples and Histogram Samples".
pub(super) const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// The NaN that Prometheus writes for all that is not a number. No value may look like a stale marker.
const NOT_A_NUMBER: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

/// A visitor that makes requests of what it is shown.
pub(super) struct Sampling<'a> {
    history: &'a mut History,
    meters: Meters,
    versions: Versions,
    now: i64,
    external: Vec<(u32, u32)>,
    /// Of the present family: its name, the labels that all of its series have, and what it is.
    name: String,
    constant: Vec<(u32, u32)>,
    metadata: Metadata,
    kind: Kind,
    v2: RequestV2,
    v1: RequestV1,
    done: Vec<Payload>,
}

impl<'a> Sampling<'a> {
    pub(super) fn new(
        history: &'a mut History,
        meters: Meters,
        versions: Versions,
        external: &[(String, String)],
    ) -> Self {
        let now = SystemMoment::now().0;
        let now = history.begin(now);
        let external = numbers(history, external);
        Self {
            history,
            meters,
            versions,
            now,
            external,
            name: String::new(),
            constant: Vec::new(),
            metadata: Metadata::default(),
            kind: Kind::Unknown,
            v2: RequestV2::default(),
            v1: RequestV1::default(),
            done: Vec::new(),
        }
    }

    /// The requests, with markers for the series that were part of the last sampling and are not part of this one.
    pub(super) fn finish(mut self) -> Vec<Payload> {
        for (key, known) in self.history.end() {
            self.end_series(&key, &known);
        }
        self.close();
        self.history.tidy();
        self.done
    }

    fn end_series(&mut self, key: &[u32], known: &Known) {
        self.write(key, Value::Sample(STALE), 0, known.metadata, known.versions, &[]);
    }

    /// Makes a request of what there is.
    fn close(&mut self) {
        let (v2, v1) = (std::mem::take(&mut self.v2), std::mem::take(&mut self.v1));
        let body = |counts: Counts, message: &dyn Fn() -> Vec<u8>| {
            if counts.is_empty() {
                return None;
            }
            let body = Body::new(&message(), counts);
            if body.is_none() {
                self.meters.dropped(DropReason::TooLarge, counts);
            }
            body
        };
        let payload = Payload {
            number: 0,
            v2: body(v2.counts, &|| v2.finish(&self.history.symbols)),
            v1: body(v1.counts, &|| v1.finish()),
        };
        if payload.len() > 0 {
            self.done.push(payload);
        }
    }

    fn write(
        &mut self,
        key: &[u32],
        value: Value<'_>,
        start: i64,
        metadata: Metadata,
        versions: Versions,
        exemplars: &[&Exemplar],
    ) {
        if self.v2.counts.values().max(self.v1.counts.values()) >= MOST_VALUES
            || self.v2.len().max(self.v1.len()) >= MOST_BYTES
        {
            self.close();
        }
        let time = self.now;
        if versions.v2 && self.versions.v2 {
            let series = Series { key, value, time, start, metadata, exemplars };
            self.v2.push(&mut self.history.symbols, &series);
        }
        match value {
            Value::Sample(value) if versions.v1 && self.versions.v1 => {
                self.v1.push(&self.history.symbols, key, value, time);
            }
            _ => {}
        }
    }

    /// The labels of a series without those that say which sample it is. Of two with one name the first counts, as its own
    /// labels go before the registry's and these before the external ones.
    fn labels(&mut self, labels: Labels<'_>) -> Vec<(u32, u32)> {
        let symbols = &mut self.history.symbols;
        let own = labels.iter().filter(|(name, value)| !name.is_empty() && !value.is_empty());
        let mut pairs: Vec<_> =
            own.map(|(name, value)| (symbols.number(name), symbols.number(value))).collect();
        pairs.extend(self.constant.iter().chain(&self.external));
        pairs
    }

    /// The key of a sample: its labels, sorted by name.
    fn key(&mut self, suffix: &str, extra: Option<(&str, &str)>, labels: &[(u32, u32)]) -> Vec<u32> {
        let symbols = &mut self.history.symbols;
        self.name.push_str(suffix);
        let name = (symbols.number(NAME), symbols.number(&self.name));
        self.name.truncate(self.name.len() - suffix.len());
        let extra = extra
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (symbols.number(name), symbols.number(value)));
        let mut pairs: Vec<_> = std::iter::once(name).chain(extra).chain(labels.iter().copied()).collect();
        pairs.sort_by(|(left, _), (right, _)| symbols.text(*left).cmp(symbols.text(*right)));
        pairs.dedup_by_key(|(name, _)| *name);
        pairs.into_iter().flat_map(|(name, value)| [name, value]).collect()
    }

    /// Writes a sample of a series that does not count.
    fn level(&mut self, key: &[u32], value: f64, versions: Versions) {
        self.counted(key, value, 0, versions, &[]);
    }

    /// Writes a sample of a series that has counted since `start`.
    fn counted(&mut self, key: &[u32], value: f64, start: i64, versions: Versions, exemplars: &[Exemplar]) {
        let value = if value.is_nan() { NOT_A_NUMBER } else { value };
        self.value(key, Value::Sample(value), start, versions, exemplars);
    }

    fn value(
        &mut self,
        key: &[u32],
        value: Value<'_>,
        start: i64,
        versions: Versions,
        exemplars: &[Exemplar],
    ) {
        let metadata = self.metadata;
        let mut latest = 0;
        if let Some(known) = self.history.see(key, metadata, versions) {
            latest = known.exemplar;
        }
        let exemplars = newer(exemplars, latest);
        if let Some(last) = exemplars.last() {
            if let Some(known) = self.history.see(key, metadata, versions) {
                known.exemplar = moment(last);
            }
        }
        self.write(key, value, start, metadata, versions, &exemplars);
    }

    /// Since when the series with this key counts.
    fn start(&mut self, key: &[u32], counted: f64, details: &Details<'_>, versions: Versions) -> i64 {
        let metadata = self.metadata;
        self.history.see(key, metadata, versions);
        self.history.start(key, counted, details.created.map(milliseconds))
    }

    /// Writes the sum and the count of what was observed. Returns since when the series counts.
    fn totals(
        &mut self,
        labels: &[(u32, u32)],
        (count, sum): (u64, f64),
        details: &Details<'_>,
        versions: Versions,
    ) -> i64 {
        let key = self.key("_count", None, labels);
        let start = self.start(&key, count as f64, details, versions);
        self.counted(&key, count as f64, start, versions, &[]);
        let key = self.key("_sum", None, labels);
        self.counted(&key, sum, start, versions, &[]);
        start
    }

    /// Writes a gauge histogram, whose numbers are levels.
    fn gauge_histogram(&mut self, labels: &[(u32, u32)], point: HistogramPoint<'_>) {
        let key = self.key("_gcount", None, labels);
        self.level(&key, point.count() as f64, Versions::BOTH);
        let key = self.key("_gsum", None, labels);
        self.level(&key, point.sum, Versions::BOTH);
        self.buckets(labels, point, 0, Versions::BOTH, &[]);
    }

    /// Writes the buckets with given bounds, each with those exemplars that fell into it.
    fn buckets(
        &mut self,
        labels: &[(u32, u32)],
        point: HistogramPoint<'_>,
        start: i64,
        versions: Versions,
        exemplars: &[Exemplar],
    ) {
        let mut total = 0_u64;
        let mut below = f64::NEG_INFINITY;
        let bounds = point.bounds.iter().copied().chain([f64::INFINITY]);
        for (bound, count) in bounds.zip(point.counts) {
            total = total.wrapping_add(*count);
            let key = self.key("_bucket", Some(("le", &canonical(bound))), labels);
            let inside: Vec<_> = exemplars
                .iter()
                .filter(|exemplar| exemplar.value > below && exemplar.value <= bound)
                .cloned()
                .collect();
            self.counted(&key, total as f64, start, versions, &inside);
            below = bound;
        }
    }
}

impl Visitor for Sampling<'_> {
    fn family(&mut self, head: &Head<'_>) {
        self.name.clear();
        self.name.push_str(head.name);
        self.kind = head.kind;
        self.constant = numbers(self.history, head.constant);
        let symbols = &mut self.history.symbols;
        self.metadata = Metadata {
            kind: number_of(head.kind),
            help: symbols.number(head.help),
            unit: symbols.number(head.unit.unwrap_or_default()),
        };
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
        let labels = self.labels(labels);
        let key = self.key("", None, &labels);
        let value = value.as_f64();
        if self.kind == Kind::Counter {
            let start = self.start(&key, value, details, Versions::BOTH);
            self.counted(&key, value, start, Versions::BOTH, details.exemplars);
        } else {
            self.level(&key, value, Versions::BOTH);
        }
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        let labels = self.labels(labels);
        if self.kind == Kind::GaugeHistogram {
            return self.gauge_histogram(&labels, point);
        }
        // Where nobody chose bounds, version 2 has the native buckets alone.
        let only_native = details.native.is_some() && point.bounds.is_empty();
        let versions = if only_native { Versions::V1 } else { Versions::BOTH };
        let start = self.totals(&labels, (point.count(), point.sum), details, versions);
        let exemplars = if details.native.is_some() { &[] } else { details.exemplars };
        self.buckets(&labels, point, start, versions, exemplars);
        if let Some(native) = details.native {
            let key = self.key("", None, &labels);
            let sum = if point.sum.is_nan() { NOT_A_NUMBER } else { point.sum };
            self.value(&key, Value::Native(native, sum), start, Versions::V2, details.exemplars);
        }
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        let labels = self.labels(labels);
        let start = self.totals(&labels, (point.count, point.sum), details, Versions::BOTH);
        for &(quantile, value) in point.quantiles {
            let key = self.key("", Some(("quantile", &canonical(quantile))), &labels);
            self.counted(&key, value, start, Versions::BOTH, &[]);
        }
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        let labels = self.labels(labels);
        let name = self.name.clone();
        for (at, state) in states.iter().enumerate() {
            let key = self.key("", Some((&name, state)), &labels);
            self.level(&key, f64::from(u8::from(at == current)), Versions::BOTH);
        }
    }
}

/// Labels as numbers, without those that are empty.
fn numbers(history: &mut History, labels: &[(String, String)]) -> Vec<(u32, u32)> {
    let symbols = &mut history.symbols;
    let labels = labels.iter().filter(|(_, value)| !value.is_empty());
    labels.map(|(name, value)| (symbols.number(name), symbols.number(value))).collect()
}

/// Those exemplars that came after this moment, by time, and one of each millisecond: receivers refuse what is not in order.
fn newer(exemplars: &[Exemplar], latest: i64) -> Vec<&Exemplar> {
    let mut newer: Vec<_> = exemplars.iter().filter(|exemplar| moment(exemplar) > latest).collect();
    newer.sort_by_key(|exemplar| exemplar.at);
    newer.dedup_by_key(|exemplar| moment(exemplar));
    newer
}

fn milliseconds(moment: Duration) -> i64 {
    i64::try_from(moment.as_millis()).unwrap_or(i64::MAX)
}

/// A moment in milliseconds since the beginning of 1970.
pub(super) struct SystemMoment(pub(super) i64);

impl SystemMoment {
    pub(super) fn now() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(milliseconds(now.unwrap_or_default()))
    }
}
