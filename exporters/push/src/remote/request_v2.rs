//! The message of Remote Write 2.0.
//!
//! Source: Prometheus, `io/prometheus/write/v2/types.proto`.

use tallymark_core::{
    encode::parts::{spans, wire},
    exemplar::Exemplar,
    snapshot::NativeHistogram,
};

use super::{counts::Counts, metadata::Metadata, symbols::Symbols};

/// The numbers of fields, by message.
mod field {
    pub(super) const SYMBOLS: u32 = 4;
    pub(super) const TIMESERIES: u32 = 5;
    pub(super) mod series {
        pub(in super::super) const LABELS: u32 = 1;
        pub(in super::super) const SAMPLE: u32 = 2;
        pub(in super::super) const HISTOGRAM: u32 = 3;
        pub(in super::super) const EXEMPLAR: u32 = 4;
        pub(in super::super) const METADATA: u32 = 5;
    }
    pub(super) mod sample {
        pub(in super::super) const VALUE: u32 = 1;
        pub(in super::super) const TIME: u32 = 2;
        pub(in super::super) const START: u32 = 3;
    }
    pub(super) mod exemplar {
        pub(in super::super) const LABELS: u32 = 1;
        pub(in super::super) const VALUE: u32 = 2;
        pub(in super::super) const TIME: u32 = 3;
    }
    pub(super) mod metadata {
        pub(in super::super) const KIND: u32 = 1;
        pub(in super::super) const HELP: u32 = 3;
        pub(in super::super) const UNIT: u32 = 4;
    }
    pub(super) mod histogram {
        pub(in super::super) const COUNT: u32 = 1;
        pub(in super::super) const SUM: u32 = 3;
        pub(in super::super) const SCHEMA: u32 = 4;
        pub(in super::super) const ZERO_THRESHOLD: u32 = 5;
        pub(in super::super) const ZERO_COUNT: u32 = 6;
        pub(in super::super) const NEGATIVE: (u32, u32) = (8, 9);
        pub(in super::super) const POSITIVE: (u32, u32) = (11, 12);
        pub(in super::super) const TIME: u32 = 15;
        pub(in super::super) const START: u32 = 17;
    }
    /// Of a span of buckets.
    pub(super) const OFFSET: u32 = 1;
    pub(super) const LENGTH: u32 = 2;
}

/// The value of a series at a moment.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Sample(f64),
    Native(&'a NativeHistogram, f64),
}

/// A series with one value. Times are milliseconds since the beginning of 1970, and a start of 0 says that it is not known.
pub(super) struct Series<'a> {
    pub(super) key: &'a [u32],
    pub(super) value: Value<'a>,
    pub(super) time: i64,
    pub(super) start: i64,
    pub(super) metadata: Metadata,
    /// In the order of their times.
    pub(super) exemplars: &'a [&'a Exemplar],
}

/// A request that is being written.
#[derive(Default)]
pub(super) struct RequestV2 {
    series: Vec<u8>,
    /// The texts of this request, by their numbers in `Symbols`, after the empty one.
    texts: Vec<u32>,
    /// For each number in `Symbols` the number in this request, or 0 if it is not part of it.
    numbers: Vec<u32>,
    pub(super) counts: Counts,
}

impl RequestV2 {
    pub(super) fn len(&self) -> usize {
        self.series.len()
    }

    /// The number in this request of a text.
    fn local(&mut self, number: u32) -> u32 {
        let at = usize::try_from(number).unwrap_or_default();
        if at == 0 {
            return 0;
        }
        if self.numbers.len() <= at {
            self.numbers.resize(at + 1, 0);
        }
        match self.numbers.get_mut(at) {
            Some(local) if *local == 0 => {
                self.texts.push(number);
                *local = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
                *local
            }
            Some(local) => *local,
            None => 0,
        }
    }

    fn labels(&mut self, to: &mut Vec<u8>, field: u32, key: &[u32]) {
        let begun = wire::begin(to, field);
        for number in key {
            let local = self.local(*number);
            wire::varint(to, u64::from(local));
        }
        wire::end(to, begun);
    }

