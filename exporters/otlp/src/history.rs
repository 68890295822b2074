//! What was sent before, so that a point says since when it counts and, where that is asked for, how much since the last.

use crate::{exponential, point::nanoseconds};
use opentelemetry_proto::tonic::metrics::v1::AggregationTemporality;
use std::{collections::HashMap, time::Duration};
use tallymark_core::{
    Number,
    snapshot::NativeHistogram,
    visit::{HistogramPoint, Labels},
};

/// How sums and histograms are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Temporality {
    /// Everything since the series began to count, as in a scrape.
    #[default]
    Cumulative,
    /// What was counted since the last export. Up-down counters and summaries stay cumulative.
    Delta,
}

/// Every series that was sent in the last export.
pub(crate) struct History {
    temporality: Temporality,
    known: HashMap<Box<str>, Known>,
    /// When the first export's series began to count.
    origin: u64,
    /// The moment of the export before this one, if there was one.
    previous: Option<u64>,
    /// The moment of this export.
    now: u64,
    exports: u64,
    /// Room for the name of a series.
    name: String,
}

/// What was sent of one series.
struct Known {
    /// The last export that it was part of.
    export: u64,
    /// When it began to count.
    start: u64,
    created: Option<Duration>,
    sent: Sent,
}

/// All that was sent so far: the sum of all differences, which may be some bits beside the last value.
enum Sent {
    Number(Number),
    /// For cumulative series of which only a start from anew matters.
    Count(u64),
    Histogram(Vec<u64>, f64),
    Native(NativeHistogram, f64),
}

/// A series as it is to be sent.
pub(crate) struct Window<T> {
    /// Since when it counts.
    pub(crate) start: u64,
    pub(crate) value: T,
}

impl History {
    pub(crate) fn new(temporality: Temporality, origin: u64) -> Self {
        Self {
            temporality,
            known: HashMap::new(),
            origin,
            previous: None,
            now: origin,
            exports: 0,
            name: String::new(),
        }
    }

    /// Begins an export. Returns its moment, which is after that of the last one even if the clock was set back.
    pub(crate) fn begin(&mut self, now: u64) -> u64 {
        self.previous = (self.exports > 0).then_some(self.now);
        self.now = now.max(self.now + 1);
        self.exports += 1;
        self.now
    }

    /// Ends an export: what was not part of it is forgotten.
    pub(crate) fn end(&mut self) {
        let export = self.exports;
        self.known.retain(|_, known| known.export == export);
    }

    /// How the messages name what sums and histograms are.
    pub(crate) fn aggregation(&self) -> AggregationTemporality {
        match self.temporality {
            Temporality::Cumulative => AggregationTemporality::Cumulative,
            Temporality::Delta => AggregationTemporality::Delta,
        }
    }

    /// The moment of the export before this one, if points are about what came after it.
    pub(crate) fn after(&self) -> Option<u64> {
        self.previous.filter(|_| self.temporality == Temporality::Delta)
    }

    /// The moment that differences begin at. What is known was sent before, so there is one.
    fn previous_or_now(&self) -> u64 {
        self.previous.unwrap_or(self.now)
    }

    /// When a series began to count of which nothing was sent.
    fn start(&self, created: Option<Duration>) -> u64 {
        let earliest = self.previous.unwrap_or(self.origin);
        // Between the moment of this export and its reading, a series may have come.
        created.map_or(earliest, nanoseconds).min(self.now)
    }

    /// Since when a series counts, if nothing has been sent of it since, and what was sent otherwise.
    ///
    /// `restarted` compares what was sent with what there is: whether the series began anew.
    fn known(
        &mut self,
        family: &str,
        labels: Labels<'_>,
        created: Option<Duration>,
        restarted: impl FnOnce(&Sent) -> bool,
    ) -> (u64, Option<&mut Sent>) {
        self.name.clear();
        self.name.push_str(family);
        for (name, value) in labels.iter() {
            // Neither byte is part of a name, and a value may hold anything but is told by its length.
            self.name.push('\0');
            self.name.push_str(name);
            self.name.push('=');
            self.name.push_str(&value.len().to_string());
            self.name.push(':');
            self.name.push_str(value);
        }
        let start = self.start(created);
        let export = self.exports;
        let Some(known) = self.known.get_mut(self.name.as_str()) else { return (start, None) };
        known.export = export;
        let recreated = created.is_some() && known.created.is_some() && created != known.created;
        if recreated || restarted(&known.sent) {
            known.start = start;
            known.created = created;
            return (start, None);
        }
        (known.start, Some(&mut known.sent))
    }

