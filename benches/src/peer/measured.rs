//! `measured` 0.0.25, with `paracord` or `lasso` as the store of label texts.
//!
//! Not 0.1, which wants a compiler newer than the one this workspace is built with.

use std::{io::Write, sync::Mutex};

use lasso::ThreadedRodeo;
use measured::{
    CounterVec, HistogramVec, LabelGroup,
    metric::{
        MetricEncoding, MetricFamilyEncoding,
        counter::CounterState,
        group::Encoding,
        histogram::{HistogramState, Thresholds},
        name::MetricName,
    },
    text::{BufferedTextEncoder, TextEncoder},
};
use paracord::ParaCord;

use super::population::{Format, HELP, Population, Shape, counter_name, histogram_name};
use crate::input::BOUNDS;

/// Two labels of any text.
#[derive(LabelGroup)]
#[label(set = PairSet)]
pub struct Pair<'a> {
    #[label(dynamic_with = ParaCord, default)]
    pub endpoint: &'a str,
    #[label(dynamic_with = ParaCord, default)]
    pub customer: &'a str,
}

/// The same with the other store.
#[derive(LabelGroup)]
#[label(set = LassoPairSet)]
pub struct LassoPair<'a> {
    #[label(dynamic_with = ThreadedRodeo, default)]
    pub endpoint: &'a str,
    #[label(dynamic_with = ThreadedRodeo, default)]
    pub customer: &'a str,
}

/// One label of any text.
#[derive(LabelGroup)]
#[label(set = RouteSet)]
pub struct Route<'a> {
    #[label(dynamic_with = ParaCord, default)]
    pub route: &'a str,
}

/// The bounds.
pub fn thresholds() -> Thresholds<11> {
    Thresholds::with_buckets(BOUNDS)
}

/// The text of one family.
pub fn rendered(family: &impl MetricFamilyEncoding<BufferedTextEncoder>, name: &str) -> String {
    let mut encoder = BufferedTextEncoder::new();
    let name = MetricName::try_from_str(name).expect("a valid name");
    let Ok(()) = family.collect_family_into(name, &mut encoder);
    String::from_utf8(encoder.finish().to_vec()).expect("text")
}

/// Families in two lists; the library has no registry.
pub struct Families {
    counters: Vec<(String, CounterVec<PairSet>)>,
    histograms: Vec<(String, HistogramVec<PairSet, 11>)>,
    encoder: Mutex<BufferedTextEncoder>,
}

impl Families {
    /// Makes the families.
    pub fn new(shape: Shape) -> Self {
        let counters =
            (0..shape.counters).map(|i| (format!("{}_total", counter_name(i)), CounterVec::new())).collect();
        let histograms = (0..shape.histograms)
            .map(|i| {
                let family = HistogramVec::with_label_set_and_metadata(PairSet::default(), thresholds());
                (histogram_name(i), family)
            })
            .collect();
        Self { counters, histograms, encoder: Mutex::new(BufferedTextEncoder::new()) }
    }
}

impl Families {
    fn collect<E>(&self, encoder: &mut E) -> Result<(), E::Err>
    where
        E: Encoding,
        CounterState: MetricEncoding<E>,
        HistogramState<11>: MetricEncoding<E>,
    {
        for (name, family) in &self.counters {
            encoder.write_help(named(name), HELP)?;
            family.collect_family_into(named(name), encoder)?;
        }
        for (name, family) in &self.histograms {
            encoder.write_help(named(name), HELP)?;
            family.collect_family_into(named(name), encoder)?;
        }
        Ok(())
    }
}

fn named(name: &str) -> &MetricName {
    MetricName::try_from_str(name).expect("a valid name")
}

impl Population for Families {
    fn inc(&self, series: usize, [endpoint, customer]: [&str; 2]) {
        self.counters[series % self.counters.len()].1.inc(Pair { endpoint, customer });
    }

    fn observe(&self, series: usize, [endpoint, customer]: [&str; 2], value: f64) {
        self.histograms[series % self.histograms.len()].1.observe(Pair { endpoint, customer }, value);
    }

    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool {
        if format == Format::OpenMetrics {
            return false;
        }
        let mut encoder = self.encoder.lock().expect("not poisoned");
        let Ok(()) = self.collect(&mut *encoder);
        let bytes = encoder.finish();
        take(std::str::from_utf8(&bytes).expect("text"));
        true
    }

    fn stream(&self, sink: &mut dyn Write) {
        let _ = self.collect(&mut TextEncoder::new(sink));
    }
}
