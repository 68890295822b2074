//! From entries to families, by the rules of `MultiProcessCollector`.

use super::database::Entry;
use std::collections::BTreeMap;
use tallymark_core::{
    Across, Kind, Number,
    snapshot::{Family, HistogramValue, Series, SummaryValue, Value},
};

/// What the name of a file says: `counter_ID.db`, `gauge_MODE_ID.db` and so on.
pub(super) struct Source {
    kind: Kind,
    mode: Across,
    pid: String,
}

impl Source {
    pub(super) fn of(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(".db")?.split('_');
        let kind = match parts.next()? {
            "counter" => Kind::Counter,
            "gauge" => Kind::Gauge,
            "histogram" => Kind::Histogram,
            "summary" => Kind::Summary,
            _ => return None,
        };
        let mode = if kind == Kind::Gauge { Across::from_name(parts.next()?)? } else { Across::Sum };
        Some(Self { kind, mode, pid: parts.next()?.to_owned() })
    }
}

type Labels = Vec<(String, String)>;

/// A gauge of one process, or of all.
struct Level {
    value: f64,
    time: f64,
}

/// The cells of one histogram.
#[derive(Default)]
struct Cells {
    /// Upper bounds and counts, sorted by bound.
    buckets: Vec<(f64, f64)>,
    sum: f64,
}

enum Merged {
    Counter(BTreeMap<Labels, f64>),
    Gauge(Across, BTreeMap<Labels, Level>),
    Histogram(BTreeMap<Labels, Cells>),
    /// Counts and sums.
    Summary(BTreeMap<Labels, (f64, f64)>),
}

/// All families, by their names in Python.
#[derive(Default)]
pub(super) struct Families(BTreeMap<String, (String, Merged)>);

impl Families {
    /// Adds an entry of a file.
    pub(super) fn add(&mut self, source: &Source, entry: Entry) {
        let Entry { key, value, time } = entry;
        let mut labels = key.labels;
        let (_, merged) = self.0.entry(key.family.clone()).or_insert_with(|| {
            let merged = match source.kind {
                Kind::Gauge => Merged::Gauge(source.mode, BTreeMap::new()),
                Kind::Histogram => Merged::Histogram(BTreeMap::new()),
                Kind::Summary => Merged::Summary(BTreeMap::new()),
                _ => Merged::Counter(BTreeMap::new()),
            };
            (key.help, merged)
        });
        let suffix = key.sample.strip_prefix(&key.family).unwrap_or_default();
        match (merged, source.kind) {
            (Merged::Counter(counters), Kind::Counter) => *counters.entry(labels).or_default() += value,
            (Merged::Gauge(mode, levels), Kind::Gauge) => {
                *mode = source.mode;
                if source.mode.is_each() {
                    labels.push(("pid".to_owned(), source.pid.clone()));
                }
                add_level(source.mode, levels, labels, Level { value, time });
            }
            (Merged::Histogram(histograms), Kind::Histogram) => {
                let bound = labels.iter().position(|(name, _)| name == "le").map(|at| labels.remove(at).1);
                let cells = histograms.entry(labels).or_default();
                match bound.as_deref().map(str::parse::<f64>) {
                    Some(Ok(bound)) if !bound.is_nan() => {
                        match cells.buckets.binary_search_by(|(known, _)| known.total_cmp(&bound)) {
                            Ok(at) => cells.buckets[at].1 += value,
                            Err(at) => cells.buckets.insert(at, (bound, value)),
                        }
                    }
                    None if suffix == "_sum" => cells.sum += value,
                    _ => {}
                }
            }
            (Merged::Summary(summaries), Kind::Summary) => {
                let (count, sum) = summaries.entry(labels).or_default();
                match suffix {
                    "_count" => *count += value,
                    "_sum" => *sum += value,
                    _ => {}
                }
            }
            // Where two kinds have one name, the first is shown.
            _ => {}
        }
    }

    /// The families, by the names under which they are shown.
    pub(super) fn finish(self) -> BTreeMap<String, Family> {
        let mut families = BTreeMap::new();
        for (name, (help, merged)) in self.0 {
            let (name, kind, series) = match merged {
                Merged::Counter(counters) => {
                    (format!("{name}_total"), Kind::Counter, series(counters, number))
                }
                Merged::Gauge(_, levels) => (name, Kind::Gauge, series(levels, |level| number(level.value))),
                Merged::Histogram(histograms) => (name, Kind::Histogram, series(histograms, histogram)),
                Merged::Summary(summaries) => (
                    name,
                    Kind::Summary,
                    series(summaries, |(count, sum)| {
                        let count = whole(count);
                        Value::Summary(SummaryValue { count, sum, quantiles: Vec::new() })
                    }),
                ),
            };
            families.insert(name.clone(), Family { name, help, kind, unit: None, series });
        }
        families
    }
}

fn add_level(mode: Across, levels: &mut BTreeMap<Labels, Level>, labels: Labels, new: Level) {
    use std::collections::btree_map::Entry::{Occupied, Vacant};
    match levels.entry(labels) {
        Vacant(place) => {
            // A gauge with a time that was never set is not shown.
            let is_timed = matches!(mode, Across::MostRecent | Across::LiveMostRecent);
            if !is_timed || new.time > 0.0 {
                place.insert(new);
            }
        }
        Occupied(mut place) => {
            let known = place.get_mut();
            let replaces = match mode {
                Across::Min | Across::LiveMin => new.value < known.value,
                Across::Max | Across::LiveMax => new.value > known.value,
                Across::Sum | Across::LiveSum => {
                    known.value += new.value;
                    false
                }
                Across::MostRecent | Across::LiveMostRecent => new.time > known.time,
                _ => true,
            };
            if replaces {
                *known = new;
            }
        }
    }
}

fn series<T>(values: BTreeMap<Labels, T>, value: impl Fn(T) -> Value) -> Vec<Series> {
    values.into_iter().map(|(labels, one)| Series::new(labels, value(one))).collect()
}

fn number(value: f64) -> Value {
    Value::Number(Number::F64(value))
}

/// A count, which Python keeps as a float.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
fn whole(count: f64) -> u64 {
    count as u64
}

fn histogram(cells: Cells) -> Value {
    let Cells { buckets, sum } = cells;
    let bounds: Vec<f64> =
        buckets.iter().map(|(bound, _)| *bound).filter(|bound| bound.is_finite()).collect();
    let mut counts = vec![0; bounds.len() + 1];
    for (bound, count) in buckets {
        // Below all numbers there is nothing.
        let at = bounds.partition_point(|known| known.total_cmp(&bound).is_lt());
        if let Some(place) = counts.get_mut(at) {
            *place += whole(count);
        }
    }
    Value::Histogram(HistogramValue { bounds, counts, sum, native: None })
}