    /// Remembers what was sent of the series that was last looked up.
    fn remember(&mut self, start: u64, created: Option<Duration>, sent: Sent) {
        if let Some(known) = self.known.get_mut(self.name.as_str()) {
            known.sent = sent;
            return;
        }
        let known = Known { export: self.exports, start, created, sent };
        self.known.insert(self.name.as_str().into(), known);
    }

    /// A counter. `None` if there is nothing new to send.
    pub(crate) fn number(
        &mut self,
        family: &str,
        labels: Labels<'_>,
        created: Option<Duration>,
        value: Number,
    ) -> Option<Window<Number>> {
        let restarted = |sent: &Sent| match sent {
            Sent::Number(sent) => is_less(value, *sent),
            _ => true,
        };
        let (delta, previous) = (self.temporality == Temporality::Delta, self.previous_or_now());
        let (start, known) = self.known(family, labels, created, restarted);
        if let Some(Sent::Number(sent)) = known {
            if !delta {
                *sent = value;
                return Some(Window { start, value });
            }
            let since = match (value, *sent) {
                (Number::U64(now), Number::U64(before)) => {
                    *sent = value;
                    Number::U64(now.wrapping_sub(before))
                }
                (now, before) => {
                    let since = now.as_f64() - before.as_f64();
                    // What a receiver that adds up has now, so that its error does not grow.
                    *sent = Number::F64(before.as_f64() + since);
                    Number::F64(since)
                }
            };
            let nothing = matches!(since, Number::U64(0)) || since.as_f64() == 0.0;
            return (!nothing).then_some(Window { start: previous, value: since });
        }
        self.remember(start, created, Sent::Number(value));
        Some(Window { start, value })
    }

    /// Since when a series counts that is sent as it is. It began anew if its count is less than before.
    pub(crate) fn cumulative(
        &mut self,
        family: &str,
        labels: Labels<'_>,
        created: Option<Duration>,
        count: u64,
    ) -> u64 {
        let restarted = |sent: &Sent| !matches!(sent, Sent::Count(sent) if *sent <= count);
        let (start, known) = self.known(family, labels, created, restarted);
        if let Some(sent) = known {
            *sent = Sent::Count(count);
        } else {
            self.remember(start, created, Sent::Count(count));
        }
        start
    }

    /// A histogram with given bounds: the counts of its buckets, and its sum.
    pub(crate) fn histogram(
        &mut self,
        family: &str,
        labels: Labels<'_>,
        created: Option<Duration>,
        point: HistogramPoint<'_>,
    ) -> Option<Window<(Vec<u64>, f64)>> {
        if self.temporality == Temporality::Cumulative {
            let start = self.cumulative(family, labels, created, point.count());
            return Some(Window { start, value: (point.counts.to_vec(), point.sum) });
        }
        let restarted = |sent: &Sent| match sent {
            Sent::Histogram(sent, _) => {
                sent.len() != point.counts.len()
                    || point.counts.iter().zip(sent).any(|(now, sent)| now < sent)
            }
            _ => true,
        };
        let previous = self.previous_or_now();
        let (start, known) = self.known(family, labels, created, restarted);
        if let Some(Sent::Histogram(sent, sum)) = known {
            let since: Vec<u64> =
                point.counts.iter().zip(&*sent).map(|(now, sent)| now.wrapping_sub(*sent)).collect();
            sent.copy_from_slice(point.counts);
            let more = add_up(sum, point.sum);
            let any = since.iter().any(|&count| count > 0);
            return any.then_some(Window { start: previous, value: (since, more) });
        }
        self.remember(start, created, Sent::Histogram(point.counts.to_vec(), point.sum));
        Some(Window { start, value: (point.counts.to_vec(), point.sum) })
    }