    /// Writes a series.
    pub(super) fn push(&mut self, symbols: &mut Symbols, series: &Series<'_>) {
        let mut to = std::mem::take(&mut self.series);
        let begun = wire::begin(&mut to, field::TIMESERIES);
        self.labels(&mut to, field::series::LABELS, series.key);
        match series.value {
            Value::Sample(value) => {
                self.counts.samples += 1;
                wire::message(&mut to, field::series::SAMPLE, |to| {
                    wire::double(to, field::sample::VALUE, value);
                    wire::integer(to, field::sample::TIME, series.time);
                    if series.start != 0 {
                        wire::integer(to, field::sample::START, series.start);
                    }
                });
            }
            Value::Native(native, sum) => {
                self.counts.histograms += 1;
                wire::message(&mut to, field::series::HISTOGRAM, |to| histogram(to, native, sum, series));
            }
        }
        for exemplar in series.exemplars {
            self.counts.exemplars += 1;
            let mut labels: Vec<_> = exemplar
                .labels
                .iter()
                .filter(|(name, value)| !name.is_empty() && !value.is_empty())
                .collect();
            labels.sort();
            let key: Vec<u32> = labels
                .iter()
                .flat_map(|(name, value)| [symbols.number(name), symbols.number(value)])
                .collect();
            let begun = wire::begin(&mut to, field::series::EXEMPLAR);
            if !key.is_empty() {
                self.labels(&mut to, field::exemplar::LABELS, &key);
            }
            wire::double(&mut to, field::exemplar::VALUE, exemplar.value);
            wire::integer(&mut to, field::exemplar::TIME, moment(exemplar));
            wire::end(&mut to, begun);
        }
        let (help, unit) = (self.local(series.metadata.help), self.local(series.metadata.unit));
        wire::message(&mut to, field::series::METADATA, |to| {
            wire::unsigned(to, field::metadata::KIND, u64::from(series.metadata.kind));
            wire::unsigned(to, field::metadata::HELP, u64::from(help));
            wire::unsigned(to, field::metadata::UNIT, u64::from(unit));
        });
        wire::end(&mut to, begun);
        self.series = to;
    }

    /// The request.
    pub(super) fn finish(&self, symbols: &Symbols) -> Vec<u8> {
        let mut to = Vec::with_capacity(self.series.len() * 2);
        wire::text(&mut to, field::SYMBOLS, "");
        for number in &self.texts {
            wire::text(&mut to, field::SYMBOLS, symbols.text(*number));
        }
        to.extend_from_slice(&self.series);
        to
    }
}

/// The moment of an exemplar in milliseconds. It has one, so it is not 0.
pub(super) fn moment(exemplar: &Exemplar) -> i64 {
    i64::try_from(exemplar.at.as_millis()).unwrap_or(i64::MAX).max(1)
}

fn histogram(to: &mut Vec<u8>, native: &NativeHistogram, sum: f64, series: &Series<'_>) {
    wire::unsigned(to, field::histogram::COUNT, native.count());
    wire::double(to, field::histogram::SUM, sum);
    wire::signed(to, field::histogram::SCHEMA, i64::from(native.schema));
    wire::double(to, field::histogram::ZERO_THRESHOLD, native.zero_threshold);
    wire::unsigned(to, field::histogram::ZERO_COUNT, native.zero_count);
    side(to, field::histogram::NEGATIVE, &native.negative);
    side(to, field::histogram::POSITIVE, &native.positive);
    wire::integer(to, field::histogram::TIME, series.time);
    if series.start != 0 {
        wire::integer(to, field::histogram::START, series.start);
    }
}

fn side(to: &mut Vec<u8>, (span, delta): (u32, u32), buckets: &[(i32, u64)]) {
    let (spans, deltas) = spans(buckets);
    for (offset, length) in spans {
        wire::message(to, span, |to| {
            wire::signed(to, field::OFFSET, i64::from(offset));
            wire::unsigned(to, field::LENGTH, u64::from(length));
        });
    }
    if deltas.is_empty() {
        return;
    }
    wire::message(to, delta, |to| {
        for delta in deltas {
            wire::zigzag(to, delta);
        }
    });
}