    /// The native buckets of a histogram, and its sum.
    pub(crate) fn native(
        &mut self,
        family: &str,
        labels: Labels<'_>,
        created: Option<Duration>,
        native: &NativeHistogram,
        sum: f64,
    ) -> Option<Window<(NativeHistogram, f64)>> {
        if self.temporality == Temporality::Cumulative {
            let start = self.cumulative(family, labels, created, native.count());
            return Some(Window { start, value: (native.clone(), sum) });
        }
        let mut since = None;
        let restarted = |sent: &Sent| match sent {
            Sent::Native(sent, _) => {
                since = exponential::difference(native, sent);
                since.is_none()
            }
            _ => true,
        };
        let previous = self.previous_or_now();
        let (start, known) = self.known(family, labels, created, restarted);
        if let (Some(Sent::Native(sent, sent_sum)), Some(since)) = (known, since) {
            *sent = native.clone();
            let more = add_up(sent_sum, sum);
            return (since.count() > 0).then_some(Window { start: previous, value: (since, more) });
        }
        self.remember(start, created, Sent::Native(native.clone(), sum));
        Some(Window { start, value: (native.clone(), sum) })
    }
}

/// The difference of a sum to what a receiver has, which is brought up to date.
fn add_up(sent: &mut f64, now: f64) -> f64 {
    let more = now - *sent;
    *sent += more;
    more
}

/// Compares counters, exactly if both are integers.
fn is_less(a: Number, b: Number) -> bool {
    match (a, b) {
        (Number::U64(a), Number::U64(b)) => a < b,
        (a, b) => a.as_f64() < b.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["shop"];

    fn count(history: &mut History, value: u64) -> Option<(u64, u64)> {
        let window = history.number("a_total", Labels::new(NAMES, &["north"]), None, Number::U64(value))?;
        let Number::U64(value) = window.value else { panic!("{:?} is an integer", window.value) };
        Some((window.start, value))
    }

    #[test]
    fn differences_begin_where_the_last_ended() {
        let mut history = History::new(Temporality::Delta, 100);
        assert_eq!(history.begin(200), 200);
        assert_eq!(count(&mut history, 3), Some((100, 3)));
        history.end();
        history.begin(300);
        assert_eq!(count(&mut history, 3), None);
        history.end();
        history.begin(400);
        assert_eq!(count(&mut history, 8), Some((300, 5)));
        history.end();
        // A restart: what is there was counted since the last export.
        history.begin(500);
        assert_eq!(count(&mut history, 2), Some((400, 2)));
    }

    #[test]
    fn a_cumulative_series_starts_anew_when_it_falls_or_comes_back() {
        let mut history = History::new(Temporality::Cumulative, 100);
        for (now, value, start) in [(200, 3, 100), (300, 4, 100), (400, 1, 300), (500, 9, 300)] {
            history.begin(now);
            assert_eq!(count(&mut history, value), Some((start, value)));
            history.end();
        }
        history.begin(600);
        history.end();
        assert!(history.known.is_empty(), "nothing is kept of series that are gone");
        history.begin(700);
        assert_eq!(count(&mut history, 9), Some((600, 9)));
    }

    #[test]
    fn time_goes_on_where_the_clock_does_not() {
        let mut history = History::new(Temporality::Delta, 100);
        assert_eq!((history.begin(200), history.begin(150), history.begin(202)), (200, 201, 202));
    }

    #[test]
    fn a_series_that_knows_when_it_began_says_so() {
        let mut history = History::new(Temporality::Cumulative, 100);
        let mut start = |created: u64, value| {
            history.begin(0);
            let created = Some(Duration::from_nanos(created));
            let window = history.number("a_total", Labels::NONE, created, Number::U64(value));
            history.end();
            window.expect("it is sent always").start
        };
        assert_eq!(start(50, 3), 50);
        assert_eq!(start(50, 4), 50);
        assert_eq!(start(60, 5), 60, "another series with the same labels");
        assert_eq!(start(1_000, 6), 104, "no later than the point");
    }

    #[test]
    fn errors_of_sums_do_not_add_up() {
        let mut history = History::new(Temporality::Delta, 0);
        let (mut total, mut received) = (0.0, 0.0);
        for export in 1..10_000_u32 {
            history.begin(u64::from(export));
            total += 0.1 + f64::from(export % 7) * 1e-3;
            let window = history.number("a_total", Labels::NONE, None, Number::F64(total));
            received += window.map_or(0.0, |window| window.value.as_f64());
            history.end();
            assert!((received - total).abs() <= total * f64::EPSILON, "{received} {total}");
        }
    }

    #[test]
    fn labels_cannot_be_mistaken_for_others() {
        let mut history = History::new(Temporality::Delta, 0);
        history.begin(1);
        let names = &["a", "b"];
        for values in [["", "\0b=0:"], ["\0b=0:", ""]] {
            let window = history.number("x_total", Labels::new(names, &values), None, Number::U64(1));
            assert!(window.is_some(), "each is a series of its own");
        }
    }
}
